"""Do the fast tests pass under every Python that is allowed, with the newest and oldest libraries?

``python -m benchmarks.matrix [PYTHON …]`` makes an environment for each Python (3.11, 3.12 and
3.13 unless others are given) and for each end of the allowed versions, with `uv` where it is found
(``pip install uv``), and runs the fast tests there. A Python that cannot be had is said, not
skipped in silence: the order ends with 1 unless all that was asked for was tried and passed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
ENDS = {"newest": "highest", "lowest": "lowest-direct"}
SHOWN = ("numpy", "pandas", "scikit-learn", "xgboost-cpu")


def uv() -> str:
    """Path of uv; without it nothing can be resolved to the lowest versions."""
    beside = Path(sys.executable).with_name("uv")
    found = shutil.which("uv") or (str(beside) if beside.exists() else None)
    if not found:
        raise SystemExit("No se encuentra uv: instálalo con 'pip install uv'.")
    return found


def tried(python: str, end: str, folder: Path) -> dict:
    """What came of one Python with one end of the versions."""
    environment = folder / f"{python}-{end}"
    at = environment / "bin/python"
    steps = (
        [uv(), "venv", "--quiet", "--python", python, environment],
        [uv(), "pip", "install", "--quiet", "--python", at, "--resolution", ENDS[end],
         "--editable", f"{ROOT}[dev,demo]"],
    )  # fmt: skip
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            return {"python": python, "end": end, "passed": False, "said": done.stderr.strip()}
    tested = subprocess.run(
        [at, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not slow", "tests"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    (environment / "tests.log").write_text(tested.stdout + tested.stderr, encoding="utf-8")
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", tested.stdout, re.M)
    return {"python": python, "end": end, "passed": tested.returncode == 0, "failed": failed,
            "versions": versions(at), "log": str(environment / "tests.log")}  # fmt: skip


def versions(python: Path) -> dict[str, str]:
    """Versions of Python and of the libraries that matter most."""
    code = (
        "import importlib.metadata as m, json, platform\n"
        f"print(json.dumps({{'python': platform.python_version()}} | "
        f"{{n: m.version(n) for n in {SHOWN!r}}}))"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main(pythons: list[str]) -> int:
    """Try every combination, print it as it ends, and keep all in ``benchmarks/results``."""
    folder = Path(tempfile.mkdtemp(prefix="retencion-matrix-"))
    results = []
    for python in pythons:
        for end in ENDS:
            results.append(tried(python, end, folder))
            print(json.dumps(results[-1], ensure_ascii=False), flush=True)
    kept = [{k: v for k, v in r.items() if k != "log"} for r in results]
    target = ROOT / "benchmarks/results/matrix.json"
    target.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0 if all(r["passed"] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(PYTHONS)))
