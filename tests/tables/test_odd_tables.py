"""Odd tables as they are delivered: read right, or refused with where, what and the remedy."""

import datetime as dt
import decimal
import gzip
import json
import re
import sys
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retencion_lib import config
from retencion_lib.errors import DataError, UserError
from retencion_lib.tables import load_training, open_source, read_table
from retencion_lib.tables.say import odd_sentences
from retencion_lib.tables.scan import make_plan, scan

CSV = "id,n,c\na,1,x\nb,2.5,ñ\n"
RIGHT = {"id": ["a", "b"], "n": [1.0, 2.5], "c": ["x", "ñ"]}
SEMICOLONS = CSV.replace(",", ";").replace("2.5", "2,5")
ASKED = {"id_col": "id", "target": "baja"}
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def deliver(home, files) -> str:
    """Write files, by name, and give back the name of the first, or its folder's."""
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return next(iter(files)).split("/")[0]


def parquet(**columns):
    return lambda path: pq.write_table(pa.table(columns), path)


def zipped(*names):
    def write(path):
        with zipfile.ZipFile(path, "w") as package:
            for name in names:
                package.writestr(name, CSV)

    return write


def book(**sheets):
    def write(path):
        xlsxwriter = pytest.importorskip("xlsxwriter")
        with xlsxwriter.Workbook(str(path)) as found:
            for name, rows in sheets.items():
                sheet = found.add_worksheet(name)
                for i, row in enumerate(rows):
                    for j, value in enumerate(row):
                        if value is not None:
                            sheet.write(i, j, value)

    return write


ROWS = [["id", "n", "c"], ["a", 1, "x"], ["b", 2.5, "ñ"]]
RECORDS = [{"id": "a", "n": 1, "c": "x"}, {"id": "b", "n": 2.5, "c": "ñ"}]
PART = {"id": ["a"], "n": pa.array([1], pa.int32()), "c": ["x"]}
TEXTS = {"id": ["b"], "n": ["x"], "c": ["x"]}
OTHER = {"c": ["ñ"], "n": pa.array([2.5]), "id": ["b"]}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"t.csv": CSV}, id="commas"),
        pytest.param({"t.csv": SEMICOLONS}, id="semicolons"),
        pytest.param({"t.tsv": CSV.replace(",", "\t")}, id="tabs"),
        pytest.param({"t.txt": CSV.replace(",", "|")}, id="pipes"),
        pytest.param({"t.csv": CSV.encode("utf-8-sig")}, id="mark-of-order"),
        pytest.param({"t.csv": CSV.encode("utf-16")}, id="utf-16"),
        pytest.param({"t.csv": CSV.encode("utf-16-le")}, id="utf-16-without-mark"),
        pytest.param({"t.csv": CSV.encode("cp1252")}, id="windows-1252"),
        pytest.param({"t.csv.gz": gzip.compress(CSV.encode())}, id="gz"),
        pytest.param({"t.csv": gzip.compress(CSV.encode())}, id="gz-by-another-name"),
        pytest.param({"t.zip": zipped("t.csv")}, id="zip"),
        pytest.param({"t.csv": "sep=;\r\n" + SEMICOLONS}, id="sep-line"),
        pytest.param({"t.csv": '"sep=;"\n' + SEMICOLONS}, id="sep-line-in-quotes"),
        pytest.param({"t.csv": ",id,n,c\n0,a,1,x\n7,b,2.5,ñ\n"}, id="row-numbers"),
        pytest.param({"t.csv": "Unnamed: 0,id,n,c\n0,a,1,x\n1,b,2.5,ñ\n"}, id="row-numbers-named"),
        pytest.param({"t.csv": 'id, n, "c"\n"a", 1, "x"\n"b", "2.5", "ñ"\n'}, id="blank-quote"),
        pytest.param({"t.csv": "\n\n" + CSV}, id="blank-lines-first"),
        pytest.param({"t.csv": CSV.replace("\nb", "\n\nb") + "\n\n"}, id="blank-lines-inside"),
        pytest.param({"t.csv": CSV.encode("utf-32")}, id="utf-32"),
        pytest.param({"t.csv": CSV.replace("\n", "\r")}, id="lines-of-old-macs"),
        pytest.param({"t.csv": CSV.replace("\nb", "\r\nb")}, id="lines-of-two-systems"),
        pytest.param({"t.csv": CSV.replace("\n", ",\n")}, id="separator-behind-each-line"),
        pytest.param({"t.csv": CSV.replace("x", "\u200bx").replace("n,", "n\u200b,")},
                     id="invisible-marks"),
        pytest.param({"t.csv": CSV.replace("a,", '="a",').replace("2.5", '"=""2.5"""')},
                     id="texts-as-formulas"),
        pytest.param({"t.csv": CSV.replace("ñ", "n\u0303")}, id="letters-in-two-pieces"),
        pytest.param({"t.json": json.dumps(RECORDS)}, id="json"),
        pytest.param({"t.csv": json.dumps(RECORDS)}, id="json-called-csv"),
        pytest.param({"t.json": json.dumps({"data": RECORDS})}, id="json-inside-a-name"),
        pytest.param({"t.jsonl": "\n".join(map(json.dumps, RECORDS))}, id="json-lines"),
        pytest.param({"t.xlsx": book(Hoja=ROWS)}, id="workbook"),
        pytest.param({"t.xlsx": book(Vacía=[], Datos=ROWS)}, id="first-sheet-with-data"),
        pytest.param({"t.xlsx": book(H=[[], [None, *ROWS[0]], *([None, *r] for r in ROWS[1:])])},
                     id="a-table-away-from-the-corner"),
        pytest.param({"t.parquet": parquet(id=["a", "b"], n=[1, 2.5], c=["x", "ñ"])}, id="parquet"),
        pytest.param({"t.csv": parquet(id=["a", "b"], n=[1, 2.5], c=["x", "ñ"])}, id="by-content"),
        pytest.param({"d/1.parquet": parquet(**PART), "d/2.parquet": parquet(**OTHER)}, id="parts"),
        pytest.param({"d/1.csv": "id,n,c\na,1,x\n", "d/2.csv": "c;id;n\nñ;b;2,5\n",
                      "d/_SUCCESS": ""},
                     id="csv-parts"),
    ],
)  # fmt: skip
def test_a_table_is_read_whatever_it_lies_in(home, files):
    source = open_source(deliver(home, files))
    frame = read_table(source)
    assert {name: frame[name].tolist() for name in RIGHT} == RIGHT
    assert len(frame.columns) == 3
    assert source.n_rows == 2
    assert scan(source, make_plan(source, set())).n_rows == 2


