"""What an order names is looked for in its tables' headers, before a kernel starts."""

from types import SimpleNamespace

import pandas as pd
import pytest

from retencion_lib import __main__ as command_line
from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.tables import load_training
from retencion_lib.tables.asked import need_named

TABLE = "tabla.csv"
LEARN = ["--data", TABLE, "--id-col", "cliente", "--target", "baja"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    (tmp_path / TABLE).write_text("cliente;baja;meses;margen\n1;0;3;20\n2;1;5;30\n")
    (tmp_path / "lote.csv").write_text("cliente,score\n1,0.2\n")
    (tmp_path / "datos.sql").write_text("SELECT 1")
    return tmp_path


@pytest.fixture
def ordered(monkeypatch, capsys, home):
    """Gives an order whose stages must not run; what it said, as long as nothing was left."""

    def no_kernel(stages, parameters, ended):
        raise KeyboardInterrupt

    monkeypatch.setattr("retencion_lib.runs.execute.run_stages", no_kernel)

    def give(*words: str) -> tuple[int, str]:
        code = command_line.main(list(words))
        assert not (home / "runs").exists()
        return code, capsys.readouterr().err

    return give


@pytest.mark.parametrize(("words", "said"), [
    (["eda", "--data", TABLE, "--target", "baja"], "'CustomerID'. Si ninguna columna"),
    (["eda", *LEARN, "--target", "bajas"], "'bajas'. ¿Querías decir 'baja'?"),
    (["train", *LEARN, "--drop-cols", "mes"], "tabla.csv: no hay ninguna columna 'mes'"),
    (["train", *LEARN, "--sensitive", "sexo"], "'sexo'"),
    (["train", *LEARN, "--snapshot-col", "dia", "--horizon", "28d"], "'dia'"),
    (["evaluate", *LEARN, "--value-col", "margn"], "¿Querías decir 'margen'?"),
    (["evaluate", *LEARN, "--accept-col", "acepta"], "'acepta'"),
    (["evaluate", *LEARN, "--segments", "meses,zona"], "segments: no hay ninguna columna 'zona'"),
    (["infer", "--input", "lote.csv", "--carry", "telefono"], "lote.csv, carry: no hay ninguna"),
    (["monitor", "--current", "lote.csv", "--id-col", "clinte"], "¿Querías decir 'cliente'?"),
    (["monitor", "--current", "lote.csv", "--id-col", "cliente", "--score-col", "p"], "'p'"),
    (["monitor", "--current", "lote.csv", "--id-col", "cliente", "--segments", "x"], "segments"),
    (["monitor", "--id-col", "cliente", "--labels", TABLE], "'usuarioPerdido'"),
    (["snapshots", "--events", TABLE, "--id-col", "cliente"], "'date'"),
    (["snapshots", "--events", TABLE, "--id-col", "cliente", "--event-date-col", "meses",
      "--customers", "lote.csv", "--ended-col", "fin"], "lote.csv: no hay ninguna columna 'fin'"),
    (["run", *LEARN, "--drop-cols", "mes"], "'mes'"),
], ids=lambda v: " ".join(v) if isinstance(v, list) else "")  # fmt: skip
def test_a_column_that_is_not_there_leaves_no_run(ordered, words, said):
    code, error = ordered(*words)
    assert code == 2
    assert said in error


@pytest.mark.parametrize(("words", "said"), [
    (["train", *LEARN, "--date", "31/10/2026"], "date = '31/10/2026': debe ser una fecha"),
    (["train", *LEARN, "--test-share", "20"], "test_share = 20.0: debe ser un número"),
    (["train", *LEARN, "--seed", "-1"], "seed = -1"),
    (["train", *LEARN, "--refit", "si"], "refit = 'si': debe ser uno de"),
    (["train", *LEARN, "--horizon", "28d"], "sin snapshot_col"),
    (["evaluate", *LEARN, "--policy", "f2"], "policy = 'f2': debe ser uno de"),
    (["evaluate", *LEARN, "--capacity", "10"], "capacity = 10.0"),
    (["evaluate", *LEARN, "--value-factor", "0"], "value_factor = 0.0"),
    (["infer", "--control-share", "1"], "control_share = 1.0"),
    (["run", *LEARN, "--sample", "2"], "sample = 2.0"),
], ids=lambda v: " ".join(v) if isinstance(v, list) else "")  # fmt: skip
def test_a_value_that_cannot_be_leaves_no_run(ordered, words, said):
    code, error = ordered(*words)
    assert code == 2
    assert said in error


@pytest.mark.parametrize("words", [
    ["eda", *LEARN], ["train", *LEARN], ["evaluate", *LEARN, "--value-col", "margen"],
    ["infer", "--input", "lote.csv", "--carry", "score"],
    ["monitor", "--current", "lote.csv", "--id-col", "cliente"], ["monitor"],
    ["eda", "--data", "falta.csv"], ["eda", "--data", "datos.sql"],
    ["eda", "--data", "s3://cubo/tabla.csv"], ["infer", "--input", "falta.csv", "--carry", "x"],
], ids=" ".join)  # fmt: skip
def test_what_a_header_does_not_contradict_is_left_to_the_run(ordered, words):
    assert ordered(*words)[0] == 130  # it was about to run


@pytest.mark.parametrize("wrong", [{"id_col": "clinte"}, {"target": "bajas"}])
def test_it_is_said_as_the_notebook_says_it(wrong):
    named = {"id_col": "cliente", "target": "baja"} | wrong
    with pytest.raises(DataError) as before:
        need_named(SimpleNamespace(data=TABLE, snapshot_col="", **named))
    with pytest.raises(DataError) as later:
        load_training(TABLE, **named)
    assert str(before.value) == str(later.value)


def test_a_workbook_says_its_other_sheets(home, ordered):
    with pd.ExcelWriter(home / "libro.xlsx") as book:
        pd.DataFrame({"a": [1], "b": [2]}).to_excel(book, sheet_name="uno", index=False)
        pd.DataFrame({"cliente": [1]}).to_excel(book, sheet_name="dos", index=False)
    code, error = ordered("eda", "--data", "libro.xlsx", "--id-col", "cliente")
    assert (code, "libro.xlsx#HOJA" in error) == (2, True)


def test_every_name_that_the_package_of_tables_promises_is_there():
    from retencion_lib import tables

    assert [name for name in tables.__all__ if not hasattr(tables, name)] == []
    assert not hasattr(tables, "load_trainings")
