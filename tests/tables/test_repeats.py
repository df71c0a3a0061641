"""Ids that repeat, found exactly."""

import pandas as pd
import pytest

from retencion_lib.tables.repeats import repeated_ids


@pytest.mark.parametrize(("ids", "rows", "which"), [
    pytest.param(["a", "b", "c"], 0, [], id="none"),
    pytest.param(["a", "b", "a", "a"], 2, ["a"], id="three-times"),
    pytest.param(["aé", "aé", "", "", "b"], 1, ["aé"], id="empty-is-no-id"),
])  # fmt: skip
def test_repeated_ids_are_found_exactly(tmp_path, ids, rows, which):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"id": ids}).to_parquet(path, row_group_size=2)
    assert repeated_ids(path, "id", len(ids)) == (rows, which)
