"""The record of a run, as it travels inside the executed notebook.

The last cell embeds it as an output of its own media type, so that the notebook alone says
what it read and wrote, with which parameters, code and environment.
"""

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, distributions, version

from retencion_lib import config
from retencion_lib.home import ledger

MEDIA_TYPE = "application/vnd.retencion.run+json"
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "papermill")
SECRET = re.compile(r"secret|token|passw|contrase|clave|api_?key|webhook|credential", re.I)
MASK = "***"


def secret(name: str, value: object) -> bool:
    """Whether a parameter must not be written down: by its name; ``env:NAME`` is no secret."""
    return bool(SECRET.search(name)) and bool(value) and not str(value).startswith("env:")


def masked(params: dict) -> dict:
    """Parameters with the secret ones replaced by `MASK`."""
    return {name: MASK if secret(name, value) else value for name, value in params.items()}


def start(
    notebook: str, params: dict, *, output: str | None, source_sha256: str | None = None
) -> dict:
    """Facts of ``run_started``, whoever starts the run; secret parameters are masked."""
    return {"notebook": notebook, "parameters": masked(params), "output": output,
            "source_sha256": source_sha256, "actor": ledger.actor(), "host": platform.node(),
            "pid": os.getpid()}  # fmt: skip


def find(notebook: dict) -> dict:
    """Record embedded in an executed notebook; empty if its last cell did not run."""
    for cell in reversed(notebook["cells"]):
        for output in cell.get("outputs", []):
            found = output.get("data", {}).get(MEDIA_TYPE)
            if isinstance(found, dict):
                return found
    return {}


def provenance() -> dict:
    """Code and environment: commit, whether it has changes, Python, libraries and their hash."""
    return {
        **git_state(),
        "python": sys.version.split()[0],
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": {name: version(name) for name in LIBRARIES},
        "environment_sha256": environment_sha256(),
    }


@cache
def environment_sha256() -> str:
    """SHA-256 of Python's version and of every installed distribution with its version."""
    found = sorted({f"{d.name.lower()}=={d.version}" for d in distributions()})
    text = "\n".join([sys.version.split()[0], platform.machine(), *found])
    return hashlib.sha256(text.encode()).hexdigest()


def git_state() -> dict:
    """Commit of the clone and whether it has changes, or commit that was installed; nulls else."""
    clone = config.clone()
    if clone is None:
        return _installed_commit()
    try:
        commit, changes = (
            subprocess.run(
                ["git", *command], cwd=clone, capture_output=True, text=True, check=True
            ).stdout.strip()
            for command in (["rev-parse", "HEAD"], ["status", "--porcelain"])
        )
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "dirty": None}
    return {"commit": commit, "dirty": bool(changes)}


def _installed_commit() -> dict:
    """What pip noted of a package that it installed from git."""
    try:
        noted = json.loads(distribution("retencion").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        noted = {}
    commit = noted.get("vcs_info", {}).get("commit_id")
    return {"commit": commit, "dirty": None if commit is None else False}
