"""Who is learnt from, who is put aside for the test, and in which fold each one is."""

from dataclasses import dataclass

import numpy as np

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.tables import Training, fold_numbers, sort_order, test_mask
from retencion_lib.words import plural

MIN_PER_CLASS = 50  # customers of each class to learn from: ten in each of five folds
MIN_EXAMINED = 10  # customers of each class in the test: fewer say nothing of a model


@dataclass(frozen=True)
class Partition:
    """The customers that models may learn from, those put aside, and the folds."""

    dev: Training
    test: Training
    folds: np.ndarray  # fold of each row of dev


def partition(training: Training, *, test_share: float, seed: int) -> Partition:
    """Put the test share aside and number the folds; row order plays no part.

    Raises
    ------
    DataError
        If a class has too few customers to be learnt and judged.
    ParameterError
        If `test_share` is no share, or `seed` no seed.
    """
    config.check_share("test_share", test_share)
    config.check_seed(seed)
    training = training.take(sort_order(training.ids, seed))
    held = test_mask(training.ids, training.y, test_share, seed)
    dev, test = training.take(~held), training.take(held)
    total = int(min(np.bincount(training.y, minlength=2)))
    for part, least, use, remedy in (
        (dev, MIN_PER_CLASS, "para aprender", "baja test_share"),
        (test, MIN_EXAMINED, "en el examen", "sube test_share"),
    ):
        # Where both parts together have too few, another share would only move the want.
        help_ = f", o {remedy}" if total >= MIN_PER_CLASS + MIN_EXAMINED else ""
        _need_both_classes(part, least, use, help_)
    return Partition(dev, test, fold_numbers(dev.ids, dev.y, seed))


def _need_both_classes(part: Training, least: int, use: str, remedy: str) -> None:
    fewest = int(min(np.bincount(part.y, minlength=2)))
    if fewest < least:
        found = plural(fewest, "cliente", "clientes")
        raise DataError(
            f"{part.path}: una de las clases de '{part.target}' tiene {found} {use} y hacen falta "
            f"{least}. Reúne más datos{remedy}."
        )
