"""What an event's identity is made of does not change with how fast it is put together."""

from hashlib import sha256

import numpy as np
import pandas as pd

from retencion_lib.stages.infer import report
from retencion_lib.stages.infer.report import event_ids, row_texts


def test_a_row_is_written_as_the_tuple_of_its_values():
    table = pd.DataFrame(
        {"id": ["a", "it's", 'say "x"'], "age": [1.0, np.nan, 1e-7], "plan": ["ñ", None, "x\ny"]}
    ).astype({"id": object, "plan": object})
    table["plan"] = table["plan"].where(table["plan"].notna(), None)
    assert row_texts(table).to_pylist() == [
        repr(row) for row in table.itertuples(index=False, name=None)
    ]
    alone = table[["age"]]
    assert row_texts(alone).to_pylist() == [
        repr(row) for row in alone.itertuples(index=False, name=None)
    ]


def test_an_event_is_the_same_however_many_rows_are_put_into_words_at_a_time(monkeypatch):
    table = pd.DataFrame({"id": [f"c{i}" for i in range(9)], "x": [np.nan, *range(8)]})
    whole = event_ids(table, "day|")
    monkeypatch.setattr(report, "ROWS", 2)
    assert event_ids(table, "day|") == whole
    assert whole[1] == sha256(b"day|('c1', 0.0)").hexdigest()[:16]
