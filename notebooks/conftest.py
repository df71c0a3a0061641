"""`pytest --nbval notebooks` runs in a fresh home with the demo data, never in the user's own."""

from tests.fresh_home import make_fresh_home


def pytest_configure(config):
    if config.getoption("nbval", False) or config.getoption("nbval_lax", False):
        make_fresh_home()
