"""Run the five notebooks in a fresh home and keep their outputs: `make notebooks`."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.fresh_home import make_fresh_home

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def refresh(path: Path) -> None:
    """Execute one notebook in place and drop what changes with every run."""
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=900, kernel_name="python3", coalesce_streams=True).execute(
        cwd=str(FOLDER)
    )
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            # A progress bar says how long this run took: no part of the result.
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    nbformat.write(notebook, path)
    print(f"{path.name}: actualizado")


if __name__ == "__main__":
    make_fresh_home()
    for each in sorted(FOLDER.glob("*.ipynb")):
        refresh(each)
