import pytest

from retencion_lib import config
from retencion_lib.runs.execute import imports_of


@pytest.mark.parametrize("notebook", config.NOTEBOOKS.values())
def test_a_kernel_warms_up_with_the_imports_of_its_own_notebook(notebook):
    lines = imports_of(notebook).splitlines()
    assert "from retencion_lib.runs import close_run, open_run" in lines
    assert all(line.startswith(("import ", "from ")) for line in lines)
    exec("\n".join(lines), {})
