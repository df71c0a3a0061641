"""The results of `benchmarks.quality` as the tables of docs/modelos.md and a line of the README."""

import json
from pathlib import Path

import pandas as pd

from benchmarks.peers import AUTOGLUON_SECONDS
from benchmarks.tables import DESIGN, JUDGED, UNSEEN
from retencion_lib.models import family_label
from retencion_lib.words import count, es, listed

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "quality.csv"
SPEED = RESULTS.with_name("speed.json")
START, END = "<!-- quality:start -->", "<!-- quality:end -->"
CHAMPION = "own:champion"
PEERS = {
    "peer:logreg": "Logística corriente", "peer:xgboost": "XGBoost, de fábrica",
    "peer:lightgbm": "LightGBM, de fábrica", "peer:catboost": "CatBoost, de fábrica",
    "peer:autogluon": "AutoGluon `best_quality`",
}  # fmt: skip
RIVALS = {"CatBoost": "peer:catboost", "LightGBM": "peer:lightgbm", "logística": "peer:logreg"}
GOALS = {"wa_churn": (0.850, 0.4105), "mlc_churn": (0.926, 0.125), "attrition": (0.850, 0.308)}


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


def brief_table(table: pd.DataFrame, names: dict) -> str:
    """The champion, the stack and each peer on some tables, one line each."""
    models = [CHAMPION, "own:stack", *(m for m in PEERS if m != "peer:autogluon")]
    rows = []
    for name in names:
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


def score(table: pd.DataFrame, names: dict, peer: str) -> tuple[int, int, int]:
    """On how many tables the champion beats, equals or loses to a peer by two errors."""
    rows = [table.loc[(n, peer)] for n in names if (n, peer) in table.index]
    wins = sum(r.loss_gain > 2 * r.loss_error for r in rows)
    loses = sum(r.loss_gain < -2 * r.loss_error for r in rows)
    return wins, len(rows) - wins - loses, loses


def tallies(table: pd.DataFrame, names: dict) -> str:
    """The champion against each peer on some tables, and where it loses."""
    losses = behind(table, names, 2) or ["en ninguna"]
    said = "; ".join(
        f"{label(peer)}: gana en {wins}, iguala en {equals}, pierde en {loses}"
        for peer in PEERS
        if peer != "peer:autogluon"
        for wins, equals, loses in [score(table, names, peer)]
    )
    return (
        f"En pérdida logarítmica y a dos errores típicos, el campeón contra {said}. Donde pierde: "
        f"{'; '.join(losses)}."
    )


def goals_sentence(table: pd.DataFrame) -> str:
    """Which of the goals that were set beforehand are met."""
    said = []
    for name, (auc, loss) in GOALS.items():
        met = [
            f"{who} {'sí' if row.roc_auc >= auc else 'no'} y "
            f"{'sí' if row.log_loss <= loss else 'no'}"
            for who, model in (("el campeón", CHAMPION), ("la combinación", "own:stack"))
            for row in [table.loc[(name, model)]]
        ]
        said.append(f"`{name}`, {es(auc, 3)} y {es(loss, 4)}: {', '.join(met)}")
    return f"Objetivos puestos de antemano, ROC-AUC no menor y pérdida no mayor. {'; '.join(said)}."


def cost_sentence(found: pd.DataFrame) -> str:
    """How many times the champion's CPU AutoGluon spent, on the same folds."""
    spent = found.set_index(["table", "fold", "model"])["cpu_seconds"].unstack()
    spent = spent.dropna(subset=["peer:autogluon"]).groupby("table").mean()
    said = [
        f"{es(row['peer:autogluon'] / row[CHAMPION], 0)} veces la del campeón en `{name}` "
        f"({es(row['peer:autogluon'], 0)} s contra {es(row[CHAMPION], 0)})"
        for name, row in spent.iterrows()
    ]
    return (
        f"AutoGluon gastó, de CPU, {listed(said)}. Se midió en menos partes, con un núcleo y "
        f"{AUTOGLUON_SECONDS} s por reloj, que agota: en una máquina compartida recibe menos CPU. "
        "La del campeón es la menor de las veces que se midió. Sus medias no son las de las mismas "
        "partes: compárense las dos últimas columnas."
    )


def speed_sentence() -> str:
    """What training costs as rows grow."""
    found = json.loads(SPEED.read_text(encoding="utf-8"))
    first, last = found[0], found[-1]
    spent = listed(f"{es(r['cpu_seconds'], 0)} con {count(r['rows'])} clientes" for r in found)
    ratio = last["cpu_seconds"] / last["rows"] * first["rows"] / first["cpu_seconds"]
    return (
        f"Entrenar todas las familias y la combinación cuesta, en segundos de CPU, {spent}: por "
        f"cliente, {es(ratio, 2)} veces lo del principio; memoria, {es(last['peak_mb'] / 1024)} GB "
        "en el último caso"
    )


def page(found: pd.DataFrame) -> str:
    """All the tables, and what they say in words."""
    table = means(found)
    close = behind(table, DESIGN | JUDGED | UNSEEN, 1) or ["en ninguna"]
    return "\n\n".join([
        "**Tablas miradas al diseñar**, cinco partes cada una. Las variantes se eligieron viendo "
        "estas tres: aquí el resultado es optimista.",
        *(design_table(table, name) for name in DESIGN if (name, CHAMPION) in table.index),
        goals_sentence(table),
        cost_sentence(found),
        "**Tablas que han decidido cambios**, tres partes cada una. Se fijaron antes de ajustar "
        "nada en ellas; después, un cambio se aceptaba si bajaba la media de la pérdida en estas y "
        "las tres de arriba: algo optimistas también.",
        brief_table(table, JUDGED),
        tallies(table, JUDGED),
        "**Tablas que no han decidido nada**, tres partes cada una. Se fijaron después de aquellas "
        "y antes de ajustar nada en ellas.",
        brief_table(table, UNSEEN),
        tallies(table, UNSEEN),
        "En todas las tablas, más de un error típico por detrás de algún rival: "
        f"{'; '.join(close)}.",
        f"**Con más clientes** (`benchmarks/speed.py`). {speed_sentence()}. La búsqueda de "
        "columnas no mira más de 20.000; los modelos, a todos.",
    ])  # fmt: skip


def readme_rows() -> str:
    """What the README says of the models."""
    table = means(pd.read_csv(RESULTS))
    said = []
    for name in DESIGN:
        own, stack, cat = (table.loc[(name, m)] for m in (CHAMPION, "own:stack", "peer:catboost"))
        said.append(f"`{name}` {both(own)} (combinación {both(stack)}, CatBoost {both(cat)})")
    groups = [
        f"{count(len(names))} tablas {what}, "
        + ", ".join(
            f"{short} {'/'.join(map(str, score(table, names, peer)))}"
            for short, peer in RIVALS.items()
        )
        for names, what in ((JUDGED, "que sirvieron para aceptar cambios"),
                            (UNSEEN, "que no decidieron nada"))
    ]  # fmt: skip
    return (
        f"- **Modelos.** ROC-AUC / pérdida logarítmica del campeón: {'; '.join(said)}. Tablas en "
        "que gana/iguala/pierde por pérdida logarítmica contra otros de fábrica: en "
        f"{'; en '.join(groups)} ([modelos](docs/modelos.md))."
    )


def write() -> None:
    """Put the tables between the marks of docs/modelos.md."""
    path = ROOT / "docs" / "modelos.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    body = page(pd.read_csv(RESULTS))
    path.write_text(f"{before}{START}\n\n{body}\n\n{END}{after}", encoding="utf-8")
