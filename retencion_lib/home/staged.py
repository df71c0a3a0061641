"""Decisions that change several files: whole beside them, then the event, then the names.

The ledger's event is the decision. Before it nothing has changed; after it everything that it
needs lies on disk, so that whoever comes next can finish what a killed process did not.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import disk


def need_why(reason: str, approver: str) -> None:
    """Refuse a decision without a reason, or without who takes it.

    Raises
    ------
    ParameterError
        With what is missing.
    """
    for name, value in (("reason", reason), ("approver", approver)):
        if not value.strip():
            raise ParameterError(f"{name} = '': di {'por qué' if name == 'reason' else 'quién'}.")


@contextlib.contextmanager
def staged(contents: Mapping[str, bytes], decide: Callable[[], object]) -> Iterator[dict]:
    """Lay contents beside their files and decide; give back where each lies, to be named.

    Parameters
    ----------
    contents : mapping of str to bytes
        New content of each file, by its path from the home.
    decide : callable
        Puts the event in the ledger. Where it fails, nothing has happened.
    """
    made: dict[str, Path] = {}
    try:
        for path, content in contents.items():
            made[path] = disk.stage(config.resolve(path), content)
        decide()
    except Exception:  # interrupted by a person, the event may be there: `seal` sweeps
        for file in made.values():
            file.unlink(missing_ok=True)
        raise
    yield made


def name(path: str, made: Path) -> None:
    """Give a staged file its name."""
    file = config.resolve(path)
    with disk.explained(file):
        os.replace(made, file)


def left_beside(path: str, fits: Callable[[Path], bool]) -> Path | None:
    """The staged content of a file that a killed process left, if it is the one announced."""
    file = config.resolve(path)
    beside = sorted(file.parent.glob(f".{_escaped(file.name)}.*.tmp"))
    return next((p for p in beside if p.is_file() and not p.is_symlink() and fits(p)), None)


def _escaped(text: str) -> str:
    return "".join(f"[{c}]" if c in "[*?" else c for c in text)
