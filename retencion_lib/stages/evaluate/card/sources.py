"""Where a card takes its figures from: the files that the stages wrote, and nothing typed."""

from dataclasses import dataclass

import pandas as pd

from retencion_lib import config
from retencion_lib.home import disk, registry, store, watch_report
from retencion_lib.home.watch_report import WatchReport


@dataclass(frozen=True)
class Sources:
    """Files about one model; what does not exist, or is about other data, is None."""

    report: dict  # its test report
    experiment: dict  # its line of the experiment log
    contract: dict  # of its training table
    entry: dict | None  # its place in the registry
    history: list[dict]  # promotions that name it
    eda: dict | None  # 01 on the same table
    drift: WatchReport | None  # the last monitoring, if it compares with this model's reference
    calibration: pd.DataFrame | None  # bins of its out-of-fold predictions

    @property
    def name(self) -> str:
        """Family and version, as the registry writes them."""
        return f"{self.report['family']} v{self.report['version']}"


def gather(report: dict, contract: dict) -> Sources:
    """Read all that is known of the model that a test report judges."""
    sha256 = report["artifact_sha256"]
    experiment = next(
        e for e in reversed(registry.experiments()) if e["artifact"]["sha256"] == sha256
    )
    book = registry.read()
    entry = next((m for m in book["models"] if m["sha256"] == sha256), None)
    name = f"{report['family']} v{report['version']}"
    eda = _optional(config.EDA_SUMMARY, "eda")
    same = eda is not None and eda.get("data", {}).get("sha256") == experiment["data"]["sha256"]
    return Sources(
        report, experiment, contract, entry,
        [e for e in book["history"] if name in (e.get("model"), e.get("previous"))],
        eda if same else None,
        _watched(),
        _bins(report["family"], report["version"]),
    )  # fmt: skip


def _optional(path: str, made_by: str) -> dict | None:
    file = config.resolve(path)
    return store.read_json(file, made_by=made_by) if file.is_file() else None


def _watched() -> WatchReport | None:
    """Last monitoring, unless it is about a model that was in use before."""
    drift, reference = watch_report.last(), config.resolve(config.REFERENCE)
    if drift is None or not reference.is_file():
        return None
    return drift if drift.reference.sha256 == disk.sha256(reference) else None


def _bins(family: str, version: str) -> pd.DataFrame | None:
    path = config.resolve(f"artifacts/{family}__calibration.csv")
    if not path.is_file():
        return None
    table = store.read_csv(path, made_by="train", dtype={"version": str})
    own = table[(table["version"] == version) & (table["split"] == "valid")]
    return own if len(own) else None
