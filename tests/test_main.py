"""The command line: what each ending says and gives back."""

import subprocess
import sys
from pathlib import Path

import pytest

from retencion_lib import __main__ as command_line
from retencion_lib import config
from retencion_lib.audit import orders as commands
from retencion_lib.runs.execute import Finished


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["trainn"], "'trainn'. ¿Querías decir 'train'?", id="order"),
        pytest.param(["train", "--dtaa", "x"], "¿Querías decir 'data'?", id="parameter"),
        pytest.param(["train", "x"], "'x' sobra: los parámetros se dan", id="loose-word"),
        pytest.param(["train", "--data"], "Falta el valor de '--data'", id="no-value"),
        pytest.param(["train", "--seed", "1.5"], "debe ser un número entero", id="int"),
        pytest.param(["infer", "--sample", "diez"], "con punto decimal", id="float"),
        pytest.param(["train", "--drop-cols", "[1,"], "debe ser una lista", id="list"),
        pytest.param(["monitor", "--fail-on", "red"], "debe ser 'warning' o 'alert'", id="fail-on"),
        pytest.param(["verify", "--head", "7"], "debe ser NÚMERO:SHA256", id="head"),
        pytest.param(["verify", "--signature", "s"], "--identity QUIÉN van juntos", id="identity"),
        pytest.param(["sign"], "Falta --key", id="key"),
        pytest.param(["trace"], "--customer ID o --event ID", id="trace"),
        pytest.param(["reproduce"], "Indica la ejecución", id="reproduce"),
        pytest.param(["promote", "9.9"], "reason = '': di por qué", id="reason"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(home, capsys, words, said):
    assert command_line.main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: ")
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert list(home.rglob("*.html")) == []


def test_a_home_that_is_a_file_is_said_in_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path / "taken"))
    assert command_line.main(["data"]) == 2
    assert "taken': no es una carpeta, o no se puede llegar a ella." in capsys.readouterr().err


def test_an_interruption_is_no_traceback(monkeypatch, capsys):
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(commands.COMMANDS, "data", commands.Command("", interrupted))
    assert command_line.main(["data"]) == 130
    assert "se cierra en el registro con 'retencion seal'" in capsys.readouterr().err


def test_an_empty_ledger_is_not_called_faultless(home, capsys):
    assert command_line.main(["verify"]) == 0
    assert f"El registro de {home} está vacío" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["", "train --help", "run --help"])
def test_a_reader_that_has_had_enough_sees_no_traceback(words):
    order = f"set -o pipefail; '{sys.executable}' -m retencion_lib {words} | true"
    done = subprocess.run(["bash", "-c", order], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.fixture
def finished(monkeypatch):
    """Runs a stage with these results, without its notebook."""

    def run(stage: str, *words: str, **results) -> int:
        done = [Finished("r1", Path("04.html"), results)]

        def at_once(stages, parameters, ended):
            ended(done[0])
            return done

        monkeypatch.setattr("retencion_lib.runs.execute.run_stages", at_once)
        return command_line.main([stage, *words])

    return run


@pytest.mark.parametrize("stage", ["infer", "monitor", "run"])
@pytest.mark.parametrize(("status", "level", "said"), [
    ("alert", "warning", "Hay hallazgos de nivel alerta (--fail-on warning)."),
    ("warning", "warning", "Hay hallazgos de nivel aviso (--fail-on warning)."),
])  # fmt: skip
def test_a_level_that_is_reached_ends_with_three(finished, capsys, stage, status, level, said):
    with pytest.raises(SystemExit, match="3"):
        finished(stage, "--fail-on", level, status=status)
    assert said in capsys.readouterr().out


def test_a_level_that_is_not_reached_ends_well(finished):
    assert finished("monitor", "--fail-on", "alert", status="warning") == 0


def test_the_terminal_gives_both_answers_and_a_list_that_is_stopped_is_no_failure(finished, capsys):
    given = {"list_usable": "no", "retrain": "wait", "retrain_until": "extract", "status": "alert"}
    assert finished("infer", **given) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "04_infer (0 s): terminada.",
        "  ¿Se puede usar esta lista? No",
        "  ¿Hay que reentrenar? Esperar hasta que el extracto esté corregido",
        "Informe: 04.html",
    ]


@pytest.mark.parametrize("words", [
    ["help"], ["head"], ["train", "--help"], ["verify", "--help"],
    ["evla"], ["train", "--dat", "x"], ["train", "x"], ["promote", "--versoin", "0.1"],
    ["promote", "9.9"], ["trace"], ["trace", "--customer", "1"], ["reproduce"], ["compare"],
    ["compare", "a", "b"],
], ids=" ".join)  # fmt: skip
def test_an_order_that_reads_no_table_does_not_wait_for_what_reads_tables(words):
    code = (
        "import sys; from retencion_lib.__main__ import main; main(sys.argv[1:]);"
        "heavy = {'pandas', 'numpy', 'papermill', 'sklearn', 'pyarrow'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_quiet_order_says_nothing(finished, capsys):
    assert finished("monitor", "--quiet", list_usable="yes", retrain="no") == 0
    assert capsys.readouterr().out == ""


def test_a_report_is_opened_where_that_is_asked_for(finished, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert finished("monitor", "--open") == 0
    assert opened == [Path("04.html").resolve().as_uri()]


@pytest.mark.parametrize("stage", ["infer", "monitor", "run"])
def test_a_quiet_order_ends_with_three_and_says_nothing_either(finished, capsys, stage):
    with pytest.raises(SystemExit, match="3"):
        finished(stage, "--quiet", "--fail-on", "alert", status="alert")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("given", "silent"), [
    ("--quiet", True), ("--quiet=true", True), ("--quiet=1", True),
    ("--quiet=false", False), ("--quiet=0", False),
])  # fmt: skip
def test_a_flag_may_be_given_its_value(finished, capsys, given, silent):
    assert finished("monitor", given, list_usable="yes") == 0
    assert (capsys.readouterr().out == "") is silent


@pytest.mark.parametrize("words", [["monitor", "--quiet=mucho"], ["verify", "--json=mucho"]])
def test_a_flag_is_not_given_anything_else(capsys, words):
    assert command_line.main(words) == 2
    assert "=mucho: no toma valor, o es true o false" in capsys.readouterr().err


def test_a_flag_of_an_audit_may_be_given_its_value_too(capsys):
    assert command_line.main(["verify", "--json=false"]) == 0
    assert "está vacío" in capsys.readouterr().out