GAP = np.nan


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["1,23,456.50", "12,34,567.00"], [123456.5, 1234567], id="of-india"),
        pytest.param(["1'234.5", "12'000"], [1234.5, 12000], id="of-switzerland"),
        pytest.param(["1\u202f234,5", "2\u202f000"], [1234.5, 2000], id="of-france"),
        pytest.param(["2.5-", "4-", "1"], [-2.5, -4, 1], id="minus-behind"),
        pytest.param(["(2.5)", "−4"], [-2.5, -4], id="minus-of-a-printer"),
        pytest.param(["2,5 euros", "1 euro", "3 euros"], [2.5, 1, 3], id="euros-in-letters"),
        pytest.param(["EUR 2.50", "EUR 3"], [2.5, 3], id="euros-before"),
        pytest.param(["12,5 %", "7 %"], [0.125, 0.07], id="per-cent"),
        pytest.param(["1.5E+05", "2E+03"], [150000, 2000], id="powers-of-ten"),
        pytest.param(["٣٤", "١٢"], [34, 12], id="digits-of-arabic"),
        pytest.param(["３４", "１２"], [34, 12], id="digits-of-japan"),
        pytest.param(["-0", "0", "-0.0", "3"], [0, 0, 0, 3], id="minus-zero"),
        pytest.param(["inf", "-Infinity", "1e400", "3"], [GAP, GAP, GAP, 3], id="infinite"),
        pytest.param(["#¡DIV/0!", "#REF!", "3", "4"], [GAP, GAP, 3, 4], id="errors-of-a-sheet"),
        pytest.param([str(10**25), str(10**25 + 1)], [str(10**25), str(10**25 + 1)],
                     id="whole-numbers-of-26-digits"),
        pytest.param(["08001", "8001"], ["08001", "8001"], id="codes-with-and-without-zeros"),
        pytest.param(["0-9", "10-19", "80+"], ["0-9", "10-19", "80+"], id="ranges"),
        pytest.param(["1.2.3", "1.10.0"], ["1.2.3", "1.10.0"], id="versions"),
        pytest.param(["10.0.0.1", "10.0.0.2"], ["10.0.0.1", "10.0.0.2"], id="addresses"),
        pytest.param(['"a\nb"', "c"], ["a\nb", "c"], id="a-line-end-inside"),
        pytest.param(['"a \\"b\\" c, d"', "e"], ['a "b" c, d', "e"], id="backslash-quotes"),
        pytest.param(['"C:\\x\\"', "e"], ["C:\\x\\", "e"], id="a-path-of-windows"),
        pytest.param(["🙂", "👩\u200d👧"], ["🙂", "👩\u200d👧"], id="emoji"),
        pytest.param(["2024-03-31T00:30:00+01:00", "2024-03-31T03:30:00+02:00"],
                     ["2024-03-31"] * 2, id="clocks-go-forward"),
        pytest.param(["2024-10-27 02:30:00 CEST", "2024-10-27 02:30:00 CET"],
                     ["2024-10-27"] * 2, id="an-hour-that-comes-twice"),
        pytest.param(["2024-01-02T23:59:59Z"], ["2024-01-02"], id="time-of-greenwich"),
        pytest.param(["2024-W01", "2024-W53", *["2024-W10"] * 40],
                     ["2024-01-01", None, *["2024-03-04"] * 40], id="weeks"),
        pytest.param(["2024-Q1", "2024Q4"], ["2024-01-01", "2024-10-01"], id="quarters"),
        pytest.param(["T3 2024", "T2 2023"], ["2024-07-01", "2023-04-01"], id="trimestres"),
        pytest.param(["2023-02-30", *["2024-01-02"] * 30], [None, *["2024-01-02"] * 30],
                     id="a-day-that-never-was"),
        pytest.param(["pendiente", "", *["2024-01-02"] * 30], [None, None, *["2024-01-02"] * 30],
                     id="a-word-among-days"),
        pytest.param(["1/2/2024 1:05 PM", "1/13/2024 1:05 PM"], ["2024-01-02", "2024-01-13"],
                     id="days-of-america"),
        pytest.param(["3 de marzo de 2024"], ["2024-03-03"], id="days-in-words"),
        pytest.param(["0000-00-00", "9999-12-31"], [None, "9999-12-31"], id="no-day-and-for-ever"),
    ],
)  # fmt: skip
def test_a_column_of_an_export_is_read_as_what_it_says(home, texts, expected):
    cells = [t if t.startswith('"') or "," not in t else f'"{t}"' for t in texts]
    rows = "".join(f"k{i},{cell}\n" for i, cell in enumerate(cells))
    found = read_table(deliver(home, {"t.csv": "id,n\n" + rows}))["n"]
    assert str(found.tolist()) == str(np.array(expected).tolist())


