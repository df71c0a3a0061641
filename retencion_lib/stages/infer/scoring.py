"""Score a batch with a known model, held against its contract."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, OrderError, ParameterError
from retencion_lib.home import registry, store
from retencion_lib.home.experiments import Experiment, experiments
from retencion_lib.home.history import History
from retencion_lib.models import FittedModel
from retencion_lib.models.stored import load_known
from retencion_lib.tables import (
    hashes,
    load_training,
    need_same_portfolio,
    open_source,
    read_table,
    require_batch,
)
from retencion_lib.tables.engine import map_blocks
from retencion_lib.tables.history import ask_again, row_days, settled
from retencion_lib.tables.ids import id_name, with_id
from retencion_lib.tables.partition import split
from retencion_lib.tables.sample import learnt_rows
from retencion_lib.tables.sources import Note, Source
from retencion_lib.words import count


@dataclass(frozen=True)
class Scorer:
    """The model that scores, its name for the log, and its threshold."""

    model: FittedModel
    threshold: float
    policy: str
    history: History | None = None  # what the model learnt with; its column as the batch names it
    as_of: str = ""  # last day of the batch, ISO; empty is that of its newest row


@dataclass(frozen=True)
class Batch:
    """Customers to score, and where they came from."""

    frame: pd.DataFrame
    id_col: str  # column asked for where the batch has it, else the one of the training
    path: str  # from the home
    output: Path  # where the scored batch goes
    odd: tuple[Note, ...] = ()  # what was odd when it was read
    snapshot: str = ""  # ISO day of its rows; empty where a customer has no history

    @property
    def stem(self) -> str:
        """Name of the batch in the names of what is made from it."""
        return self.output.stem.removesuffix("_with_score")


def load_scorer(model: str = "", *, date: str = "", sample: float = 0, **time: str) -> Scorer:
    """Model to score with: what scores for the champion, or the artifact that `model` names.

    Parameters
    ----------
    sample : float
        Where it is not 0 the exam's customers are scored: by the model that the exam judged.
    date : str
        The run's, ISO: the batch cannot reach beyond it.
    **time
        What is asked of time, as `tables.history.ask_again`; nothing is what the model learnt with.

    Raises
    ------
    OrderError
        If there is no champion yet.
    ArtifactError
        If the file is not one that a training run logged.
    ParameterError
        If the model learnt with another horizon or gap, or without any.
    """
    log = experiments()
    if model:
        fitted = load_known(model, log)
        used = fitted.thresholds["f1"], "f1"
    else:
        fitted, *used = _champion(log, examined=sample > 0)
    learnt = _history(fitted, log)
    asked = ask_again(learnt, date=date, **time)
    if asked is None:
        return Scorer(fitted, *used)
    return Scorer(fitted, *used, replace(learnt, snapshot_col=asked.snapshot_col), asked.as_of)


def _champion(log: Sequence[Experiment], *, examined: bool) -> tuple[FittedModel, float, str]:
    """The model in use, or the one examined for it, its threshold and how that was set."""
    entry = registry.read().champion
    if entry is None:
        raise OrderError(
            "Todavía no hay ningún campeón en artifacts/registry.json. "
            "Ejecuta antes 'retencion evaluate', o indica un modelo con model."
        )
    used = entry.threshold
    artifact = entry.artifact if examined else entry.scores[1]
    return load_known(artifact, log), used.value, used.policy


def _history(model: FittedModel, log: Sequence[Experiment]) -> History | None:
    """What a model was asked of time when it learnt."""
    made = (e for e in reversed(log) if e.family == model.family)
    return next((e.data.history for e in made if model.version in e.versions()), None)


def load_batch(
    scorer: Scorer, *, input: str, data: str, sample: float, id_col: str, date: str = ""
) -> Batch:
    """Read the batch, or draw a share of the held-out rows of `data` as if it were one.

    Of a table with several snapshots only the newest is scored.

    Parameters
    ----------
    date : str
        The run's, ISO: the day of a batch that has none, and no snapshot may be of later.

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
        frame = with_id(_read(source, scorer, known), known.replace(config.ROW_ID, ""), source)
        frame, day = _newest(frame, scorer, source, date)
        notes = tuple(source.notes)
        return Batch(frame, known, source.where, scored_path(source.stem), notes, day)
    return _drawn(scorer, data, sample, id_col)


