"""Logs that grow by blocks: each run's rows are still those that it appended, and no others."""

from retencion_lib.audit.verify.fault import Fault
from retencion_lib.home.blocks import Difference, differences
from retencion_lib.home.versions import Book
from retencion_lib.words import plural

HOW = {"changed": "se han cambiado", "added": "se han añadido", "gone": "faltan"}


def check_log(path: str, book: Book) -> list[Fault]:
    """Rows edited, removed or added behind the ledger's back."""
    return [_fault(path, d) for d in differences(path, book.logs[path], book.lives)]


def _fault(path: str, found: Difference) -> Fault:
    run = found.block.run_id if found.block else None
    size = plural(found.size, "byte", "bytes")
    if found.kind == "missing":
        return Fault("missing", f"Falta {path}.", run, path)
    if found.kind == "half":
        said = (
            f"{path}: {size} a medias al final, de una ejecución cortada; 'retencion seal' los "
            "quita."
        )
        return Fault("half_block", said, run, path)
    if found.kind == "extra":
        said = f"{path}: al final hay {size} que ninguna ejecución escribió."
        return Fault("log", said, path=path)
    rows = plural(found.block.rows, "fila", "filas")
    return Fault("log", f"{path}: en las {rows} de esta ejecución {HOW[found.kind]} datos.",
                 run, path)  # fmt: skip
