"""What `verify` tells a person, besides the faults."""

from retencion_lib.audit.verify.heads import Cover
from retencion_lib.words import count, plural, printable

KINDS = {"head": "Ancla guardada", "signature": "Firma", "stamp": "Sello de tiempo"}
UNCHECKED = {
    "signature": "sin comprobar quién la hizo (--signature e --identity)",
    "stamp": "sin comprobar quién lo hizo (--authority)",
}


def covered(cover: Cover) -> str:
    """How far an anchor reaches, and what it says nothing of."""
    what = KINDS[cover.kind]
    if cover.witness:
        what += f" de {printable(cover.witness)}, a las {_minute(cover.seen)} UTC"
    what += "" if cover.checked else f", {UNCHECKED[cover.kind]}"
    reaches = "responde" if cover.checked else "dice que llega"
    first = f"{what}: {reaches} hasta la línea {count(cover.line)}" + (
        f" ({_minute(cover.at)} UTC)." if cover.at else "."
    )
    if not cover.since:
        return f"{first} No hay ninguna después."
    erased = plural(cover.erasures, "borrado", "borrados")
    changed = plural(cover.promotions, "cambio de campeón", "cambios de campeón")
    agreed = plural(cover.campaigns, "cambio de campaña", "cambios de campaña")
    later = plural(cover.since, "línea después, de la que", "líneas después, de las que")
    return f"{first} Hay {later} no dice nada: entre ellas, {erased}, {changed} y {agreed}."


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")


def clean(seq: int, sha256: str, home: str) -> str:
    """That nothing is wrong."""
    if not seq:
        return f"El registro de {home} está vacío: todavía no hay nada que comprobar."
    said = plural(seq, "anotación", "anotaciones")
    return f"{said} en el registro, sin fallos. Última: {seq}:{sha256}"
