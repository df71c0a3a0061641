"""A sealed home, made once, that nobody changes."""

import pytest

from retencion_lib import config
from retencion_lib.home import ledger
from tests import sealed_home


@pytest.fixture(scope="session")
def sealed(tmp_path_factory):
    """Folder of the home, and the head of its ledger."""
    home = tmp_path_factory.mktemp("sealed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(config.HOME_VARIABLE, str(home))
        sealed_home.make()
        return home, ledger.head()
