"""The reference of the watch, as a table and as the profile that 03 stores."""

import numpy as np
import pytest

from retencion_lib.errors import DataError
from retencion_lib.tables.reference import make_reference, read_reference, write_profile
from tests import watch_home
from tests.watch_home import REFERENCE, customers


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    watch_home.write(tmp_path)
    return tmp_path


def test_a_stored_profile_serves_in_place_of_its_table(home):
    ask = {"id_col": "id", "target": "left"}
    scores = customers(1000, 4)["score"].to_numpy()
    written = write_profile("0.1", REFERENCE, scores=scores, **ask)
    fresh = make_reference(REFERENCE, **ask)
    for path in ("monitoring/profile__v0.1.json", REFERENCE):
        stored = read_reference(path, **ask)
        assert (stored.path, stored.sha256) == (fresh.path, fresh.sha256)
        for name, source in (("price", fresh.profile), ("score", written)):
            values = stored.profile.columns[name].values
            np.testing.assert_array_equal(values, source.columns[name].values)


def test_a_profile_of_another_table_does_not_serve(home):
    ask = {"id_col": "id", "target": "left"}
    write_profile("0.1", REFERENCE, scores=customers(1000, 4)["score"].to_numpy(), **ask)
    customers(50, 5).to_csv(home / REFERENCE, index=False)
    assert read_reference(REFERENCE, **ask).profile.n_rows == 50


def test_a_json_that_is_no_profile_is_refused(home):
    (home / "x.json").write_text('{"a": 1}')
    with pytest.raises(DataError, match=r"x\.json: no es un perfil de referencia"):
        read_reference("x.json", id_col="id", target="left")
