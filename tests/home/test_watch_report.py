"""The monitoring report: what is written is read back, as are reports of earlier versions."""

import json
from dataclasses import asdict

import pytest

from retencion_lib import config
from retencion_lib.errors import DataError, OrderError
from retencion_lib.home import watch_report
from retencion_lib.home.watch_report import CURRENT, Alert, Effect, Groups, OutcomeCounts
from retencion_lib.maths.decision import Campaign
from retencion_lib.maths.drift.classifier import Told
from retencion_lib.maths.estimation import Estimate
from tests.watch_reports import AUC, expected, measured, quiet, shift


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    (tmp_path / "monitoring").mkdir()
    return tmp_path


def full():
    """A report with every section."""
    money = Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3)
    gain = Estimate(0.2, 0.1, 0.3)
    return quiet(
        features=[shift("a", "warning")], alerts=[Alert("RET010", "warning", "a", 0.12, 0.0)],
        status="warning", multivariate=Told(0.5, 0.4, 0.6, 0.5, 9, 9, (("a", 0.1),)),
        expected=expected(AUC), outcomes=OutcomeCounts(1, 2, 3, 4, 5),
        realised=[measured(CURRENT), measured("2026-01-31", score_gap=0.1)],
        campaign_effect=Effect(Groups(9, 3), Groups(4, 2), gain, 10.0, money, gain, None),
        format=watch_report.FORMAT,
    )  # fmt: skip


def plain(report) -> str:
    """As JSON, in which what is not a number is null."""
    return json.dumps(json.loads(json.dumps(asdict(report)).replace("NaN", "null")))


def test_a_report_with_every_section_is_read_as_it_was_written():
    watch_report.write(full())
    assert plain(watch_report.read()) == plain(full())


def test_the_keys_that_others_rely_on_are_there(home):
    watch_report.write(full())
    found = json.loads((home / config.DRIFT_REPORT).read_text())
    assert set(found) >= {"created_at", "status", "reference", "current", "features", "score",
                          "quality", "alerts"}  # fmt: skip
    assert set(found["alerts"][0]) >= {"code", "level", "column", "value", "threshold", "message",
                                       "action"}  # fmt: skip
    assert set(found["score"]) >= {"name", "kind", "psi", "ks", "p_value", "status"}


def test_a_report_of_the_first_version_is_read_and_its_batch_gets_the_code_of_now(home):
    old = json.loads(plain(full()))
    del old["format"]
    for alert in old["alerts"]:
        del alert["facts"]
    old["realised"][0]["batch"] = "este lote"
    (home / config.DRIFT_REPORT).write_text(json.dumps(old))
    found = watch_report.read()
    assert found.format == 1
    assert [r.batch for r in found.realised] == [CURRENT, "2026-01-31"]


def test_a_file_that_is_no_report_is_refused_with_the_remedy(home):
    (home / config.DRIFT_REPORT).write_text('{"status": "ok"}')
    with pytest.raises(DataError, match=r"drift_report\.json: no tiene la forma.*created_at"):
        watch_report.read()


def test_before_05_there_is_no_report():
    assert watch_report.last() is None
    with pytest.raises(OrderError, match="retencion monitor"):
        watch_report.read()
