"""A home with its folders, for tests of performance."""

import pytest


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    for folder in ("logs", "data", "monitoring", "artifacts"):
        (tmp_path / folder).mkdir()
    return tmp_path
