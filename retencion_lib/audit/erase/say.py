"""What an erasure says: what went, what stays, and whose business that is."""

from collections.abc import Sequence

from retencion_lib.audit.erase.learnt import Learner
from retencion_lib.audit.erase.left import (
    DATABASE,
    DELIVERED,
    HELD,
    OURS,
    SOURCE,
    STORE,
    UNREAD,
    Left,
)
from retencion_lib.audit.erase.plan import Plan
from retencion_lib.home import ledger
from retencion_lib.words import listed, plural

LEFT = {
    SOURCE: "Siguen teniéndolo los datos de origen: {}. Bórralo allí: son de quien los entrega, y "
            "la próxima ejecución que los lea lo traería de vuelta.",
    HELD: "Lo siguen teniendo, en su columna de identificador, tablas de aquí cuya forma no se "
          "sabe cambiar: {}. Sácalas de la carpeta o quítale su fila a mano: 'retencion verify' lo "
          "dirá, y quien las lea también.",
    OURS: "Lo nombran, fuera de una columna o casilla de identificador: {}. No se han cambiado; "
          "mira si habla de ese cliente quien decide qué se conserva.",
    UNREAD: "No se ha podido mirar en: {}. Que lo mire quien pueda abrirlos.",
    DATABASE: "Se leyó también de una base de datos, en la que aquí no se mira: {}. Es de quien la "
              "lleva.",
    STORE: "Se copió también de un almacén, en el que aquí no se mira: {}. Es de quien lo lleva.",
    DELIVERED: "04 añadió lo que decidía a tablas de una base de datos o carpetas de un almacén, "
               "que aquí no se tocan: {}, y la de la lista, con _calls o /calls detrás. Que lo "
               "borre quien las lleva.",
}  # fmt: skip


def sentence(done: Plan, others: Sequence[Left], models: Sequence[Learner] = ()) -> str:
    """What was deleted, and what is left to do."""
    begun = "Terminado un borrado que se cortó. " if done.resumed else ""
    said = [
        f"{begun}Borradas {plural(done.rows, 'fila', 'filas')} y su identificador en "
        f"{plural(done.reports, 'informe o cuaderno', 'informes y cuadernos')}; queda constancia "
        f"en {ledger.LEDGER}."
    ]
    said += _models(models)
    for kind, text in LEFT.items():
        if paths := [left.path for left in others if left.kind == kind]:
            said.append(text.format(listed(paths, limit=len(paths))))
    return "\n".join(said)


def _models(models: Sequence[Learner]) -> list[str]:
    """Models that learnt from the customer, and what to do with them."""
    if not models:
        return []
    labels = [m.label for m in models]
    many = len(labels) > 1
    said = (
        f"{'Aprendieron' if many else 'Aprendió'} de una tabla que lo tenía, y no se "
        f"{'cambian' if many else 'cambia'}: {listed(labels, limit=len(labels))}."
    )
    keep = [m.label for m in models if m.keeps_row]
    unsure = [m.label for m in models if m.keeps_row is None]
    if keep:
        said += f" Su fila, sin el identificador, está dentro de {listed(keep, limit=len(keep))}."
    if unsure:
        said += f" Su fila puede estar dentro de {listed(unsure, limit=len(unsure))}."
    return [
        said + " Quita al cliente de la tabla de origen y entrena otra versión con 'retencion "
        "train': las que hay lo seguirán teniendo."
    ]
