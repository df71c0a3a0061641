"""The reference of the watch: what customers were like when the model learnt from them.

03 writes it as a table, and as a profile once a model version so that no batch scans it again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home import document, store
from retencion_lib.home.watch_report import SCORE
from retencion_lib.maths.drift import count_numbers, plan_numbers, table
from retencion_lib.maths.drift.table import Profile
from retencion_lib.tables.ids import id_name
from retencion_lib.tables.scan import Sample, make_plan, scan
from retencion_lib.tables.sources import open_source

SAMPLE = 2000  # rows of each side for the comparison of all columns at once


@dataclass(frozen=True)
class Reference:
    """The reference as it is stored: where it came from, its profile and a few rows."""

    path: str  # of the table, from the home
    sha256: str
    profile: Profile
    rows: pd.DataFrame  # `SAMPLE` of them, features and score


@dataclass(frozen=True)
class _Source:
    path: str
    sha256: str


@dataclass(frozen=True)
class _Stored:
    """What a stored profile holds beside the profile itself."""

    version: str
    source: _Source
    id_col: str
    target: str
    sample: dict[str, Sequence[object]]


def profile_path(version: str) -> str:
    """Where the profile of a model version's reference is stored."""
    return f"monitoring/profile__v{version}.json"


def make_reference(path: str, *, id_col: str, target: str) -> Reference:
    """Summarise a reference table: once over it to find the cuts, once to count."""
    source = open_source(path)
    plan = make_plan(source, skip={id_name(id_col), target})
    sample = Sample(SAMPLE)
    profile = scan(source, plan, sample)
    source.record()
    return Reference(source.where, source.sha256, profile, sample.frame())


def write_profile(
    version: str, path: str, *, id_col: str, target: str, scores: np.ndarray
) -> Profile:
    """Store the profile of the reference that 03 has just written, and give it back.

    Parameters
    ----------
    path : str
        The reference, from the home.
    scores : array of shape (n,)
        What the model says of customers that none of its members saw: those of the exam. Only
        their scores are comparable with a batch's. An out-of-fold score comes from one member
        and spreads wider than the mean of all, which would look like a drift of the score.
    """
    reference = make_reference(path, id_col=id_col, target=target)
    score = count_numbers(plan_numbers(scores), scores)
    profile = replace(reference.profile, columns={**reference.profile.columns, SCORE: score})
    source = _Source(reference.path, reference.sha256)
    beside = _Stored(version, source, id_name(id_col), target, reference.rows.to_dict("list"))
    stored = config.resolve(profile_path(version))
    store.write_json(stored, asdict(beside) | table.to_plain(profile))
    return profile


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
        return _stored(config.relative(file))[1]
    if file.is_file():
        sha256 = store.sha256(file)
        for known in sorted(config.resolve("monitoring").glob("profile__v*.json"), reverse=True):
            beside, reference = _stored(config.relative(known))
            if reference.sha256 == sha256 and beside.id_col == id_col:
                return reference
    return make_reference(path, id_col=id_col, target=target)


def _stored(where: str) -> tuple[_Stored, Reference]:
    found = store.read_json(config.resolve(where), made_by="evaluate")
    try:
        beside = document.from_plain(_Stored, found)
        rows = pd.DataFrame(beside.sample)
        source = beside.source
        return beside, Reference(source.path, source.sha256, table.from_plain(found), rows)
    except (KeyError, TypeError):
        raise DataError(
            f"{where}: no es un perfil de referencia. Lo escribe 'retencion evaluate' junto a "
            f"{config.REFERENCE}: indica uno de los dos en reference."
        ) from None