def labelled(change=lambda text: text, y="01", more=()):
    """Forty customers, changed."""
    rows = [f"k{i},{i % 7},{y[i % 2]}" for i in range(40)]
    return change("\n".join(["id,n,baja", *rows, *more]) + "\n")


@pytest.mark.parametrize(
    ("yes", "no"),
    [("Sí", "No"), ("VRAI", "FAUX"), ("WAHR", "FALSCH"), ("VERO", "FALSO"), ("Sim", "Nao"),
     ("VERDADEIRO", "FALSO"), ("Oui", "Non"), ("ja", "nein"), ("1.0", "0.0"), ("Y", "N")],
)  # fmt: skip
def test_an_outcome_is_known_in_many_languages(home, yes, no):
    found = load_training(deliver(home, {"t.csv": labelled(y=(no, yes))}), **ASKED)
    assert (found.y.tolist(), found.positive) == ([0, 1] * 20, yes.removesuffix(".0"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(labelled(more=["Total,120,20"]),
                     "'20' está solo en la línea 42: si es un total .* bórrala", id="total"),
        pytest.param(labelled(more=["id,n,baja"]), "'baja' está solo en la línea 42",
                     id="header-again"),
        pytest.param(labelled(lambda t: t.replace("baja\n", "baja\n--,--,----\n", 1)),
                     "'----' está solo en la línea 2", id="rule-under-the-header"),
        pytest.param(labelled(more=[",,", ",,"]),
                     r"'id' está vacío en 2 filas \(líneas 42 y 43\).*borra .* en blanco",
                     id="blank-rows"),
        pytest.param(labelled(more=[",120,20"]), "'id' está vacío .* son un total",
                     id="total-without-a-name"),
        pytest.param(labelled(more=["", "(40 rows affected)"]), "la fila 42 tiene 1 valor",
                     id="footer-of-a-database"),
        pytest.param(labelled(lambda t: t.replace("baja\n", "baja\n,EUR,\n", 1)),
                     r"'id' está vacío en 1 fila \(línea 2\)", id="units-under-the-header"),
        pytest.param(labelled(y=("", "X")), r"una sola marca \('X'\).*1 donde la hay y 0 donde no",
                     id="a-mark-or-nothing"),
        pytest.param(labelled(y=("", "2024-01-31")), r"una fecha .*\('2024-01-31'\)",
                     id="a-day-or-nothing"),
        pytest.param(labelled(y="00"), "una sola clase", id="nobody-left"),
        pytest.param(labelled(lambda t: t.replace("k3,", "8.4E+11,")),
                     r"hoja de cálculo ha redondeado \('8\.4E\+11'\).*como texto", id="rounded-id"),
        pytest.param(labelled(lambda t: t.replace("k3,", "NULL,")), r"'id' está vacío en 1 fila",
                     id="a-word-for-no-id"),
        pytest.param(labelled(lambda t: t.replace("k3,", " k2 ,")), "1 valor de 'id' en más de una",
                     id="ids-that-blanks-tell-apart"),
        pytest.param(labelled(lambda t: t.replace(",", "^")), "Solo se ve una: .* con comas",
                     id="carets"),
        pytest.param(labelled(lambda t: t.replace(",", "\x01")), "Solo se ve una", id="hive"),
        pytest.param(labelled(lambda t: t.replace(",", "   ")), "Solo se ve una", id="blanks"),
        pytest.param(labelled(lambda t: t.replace(",", "||")), "no da nombre a la columna 2",
                     id="double-pipes"),
        pytest.param(labelled(lambda t: re.sub(r",\d,", ",", t).replace("n,", "")),
                     "ninguna columna con la que predecir, aparte", id="nothing-to-learn-from"),
        pytest.param(labelled(lambda t: t.replace("n,baja", "score,baja")),
                     "'score' se llama como la puntuación", id="a-name-of-ours"),
        pytest.param(labelled(lambda t: t.replace(",baja", ",Baja ")), "¿Querías decir 'Baja'",
                     id="other-capitals"),
    ],
)  # fmt: skip
def test_a_labelled_table_that_cannot_be_learnt_from_is_refused(home, text, said):
    deliver(home, {"t.csv": text})
    with pytest.raises(DataError, match=rf"(?s)^t\.csv: .*{said}"):
        load_training("t.csv", **ASKED)
    assert [path.name for path in home.iterdir()] == ["t.csv"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"t.csv": CSV.encode("cp1252")}, "Windows-1252.*acentos", id="encoding"),
        pytest.param({"t.csv": ",id,n\n0,a,x\n1,b,y\n"}, "primera columna.*no se usa",
                     id="row-numbers"),
        pytest.param({"t.xlsx": book(Uno=ROWS, Dos=ROWS)}, "hoja 'Uno'.*'Dos'.*#", id="sheets"),
        pytest.param({"t.csv": "n,m\n" + "1,2\n" * 98 + "?,3\n-,4\n"},
                     r"'n' se toman como «sin dato» '\?' \(1 fila\) y '-' \(1 fila\)", id="codes"),
    ],
)  # fmt: skip
def test_what_is_odd_about_a_table_is_said(home, files, said):
    source = open_source(deliver(home, files))
    read_table(source)
    (sentence,) = odd_sentences(source.notes)
    assert re.search(said, sentence)


