"""A customer's score is the same to the last digit, whatever batch and engine it comes through."""

import os
import runpy
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from retencion_lib.errors import ContractError
from retencion_lib.models import FAMILIES, Calibrator, FittedModel, Predictor
from retencion_lib.models.arrow import ArrowScorer, arrow_scorer
from retencion_lib.models.crossfit import cross_fit, fold_parts
from retencion_lib.models.features import describe
from retencion_lib.tables import engine
from retencion_lib.tables.engine import map_blocks
from retencion_lib.tables.rules import CATEGORICAL, NUMERIC, Contract, Rule
from tests.models.test_attribution import customers
from tests.tables.test_engine import cluster  # noqa: F401  (a fixture)

SPARK = Path(__file__).resolve().parents[2] / "schedule/spark_score.py"
N = 1003  # no multiple of anything that a library of linear algebra takes at a time


@pytest.fixture(scope="module")
def model():
    """A stack of all that scores: splines, trees and a network."""
    X, y = customers(400)
    columns = describe(X, ["age", "spend", "calls"], ["plan", "town"], [])
    folds = np.arange(len(y)) % 5
    variants = [FAMILIES[name].variants[0] for name in ("logreg", "xgb", "mlp")]
    members = tuple(
        cross_fit(v, y, fold_parts(v, X, y, folds, columns, 7), 7)[1][0] for v in variants
    )
    rules = {
        name: Rule(0.1, CATEGORICAL, categories=tuple(sorted(X[name].dropna().unique())))
        if name in ("plan", "town") else Rule(0.1, NUMERIC, X[name].min(), X[name].max())
        for name in X.columns
    }  # fmt: skip
    facts = {
        "thresholds": {}, "seed": 7, "test_share": 0.2, "data_sha256": "", "positive": "1",
        "positive_rate": 0.3, "libraries": {}, "background": X.head(100),
    }  # fmt: skip
    return FittedModel(
        family="any", version="0.1", contract=Contract("id", "left", rules),
        calibrator=Calibrator(), predictor=Predictor(members, (0.4, 0.3, 0.3)), **facts,
    )  # fmt: skip


@pytest.fixture(scope="module")
def table():
    frame = customers(N, seed=1)[0]
    frame.insert(0, "id", [f"{i:05d}" for i in range(N)])
    return frame


@pytest.fixture(scope="module")
def scores(model, table):
    return dict(zip(table["id"], model.predict(table), strict=True))


def scored(batches):
    return {i: s for b in batches for i, s in zip(*(c.to_pylist() for c in b.columns), strict=True)}


@pytest.mark.parametrize("size", [1, 3, 64, 97, N])
def test_the_batch_plays_no_part_in_a_score(model, table, scores, size):
    rows = table[: 7 * size]
    batches = pa.Table.from_pandas(rows, preserve_index=False).to_batches(size)
    found = scored(arrow_scorer(model)(iter(batches)))
    assert found == {i: scores[i] for i in rows["id"]}


def test_a_batch_without_rows_gives_none_and_one_that_breaks_the_contract_is_refused(model, table):
    empty, full = (pa.RecordBatch.from_pandas(t) for t in (table[:0], table[:9]))
    assert list(arrow_scorer(model)(iter([empty]))) == []
    with pytest.raises(ContractError, match=r"el lote: no cumple el contrato.*falta.*'age'"):
        list(arrow_scorer(model)(iter([full.drop_columns(["age"])])))
    texts = full.set_column(1, "age", pa.array(["x"] * 9))
    with pytest.raises(ContractError, match="'age' debe ser numérica y tiene 9 textos"):
        list(arrow_scorer(model)(iter([texts])))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["local", "dask"])
def test_every_engine_gives_the_scores_of_one_process(model, table, scores, name, request,
                                                      monkeypatch):  # fmt: skip
    monkeypatch.setattr(engine, "LEAST", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setenv(engine.VARIABLE, name if name == "local" else
                       request.getfixturevalue("cluster"))  # fmt: skip
    found = map_blocks(table, model.predict, lambda a, b: [*a, *b], start=[], step=200)
    assert found == list(scores.values())


@dataclass(frozen=True)
class DiesOnce(ArrowScorer):
    """A scorer whose first worker is killed."""

    mark: str = ""

    def __call__(self, batches):
        if not os.path.exists(self.mark):
            Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield from super().__call__(batches)


@pytest.fixture(scope="module")
def spark():
    """Spark in two threads of this machine, each with Python processes of its own."""
    sql = pytest.importorskip("pyspark.sql", reason="falta pyspark: se instala aparte")
    if not shutil.which("java"):
        pytest.skip("falta Java, que Spark necesita")
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    root = str(SPARK.parents[1])
    made = (
        sql.SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 37)
        .config("spark.sql.files.maxPartitionBytes", 8192)
        .config("spark.executorEnv.PYTHONPATH", root)
        .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )  # fmt: skip
    yield made
    made.stop()


@pytest.mark.slow
def test_spark_gives_the_scores_of_one_process_though_a_worker_is_killed(
    model, table, scores, spark, tmp_path, monkeypatch
):
    table.to_parquet(tmp_path / "lote.parquet", index=False, row_group_size=200)
    monkeypatch.setattr("retencion_lib.home.experiments.experiments", list)
    monkeypatch.setattr("retencion_lib.models.stored.load_known", lambda path, log: model)
    monkeypatch.setattr("retencion_lib.models.arrow.arrow_scorer",
                        lambda m: DiesOnce(m, str(tmp_path / "died")))  # fmt: skip
    main = runpy.run_path(str(SPARK))["main"]
    main(str(tmp_path / "lote.parquet"), "m.pkl", str(tmp_path / "puntuado"))
    found = spark.read.parquet(str(tmp_path / "puntuado")).collect()
    assert {row["id"]: row["score"] for row in found} == scores
    assert len(found) == N
    assert (tmp_path / "died").exists()
