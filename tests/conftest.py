"""What every test starts from."""

import pytest

from retencion_lib import store


@pytest.fixture(autouse=True)
def _no_run_under_way(monkeypatch):
    """No test writes in the ledger of another's home: each begins a run of its own or none."""
    monkeypatch.setattr(store, "_run_id", None)
