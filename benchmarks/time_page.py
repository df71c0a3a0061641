"""The results of `benchmarks.time` as the section of docs/tiempo.md: no figure is typed by hand.

python -m benchmarks.time_page
"""

import json
from pathlib import Path

import pandas as pd

from benchmarks import time_choice, time_series
from benchmarks.quality_page import grid
from benchmarks.time import MEASURES, RESULTS, TEST_SHARE
from benchmarks.time_counts import (
    chosen_cases,
    close_by_chance,
    promises,
    series_of,
    standard_error,
    table_of,
)
from retencion_lib.models import family_label
from retencion_lib.words import count, es, interval, listed, pct, plural

PAGE = Path(__file__).resolve().parent.parent / "docs" / "tiempo.md"
START, END = "<!-- promesas: inicio -->", "<!-- promesas: fin -->"
KINDS = {
    "by_row": "al azar por filas", "by_customer": "al azar por clientes",
    "exam": "examen en el futuro", "backtest": "las fotos anteriores",
}  # fmt: skip
OPTIMISM = {"completejourney": 0.005, "lahman": 0.010, "cdnow": 0.020}  # goals, of ROC-AUC
COVERED, WELL_CHOSEN = 0.90, 0.80  # goals


def signed(values: pd.Series, digits: int = 3) -> str:
    """Mean of some differences, with its sign."""
    said = es(values.mean(), digits)
    return said if said.startswith("-") or set(said) <= set("0,") else f"+{said}"


def both(own: pd.DataFrame, kind: str) -> str:
    """ROC-AUC / log-loss: how many intervals of a kind held what came."""
    return " / ".join(str(int(own[f"{kind}:{m}_held"].sum())) for m in MEASURES)


def with_error(values: pd.Series, digits: int = 3) -> str:
    """Mean over cases and its standard error."""
    return f"{signed(values, digits)} ± {es(standard_error(values), digits)}"


def met(yes: bool) -> str:
    """Whether a goal is met."""
    return "cumplido" if yes else "**no cumplido**"


def series_part(table: pd.DataFrame) -> list[str]:
    """One family on all customers: what flattered, which intervals held, how wide they are."""
    rows = [
        [
            panel, count(len(own)), *(with_error(own[f"exam:{m}"]) for m in MEASURES),
            both(own, "alone"), both(own, "widened"),
            " / ".join(es(own[f"widened:{m}_width"].mean(), 3) for m in MEASURES),
        ]
        for panel, own in table.groupby("panel", sort=False)
    ]  # fmt: skip
    head = [
        "todos los clientes, regresión logística", "casos", "de más en ROC-AUC",
        "de más en pérdida", "aciertan: examen solo", "examen con las fotos", "anchura media",
    ]  # fmt: skip
    return [
        "**Una familia, todos los clientes, muchas fechas** (`benchmarks/time_series.py`). Sin "
        "elegir entre familias, un modelo se aprende una vez y sirve a varios casos. «De más» es "
        "lo que prometió el examen por encima de lo que vino, con el error de la media por la "
        "dispersión de los casos (comparten fotos: el verdadero es algo mayor); «aciertan», "
        "cuántos intervalos de ROC-AUC / pérdida logarítmica contienen lo que vino.",
        grid(head, rows),
        f"Objetivos: {coverage(table)}; {optimism(table)}.{_missed(table)}{_narrow(table)}",
    ]


def coverage(table: pd.DataFrame) -> str:
    """Share of the cases whose interval held what came, against its goal."""
    n, said = len(table), []
    for measure, name in zip(MEASURES, ("ROC-AUC", "pérdida"), strict=True):
        hits = int(table[f"widened:{measure}_held"].sum())
        said.append(f"{name} {hits} de {n} ({pct(hits / n, 0)}, {met(hits / n >= COVERED)})")
    return (
        f"el intervalo de 03 contiene la foto siguiente en el {pct(COVERED, 0)} de los casos, "
        f"{listed(said)}"
    )


