"""Score a batch with a known model, held against its contract."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, OrderError
from retencion_lib.home import registry, store
from retencion_lib.home.experiments import experiments
from retencion_lib.models import FittedModel
from retencion_lib.models.stored import load_known
from retencion_lib.tables import (
    hashes,
    load_training,
    need_same_portfolio,
    read_table,
    require_batch,
    test_mask,
)
from retencion_lib.words import count


@dataclass(frozen=True)
class Scorer:
    """The model that scores, its name for the log, and its threshold."""

    model: FittedModel
    threshold: float
    policy: str


@dataclass(frozen=True)
class Batch:
    """Customers to score, and where they came from."""

    frame: pd.DataFrame
    id_col: str  # column asked for where the batch has it, else the one of the training
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
    log = experiments()
    if model:
        fitted = load_known(model, log)
        return Scorer(fitted, fitted.thresholds["f1"], "f1")
    entry = registry.read().champion
    if entry is None:
        raise OrderError(
            "Todavía no hay ningún campeón en artifacts/registry.json. "
            "Ejecuta antes 'retencion evaluate', o indica un modelo con model."
        )
    used = entry.threshold
    return Scorer(load_known(entry.artifact, log), used.value, used.policy)


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
        known = id_col if id_col in frame else scorer.model.contract["id_col"]
        need_same_portfolio(known, config.relative(path))
        return Batch(frame, known, config.relative(path), scored_path(path))
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
    frame = frame.reset_index(drop=True)
    return Batch(frame, id_col, training.path, scored_path(path, "_sample"))


def scored_path(path: Path, suffix: str = "") -> Path:
    """Where the scored form of a batch goes: beside the other data, under its own name."""
    return config.resolve("data") / f"{path.stem}{suffix}_with_score.csv"


def score(batch: Batch, scorer: Scorer) -> tuple[pd.DataFrame, list[str]]:
    """Hold the batch against the contract, score it, and write the scored batch.

    Returns
    -------
    DataFrame
        Id, features as the model read them, and ``score``, in the batch's order. The file has
        also the batch's dates, which tell 05 how old the extract is.
    list of str
        What was odd and scored all the same.
    """
    contract = scorer.model.contract | {"id_col": batch.id_col}
    check = require_batch(batch.frame, contract, batch.path)
    table = check.frame.assign(score=scorer.model.predict(check.frame))
    dates = [name for name in contract.get("dates", []) if name in batch.frame]
    store.write_csv(batch.output, pd.concat([table, batch.frame[dates]], axis=1))
    return table, check.notes
