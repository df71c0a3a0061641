"""Run Evidently's default drift preset, in an environment of its own (evidently, pandas<3).

PEER/bin/python benchmarks/monitoring_peer.py FOLDER        batches of a folder, one line each
PEER/bin/python benchmarks/monitoring_peer.py REF CURRENT   two Parquet tables, cost of one run
"""

import json
import resource
import sys
import time
from pathlib import Path

COLUMN = "Value Drift for column "


def drifted(reference, current) -> list[str]:
    """Columns that the preset says have drifted."""
    from evidently import Report
    from evidently.presets import DataDriftPreset

    result = Report([DataDriftPreset()], include_tests=True).run(current, reference).dict()
    return [
        test["name"].removeprefix(COLUMN) for test in result["tests"]
        if test["status"] == "FAIL" and test["name"].startswith(COLUMN)
    ]  # fmt: skip


def peak_mb() -> float:
    """Largest memory of this process; `ru_maxrss` would count that of its parent too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(words: list[str]) -> None:
    import pandas as pd

    if len(words) == 1:
        for path in sorted(Path(words[0]).glob("*.current.parquet")):
            name = path.name.removesuffix(".current.parquet")
            reference = pd.read_parquet(path.with_name(f"{name.split('@')[0]}.reference.parquet"))
            found = drifted(reference, pd.read_parquet(path))
            print(json.dumps({"name": name, "drifted": found}), flush=True)
        return
    start = time.process_time()
    frames = [pd.read_parquet(path) for path in words]
    found = drifted(*frames)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu_after_imports": time.process_time() - start,
                "cpu_process": usage.ru_utime + usage.ru_stime,
                "peak_mb": peak_mb(),
                "drifted": len(found),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
