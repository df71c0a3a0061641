"""What 05 says of a call list that came back filled in."""

from retencion_lib.home.call_list import ACCEPTS, DECLINES, NO_ANSWER, RESULTS
from retencion_lib.home.watch_report import CallResults
from retencion_lib.maths import estimation
from retencion_lib.words import count, listed, pct, plural


def calls_sentence(found: CallResults | None) -> str:
    """How the calls went, and what does not fit; empty without a list that came back."""
    if found is None:
        return ""
    accepts, declines, silent = (found.results[name] for name in (ACCEPTS, DECLINES, NO_ANSWER))
    said = (
        f"De {plural(found.n_listed, 'cliente', 'clientes')} de la lista que se devolvió, "
        f"{plural(accepts, 'acepta', 'aceptan')}, {plural(declines, 'rechaza', 'rechazan')} y "
        f"{plural(silent, 'no contesta', 'no contestan')}."
    )
    return " ".join(filter(None, [said, _share(accepts, declines), *_odd(found)]))


def _share(accepts: int, declines: int) -> str:
    reached = accepts + declines
    if not reached:
        return ""
    share = estimation.proportion(accepts, reached)
    return (
        f"De los que contestan acepta el **{pct(share.value)}** (entre {pct(share.low)} y "
        f"{pct(share.high)}). No es accept_rate, que cuenta solo a los que se iban a ir: esa la "
        "mide el grupo de control."
    )


def _odd(found: CallResults) -> list[str]:
    said = []
    if found.n_blank:
        said.append(f"{_of(found.n_blank)} no se apuntó nada.")
    if found.n_other:
        words = listed(RESULTS, quote=True)
        said.append(f"{_of(found.n_other)} se apuntó otra cosa que {words}.")
    if found.n_control:
        were = "fue llamado 1 cliente" if found.n_control == 1 else (
            f"fueron llamados {count(found.n_control)} clientes")  # fmt: skip
        said.append(f"**Del grupo de control {were}**: lo que retiene la campaña se verá menor.")
    if found.n_unlisted:
        said.append(f"{_of(found.n_unlisted)} con resultado no consta que estuvieran en la lista.")
    return said


def _of(n: int) -> str:
    return "De 1" if n == 1 else f"De {count(n)}"
