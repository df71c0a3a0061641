"""Columns of the batch go along into the list, and nowhere else; what cannot be is refused."""

from pathlib import Path

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import store
from retencion_lib.home.workbook import read_workbook
from retencion_lib.stages import infer
from retencion_lib.stages.infer.scoring import Batch
from retencion_lib.tables import read_table
from tests.stages.infer.test_campaign import decide, home, scored  # noqa: F401

BATCH = """id;telefono;fijo;nombre;saldo;alta
C0;+34 600 1;600123456;Ñora;10,5;2026-01-31
C1;034600;;=HYPERLINK(1);-3,25;2026-02-01
C2;600;911;;0,5;
"""


@pytest.fixture
def batch(home):  # noqa: F811
    (home / "lote.csv").write_text(BATCH, encoding="utf-8")
    frame = read_table("lote.csv", texts=["id"])
    return Batch(frame, "id", "lote.csv", Path("lote_with_score.csv"))


CARRY = ["nombre", "telefono", "fijo", "saldo", "alta"]


def test_what_is_carried_stands_beside_the_id_of_its_customer(batch):
    table = scored(3).assign(score=[0.2, 0.9, 0.8])
    calls = decide(table, control_share=0.0)
    calls.decided["group"] = "contact"
    written = infer.write_calls(
        calls, infer.list_wanted(batch, CARRY, []), date="2026-10-31", stem="lote"
    )
    sheet = pd.read_csv(written.path, dtype=str, keep_default_na=False)
    assert list(sheet.columns[1:8]) == ["id", *CARRY, "score"]
    assert sheet.loc[:, "id":"alta"].to_numpy().tolist() == [
        ["C1", "'=HYPERLINK(1)", "034600", "", "-3.25", "2026-02-01"],
        ["C2", "", "600", "911", "0.5", ""],
        ["C0", "Ñora", "'+34 600 1", "600123456", "10.5", "2026-01-31"],
    ]
    book = read_workbook(written.workbook.read_bytes())
    assert book["telefono"].tolist() == ["034600", "600", "+34 600 1"]
    assert book["saldo"].tolist() == [-3.25, 0.5, 10.5]
    assert book["fijo"].dropna().tolist() == [911, 600123456]


@pytest.mark.parametrize(
    ("carry", "kind", "said"),
    [
        (["telefon"], DataError, r"lote\.csv, carry: .*'telefon'. ¿Querías decir 'telefono'\?"),
        (["id"], ParameterError, r"carry = \['id'\]: la lista ya tiene 'id'"),
        (["saldo", "saldo"], ParameterError, r"la lista ya tiene 'saldo'"),
    ],
)
def test_a_column_that_cannot_go_along_is_refused(batch, carry, kind, said):
    with pytest.raises(kind, match=said):
        infer.list_wanted(batch, carry, [])


def test_a_column_named_as_one_of_the_list_is_refused(batch):
    with pytest.raises(ParameterError, match=r"ya tiene 'Decil'.*dale otro nombre en el lote"):
        infer.list_wanted(
            Batch(batch.frame.assign(Decil=1), "id", "l.csv", Path("x")), ["Decil"], []
        )


@pytest.mark.parametrize(
    ("settings", "kind", "said"),
    [
        ('[call_list]\ndecimal = ","', ParameterError,
         r"retencion\.toml: call_list\.decimal = ',': debe ser 'punto' o 'coma'"),
        ('[call_list]\nheading = false', ParameterError, r"¿Querías decir 'call_list.headings'\?"),
        ('offers = "x"', ParameterError, r"no existe el ajuste 'offers'"),
        ('[offers]\ncuotas = "x"', DataError,
         r"offers: .*'cuotas'. ¿Querías decir 'cuota'\? Debe ser una columna del modelo"),
        ('[offers]\ncuota = 3', ParameterError, r"'cuota' debe tener un texto.* y tiene 3\."),
        ('[offers.cuota]\nalta = 3', ParameterError, r"una tabla de valor a texto"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_before_anybody_is_scored(
    batch, home, settings, kind, said  # noqa: F811
):  # fmt: skip
    (home / config.SETTINGS_FILE).write_text(settings)
    with pytest.raises(kind, match=said):
        infer.list_wanted(batch, [], ["cuota"])


def test_the_settings_of_a_list_are_kept_so_that_its_run_can_be_repeated(batch, home):  # noqa: F811
    (home / config.SETTINGS_FILE).write_text('[offers]\ncuota = "rebaja"\n')
    store.begin(None)
    assert infer.list_wanted(batch, [], ["cuota"]).offers == {"cuota": "rebaja"}
    assert config.SETTINGS_FILE in set(store.lineage_table()["path"])


def test_an_offer_stands_after_the_reasons_of_its_customer():
    wanted = infer.Wanted(offers={"x": "rebaja"})
    written = infer.write_calls(decide(scored(50)), wanted, date="2026-10-31", stem="b")
    sheet = pd.read_csv(written.path)
    assert list(sheet.columns[-3:]) == ["offer", "call_result", "call_note"]
    assert set(sheet["offer"]) == {"rebaja"}
    assert "Qué ofrecer" in read_workbook(written.workbook.read_bytes())
