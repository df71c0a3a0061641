"""A home with a reference and two batches, unless a test makes its own."""

import pytest

from tests import watch_home


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    watch_home.write(tmp_path)
    return tmp_path
