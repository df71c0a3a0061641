"""Delete one customer's data: rows in logs and tables, the id in reports; a tombstone stays.

The event comes first and holds the hashes of every file as it will be, so that `verify` still
passes afterwards and an erasure cut short shows. The id itself is nowhere in the ledger.
Tables that came from outside (`data/raw`, batches) belong to whoever delivered them.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import disk, door, ledger
from retencion_lib.home.blocks import Block, layouts
from retencion_lib.home.versions import Book
from retencion_lib.words import listed, plural

GONE = "[borrado]"
TEXT = {".html", ".ipynb", ".csv", ".json", ".md"}  # a model file holds no customer


@dataclass
class Plan:
    """What an erasure will write, before anything is written."""

    contents: dict[str, bytes] = field(default_factory=dict)  # whole files
    logs: dict[str, tuple[dict[str, dict], bytes]] = field(default_factory=dict)
    rows: int = 0
    reports: int = 0


def erase(customer: str, *, reason: str, approver: str) -> Plan:
    """Delete what runs wrote about a customer.

    Raises
    ------
    ParameterError
        If the customer, the reason or the approver is empty.
    DataError
        If no run wrote anything about that customer.
    """
    for name, value in (("customer", customer), ("reason", reason), ("approver", approver)):
        if not value.strip():
            raise ParameterError(f"{name} = '': hace falta para borrar; queda en el registro.")
    with disk.locked(config.resolve(config.PREDICTIONS)):
        door.mend(config.resolve(config.PREDICTIONS))
        found = plan(customer)
        if not (found.contents or found.logs):
            raise DataError(
                f"Ninguna ejecución escribió nada de '{customer}'. Comprueba el identificador, "
                "tal como aparece en el lote."
            )
        hashes = {path: disk.digest(content) for path, content in found.contents.items()}
        ledger.append(
            "erasure", reason=reason, approver=approver, actor=ledger.actor(), rows=found.rows,
            reports=found.reports, files=hashes,
            blocks={path: changed for path, (changed, _) in found.logs.items()},
        )  # fmt: skip
        for path, (_, content) in found.logs.items():
            disk.write(config.resolve(path), content)
        for path, content in found.contents.items():
            disk.write(config.resolve(path), content)
    return found


def plan(customer: str) -> Plan:
    """Find the customer in everything that runs wrote."""
    events = ledger.read()
    found = Plan()
    for path, blocks in layouts(events).items():
        _plan_log(found, path, blocks, customer)
    for path in Book.of(events).versions:
        file = config.resolve(path)
        if file.suffix not in TEXT or not file.is_file():
            continue
        if customer.encode() in (content := file.read_bytes()):
            if file.suffix == ".csv":
                kept, gone = without(content, customer)
            else:
                kept, gone = _redacted(content, customer), 0
            if kept != content:
                found.contents[path] = kept
                found.rows += gone
                found.reports += file.suffix in (".html", ".ipynb")
    return found


def without(content: bytes, customer: str, *, header: bool = True) -> tuple[bytes, int]:
    """A CSV without the rows that have the customer's id in some column, byte for byte."""
    rows = list(csv_lines(content))
    kept = [
        raw for n, (raw, values) in enumerate(rows)
        if (header and n == 0) or customer not in values
    ]  # fmt: skip
    return b"".join(kept), len(rows) - len(kept)


def csv_lines(content: bytes) -> list[tuple[bytes, list[str]]]:
    """Raw bytes and values of each row; a quoted value may hold line ends."""
    lines = io.StringIO(content.decode(), newline="").readlines()
    position, found = 0, []
    reader = csv.reader(lines)
    for values in reader:
        raw = "".join(lines[position : reader.line_num])
        position = reader.line_num
        found.append((raw.encode(), values))
    return found


def _plan_log(found: Plan, path: str, blocks: list[Block], customer: str) -> None:
    file = config.resolve(path)
    if not file.is_file():
        return
    content, changed, parts = file.read_bytes(), {}, []
    for block in blocks:
        part = content[block.offset : block.end]
        kept, gone = without(part, customer, header=block.offset == 0)
        if gone:
            part = kept
            changed[str(block.offset)] = {
                "bytes": len(kept), "rows": block.rows - gone, "sha256": disk.digest(kept)
            }  # fmt: skip
            found.rows += gone
        parts.append(part)
    if changed:
        found.logs[path] = (changed, b"".join(parts))


def _redacted(content: bytes, customer: str) -> bytes:
    word = re.compile(rb"(?<![\w-])" + re.escape(customer.encode()) + rb"(?![\w-])")
    return word.sub(GONE.encode(), content)


def left_alone(customer: str) -> list[str]:
    """Tables from outside that still hold the customer, for whoever delivered them."""
    written = Book.of(ledger.read()).versions
    return [
        config.relative(path)
        for path in sorted(config.resolve("data").rglob("*.csv"))
        if config.relative(path) not in written and customer in _text(path)
    ]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def sentence(found: Plan, others: list[str]) -> str:
    """What was deleted, and what is left to do."""
    said = (
        f"Borradas {plural(found.rows, 'fila', 'filas')} y su identificador en "
        f"{plural(found.reports, 'informe o cuaderno', 'informes y cuadernos')}; queda constancia "
        f"en {ledger.LEDGER}."
    )
    if others:
        said += f" Siguen teniéndolo los datos de origen: {listed(others)}. Bórralo allí."
    return said