def optimism(table: pd.DataFrame) -> str:
    """Mean flattery of the exam by panel, against its goal."""
    said = [
        f"{panel} {signed(own['exam:roc_auc'])} de ±{es(OPTIMISM[panel], 3)} "
        f"({met(abs(own['exam:roc_auc'].mean()) <= OPTIMISM[panel])})"
        for panel, own in table.groupby("panel", sort=False)
    ]
    return f"optimismo medio en ROC-AUC, {listed(said)}"


def _missed(table: pd.DataFrame) -> str:
    held = table[[f"widened:{m}_held" for m in MEASURES]].all(axis=1)
    said = [f"{row.panel}, {row.next}" for row in table[~held].itertuples()]
    return f" No contiene lo que vino en {listed(said)}." if said else ""


def _narrow(table: pd.DataFrame) -> str:
    alone = int((table["months"] < 2).sum())
    if not alone:
        return ""
    return (
        f" En {plural(alone, 'caso', 'casos')} solo una foto podía repetirse, y el intervalo es el "
        "del examen solo."
    )


def choice_part(found: list[dict], table: pd.DataFrame) -> list[str]:
    """The whole recipe, which chooses among families: four kinds of promise, and the choice."""
    groups = list(table.groupby("panel", sort=False))
    flattered = [
        [p, *(f"{signed(o[f'{k}:roc_auc'])} / {signed(o[f'{k}:log_loss'])}" for k in KINDS)]
        for p, o in groups
    ]
    right = [
        [
            panel, count(len(own)), both(own, "by_row"), both(own, "exam"), both(own, "widened"),
            listed([f"{family_label(f)} ({n})" for f, n in own["family"].value_counts().items()]),
            f"{own['close'].sum()} de {len(own)}", es(own["given_up"].mean(), 4),
        ]
        for panel, own in groups
    ]  # fmt: skip
    head = ["aciertan", "casos", "al azar por filas", "examen solo", "examen con las fotos",
            "familia elegida", "a un error de la mejor", "pérdida de más"]  # fmt: skip
    return [
        f"**La receta entera, que elige entre familias** (`benchmarks/time.py`), {_how(found)}. Lo "
        "que prometió de más cada manera de examinar, ROC-AUC / pérdida logarítmica:",
        grid(["de más", *KINDS.values()], flattered),
        "Cuántos intervalos contienen lo que vino, y si la familia elegida está, en la foto "
        "siguiente, a un error típico pareado de la que allí tiene menos pérdida:",
        grid(head, right),
        f"Objetivos: {coverage(table)}; {optimism(table)}; {_choice_goal(table)}",
        _always(table),
    ]


def _how(found: list[dict]) -> str:
    shares = pd.Series([case["share"] for case in found]).value_counts().sort_index()
    sampled = [f"{n} con el {pct(share, 0)} de los clientes" for share, n in shares.items()]
    few = [f"{p} con test_share = {es(s, 2)}" for p, s in TEST_SHARE.items() if s != 0.20]
    why = f"; {listed(few)} porque, con más, casi nada queda de que aprender" if few else ""
    return f"{plural(len(found), 'caso', 'casos')}, {listed(sampled)}, tomados por su hash{why}"


def _choice_goal(table: pd.DataFrame) -> str:
    close, n = int(table["close"].sum()), len(table)
    return (
        f"la familia elegida, a un error de la mejor en el {pct(WELL_CHOSEN, 0)}, {close} de {n} "
        f"({met(close / n >= WELL_CHOSEN)}; si las cuatro fueran igual de buenas, el azar daría el "
        f"{pct(close_by_chance(), 0)})."
    )


def _always(table: pd.DataFrame) -> str:
    """What using one family always would have changed, over all cases."""
    columns = [c for c in table if c.startswith("always:")]
    said = [
        f"{family_label(c.removeprefix('always:'))}, {with_error(table[c], 4)}"
        for c in sorted(columns, key=lambda c: -table[c].mean())
    ]
    return (
        "Si en todos los casos se hubiera usado la misma, la pérdida en la foto siguiente habría "
        f"bajado, de media y frente a la elegida: {'; '.join(said)}."
    )


