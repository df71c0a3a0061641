"""What every test starts from."""

import pytest
from hypothesis import settings

from retencion_lib.home import store


@pytest.fixture(autouse=True)
def _no_run_under_way(monkeypatch):
    """No test writes in the ledger of another's home: each begins a run of its own or none."""
    monkeypatch.setattr(store, "_run_id", None)


# A property is not a timing: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
