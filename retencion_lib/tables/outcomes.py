"""Which outcomes have arrived, for which batch, and which are still missing.

An outcome belongs to the batch that 05 looks at if its customer is in it, else to the last
logged prediction of that customer. Nothing is dropped in silence: outcomes of earlier batches,
of customers that nobody scored, blank ones and missing ones are counted and said.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import registry, store
from retencion_lib.home.experiments import experiments
from retencion_lib.models.stored import load_known
from retencion_lib.tables import need_columns, read_table
from retencion_lib.tables.labels import NEGATIVE_LABELS, POSITIVE_LABELS
from retencion_lib.tables.scored import Scored
from retencion_lib.tables.training import as_labels, check_ids
from retencion_lib.words import count, listed, plural

CURRENT = "este lote"
LOGGED = ["run_id", "scored_at", "score", "threshold", "group", "expected_profit", "model",
          "version"]  # fmt: skip


@dataclass(frozen=True)
class Outcomes:
    """Scored customers with the outcome of those that have one."""

    path: str  # of the labels, from the home
    table: pd.DataFrame  # as `scored`, and y (nan if missing)
    unknown: list[str]  # ids with an outcome that nobody scored
    blank: int  # rows of the labels without an outcome

    @property
    def batches(self) -> list[str]:
        """Batches with at least one outcome, the current one first."""
        return list(self.table.loc[self.table["y"].notna(), "batch"].unique())

    def counts(self) -> dict[str, int]:
        """How many outcomes there are, and how many are late, unknown, blank or missing."""
        here = self.table["batch"] == CURRENT
        known = self.table["y"].notna()
        return {
            "n_labelled": int((here & known).sum()),
            "n_missing": int((here & ~known).sum()),
            "n_earlier": int((~here & known).sum()),
            "n_unknown": len(self.unknown),
            "n_blank": self.blank,
        }

    def sentence(self) -> str:
        """What has arrived and what has not, in words."""
        n = self.counts()
        said = [
            f"{plural(n['n_labelled'], 'resultado', 'resultados')} de este lote "
            f"({count(n['n_missing'])} por llegar)"
        ]
        if n["n_earlier"]:
            said.append(f"{count(n['n_earlier'])} de lotes anteriores")
        if n["n_unknown"]:
            said.append(
                f"{count(n['n_unknown'])} de clientes que nadie puntuó ({listed(self.unknown, 3)})"
            )
        if n["n_blank"]:
            said.append(f"{plural(n['n_blank'], 'fila', 'filas')} sin resultado")
        return f"{self.path} trae {'; '.join(said)}."


def collect(batch: Scored, labels: str, *, target: str) -> Outcomes | None:
    """Read the outcomes and give each its prediction; None without a file.

    Raises
    ------
    DataError
        If the id or the outcome is missing, an id repeats, the outcome is not two known
        classes, or no customer with an outcome was ever scored.
    """
    if not labels:
        return None
    frame = read_table(labels, texts=[batch.id_col, target])
    where = config.relative(labels)
    need_columns(frame.columns, [batch.id_col, target], where)
    ids = check_ids(frame[batch.id_col], where)
    y = binary_outcomes(frame[target].reset_index(drop=True), where, champion_positive())
    table = scored(batch)
    outcome = pd.Series(y.to_numpy(), index=ids)
    known = outcome.dropna()
    table["y"] = table["id"].map(known)
    unknown = sorted(set(known.index) - set(table["id"]))
    if len(known) and not table["y"].notna().any():
        raise DataError(
            f"{where}: ninguno de sus {plural(len(ids), 'cliente', 'clientes')} "
            f"({listed(ids, 3, quote=True)}) está en {batch.path} "
            f"({listed(table['id'], 3, quote=True)}) ni en {config.PREDICTIONS}. Comprueba que "
            "id_col es la misma columna y que se escribe igual."
        )
    return Outcomes(where, table, unknown, int(outcome.isna().sum()))


def champion_positive() -> str:
    """Label of the class that left, as the champion learnt it; empty without a champion."""
    entry = registry.read().champion
    if entry is None:
        return ""
    return entry.positive or load_known(entry.artifact, experiments()).positive


def binary_outcomes(column: pd.Series, where: str, positive: str = "") -> pd.Series:
    """Outcomes as 1, 0 or nan where blank; one class alone is fine, its name must be known.

    Raises
    ------
    DataError
        If a label is neither the champion's, nor yes/no and their like.
    """
    labels = as_labels(column)
    found = sorted(labels.dropna().unique())
    low = {label: label.strip().lower() for label in found}
    yes = {f for f in found if f == positive or low[f] in POSITIVE_LABELS}
    no = {f for f in found if low[f] in NEGATIVE_LABELS} - {positive}
    rest = [f for f in found if f not in yes | no]
    if len(rest) == 1 and positive and not no and positive.lower() not in POSITIVE_LABELS:
        no = {rest.pop()}
    if rest:
        raise DataError(
            f"{where}: '{column.name}' tiene {listed(found, quote=True)} y no se sabe qué es "
            f"{listed(rest, quote=True)}. Hacen falta la baja ('{positive or 1}') y su contrario, "
            "como 1 y 0 o sí y no; deja en blanco lo que aún no se sabe."
        )
    return labels.map(dict.fromkeys(yes, 1.0) | dict.fromkeys(no, 0.0)).astype(float)


def scored(batch: Scored) -> pd.DataFrame:
    """Customers of the current batch, then the last prediction of every other one logged.

    Returns
    -------
    DataFrame
        ``batch, id, score, threshold, group, expected_profit, model``; what the log does not
        say is the champion's threshold, an empty group or model, and nan.
    """
    now = pd.DataFrame({"batch": CURRENT, "id": batch.ids, "score": batch.scores})
    log = logged(batch.id_col)
    latest = log.drop_duplicates(["id", "score"], keep="last").drop(columns="batch")
    now = now.merge(latest, on=["id", "score"], how="left")
    earlier = log[~log["id"].isin(now["id"])].drop_duplicates("id", keep="last")
    table = pd.concat([now, earlier], ignore_index=True) if len(earlier) else now
    table["threshold"] = table["threshold"].fillna(champion_threshold())
    for name in ("group", "model"):
        table[name] = table[name].astype(object).fillna("")
    return table


def champion_threshold() -> float:
    """Threshold of the model in use; one half where there is none."""
    entry = registry.read().champion
    return entry.threshold.value if entry else 0.5


def logged(id_col: str) -> pd.DataFrame:
    """Log of predictions, one row each, oldest first; empty if there is no log of these ids."""
    path = config.resolve(config.PREDICTIONS)
    empty = pd.DataFrame(
        columns=["id", "score", "batch", "threshold", "group", "expected_profit", "model"]
    )
    if not path.is_file():
        return empty.astype({"score": float, "threshold": float, "expected_profit": float})
    head = pd.read_csv(path, nrows=0).columns
    if id_col not in head:
        return empty.astype({"score": float, "threshold": float, "expected_profit": float})
    columns = [id_col, *(c for c in LOGGED if c in head)]
    texts = dict.fromkeys([id_col, "version"], str)
    log = store.read_csv(path, made_by="infer", usecols=columns, dtype=texts)
    log = log.rename(columns={id_col: "id"}).reindex(columns=["id", *LOGGED])
    log["id"] = as_labels(log["id"])
    log["batch"] = log.pop("scored_at").astype(str).str[:10]
    log["model"] = log["model"].astype("string") + "__v" + log.pop("version").astype("string")
    log["expected_profit"] = log["expected_profit"].astype(float)
    return log.drop(columns="run_id")


def same_scores(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and score of the customers with both."""
    known = table[table["y"].notna()]
    return known["y"].to_numpy(int), known["score"].to_numpy(float)
