"""What is in the table: columns, gaps, balance, and how each feature goes with leaving."""

from dataclasses import asdict

import pandas as pd

from retencion_lib.tables import Training


def columns_facts(training: Training) -> pd.DataFrame:
    """Kind, gaps and distinct values of each column, and the code of why some are left out."""
    return pd.DataFrame([asdict(c) for c in training.columns])


def _binary(training: Training) -> list[str]:
    """Numbers that are only 0 and 1: a median says nothing of them."""
    return [n for n in training.numeric if set(training.X[n].dropna().unique()) <= {0, 1}]


def shares_table(training: Training) -> pd.DataFrame:
    """Share with a 1 of each column of 0 and 1: of all, of those who stayed and who left."""
    names = _binary(training)
    numbers, left = training.X[names], training.y == 1
    parts = {"all": numbers, "stayed": numbers[~left], "left_group": numbers[left]}
    means = {key: 100 * part.mean().to_numpy() for key, part in parts.items()}
    return pd.DataFrame({"name": names, **means})


def numbers_table(training: Training) -> pd.DataFrame:
    """Range and median of each number, and its median among those who stayed and who left.

    The range is that of the table, also where only some of its customers are held. Columns of 0
    and 1 are in `shares_table`.
    """
    names = [n for n in training.numeric if n not in _binary(training)]
    numbers = training.X[names]
    left = training.y == 1
    ends = {n: (numbers[n].min(), numbers[n].max()) for n in names}
    if training.whole:
        ends |= {n: training.whole.ranges[n] for n in names}
    return pd.DataFrame(
        {
            "name": names,
            "min": [ends[n][0] for n in names],
            "median": numbers.median().to_numpy(),
            "max": [ends[n][1] for n in names],
            "median_stayed": numbers[~left].median().to_numpy(),
            "median_left": numbers[left].median().to_numpy(),
        }
    )


def widest_numbers(training: Training, strength: pd.DataFrame, limit: int = 3) -> list[str]:
    """Numbers with enough distinct values to draw their spread, strongest first."""
    drawn = [n for n in strength["name"] if n in training.numeric and training.X[n].nunique() > 6]
    return drawn[:limit]


def correlations(training: Training) -> pd.DataFrame:
    """Spearman correlation between the numeric features, shape (n_numeric, n_numeric)."""
    return training.X[training.numeric].corr(method="spearman")
