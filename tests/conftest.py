"""What every test starts from: an empty home of its own, and no setting of whoever runs it."""

import atexit
import os
import shutil
import tempfile

import pytest
from hypothesis import settings

from retencion_lib import config

# Before anything is collected: what is read while a module or its fixtures are set up is no user's.
for setting in [name for name in os.environ if name.startswith("RETENCION_")]:
    del os.environ[setting]
os.environ[config.HOME_VARIABLE] = tempfile.mkdtemp(prefix="retencion-")
atexit.register(shutil.rmtree, os.environ[config.HOME_VARIABLE], ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch, tmp_path_factory):
    """An empty home, which the processes that a test starts inherit."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path_factory.mktemp("home")))


# A property is not a timing: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