KINDS = {
    "pdf": b"%PDF-1.7", "imagen": b"\x89PNG", "RAR": b"Rar!", "7z": b"7z\xbc\xaf", "bzip2": b"BZh9",
    "zstd": b"\x28\xb5\x2f\xfd", "SQLite": b"SQLite format 3\x00", "ORC": b"ORC",
    "Avro": b"Obj\x01",
    "página web": b"<!DOCTYPE html>", "XML": b"<?xml version='1.0'?>", "HDF5": b"\x89HDF",
    "SPSS": b"$FL2", "RTF": b"{\\rtf1", "Arrow": b"ARROW1", "Parquet cifrado": b"PARE",
}  # fmt: skip


@pytest.mark.parametrize("said", KINDS)
def test_what_is_no_table_is_named_for_what_it_is(home, said):
    name = deliver(home, {"t.csv": KINDS[said] + b"\nrest, of it\n" * 9})
    with pytest.raises(DataError, match=rf"(?i)t\.csv: es .*{said}.*CSV, Parquet, Excel o JSON"):
        open_source(name)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"t.csv": ""}, "está vacío. Pide otra vez", id="empty"),
        pytest.param({"t.csv": "id,n\n"}, r"cabecera \(id y n\) y ninguna fila", id="no-rows"),
        pytest.param({"t.csv": 'id,"n\na,1\nb,2\n'}, "cabecera abre unas comillas.*Ciérralas",
                     id="header-quote"),
        pytest.param({"t.csv": 'id,n\na,"1\nb,2\nc,3\n'},
                     "comillas que abren '1' no se cierran y se llevan las 3 líneas", id="quote"),
        pytest.param({"t.csv": "Informe\nid,n\na,1\nb,2\n"}, r"'Informe'\) parece un título.*Bórr",
                     id="title"),
        pytest.param({"t.csv": "Informe,,\nid,n,c\na,1,x\nb,2,y\n"}, "parece un título",
                     id="title2"),
        pytest.param({"t.xlsx": book(A=[["Informe"], ["id", "n"], ["a", 1]])},
                     "parece un título", id="title-in-a-book"),
        pytest.param({"t.csv": "id,n,n\n1,2,3\n"}, "repite 'n'.*cámbialo", id="repeated"),
        pytest.param({"t.csv": "id,antigu\u0308e,antigüe\n1,2,3\n"}, "repite 'antigüe'", id="nfd"),
        pytest.param({"t.csv": "id,,n\na,1,2\n"}, "no da nombre a la columna 2", id="no-name"),
        pytest.param({"t.csv": "id,n\n1,2\n1,2,3\n"}, "la fila 3 tiene 3 valores", id="ragged"),
        pytest.param({"t.csv": "id,n\n1,\0\n"}, "la línea 2 tiene un byte nulo", id="nul"),
        pytest.param({"t.csv": "id,c\n1,á\n".encode() + b"2,\xf1\n"}, "línea 3 no es UTF-8.*0xf1",
                     id="half-utf8"),
        pytest.param({"t.csv.gz": gzip.compress(CSV.encode() * 999)[:-40]}, "cortado o dañado",
                     id="gz-cut"),
        pytest.param({"t.zip": zipped("a.csv", "b.csv")}, r"2 archivos \(a\.csv y b\.csv\)",
                     id="zip-of-two"),
        pytest.param({"t.zip": b"PK\x03\x04rest"}, "no se puede descomprimir", id="zip-damaged"),
        pytest.param({"t.json": '[{"id": 1},'}, r"no es JSON válido \(línea 1\)", id="json-cut"),
        pytest.param({"t.json": "[1, 2]"}, "no una lista de registros.*guárdalo así",
                     id="json-list"),
        pytest.param({"t.json": '{"a": {"0": 1}, "b": {"0": 2}}'}, "no una lista de registros",
                     id="json-by-columns"),
        pytest.param({"t.parquet": CSV}, "no se puede leer como Parquet", id="parquet-by-name"),
        pytest.param({"t.parquet": lambda p: pq.write_table(
            pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), p)},
            "repite la columna 'a'", id="parquet-repeated"),
        pytest.param({"t.parquet": parquet(a=pa.array([], pa.int64()))}, "ninguna fila",
                     id="no-row"),
        pytest.param({"t.parquet": parquet()}, "ninguna columna", id="no-columns"),
        pytest.param({"t.xls": OLD}, "libro de Excel antiguo y está dañado", id="old-book"),
        pytest.param({"t.xlsx": OLD + "EncryptedPackage".encode("utf-16-le")},
                     "protegido con contraseña", id="locked-book"),
        pytest.param({"t.xlsx": book(A=[], B=[["solo"]])}, r"ninguna de sus hojas \(A y B\)",
                     id="book-without-data"),
        pytest.param({"d/1.parquet": parquet(**PART), "d/2.parquet": parquet(id=["b"], n=[1])},
                     r"/2\.parquet: no tiene las columnas de d/1\.parquet \(le falta 'c'\)",
                     id="part-lacks"),
        pytest.param({"d/1.parquet": parquet(**PART), "d/2.parquet": parquet(**TEXTS)},
                     r"/2\.parquet: 'n' tiene texto y en d/1\.parquet tiene números",
                     id="part-type"),
        pytest.param({"d/1.parquet": parquet(**PART), "d/2.parquet": CSV},
                     r"/2\.parquet: no se puede leer como Parquet", id="part-is-no-parquet"),
        pytest.param({"d/1.parquet": parquet(**PART), "d/notas.txt": "hola"},
                     r"/notas\.txt: no es Parquet.*Sácalo", id="part-of-another-form"),
        pytest.param({"d/.oculto": ""}, "carpeta está vacía", id="empty-folder"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused_by_what_is_wrong(home, files, said):
    name = deliver(home, files)
    with pytest.raises(DataError, match=rf"(?s)^(?={name}).*{said}"):
        read_table(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("nada.csv", r"No existe nada\.csv.*Comprueba el nombre", id="missing"),
        pytest.param("x" * 300 + ".csv", r"No existe x{80}… \(304 letras\)", id="too-long"),
        pytest.param("~nadie/x.csv", "ningún usuario 'nadie'", id="nobody"),
        pytest.param("t.csv#hoja", "'#hoja' pide una hoja y no es un libro", id="sheet-of-a-csv"),
        pytest.param("b.xlsx#Dato", "ninguna hoja 'Dato'. Tiene: 'Uno'", id="no-such-sheet"),
    ],
)
def test_a_name_that_leads_nowhere_says_so(home, name, said):
    deliver(home, {"t.csv": CSV, "b.xlsx": book(Uno=ROWS)})
    with pytest.raises(UserError, match=said):
        open_source(name)


