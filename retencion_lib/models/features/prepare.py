"""Columns to matrix: gaps, curves, scales and labels."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from retencion_lib.models.features.columns import Columns

# Rows of the usual share that each label of many is given: the estimate from the spread within a
# label, which takes two leavers out of two for a certainty, said too much of rare labels.
PRIOR = 10.0
MISSING = "(missing)"  # label of a category that is not there: that it is missing may tell


class FillLabels(TransformerMixin, BaseEstimator):
    """Give a label of its own to a category that is missing, whether None or NaN."""

    def fit(self, X: pd.DataFrame, y: np.ndarray | None = None) -> "FillLabels":
        """Learn nothing."""
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Table without gaps."""
        return X.astype(object).where(X.notna(), MISSING)


def _numbers(kind: str, seed: int) -> Pipeline:
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    if kind == "splines":
        splines = SplineTransformer(n_knots=6, knots="quantile", extrapolation="constant")
        return make_pipeline(median, splines, StandardScaler())
    if kind == "normal":
        normal = QuantileTransformer(
            n_quantiles=200, output_distribution="normal", random_state=seed
        )
        return make_pipeline(median, normal, StandardScaler())
    return make_pipeline(median, StandardScaler())


def preprocessor(kind: str, columns: Columns, seed: int = 0) -> ColumnTransformer:
    """Columns to matrix, after `Derive`; a gap is filled and told.

    Parameters
    ----------
    kind : {"trees", "scaled", "splines", "normal"}
        What becomes of a number: itself, gaps included; standardised; a cubic spline on 6
        quantile knots; mapped to a normal distribution by its quantiles.
    columns : Columns
        Treatment of each feature. Labels become one column each; a category of many labels
        becomes the share that left by label, cross-fitted so that no row sees its own outcome.
    """
    curves = columns.curves
    fill = FillLabels()
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    cross = StratifiedKFold(5, shuffle=True, random_state=seed)
    shares = TargetEncoder(target_type="binary", smooth=PRIOR, cv=cross)
    many = [fill, shares] if kind == "trees" else [fill, shares, StandardScaler()]
    labels = [
        ("labels", make_pipeline(fill, one_hot), list(columns.labels)),
        ("many", make_pipeline(*many), list(columns.many)),
    ]
    if kind == "trees":
        same = FunctionTransformer(feature_names_out="one-to-one")
        numbers = [("numbers", same, [*curves, *columns.steps])]
    else:
        gaps = MissingIndicator(features="missing-only", error_on_new=False)
        numbers = [
            ("numbers", _numbers(kind, seed), curves),
            ("steps", _numbers("scaled", seed), list(columns.steps)),
            ("gaps", gaps, [*curves, *columns.steps]),
        ]
    return ColumnTransformer([*numbers, *labels], sparse_threshold=0)


def matrix_sources(prepare: ColumnTransformer) -> list[str]:
    """Feature (original or derived) behind each column of the matrix, in order.

    Raises
    ------
    AttributeError
        If the transformer is not fitted.
    """
    sources: list[str] = []
    for name, transformer, columns in prepare.transformers_:
        if name != "remainder" and len(columns):
            sources += sources_of(transformer, list(columns))
    return sources


def sources_of(transformer: object, columns: list[str]) -> list[str]:
    steps = transformer.named_steps if isinstance(transformer, Pipeline) else {}
    if isinstance(transformer, MissingIndicator):
        return [columns[i] for i in transformer.features_]
    if "onehotencoder" in steps:
        widths = [len(found) for found in steps["onehotencoder"].categories_]
    elif "splinetransformer" in steps:
        widths = [steps["splinetransformer"].n_features_out_ // len(columns)] * len(columns)
    else:
        widths = [1] * len(columns)
    return [c for c, width in zip(columns, widths, strict=True) for _ in range(width)]
