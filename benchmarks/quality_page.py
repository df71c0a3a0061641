"""The results of `benchmarks.quality` as the tables of docs/modelos.md and a line of the README."""

from pathlib import Path

import pandas as pd

from benchmarks.tables import DESIGN, UNSEEN
from retencion_lib.models import family_label
from retencion_lib.words import count, es

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "quality.csv"
START, END = "<!-- quality:start -->", "<!-- quality:end -->"
CHAMPION = "own:champion"
PEERS = {
    "peer:logreg": "Logística corriente", "peer:xgboost": "XGBoost, de fábrica",
    "peer:lightgbm": "LightGBM, de fábrica", "peer:catboost": "CatBoost, de fábrica",
    "peer:autogluon": "AutoGluon `best_quality`",
}  # fmt: skip


def label(model: str) -> str:
    """Name of a model for readers."""
    if model == CHAMPION:
        return "**Campeón de 03**"
    return PEERS.get(model) or family_label(model.removeprefix("own:"))


def means(found: pd.DataFrame) -> pd.DataFrame:
    """Mean of each table and model over its folds; errors of the means of differences."""
    groups = found.groupby(["table", "model"])
    table = groups.mean(numeric_only=True)
    n = groups.size()
    for error in ("auc_error", "loss_error"):
        table[error] = groups[error].agg(lambda e: (e**2).sum() ** 0.5) / n
    return table.assign(n_folds=n).drop(columns="fold")


def difference(row: pd.Series, gain: str, error: str) -> str:
    """A paired difference and its standard error; a dash for the champion itself."""
    return "—" if pd.isna(row[gain]) else f"{es(row[gain], 4)} ± {es(row[error], 4)}"


def grid(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def design_table(table: pd.DataFrame, name: str) -> str:
    """Every model on one of the tables looked at while designing, best log-loss first."""
    part = table.loc[name].sort_values("log_loss")
    rows = [
        [
            label(model) + (f" ({count(row.n_folds)} partes)" if row.n_folds < 5 else ""),
            es(row.roc_auc, 4), es(row.pr_auc, 4), es(row.log_loss, 4), es(row.brier, 4),
            f"{es(row.ece, 3)} ({es(row.ece_perfect, 3)})", es(row.cpu_seconds),
            difference(row, "auc_gain", "auc_error"), difference(row, "loss_gain", "loss_error"),
        ]
        for model, row in part.iterrows()
    ]  # fmt: skip
    head = [f"`{name}`", "ROC-AUC", "PR-AUC", "pérdida log.", "Brier", "ECE (del perfecto)",
            "CPU (s)", "ventaja del campeón en ROC-AUC", "en pérdida log."]  # fmt: skip
    return grid(head, rows)


def both(row: pd.Series) -> str:
    """ROC-AUC and log-loss."""
    return f"{es(row.roc_auc, 3)} / {es(row.log_loss, 3)}"


def unseen_table(table: pd.DataFrame) -> str:
    """The champion and each peer on the tables that nobody looked at."""
    models = [CHAMPION, "own:stack", *(m for m in PEERS if m != "peer:autogluon")]
    rows = []
    for name in UNSEEN:
        if (name, CHAMPION) in table.index:
            rows.append([f"`{name}`", *(both(table.loc[(name, m)]) for m in models)])
    return grid(["ROC-AUC / pérdida log.", *map(label, models)], rows)


def behind(table: pd.DataFrame, names: dict, errors: float) -> list[str]:
    """Tables where some peer's log-loss is better than the champion's beyond the errors given."""
    rows = table[table.index.get_level_values("model").str.startswith("peer:")]
    worse = rows[rows["loss_gain"] < -errors * rows["loss_error"]]
    return [
        f"`{name}` ({label(model)}, {es(-row.loss_gain, 4)} ± {es(row.loss_error, 4)})"
        for (name, model), row in worse.iterrows()
        if name in names
    ]


def tally(table: pd.DataFrame, names: dict, peer: str) -> str:
    """On how many tables the champion beats, equals or loses to a peer by two errors."""
    rows = [table.loc[(n, peer)] for n in names if (n, peer) in table.index]
    wins = sum(r.loss_gain > 2 * r.loss_error for r in rows)
    loses = sum(r.loss_gain < -2 * r.loss_error for r in rows)
    return f"{label(peer)}: gana en {wins}, iguala en {len(rows) - wins - loses}, pierde en {loses}"


def page(found: pd.DataFrame) -> str:
    """All the tables, and what they say in words."""
    table = means(found)
    losses = behind(table, UNSEEN, 2) or ["ninguna"]
    return "\n\n".join([
        "**Tablas miradas al diseñar.** Las variantes se eligieron viendo estas tres: aquí el "
        "resultado es optimista.",
        *(design_table(table, name) for name in DESIGN if (name, CHAMPION) in table.index),
        "AutoGluon se midió en menos partes, con el tiempo límite de `benchmarks/peers.py` por "
        "reloj y un núcleo: en una máquina compartida gastó menos CPU de la que pedía. Sus medias "
        "no son las de las mismas partes: compárense las dos últimas columnas.",
        "**Tablas no usadas al diseñar**, tres partes cada una; se fijaron antes de ajustar "
        "nada en ellas.",
        unseen_table(table),
        "En pérdida logarítmica y a dos errores típicos, el campeón contra "
        + "; ".join(tally(table, UNSEEN, peer) for peer in PEERS if peer != "peer:autogluon")
        + ".",
        f"Donde pierde: {'; '.join(losses)}.",
    ])  # fmt: skip


def readme_rows() -> str:
    """What the README says of the models."""
    table = means(pd.read_csv(RESULTS))
    said = []
    for name in DESIGN:
        own, cat = table.loc[(name, CHAMPION)], table.loc[(name, "peer:catboost")]
        said.append(f"`{name}` {both(own)} (CatBoost {both(cat)})")
    tallies = [tally(table, UNSEEN, p) for p in ("peer:catboost", "peer:lightgbm", "peer:logreg")]
    return (
        f"- **Modelos.** ROC-AUC / pérdida logarítmica del campeón: {'; '.join(said)}. En "
        f"{len(UNSEEN)} tablas que no se miraron al diseñar, por pérdida logarítmica, contra "
        f"{'; '.join(tallies)} ([modelos](docs/modelos.md))."
    )


def write() -> None:
    """Put the tables between the marks of docs/modelos.md."""
    path = ROOT / "docs" / "modelos.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    body = page(pd.read_csv(RESULTS))
    path.write_text(f"{before}{START}\n\n{body}\n\n{END}{after}", encoding="utf-8")
