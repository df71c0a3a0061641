"""Who is learnt from, who is put aside for the test, and in which fold each one is.

Where customers have a history the exam lies in the future: it is the newest snapshots, and only
rows whose outcome was known before the first of them are learnt from. What lies in between would
tell of the exam's own days, and is left out (embargo).
"""

from dataclasses import dataclass

import numpy as np

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.tables import Training, fold_numbers, sort_order, test_mask
from retencion_lib.words import count, plural

MIN_PER_CLASS = 50  # customers of each class to learn from: ten in each of five folds
MIN_EXAMINED = 10  # customers of each class in the test: fewer say nothing of a model


@dataclass(frozen=True)
class Partition:
    """The customers that models may learn from, those put aside, and the folds."""

    dev: Training
    test: Training
    folds: np.ndarray  # fold of each row of dev
    embargoed: int = 0  # rows too new to learn from and too old for the exam

    @property
    def newest(self) -> Training:
        """The test's newest snapshot, one row a customer; all of it without a history."""
        test = self.test
        return test if test.snapshots is None else test.take(test.snapshots == test.snapshots.max())


def partition(training: Training, *, test_share: float, seed: int) -> Partition:
    """Put the test share aside and number the folds; row order plays no part.

    A customer is in one fold with all its rows.

    Raises
    ------
    DataError
        If a class has too few customers to be learnt and judged.
    ParameterError
        If `test_share` is no share, or `seed` no seed.
    """
    config.check_share("test_share", test_share)
    config.check_seed(seed)
    training = training.take(sort_order(training.keys, seed))
    learnt, held = split(training, test_share=test_share, seed=seed)
    dev, test = training.take(learnt), training.take(held)
    total = int(min(np.bincount(training.y, minlength=2)))
    for part, least, use, remedy in (
        (dev, MIN_PER_CLASS, "para aprender", "baja test_share"),
        (test, MIN_EXAMINED, "en el examen", "sube test_share"),
    ):
        # Where both parts together have too few, another share would only move the want.
        help_ = f", o {remedy}" if total >= MIN_PER_CLASS + MIN_EXAMINED else ""
        _need_both_classes(part, least, use, help_)
    left_out = training.n_rows - dev.n_rows - test.n_rows
    return Partition(dev, test, fold_numbers(dev.ids, dev.y, seed), left_out)


def split(training: Training, *, test_share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows of the exam, as two masks of shape (n,).

    Raises
    ------
    DataError
        If no row had its outcome before the exam's first snapshot.
    """
    if training.snapshots is None:
        held = test_mask(training.ids, training.y, test_share, seed)
        return ~held, held
    first = _first_examined(training, test_share)
    learnt = known_before(training, first)
    if not learnt.any():
        days, history = training.snapshots, training.history
        smaller = known_before(training, _first_examined(training, 0)).any()
        raise DataError(
            f"{training.path}: no queda historia de la que aprender. El examen toma las fotos "
            f"desde el {first}, y ninguna anterior tenía ya su resultado entonces (gap = "
            f"'{history.gap}', horizon = '{history.horizon}'): las maduras van del {days.min()} al "
            f"{days.max()}. Hace falta una historia más larga, o un horizon más corto"
            f"{f'; o un examen de menos fotos (test_share = {test_share})' if smaller else ''}."
        )
    return learnt, training.snapshots >= first


def known_before(training: Training, day: np.datetime64) -> np.ndarray:
    """True for the rows whose outcome was known before a day began, shape (n,)."""
    return training.clock.closes(training.snapshots) < day


def _first_examined(training: Training, test_share: float) -> np.datetime64:
    """First snapshot of the exam: the newest ones that hold the share and enough of each class."""
    days = np.unique(training.snapshots)[::-1]
    for day in days:
        held = training.snapshots >= day
        enough = np.bincount(training.y[held], minlength=2).min() >= MIN_EXAMINED
        if enough and held.sum() >= test_share * training.n_rows:
            return day
    return days[-1]


def _need_both_classes(part: Training, least: int, use: str, remedy: str) -> None:
    fewest = int(min(np.bincount(part.y, minlength=2)))
    if fewest < least:
        found = plural(fewest, "cliente", "clientes")
        drawn = (
            f", en la muestra de una tabla de {count(part.whole.known)} filas en que se fueron "
            f"{count(part.whole.left)},"
            if part.whole
            else ""
        )
        raise DataError(
            f"{part.path}: una de las clases de '{part.target}' tiene {found} {use}{drawn} y hacen "
            f"falta {least}. Reúne más datos{remedy}."
        )
