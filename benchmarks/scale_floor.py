"""The floors of `benchmarks.scale`: the least that reading and scoring a batch can cost.

Each imports what it needs and nothing else: its process is measured whole.
"""

import sys

BLOCK = 1 << 17  # rows read at a time


def read_floor(batch: str) -> None:
    """Read every column of a batch and do nothing with it."""
    import pyarrow.parquet as pq

    for _ in pq.ParquetFile(batch).iter_batches(BLOCK):
        pass


def score_floor(batch: str) -> None:
    """Score a batch by blocks with one plain pipeline, fitted on the demo; keep the scores."""
    import pyarrow.parquet as pq
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder
    from xgboost import XGBClassifier

    from retencion_lib import config
    from retencion_lib.tables.demo import demo_table

    table = demo_table()
    X = table.drop(columns=[config.ID_COL, config.TARGET])
    texts = list(X.select_dtypes(exclude="number").columns)
    columns = ColumnTransformer(
        [("labels", OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts)],
        remainder="passthrough",
    )
    model = make_pipeline(columns, XGBClassifier(n_estimators=300, max_depth=6, n_jobs=1))
    model.fit(X, table[config.TARGET])
    for rows in pq.ParquetFile(batch).iter_batches(BLOCK):
        model.predict_proba(rows.to_pandas()[X.columns])[:, 1]


if __name__ == "__main__":
    {"read": read_floor, "score": score_floor}[sys.argv[1]](sys.argv[2])
