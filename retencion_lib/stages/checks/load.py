"""Load what is compared: the reference, summarised once a model version, and the batch, scanned."""

import pandas as pd

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home.predictions import last_scored
from retencion_lib.maths.drift.table import Profile
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.tables import need_columns, open_source
from retencion_lib.tables.ids import id_name
from retencion_lib.tables.reference import SAMPLE, read_reference
from retencion_lib.tables.repeats import repeated_ids
from retencion_lib.tables.scan import Sample, scan
from retencion_lib.words import es, plural

MAX_AGE_DAYS = 45


def load(
    reference: str,
    current: str,
    *,
    id_col: str,
    score_col: str,
    target: str,
    date: str = "",
    max_age_days: int = MAX_AGE_DAYS,
    reference_id: str = "",
    own: bool = False,
) -> tuple[Tables, tuple[pd.DataFrame, pd.DataFrame]]:
    """Reference and batch as profiles, and a sample of the rows of each.

    Parameters
    ----------
    reference_id : str
        Id of the reference, where it is called otherwise than the batch's.
    own : bool
        The run that asks has written the batch itself: it is none of its inputs.

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
    id_col = id_name(id_col)
    before = read_reference(reference, id_col=reference_id or id_col, target=target)
    source = open_source(current or last_scored())
    where = source.where
    need_columns(source.names, [id_col, score_col], where)
    _need_score(before.profile, score_col, before.path)
    sample = Sample(SAMPLE)
    now = scan(source, before.profile.plan, sample)
    _need_score(now, score_col, where)
    if not own:
        source.record()
    rows, ids = repeated_ids(source, id_col, now.n_rows)
    tables = Tables(
        reference=before.profile, current=now, paths=(before.path, where),
        sha256=(before.sha256, source.sha256), id_col=id_col, score_col=score_col,
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
