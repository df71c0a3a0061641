"""Read the reference, once a model version, and scan the batch against it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import store
from retencion_lib.maths.drift import count_numbers, plan_numbers, table
from retencion_lib.maths.drift.table import Profile
from retencion_lib.stages.monitor.rules import Tables
from retencion_lib.stages.monitor.shifts import SCORE
from retencion_lib.tables import need_columns
from retencion_lib.tables.blocks import blocks
from retencion_lib.tables.repeats import repeated_ids
from retencion_lib.tables.scan import Sample, make_plan, scan
from retencion_lib.words import count, es, plural

SAMPLE = 2000  # rows of each side for the comparison of all columns at once
SCORED_BATCH = "data/new_batch_with_score.csv"


@dataclass(frozen=True)
class Reference:
    """The reference as it is stored: where it came from, its profile and a few rows."""

    path: str  # of the table, from the home
    sha256: str
    profile: Profile
    rows: pd.DataFrame  # `SAMPLE` of them, features and score


def profile_path(version: str) -> str:
    """Where the profile of a model version's reference is stored."""
    return f"monitoring/profile__v{version}.json"


def make_reference(path: str, *, id_col: str, target: str) -> Reference:
    """Summarise a reference table: once over it to find the cuts, once to count."""
    file = config.resolve(path)
    plan = make_plan(file, skip={id_col, target})
    sample = Sample(SAMPLE)
    profile = scan(file, plan, sample)
    store.record("input", file, profile.n_rows)
    return Reference(config.relative(file), store.sha256(file), profile, sample.frame())


def write_profile(version: str, *, id_col: str, target: str, scores: np.ndarray) -> str:
    """Store the profile of the reference that 03 has just written; give back a sentence.

    Parameters
    ----------
    scores : array of shape (n,)
        What the model says of customers that none of its members saw: those of the exam. Only
        their scores are comparable with a batch's. An out-of-fold score comes from one member
        and spreads wider than the mean of all, which would look like a drift of the score.
    """
    reference = make_reference(config.REFERENCE, id_col=id_col, target=target)
    score = count_numbers(plan_numbers(scores), scores)
    profile = replace(reference.profile, columns={**reference.profile.columns, SCORE: score})
    path = profile_path(version)
    store.write_json(
        config.resolve(path),
        {
            "version": version,
            "source": {"path": reference.path, "sha256": reference.sha256},
            "id_col": id_col,
            "target": target,
            **table.to_plain(profile),
            "sample": reference.rows.to_dict("list"),
        },
    )
    return (
        f"Referencia de la vigilancia: {count(profile.n_rows)} clientes, resumidos en {path}; de "
        f"la puntuación, los {count(len(scores))} del examen, que el modelo no había visto."
    )


def read_reference(path: str, *, id_col: str, target: str) -> Reference:
    """Reference from a stored profile, or from a table; its stored profile serves if it is there.

    Raises
    ------
    OrderError
        If it is the default and 03 has not written it.
    DataError
        If it cannot be read.
    """
    file = config.resolve(path)
    if path == config.REFERENCE:
        store.need(file, made_by="evaluate")
    if file.suffix == ".json":
        return _stored(store.read_json(file, made_by="evaluate"), config.relative(file))
    if file.is_file():
        sha256 = store.sha256(file)
        for known in sorted(config.resolve("monitoring").glob("profile__v*.json"), reverse=True):
            found = store.read_json(known, made_by="evaluate")
            if found["source"]["sha256"] == sha256 and found["id_col"] == id_col:
                return _stored(found, config.relative(known))
    return make_reference(path, id_col=id_col, target=target)


def _stored(found: dict, where: str) -> Reference:
    try:
        return Reference(
            found["source"]["path"], found["source"]["sha256"], table.from_plain(found),
            pd.DataFrame(found["sample"]),
        )  # fmt: skip
    except (KeyError, TypeError):
        raise DataError(
            f"{where}: no es un perfil de referencia. Lo escribe 'retencion evaluate' junto a "
            f"{config.REFERENCE}: indica uno de los dos en reference."
        ) from None


def load(
    reference: str,
    current: str,
    *,
    id_col: str,
    score_col: str,
    target: str,
    date: str = "",
    max_age_days: int = 45,
) -> tuple[Tables, tuple[pd.DataFrame, pd.DataFrame]]:
    """Reference and batch as profiles, and a sample of the rows of each.

    Raises
    ------
    OrderError
        If a default file is not there yet: it names the stage that writes it.
    DataError
        If the score or the id is missing, or a score is not a probability.
    ParameterError
        If `max_age_days` is negative.
    """
    if max_age_days < 0:
        raise ParameterError(
            f"max_age_days = {max_age_days}: debe ser un número de días, 0 o más, como 45."
        )
    before = read_reference(reference, id_col=id_col, target=target)
    file = config.resolve(current)
    if current == SCORED_BATCH:
        store.need(file, made_by="infer")
    where = config.relative(file)
    need_columns(next(blocks(file)).names, [id_col, score_col], where)
    _need_score(before.profile, score_col, before.path)
    sample = Sample(SAMPLE)
    now = scan(file, before.profile.plan, sample)
    _need_score(now, score_col, where)
    store.record("input", file, now.n_rows)
    rows, ids = repeated_ids(file, id_col, now.n_rows)
    tables = Tables(
        reference=before.profile, current=now, paths=(before.path, where),
        sha256=(before.sha256, store.sha256(file)), id_col=id_col, score_col=score_col,
        target=target, repeated=(rows, tuple(ids)), date=config.run_date(date),
        max_age_days=max_age_days,
    )  # fmt: skip
    return tables, (before.rows, sample.frame())


def _need_score(profile: Profile, score_col: str, where: str) -> None:
    score = profile.columns.get(score_col)
    if score is None or not hasattr(score, "low"):
        raise DataError(
            f"{where}: '{score_col}' no es una columna de números. Debe ser una probabilidad: "
            "elige la columna con score_col."
        )
    wrong = score.nulls + score.n_texts
    if wrong or score.low < 0 or score.high > 1:
        found = (
            f"va de {es(score.low, 3)} a {es(score.high, 3)}, con"
            if score.low <= score.high
            else "tiene"
        )
        raise DataError(
            f"{where}: '{score_col}' {found} {plural(wrong, 'valor', 'valores')} que no son "
            "números. Debe ser una probabilidad, entre 0 y 1, en todas las filas: elige la "
            "columna con score_col."
        )
