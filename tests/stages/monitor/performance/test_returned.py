"""A call list that comes back filled in is counted, as CSV or as the workbook that 04 wrote."""

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.call_list import HEADINGS, RESULT
from retencion_lib.home.sheet import guarded
from retencion_lib.home.workbook import workbook
from retencion_lib.stages.monitor.performance.returned import call_results
from retencion_lib.stages.monitor.performance.say_returned import calls_sentence

IDS = ["=1", "b", "c", "d", "e", "f", "g"]
LOG = pd.DataFrame({
    "id": ["=1", "b", "c", "d", "e", "f", "b"],
    "group": ["contact", "control", "contact", "contact", "contact", "control", "contact"],
})  # fmt: skip
SAID = ["acepta", " Acepta ", "rechaza", "buzón", "", "acepta", "no contesta"]
COUNTED = {"acepta": 2, "rechaza": 1, "no contesta": 0}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def as_csv(home, table):
    table.assign(cliente=table["cliente"].map(guarded)).to_csv(home / "back.csv", index=False)
    return "back.csv"


def as_csv_of_a_spanish_spreadsheet(home, table):
    headed = table.rename(columns=HEADINGS)
    headed.to_csv(home / "back.csv", index=False, sep=";", decimal=",", encoding="cp1252")
    return "back.csv"


def as_workbook(home, table):
    pytest.importorskip("python_calamine")
    (home / "back.xlsx").write_bytes(workbook(table.rename(columns=HEADINGS)))
    return "back.xlsx"


@pytest.mark.parametrize("form", [as_csv, as_csv_of_a_spanish_spreadsheet, as_workbook])
def test_every_result_is_counted_of_whom_it_is(home, form):
    table = pd.DataFrame({"rank": range(1, 8), "cliente": IDS, "score": 0.5, RESULT: SAID})
    found = call_results(form(home, table), LOG, id_col="cliente")
    assert (found.results, found.n_other, found.n_blank) == (COUNTED, 1, 1)
    assert (found.n_listed, found.n_control, found.n_unlisted) == (5, 1, 1)


def test_what_is_said_of_it_leaves_nothing_out(home):
    table = pd.DataFrame({"cliente": IDS, RESULT: SAID})
    said = calls_sentence(call_results(as_csv(home, table), LOG, id_col="cliente"))
    assert "De 5 clientes de la lista que se devolvió, 2 aceptan, 1 rechaza y 0 no" in said
    assert "acepta el **66,7 %** (entre 20,8 % y 93,9 %)" in said  # Wilson, 2 of 3
    for more in ("De 1 no se apuntó nada", "otra cosa que 'acepta', 'rechaza' y 'no contesta'",
                 "Del grupo de control fue llamado 1", "De 1 con resultado no consta"):  # fmt: skip
        assert more in said
    assert calls_sentence(None) == ""


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"id": ["a"], RESULT: [""]}, r"back\.csv, calls: no hay ninguna columna 'cliente'\. Da"),
        ({"cliente": ["a"], "x": [""]},
         r"columna 'Resultado de la llamada' ni 'call_result'\. .*rellenada y guardada con otro"),
        ({"cliente": ["a", "a"], RESULT: ["", ""]}, r"back\.csv: 1 valor de 'cliente' en más de"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_list_is_refused(home, table, said):
    pd.DataFrame(table).to_csv(home / "back.csv", index=False)
    with pytest.raises(DataError, match=said):
        call_results("back.csv", LOG, id_col="cliente")


def test_without_a_list_there_is_nothing_to_say():
    assert call_results("", LOG, id_col="cliente") is None
