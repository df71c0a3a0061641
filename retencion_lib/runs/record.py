"""The record of a run, as it travels inside the executed notebook.

The last cell embeds it as an output of its own media type, so that the notebook alone says
what it read and wrote, with which parameters, code and environment.
"""

import hashlib
import json
import os
import platform
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, distributions, version
from typing import Any

from retencion_lib import config
from retencion_lib.home import ledger
from retencion_lib.home.document import from_plain
from retencion_lib.home.event import Content

MEDIA_TYPE = "application/vnd.retencion.run+json"
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "papermill")
SECRET = re.compile(r"secret|token|passw|contrase|clave|api_?key|webhook|credential", re.I)
MASK = "***"
RUN_VARIABLE = "RETENCION_RUN_ID"


@dataclass(frozen=True)
class Code:
    """Commit that runs, and whether it has changes; None where nobody knows."""

    commit: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True)
class Provenance(Code):
    """Code and environment of a run."""

    python: str = ""
    platform: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)
    environment_sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Record(Provenance):
    """What a run was given, read, wrote and found, and with which code."""

    run_id: str = ""
    notebook: str = ""
    date: str = ""  # ISO
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: Any = None
    engine: Mapping[str, Any] | None = None  # whose hands worked on blocks, if not only its own
    results: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Content, ...] = ()
    outputs: tuple[Content, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As the notebook holds it; what is not known is left out, but for commit and seed."""
        every = {f.name: getattr(self, f.name) for f in fields(self)}
        known = {k: v for k, v in every.items() if k in KNOWN_OR_NULL or v not in ("", None)}
        return known | {k: [c.plain() for c in getattr(self, k)] for k in ("inputs", "outputs")}

    def facts(self) -> dict[str, Any]:
        """What the run's end says of it in the ledger, besides its name."""
        return {k: v for k, v in self.plain().items() if k not in ("run_id", "notebook")}


KNOWN_OR_NULL = ("commit", "dirty", "seed")


def secret(name: str, value: object) -> bool:
    """Whether a parameter must not be written down: by its name; ``env:NAME`` is no secret.

    Nor may an address with a key in it, whatever the parameter is called.
    """
    if config.tells_key(value):
        return True
    return bool(SECRET.search(name)) and bool(value) and not str(value).startswith("env:")


def masked(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with the secret ones replaced by `MASK`."""
    return {name: MASK if secret(name, value) else value for name, value in params.items()}


def start(
    notebook: str, params: Mapping[str, Any], *, output: str | None,
    source_sha256: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Facts of ``run_started``, whoever starts the run; secret parameters are masked."""
    return {"notebook": notebook, "parameters": masked(params), "output": output,
            "source_sha256": source_sha256, "actor": ledger.actor(), "host": platform.node(),
            "pid": os.getpid()}  # fmt: skip


def new_run_id(notebook: str) -> str:
    """Name of a run: UTC time, notebook, and six characters that keep two runs apart."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{notebook}-{secrets.token_hex(3)}"


def find(notebook: Mapping[str, Any]) -> Record | None:
    """Record embedded in an executed notebook; None if its last cell did not run, or it is none."""
    for cell in reversed(notebook["cells"]):
        for output in cell.get("outputs", []):
            found = output.get("data", {}).get(MEDIA_TYPE)
            if isinstance(found, dict):
                return _read(found)
    return None


def _read(found: Mapping[str, Any]) -> Record | None:
    try:
        return from_plain(Record, found)
    except (TypeError, AttributeError):
        return None


def provenance() -> Provenance:
    """Code and environment: commit, whether it has changes, Python, libraries and their hash."""
    return Provenance(
        **asdict(git_state()),
        python=sys.version.split()[0],
        platform=f"{platform.system()} {platform.machine()}",
        libraries={name: version(name) for name in LIBRARIES},
        environment_sha256=environment_sha256(),
    )


@cache
def environment_sha256() -> str:
    """SHA-256 of Python's version and of every installed distribution with its version."""
    found = sorted({f"{d.name.lower()}=={d.version}" for d in distributions()})
    text = "\n".join([sys.version.split()[0], platform.machine(), *found])
    return hashlib.sha256(text.encode()).hexdigest()


def git_state() -> Code:
    """Commit of the clone and whether it has changes, or commit that was installed."""
    clone = config.clone()
    if clone is None:
        return _installed_commit()
    try:
        commit, changes = (
            subprocess.run(  # without the lock that a commit of somebody's may need meanwhile
                ["git", "--no-optional-locks", *command],
                cwd=clone,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for command in (["rev-parse", "HEAD"], ["status", "--porcelain"])
        )
    except (OSError, subprocess.CalledProcessError):
        return Code()
    return Code(commit, bool(changes))


def _installed_commit() -> Code:
    """What pip noted of a package that it installed from git."""
    try:
        noted = json.loads(distribution("retencion").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        noted = {}
    commit = noted.get("vcs_info", {}).get("commit_id")
    return Code(commit, None if commit is None else False)
