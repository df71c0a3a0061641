"""Do the fast tests pass under every Python that is allowed, with the newest and oldest libraries?

``python -m benchmarks.matrix [3.11-lowest …] [--tests FOLDER …] [--environments FOLDER]`` makes an
environment for each Python and each end of the allowed versions (all of them unless some are
given), with `uv` where it is found (``pip install uv``), and runs the fast tests there, one after
the other. With ``--environments`` they stay in that folder, and what is there is used again. A
Python that cannot be had is said, not skipped in silence: the order ends with 1 unless all that was
asked for was tried and passed. ``benchmarks/results/matrix.json`` keeps the newest try of each
folder of tests under each.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from operator import itemgetter
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "benchmarks/results/matrix.json"
PYTHONS = ("3.11", "3.12", "3.13")
ENDS = {"newest": "highest", "lowest": "lowest-direct"}
ALL = [f"{python}-{end}" for python in PYTHONS for end in ENDS]
SHOWN = ("numpy", "pandas", "scikit-learn", "xgboost")


def uv() -> str:
    """Path of uv; without it nothing can be resolved to the lowest versions."""
    beside = Path(sys.executable).with_name("uv")
    found = shutil.which("uv") or (str(beside) if beside.exists() else None)
    if not found:
        raise SystemExit("No se encuentra uv: instálalo con 'pip install uv'.")
    return found


def installed(name: str, folder: Path) -> tuple[Path, str]:
    """Python of the environment, and what was said if it could not be made."""
    python, end = name.split("-")
    environment = folder / name
    at = environment / "bin/python"
    steps = [
        [uv(), "pip", "install", "--quiet", "--python", at, "--resolution", ENDS[end],
         "--editable", f"{ROOT}[dev,demo]"],
    ]  # fmt: skip
    if not at.exists():
        steps.insert(0, [uv(), "venv", "--quiet", "--python", python, environment])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            return at, done.stderr.strip()
    return at, ""


def tried(name: str, tests: str, at: Path, said: str) -> dict:
    """What came of the tests of one folder under one Python with one end of the versions."""
    about = {"name": name, "tests": tests, "tried_on": date.today().isoformat()}
    if said:
        return about | {"ok": False, "said": said}
    results = at.parents[1] / f"{tests.replace('/', '-')}.xml"
    results.unlink(missing_ok=True)
    with open(results.with_suffix(".log"), "w", encoding="utf-8") as log:
        done = subprocess.run(
            [at, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not slow",
             f"--junitxml={results}", tests],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log,
        )  # fmt: skip
    return about | {"ok": done.returncode == 0, "versions": versions(at)} | counted(results)


def counted(results: Path) -> dict:
    """How many tests passed, were left out and failed, and which; nothing if pytest itself died."""
    if not results.exists():
        return {}
    cases = list(ElementTree.parse(results).iter("testcase"))
    failed = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
    skipped = [c for c in cases if c.find("skipped") is not None]
    return {
        "passed": len(cases) - len(failed) - len(skipped),
        "skipped": len(skipped),
        "failed": len(failed),
        "failures": [f"{c.get('classname')}::{c.get('name')}" for c in failed],
    }


def versions(python: Path) -> dict[str, str]:
    """Versions of Python and of the libraries that matter most, as they call themselves."""
    code = (
        "import json, platform, numpy, pandas, sklearn, xgboost\n"
        "found = [m.__version__ for m in (numpy, pandas, sklearn, xgboost)]\n"
        f"print(json.dumps({{'python': platform.python_version(), **dict(zip({SHOWN}, found))}}))"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def keep(result: dict) -> None:
    """Put a try in the place of the one before of the same tests under the same Python."""
    same = itemgetter("name", "tests")
    kept = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else []
    kept = sorted([*(r for r in kept if same(r) != same(result)), result], key=same)
    TARGET.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main(names: list[str], folders: list[str], place: Path) -> int:
    """Try each, print what came of it and keep it as it ends."""
    place.mkdir(parents=True, exist_ok=True)
    good = True
    for name in names:
        at, said = installed(name, place)
        for tests in folders:
            result = tried(name, tests, at, said)
            print(json.dumps(result, ensure_ascii=False), flush=True)
            keep(result)
            good = good and result["ok"]
    return 0 if good else 1


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", metavar="PYTHON-END", help=", ".join(ALL))
    asked.add_argument("--tests", nargs="+", default=["tests"])
    asked.add_argument("--environments", type=Path)
    given = asked.parse_args()
    wrong = [n for n in given.names if not re.fullmatch(rf"\d+\.\d+-({'|'.join(ENDS)})", n)]
    if wrong:
        asked.error(f"{wrong[0]}: se esperaba, por ejemplo, 3.11-lowest")
    place = given.environments or Path(tempfile.mkdtemp(prefix="retencion-matrix-"))
    sys.exit(main(given.names or ALL, given.tests, place.resolve()))
