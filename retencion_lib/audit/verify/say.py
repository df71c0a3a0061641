"""What `verify` tells a person, besides the faults."""

from retencion_lib.audit.verify.heads import Cover
from retencion_lib.words import count, plural

KINDS = {"head": "Ancla guardada", "signature": "Firma"}


def covered(cover: Cover) -> str:
    """How far an anchor reaches, and what it says nothing of."""
    line, at = count(cover.line), cover.at[:16].replace("T", " ")
    first = f"{KINDS[cover.kind]}: responde hasta la línea {line}" + (
        f" ({at} UTC)." if at else "."
    )
    if not cover.since:
        return f"{first} No hay ninguna después."
    erased = plural(cover.erasures, "borrado", "borrados")
    changed = plural(cover.promotions, "cambio de campeón", "cambios de campeón")
    later = plural(cover.since, "línea después, de la que", "líneas después, de las que")
    return f"{first} Hay {later} no dice nada: entre ellas, {erased} y {changed}."


def clean(seq: int, sha256: str, home: str) -> str:
    """That nothing is wrong."""
    if not seq:
        return f"El registro de {home} está vacío: todavía no hay nada que comprobar."
    said = plural(seq, "anotación", "anotaciones")
    return f"{said} en el registro, sin fallos. Última: {seq}:{sha256}"
