"""Who is learnt from, who is put aside for the test, and in which fold each one is."""

from dataclasses import dataclass

import numpy as np

from retencion_lib import config
from retencion_lib.data import Training, fold_numbers, sort_order, test_mask
from retencion_lib.errors import DataError
from retencion_lib.words import count, pct

MIN_PER_CLASS = 50  # customers of each class: ten in each of five folds


@dataclass(frozen=True)
class Partition:
    """The customers that models may learn from, those put aside, and the folds."""

    dev: Training
    test: Training
    folds: np.ndarray  # fold of each row of dev

    def sentence(self) -> str:
        """What was put aside, in words."""
        return (
            f"Se apartan {count(self.test.n_rows)} clientes para el examen final "
            f"({pct(self.test.positive_rate)} de bajas) y se aprende de los otros "
            f"{count(self.dev.n_rows)} ({pct(self.dev.positive_rate)}), en "
            f"{len(np.unique(self.folds))} partes."
        )


def partition(training: Training, *, test_share: float, seed: int) -> Partition:
    """Put the test share aside and number the folds; row order plays no part.

    Raises
    ------
    DataError
        If a class has too few customers to be learnt and judged.
    """
    config.check_share("test_share", test_share)
    training = training.take(sort_order(training.ids, seed))
    held = test_mask(training.ids, training.y, test_share, seed)
    dev = training.take(~held)
    fewest = int(min(np.bincount(dev.y, minlength=2)))
    if fewest < MIN_PER_CLASS:
        raise DataError(
            f"{training.path}: una de las clases de '{training.target}' tiene {fewest} clientes "
            f"para aprender y hacen falta {MIN_PER_CLASS}. Reúne más datos, o baja test_share."
        )
    return Partition(dev, training.take(held), fold_numbers(dev.ids, dev.y, seed))