def _read(source: Source, scorer: Scorer, id_col: str) -> pd.DataFrame:
    """Table as the model's contract reads it; a day and an outcome are texts, whatever they say."""
    contract, texts = replace(scorer.model.contract, id_col=id_col), ()
    if scorer.history:
        texts = scorer.history.snapshot_col, contract.target
    return read_table(source, contract=contract, texts=texts)


def _newest(
    frame: pd.DataFrame, scorer: Scorer, source: Source, date: str
) -> tuple[pd.DataFrame, str]:
    """Rows of the newest snapshot, each with its day; a batch without days is of the run's."""
    if scorer.history is None:
        return frame, ""
    name = scorer.history.snapshot_col
    if name not in frame:
        source.note("undated", name, day=date)
        return frame.assign(**{name: date}), date
    days = row_days(frame[name], source.where)
    settled(replace(scorer.history, as_of=scorer.as_of), days, source.where, date=date)
    day = str(days.max())
    now = days == days.max()
    if not now.all():
        source.note("older", name, rows=int((~now).sum()), day=day)
    return frame[now].reset_index(drop=True).assign(**{name: day}), day


def _drawn(scorer: Scorer, data: str, sample: float, id_col: str) -> Batch:
    """A share of the customers of a labelled table that the model was not learnt from."""
    model = scorer.model
    source = open_source(data, sealed=model.data_sha256)  # those held out are of that table
    contract, key = model.contract, id_name(id_col)
    _need_the_exam(scorer)
    training = load_training(
        source, target=contract.target, id_col=id_col, positive=model.positive,
        unlabelled=contract.unlabelled, history=scorer.history,
    )  # fmt: skip
    _, held = split(training, test_share=model.test_share, seed=model.seed)
    if training.snapshots is not None:
        held &= training.snapshots == training.snapshots.max()
    draw = hashes(training.ids, f"sample:{model.seed}") < sample * 2.0**64
    frame = with_id(_read(learnt_rows(source, key), scorer, key), id_col, source)
    drawn = set(training.ids[held & draw])
    day = "" if training.snapshots is None else str(training.snapshots.max())
    if day:
        name = scorer.history.snapshot_col
        dated = row_days(frame[name], source.where)
        frame = frame[dated == np.datetime64(day)].assign(**{name: day})
    frame = frame[frame[key].isin(drawn)].drop(columns=contract.target)
    if frame.empty:
        raise DataError(
            f"sample = {sample}: de los {count(held.sum())} clientes apartados de "
            f"{training.path} no sale ninguno. Usa una parte mayor."
        )
    output = scored_path(f"{source.stem}_sample")
    notes = tuple(source.notes)
    return Batch(frame.reset_index(drop=True), key, source.where, output, notes, day)


def _need_the_exam(scorer: Scorer) -> None:
    """Refuse another last day than that of the table learnt from: its exam would be another."""
    if scorer.as_of and scorer.as_of != scorer.history.as_of:
        raise ParameterError(
            f"as_of = '{scorer.as_of}' con sample: se puntúan clientes del examen, y los datos con "
            f"que se hizo llegan al {scorer.history.as_of}. Deja as_of vacío, o usa input."
        )


def scored_path(stem: str) -> Path:
    """Where the scored form of a batch goes: beside the other data, under its own name."""
    return config.resolve("data") / f"{stem}_with_score.csv"


def score(batch: Batch, scorer: Scorer) -> tuple[pd.DataFrame, list[str]]:
    """Hold the batch against the contract, score it, and write the scored batch.

    Returns
    -------
    DataFrame
        Id, features as the model read them, and ``score``, in the batch's order. The file has
        also the batch's dates, which tell 05 how old the extract is, and the day of each row where
        customers have a history.
    list of str
        What was odd and scored all the same.
    """
    contract = replace(scorer.model.contract, id_col=batch.id_col)
    dated = [scorer.history.snapshot_col] if scorer.history else []
    check = require_batch(batch.frame.drop(columns=dated), contract, batch.path)
    scores = map_blocks(check.frame, scorer.model.predict, _one_behind, start=np.zeros(0))
    table = check.frame.assign(score=scores)
    dates = [name for name in (*dated, *contract.dates) if name in batch.frame]
    store.write_csv(batch.output, pd.concat([table, batch.frame[dates]], axis=1))
    return table, check.notes


def _one_behind(scores: np.ndarray, more: np.ndarray) -> np.ndarray:
    return np.concatenate([scores, more])
