"""Delete one customer's data: rows in logs and tables, the id in reports; a tombstone stays.

Every new content is written whole beside its file; then the event, with the hashes of every file
as it will be; then the names. Cut before the event nothing has happened; cut after it, whoever
comes next finishes it. The id itself is nowhere in the ledger.
Tables that came from outside (`data/raw`, batches) belong to whoever delivered them.
"""

from retencion_lib import config
from retencion_lib.audit.erase.finish import finish, forget
from retencion_lib.audit.erase.left import SOURCE, Left, left_alone
from retencion_lib.audit.erase.plan import Plan, plan
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import disk, door, ledger, staged

__all__ = ["Left", "Plan", "erase", "finish_cut", "left_alone", "plan"]


def erase(customer: str, *, reason: str, approver: str) -> Plan:
    """Delete what runs wrote about a customer.

    Raises
    ------
    ParameterError
        If the customer, the reason or the approver is empty.
    DataError
        If no id column of what runs wrote holds that customer.
    """
    for name, value in (("customer", customer), ("reason", reason), ("approver", approver)):
        if not value.strip():
            raise ParameterError(f"{name} = '': hace falta para borrar; queda en el registro.")
    with disk.locked(config.resolve(config.PREDICTIONS)):
        door.mend(config.resolve(config.PREDICTIONS))
        finished = finish(customer)
        found = plan(customer, ledger.read())
        if not found.empty:
            _carry_out(found, reason, approver)
            return found
    for event in finished:
        if (event.reason, event.approver) == (reason, approver):
            return Plan(customer, rows=event.rows, reports=event.reports,
                        first=dict.fromkeys(event.files, -1), resumed=True)  # fmt: skip
    raise _unknown(customer)


def finish_cut() -> int:
    """Finish erasures that were cut short; give back how many."""
    if not ledger.mentioning('"erasure"'):
        return 0
    with disk.locked(config.resolve(config.PREDICTIONS)):
        return len(finish())


def _carry_out(found: Plan, reason: str, approver: str) -> None:
    files = {p: disk.digest(c) for p, c in found.contents.items() if p not in found.blocks}

    def decide() -> None:
        found.need_unchanged()
        ledger.append(
            "erasure", reason=reason, approver=approver, actor=ledger.actor(), rows=found.rows,
            reports=found.reports, files=files, blocks=found.blocks,
            **({"objects": found.objects} if found.objects else {}),
        )  # fmt: skip

    with staged.staged(found.contents, decide) as made:
        for path, file in made.items():
            staged.name(path, file)
        forget(found.objects)


def _unknown(customer: str) -> DataError:
    others = [left.path for left in left_alone(customer) if left.kind == SOURCE]
    where = f" Sí está en {others[0]}, que es de fuera." if others else ""
    return DataError(
        f"Ninguna ejecución escribió nada de '{customer}' en una columna de identificador: no se "
        f"ha borrado nada.{where} Comprueba el identificador, tal como aparece en el lote."
    )
