"""Put the notebooks, which lie at the top of the repository, into the package that is built.

All else is in pyproject.toml. An editable install needs no copy: it finds them where they are.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithNotebooks(build_py):
    """Build the package with a copy of the notebooks inside."""

    def run(self) -> None:
        """Copy the modules, then the notebooks."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "retencion_lib" / "notebooks"
            self.mkpath(str(target))
            for source in sorted(Path("notebooks").glob("*.ipynb")):
                self.copy_file(str(source), str(target / source.name))


setup(cmdclass={"build_py": WithNotebooks})