def test_a_file_that_may_not_be_read_says_so(home, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    deliver(home, {"t.csv": CSV})
    monkeypatch.setattr("retencion_lib.tables.sources.open.what_is", refused)
    with pytest.raises(DataError, match=r"t\.csv: no tienes permiso para leerlo"):
        open_source("t.csv")


def test_a_workbook_without_its_reader_names_the_extra_to_install(home, monkeypatch):
    deliver(home, {"t.xlsx": book(Uno=ROWS)})
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(DataError, match=r"es un libro de Excel.*pip install 'retencion\[excel\]'"):
        open_source("t.xlsx")


ORDINARY = {
    "u": (pa.array([2**63 + 1, 2**63 + 2], pa.uint64()), [str(2**63 + 1), str(2**63 + 2)]),
    "gap": (pa.array([1, None], pa.int64()), [1.0, np.nan]),
    "long": (pa.array([9007199254740993, None]), ["9007199254740993", None]),
    "f32": (pa.array([0.1, 2.5], pa.float32()), [0.1, 2.5]),
    "f16": (pa.array(np.array([0.5, 1], np.float16)), [0.5, 1.0]),
    "dec": (pa.array([decimal.Decimal("1.50"), None]), [1.5, np.nan]),
    "bool": (pa.array([True, None]), ["true", None]),
    "day": (pa.array([dt.date(2024, 1, 2), None]), ["2024-01-02", None]),
    "zone": (pa.array([dt.datetime(2024, 3, 31, 0, 30)] * 2, pa.timestamp("ns", "Europe/Madrid")),
             ["2024-03-31"] * 2),
    "list": (pa.array([[1, 2], None]), ["[1, 2]", None]),
    "struct": (pa.array([{"a": 1}, None]), ['{"a": 1}', None]),
    "null": (pa.nulls(2), [None, None]),
    "bytes": (pa.array([b"x", b"y"]), ["x", "y"]),
    "codes": (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
    "numbers": (pa.array([1, 2]).dictionary_encode(), [1, 2]),
    "large": (pa.array(["a", "b"], pa.large_string()), ["a", "b"]),
    "view": (pa.array(["a", "b"], pa.string_view()), ["a", "b"]),
    "span": (pa.array([dt.timedelta(days=1), None]), [1.0, np.nan]),
    "huge": (pa.array([1e308, -1.0]), [np.nan, -1.0]),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_every_ordinary_type_of_parquet_is_read_whole_and_by_blocks(home, name):
    array, expected = ORDINARY[name]
    source = open_source(deliver(home, {"t.parquet": parquet(**{name: array})}))
    assert str(read_table(source)[name].tolist()) == str(expected)
    assert scan(source, make_plan(source, set())).n_rows == 2


def test_folders_of_keys_are_columns(home):
    files = {
        "d/año=2024/1.parquet": parquet(id=["a"]),
        "d/año=__HIVE_DEFAULT_PARTITION__/2.parquet": parquet(id=["b"]),
    }
    assert read_table(deliver(home, files)).to_dict("list")["id"] == ["a", "b"]
    np.testing.assert_array_equal(read_table("d")["año"], [2024, np.nan])


@pytest.mark.slow
def test_twenty_thousand_columns_are_read(home):
    names = [f"c{i}" for i in range(20_000)]
    deliver(home, {"t.csv": ",".join(names) + "\n" + ",".join(["1"] * len(names)) + "\n"})
    assert read_table("t.csv").shape == (1, 20_000)
