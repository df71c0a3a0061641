"""Stage 04: score a batch with a known model, and log each prediction once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, OrderError
from retencion_lib.home import registry, store
from retencion_lib.models import FittedModel, family_label
from retencion_lib.stages.infer import CallList, trust_sentence
from retencion_lib.tables import (
    hashes,
    load_training,
    need_same_portfolio,
    read_table,
    require_batch,
    test_mask,
)
from retencion_lib.words import count, es, pct, plural


@dataclass(frozen=True)
class Scorer:
    """The model that scores, its name for the log, and its threshold."""

    model: FittedModel
    threshold: float
    policy: str

    @property
    def label(self) -> str:
        """Family and version of the model, for readers."""
        return f"{family_label(self.model.family)} v{self.model.version}"


@dataclass(frozen=True)
class Batch:
    """Customers to score, and where they came from."""

    frame: pd.DataFrame
    path: str  # from the home
    output: Path  # where the scored batch goes

    @property
    def stem(self) -> str:
        """Name of the batch in the names of what is made from it."""
        return self.output.stem.removesuffix("_with_score")


def load_scorer(model: str = "") -> Scorer:
    """Model to score with: the champion, or the artifact that `model` names.

    Raises
    ------
    OrderError
        If there is no champion yet.
    ArtifactError
        If the file is not one that a training run logged.
    """
    log = registry.experiments()
    if model:
        fitted = registry.load_known(model, log)
        return Scorer(fitted, fitted.thresholds["f1"], "f1")
    entry = registry.standing_champion(registry.read())
    if entry is None:
        raise OrderError(
            "Todavía no hay ningún campeón en artifacts/registry.json. "
            "Ejecuta antes 'retencion evaluate', o indica un modelo con model."
        )
    used = entry["threshold"]
    return Scorer(registry.load_known(entry["artifact"], log), used["value"], used["policy"])


def trust(scorer: Scorer) -> str:
    """What a list of this model promised and earned in its exam; empty if it had none."""
    path = config.resolve(config.TEST_REPORT)
    if not path.is_file():
        return ""
    report = store.read_json(path, made_by="evaluate")
    return trust_sentence(report, scorer.model.family, scorer.model.version)


def load_batch(scorer: Scorer, *, input: str, data: str, sample: float, id_col: str) -> Batch:
    """Read the batch, or draw a share of the held-out rows of `data` as if it were one.

    Raises
    ------
    ParameterError
        If `sample` is no share.
    DataError
        If the table cannot be read, is of another portfolio, or nobody is drawn.
    """
    config.check_share("sample", sample, zero=True)
    if not sample:
        path = config.resolve(input)
        frame = read_table(path)
        need_same_portfolio(_id_of(frame, scorer, id_col), config.relative(path))
        return Batch(frame, config.relative(path), scored_path(path))
    model = scorer.model
    path = config.resolve(data)
    training = load_training(
        data, target=model.contract["target"], id_col=id_col, positive=model.positive
    )
    held = test_mask(training.ids, training.y, model.test_share, model.seed)
    draw = hashes(training.ids, f"sample:{model.seed}") < sample * 2.0**64
    frame = read_table(path)[held & draw].drop(columns=model.contract["target"])
    if frame.empty:
        raise DataError(
            f"sample = {sample}: de los {count(held.sum())} clientes apartados de "
            f"{training.path} no sale ninguno. Usa una parte mayor."
        )
    return Batch(frame.reset_index(drop=True), training.path, scored_path(path, "_sample"))


def _id_of(frame: pd.DataFrame, scorer: Scorer, id_col: str) -> str:
    """Column asked for where the batch has it, else the one that the model was trained with."""
    return id_col if id_col in frame else scorer.model.contract["id_col"]


def scored_path(path: Path, suffix: str = "") -> Path:
    """Where the scored form of a batch goes: beside the other data, under its own name."""
    return config.resolve("data") / f"{path.stem}{suffix}_with_score.csv"


def score(batch: Batch, scorer: Scorer, *, id_col: str) -> tuple[pd.DataFrame, list[str]]:
    """Hold the batch against the contract, score it, and write the scored batch.

    Returns
    -------
    DataFrame
        Id, features as the model read them, and ``score``, in the batch's order. The file has
        also the batch's dates, which tell 05 how old the extract is.
    list of str
        What was odd and scored all the same.
    """
    contract = scorer.model.contract | {"id_col": _id_of(batch.frame, scorer, id_col)}
    check = require_batch(batch.frame, contract, batch.path)
    table = check.frame.assign(score=scorer.model.predict(check.frame))
    dates = [name for name in contract.get("dates", []) if name in batch.frame]
    store.write_csv(batch.output, pd.concat([table, batch.frame[dates]], axis=1))
    return table, check.notes


def predictions(
    table: pd.DataFrame, scorer: Scorer, calls: CallList, *, run_id: str, date: str
) -> pd.DataFrame:
    """Log rows of a scored batch: one event a customer, with model, threshold and decision.

    Another campaign, or the same under other terms, is another decision: other events.
    """
    id_col = table.columns[0]
    model = scorer.model
    rows = table.drop(columns="score").itertuples(index=False, name=None)
    stem = f"{date}|{model.family}|{model.version}|{model.data_sha256}|{calls.key()}|"
    decided = calls.decided
    return pd.DataFrame(
        {
            "event_id": [sha256((stem + repr(row)).encode()).hexdigest()[:16] for row in rows],
            "run_id": run_id,
            "scored_at": _scored_at(date),
            id_col: table[id_col],
            "model": model.family,
            "version": model.version,
            "score": table["score"],
            "threshold": scorer.threshold,
            "prediction": (table["score"] >= scorer.threshold).astype(int),
            "decile": decided["decile"],
            "expected_profit": decided["expected_profit"],
            "group": decided["group"],
            "reasons": ["; ".join(found) for found in decided["reasons"]],
            "campaign": calls.name,
        }
    )


def _scored_at(date: str) -> str:
    """The run's date with the clock's time, UTC."""
    return f"{date}T{datetime.now(UTC):%H:%M:%S}Z"


def log_predictions(events: pd.DataFrame) -> int:
    """Append the events that the log does not hold yet; give back how many were new."""
    path = config.resolve(config.PREDICTIONS)
    with store.locked(path):
        known = set(pd.read_csv(path, usecols=["event_id"])["event_id"]) if path.exists() else set()
        new = events[~events["event_id"].isin(known)]
        if len(new):
            store.append_csv(path, new)
    return len(new)


def sentence(events: pd.DataFrame, added: int, scorer: Scorer) -> str:
    """How many were scored, flagged and logged."""
    flagged = int(events["prediction"].sum())
    again = len(events) - added
    repeated = (
        f" {plural(again, 'predicción ya estaba', 'predicciones ya estaban')} en el registro con "
        "esta fecha y no se repite."
        if again
        else ""
    )
    return (
        f"**{plural(len(events), 'cliente puntuado', 'clientes puntuados')}** con "
        f"{scorer.label}; {count(flagged)} ({pct(flagged / len(events))}) superan el "
        f"umbral {es(scorer.threshold, 3)}. Se añaden {count(added)} al registro.{repeated}"
    )