def refit_part(table: pd.DataFrame, series: pd.DataFrame) -> str:
    """What learning again from everything known is worth, by both measurements."""
    said = [
        f"{panel}, {with_error(own['fresh:auc_gain'], 4)} de ROC-AUC y "
        f"{with_error(own['fresh:loss_fall'], 4)} de pérdida, menos pérdida en "
        f"{int((own['fresh:loss_fall'] > 0).sum())} de {len(own)}"
        for panel, own in series.groupby("panel", sort=False)
    ]
    text = (
        "**Volver a aprender.** El modelo que va al examen no ha visto las fotos más recientes. La "
        "misma receta aprendida de todo lo que se sabía el día de la foto siguiente, contra él, en "
        f"esa foto (regresión logística, todos los clientes): {'; '.join(said)}."
    )
    if "refit:loss_fall" not in table:
        return text
    known = table.dropna(subset=["refit:loss_fall"])
    chosen = [
        f"{panel}, {with_error(own['refit:auc_gain'], 4)} y {with_error(own['refit:loss_fall'], 4)}"
        f" ({plural(len(own), 'caso', 'casos')})"
        for panel, own in known.groupby("panel", sort=False)
    ]
    return f"{text} Con la familia elegida, en la primera foto tras `as_of`: {'; '.join(chosen)}."


def newest_part(told: dict) -> str:
    """Whether choice and calibration gain by looking at the newest snapshots only."""
    n, lost = told["cases"], told["loss_given_up"]
    better, changed = told["newest_calibration_better"].split(" of ")
    so = " Por eso se mira todo." if lost["newest"] >= lost["all"] else ""
    return (
        "**¿Mirar solo lo más reciente?** (`benchmarks/time_choice.py`, las mismas "
        f"puntuaciones.) Elegir por el tercio más reciente de las fotos cambia la familia en "
        f"{told['differ']} de {n} casos, y la pérdida que se cede en la foto siguiente frente a la "
        f"mejor es {es(lost['newest'], 4)}, contra {es(lost['all'], 4)} al mirar todas. Calibrar "
        f"con ese tercio cambia {changed} de los {count(told['models'])} modelos y "
        f"mejora {better}; la pérdida baja, de media, {es(told['newest_calibration_fall'], 5)}.{so}"
    )


def cases_table(found: list[dict]) -> str:
    """Every case of the whole recipe: what was promised and what came."""
    rows = []
    for case in found:
        said, now, wide = promises(case, "roc_auc"), case["next"], case["promised"]["widened"]
        rows.append([
            f"{case['panel']}, {now['snapshot']}", *(es(said[k], 3) for k in KINDS),
            interval(*wide["roc_auc_ci"]), es(now["roc_auc"], 3),
            interval(*wide["log_loss_ci"]), es(now["log_loss"], 3),
        ])  # fmt: skip
    head = ["ROC-AUC", *KINDS.values(), "intervalo de 03", "vino", "pérdida: intervalo de 03",
            "vino"]  # fmt: skip
    return grid(head, rows)


def section(found: list[dict], series: list[dict], newest: dict) -> str:
    """The whole section."""
    found, alone = chosen_cases(found), series_of(series)
    table = table_of(found)
    intro = (
        "Se atrasa el reloj: la tabla acaba el día en que madura una foto, se hace lo que hacen 02 "
        "y 03, y la foto siguiente, que nadie tenía, dice quién acertó."
    )
    parts = [intro, *series_part(alone), *choice_part(found, table), cases_table(found)]
    return "\n\n".join([*parts, refit_part(table, alone), newest_part(newest)])


def rendered(page: str, found: list[dict], series: list[dict], newest: dict) -> str:
    """The page with the section between its marks."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{section(found, series, newest)}\n\n{END}{after}"


def results() -> tuple[list[dict], list[dict], dict]:
    """What the three measurements found."""
    paths = RESULTS, time_series.RESULTS, time_choice.RESULTS
    found, series, choice = (json.loads(p.read_text()) for p in paths)
    return found, series, choice["summary"]


def main() -> None:
    """Put the section into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(rendered(page, *results()), encoding="utf-8")


if __name__ == "__main__":
    main()
