"""`pytest --nbval notebooks` runs in a fresh home with the demo data, never in the user's own."""

from pathlib import Path

from tests.fresh_home import make_fresh_home


def pytest_configure(config):
    if config.getoption("nbval", False) or config.getoption("nbval_lax", False):
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "sanitize.cfg")
        make_fresh_home()
