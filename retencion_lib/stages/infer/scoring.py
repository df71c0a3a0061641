"""Score a batch with a known model, held against its contract."""

from dataclasses import dataclass, replace
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
    open_source,
    read_table,
    require_batch,
    test_mask,
)
from retencion_lib.tables.ids import id_name, with_id
from retencion_lib.tables.sources import Note
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
    odd: tuple[Note, ...] = ()  # what was odd when it was read

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
    contract = scorer.model.contract
    if not sample:
        source = open_source(input)
        known = id_col if id_col in source.names else contract.id_col
        need_same_portfolio(known, source.where)
        frame = read_table(source, contract=replace(contract, id_col=known))
        frame = with_id(frame, known.replace(config.ROW_ID, ""), source)
        return Batch(frame, known, source.where, scored_path(source.path), tuple(source.notes))
    return _drawn(scorer, data, sample, id_col)


def _drawn(scorer: Scorer, data: str, sample: float, id_col: str) -> Batch:
    """A share of the customers of a labelled table that the model was not learnt from."""
    model, source = scorer.model, open_source(data)
    contract, key = model.contract, id_name(id_col)
    training = load_training(
        source, target=contract.target, id_col=id_col, positive=model.positive,
        unlabelled=contract.unlabelled,
    )  # fmt: skip
    held = test_mask(training.ids, training.y, model.test_share, model.seed)
    draw = hashes(training.ids, f"sample:{model.seed}") < sample * 2.0**64
    frame = with_id(read_table(source, contract=replace(contract, id_col=key)), id_col, source)
    drawn = set(training.ids[held & draw])
    frame = frame[frame[key].isin(drawn)].drop(columns=contract.target)
    if frame.empty:
        raise DataError(
            f"sample = {sample}: de los {count(held.sum())} clientes apartados de "
            f"{training.path} no sale ninguno. Usa una parte mayor."
        )
    output = scored_path(source.path, "_sample")
    return Batch(frame.reset_index(drop=True), key, source.where, output, tuple(source.notes))


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
    contract = replace(scorer.model.contract, id_col=batch.id_col)
    check = require_batch(batch.frame, contract, batch.path)
    table = check.frame.assign(score=scorer.model.predict(check.frame))
    dates = [name for name in contract.dates if name in batch.frame]
    store.write_csv(batch.output, pd.concat([table, batch.frame[dates]], axis=1))
    return table, check.notes
