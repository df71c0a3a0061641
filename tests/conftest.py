"""What every test starts from: an empty home of its own, and no setting of whoever runs it."""

import os
import shutil
import subprocess
import sys
import tempfile

import pytest
from hypothesis import settings

from retencion_lib import config
from tests import postgres, s3

# Before anything is collected: what is read while a module or its fixtures are set up is no user's.
for setting in [name for name in os.environ if name.startswith("RETENCION_")]:
    del os.environ[setting]
os.environ[config.HOME_VARIABLE] = tempfile.mkdtemp(prefix="retencion-")
# A process that a test kills clears nothing away.
os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="retencion-")
os.chmod(os.environ["TMPDIR"], 0o755)  # some tests are somebody else
LENT = (os.environ[config.HOME_VARIABLE], os.environ["TMPDIR"])


def pytest_unconfigure():
    """Leave no folder behind; a forked process that runs pytest obeys no `atexit`."""
    for folder in LENT:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch, tmp_path_factory):
    """An empty home, which the processes that a test starts inherit."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path_factory.mktemp("home")))


# A property is not a timing: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL of our own, empty when the first test that asks for it comes."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory):
    """A home after one `run` on a part of the demo customers; nobody changes it."""
    from retencion_lib.tables.demo import demo_table, new_batch

    home = tmp_path_factory.mktemp("trained")
    (home / "data/raw").mkdir(parents=True)
    table = demo_table()
    new_batch(table).head(300).to_csv(home / config.NEW_BATCH, index=False)
    table.head(1500).to_csv(home / config.RAW_DATA, index=False)
    done = subprocess.run(
        [sys.executable, "-m", "retencion_lib", "run"],
        env=os.environ | {"RETENCION_HOME": str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="session")
def bucket():
    """An S3 of our own; whoever asks for it empties it first."""
    with s3.running() as store:
        yield store
