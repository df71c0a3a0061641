"""A home with models, made once: the stages of part of the demo customers."""

import os
import subprocess
import sys

import pytest

from retencion_lib import config


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
