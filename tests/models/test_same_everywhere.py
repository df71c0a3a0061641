"""The same customers, wherever the company keeps them: the same contract, profile and scores."""

import json

import numpy as np
import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.models import FAMILIES, Calibrator, FittedModel, Predictor
from retencion_lib.models.crossfit import cross_fit, fold_parts
from retencion_lib.models.features import describe
from retencion_lib.tables import infer_contract, load_training
from tests.tables.test_formats import WRITERS, customers, seen

N = 60
COLUMNS = ("CREATE TABLE m (id text, amount float8, whole bigint, flag boolean, plan text, "
           "since date, y smallint)")  # fmt: skip


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    amounts = rng.normal(100, 40, N).round(2)
    amounts[3] = np.nan
    wholes = [None if i == 5 else int(rng.integers(0, 60)) for i in range(N)]
    return customers(amounts, wholes, rng.random(N) < 0.5)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def _folder(frame, home, *_):
    (home / "partes").mkdir()
    for i, rows in enumerate(np.array_split(np.arange(N), 3)):
        frame.iloc[rows].to_parquet(home / f"partes/{i}.parquet", index=False)
    return "partes"


def _sqlite(frame, home, request, monkeypatch):
    monkeypatch.setenv("RETENCION_DB", "sqlite:///m.db")
    return WRITERS["sqlite"](frame, home)


def _postgresql(frame, home, request, monkeypatch):
    server = request.getfixturevalue("server")
    monkeypatch.setenv("RETENCION_DB", server.address())
    plain = frame.astype(object).where(frame.notna(), None)
    server.run("DROP TABLE IF EXISTS m", COLUMNS, rows=(
        "INSERT INTO m VALUES (%s, %s, %s, %s, %s, %s, %s)",
        list(plain.itertuples(index=False, name=None))))  # fmt: skip
    (home / "m.sql").write_text("SELECT * FROM m ORDER BY id")
    return "m.sql"


def _s3(frame, home, request, monkeypatch):
    bucket = request.getfixturevalue("bucket")
    bucket.empty()
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    return bucket.put_folder(home / _folder(frame, home), "clientes")


PLACES = {
    "semicolons": lambda frame, home, *_: WRITERS["semicolons"](frame, home),
    "excel": lambda frame, home, *_: WRITERS["excel"](frame, home),
    "parquet-folder": _folder, "sqlite": _sqlite, "postgresql": _postgresql, "s3": _s3,
}  # fmt: skip


def learnt(name):
    """A model of splines and labels that learnt from a table."""
    training = load_training(name, target="y", id_col="id")
    X, y, numeric = training.X, np.asarray(training.y, int), list(training.numeric)
    columns = describe(X, numeric, [c for c in X if c not in numeric], [])
    variant, folds = FAMILIES["logreg"].variants[0], np.arange(N) % 5
    members = cross_fit(variant, y, fold_parts(variant, X, y, folds, columns, 7), 7)[1]
    facts = {
        "thresholds": {}, "seed": 7, "test_share": 0.2, "data_sha256": "", "positive": "1",
        "positive_rate": 0.5, "libraries": {}, "background": X,
    }  # fmt: skip
    return FittedModel(
        family="any", version="0.1", contract=infer_contract(training), calibrator=Calibrator(),
        predictor=Predictor(tuple(members), tuple([0.2] * len(members))), **facts,
    )  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_the_same_customers_give_the_same_wherever_they_lie(
    frame, home, request, monkeypatch, place
):
    plain = WRITERS["commas"](frame, home)
    model = learnt(plain)
    contract, rows, profile, reasons = seen(plain)
    found = seen(PLACES[place](frame, home, request, monkeypatch), contract)
    assert (found[0], found[3]) == (contract, reasons)
    assert json.dumps(found[2]) == json.dumps(profile)
    pd.testing.assert_frame_equal(found[1], rows, check_exact=True)
    assert model.predict(found[1]).tolist() == model.predict(rows).tolist()
