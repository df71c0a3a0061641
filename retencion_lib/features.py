"""From a table with gaps to the matrix that a family needs: imputation, scaling, encoding."""

from collections.abc import Sequence

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    OneHotEncoder,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
)


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
    return make_pipeline(median, StandardScaler()) if kind == "scaled" else make_pipeline(median)


def preprocessor(
    kind: str, numeric: Sequence[str], categorical: Sequence[str], seed: int = 0
) -> ColumnTransformer:
    """Columns to matrix: median and most-frequent imputation, and one-hot categories.

    Parameters
    ----------
    kind : {"plain", "scaled", "splines", "normal"}
        What becomes of a number: itself; standardised; a cubic spline on 6 quantile knots;
        mapped to a normal distribution by its quantiles.
    numeric, categorical : sequence of str
        Names of the columns.
    """
    labels = make_pipeline(
        SimpleImputer(strategy="most_frequent", missing_values=None, keep_empty_features=True),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return ColumnTransformer(
        [
            ("numeric", _numbers(kind, seed), list(numeric)),
            ("categorical", labels, list(categorical)),
        ],
        verbose_feature_names_out=False,
    )
