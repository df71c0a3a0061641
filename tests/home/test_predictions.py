"""The log of predictions and the batch scored last."""

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import predictions, store


def test_before_a_batch_is_scored_there_is_none_to_look_at():
    with pytest.raises(OrderError, match=r"no se ha puntuado ningún lote.*'retencion infer'"):
        predictions.last_scored()


def test_the_batch_scored_last_is_the_one_to_look_at():
    store.begin("r4-infer")
    for name in ("first", "last"):
        path = config.resolve(f"data/{name}_with_score.csv")
        store.write_csv(path, pd.DataFrame({"id": ["a"], "score": [0.5]}))
    store.write_csv(config.resolve("data/call_list_2026-10-31.csv"), pd.DataFrame({"id": ["a"]}))
    store.end()
    assert predictions.last_scored() == "data/last_with_score.csv"


def test_the_id_of_a_log_is_the_column_that_is_not_ours():
    names = [*predictions.EVENT, "cliente", *predictions.DECIDED]
    assert predictions.id_columns(names) == ["cliente"]
