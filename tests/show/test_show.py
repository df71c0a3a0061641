"""What a notebook shows: tables that align and figures that stay crisp."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from retencion_lib.show import notebook as show


@pytest.fixture
def shown(monkeypatch):
    """HTML of everything that is displayed."""
    pieces = []

    def kept(output, raw=False):
        pieces.append(output["text/html"] if raw else output.data)

    monkeypatch.setattr(show, "display", kept)
    return pieces


def cells(markup):
    return re.findall(r"<td[^>]*>(.*?)</td>", markup)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ({"rows": [7043.0, np.nan]}, ["7.043", "—"]),  # a null made these counts floats
        ({"roc_auc": [0.85, np.nan]}, ["0,850", "—"]),
        ({"roc_auc": [1.0, 2.0]}, ["1,000", "2,000"]),
        ({"kind": ["numeric", "date"]}, ["numérica", "fecha"]),
        ({"name": ["target", "date"]}, ["target", "date"]),  # names are never translated
        ({"status": ["ok", "nuevo"]}, ['<span class="badge ok">bien</span>', "nuevo"]),
        ({"sha256": ["ab12", None]}, ['<code class="hash">ab12</code>', "—"]),
        ({"name": ["<b>", "a & b"]}, ["&lt;b&gt;", "a &amp; b"]),
    ],
)
def test_a_cell_is_written_for_a_reader(shown, column, expected):
    show.table(pd.DataFrame(column), "Tabla")
    assert cells(shown[0]) == expected


def test_numbers_are_set_to_the_right_and_words_to_the_left(shown):
    show.table(pd.DataFrame({"name": ["a"], "value": [1]}), "Tabla")
    assert re.findall(r"<td[^>]*text-align:(\w+)", shown[0]) == ["left", "right"]


def test_a_figure_is_drawn_at_twice_the_size_it_is_shown(shown):
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    show.figure(fig, "Una línea que sube.")
    width = int(re.search(r'width="(\d+)"', shown[0])[1])
    png = base64.b64decode(re.search(r"base64,([^\"]+)", shown[0])[1])
    assert plt.imread(io.BytesIO(png)).shape[1] // 2 == width
    assert 'alt="Una línea que sube."' in shown[0]
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("name", ["n" * 300, "📞 عمر", "$x_{", "a\nb"])
def test_a_name_of_any_length_and_letters_leaves_room_for_its_figure(shown, recwarn, name):
    fig, ax = plt.subplots(figsize=(5, 3), layout="constrained")
    ax.barh([name, name + "!"], [1, 2])
    ax.set_title(name)
    show.figure(fig, "words")
    width = int(re.search(r'width="(\d+)"', shown[0])[1])
    assert width < 2 * 5 * show.DPI
    assert not recwarn.list


def test_the_numbers_of_an_axis_have_a_decimal_comma(shown):
    fig, ax = plt.subplots()
    ax.set_yticks([0, 0.5, 1])
    show.figure(fig, "Un eje vacío de cero a uno.")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["0,0", "0,5", "1,0"]


def test_a_folded_table_waits_behind_its_caption(shown):
    show.table(pd.DataFrame({"rows": [1]}), "Detalle", folded=True)
    assert shown[0].startswith('<details class="more"><summary>Detalle</summary>')
    assert "<caption>" not in shown[0]


@pytest.mark.parametrize(
    ("value", "label"), [(0.5, "0,5"), (5000, "5.000"), (20000, "20.000"), (-1000, "−1.000")]
)
def test_an_axis_counts_thousands_with_a_point(value, label):
    fig, ax = plt.subplots()
    ax.set_ylim(min(0, 2 * value), max(0, 2 * value))
    ax.yaxis.set_major_formatter(show._SpanishTicks())
    ax.set_yticks([value])
    assert [t.get_text() for t in ax.get_yticklabels()] == [label]
    plt.close(fig)


def test_a_long_table_shows_the_first_rows_that_fit_and_says_how_many(shown):
    frame = pd.DataFrame({"id": [f"C{i}" for i in range(5000)], "reasons": "ñ" * 50})
    show.table(frame, "La lista", most=20_000)
    (page,) = shown
    rows = page.count("<tr>") - 1
    assert f"<caption>La lista: los {rows} primeros de 5.000</caption>" in page
    assert 19_000 < len(page.encode()) < 20_500
    assert 'class="table search"' in page


def test_a_table_that_fits_is_whole(shown):
    show.table(pd.DataFrame({"id": ["a", "b"]}), "Lista", most=20_000)
    assert "<caption>Lista</caption>" in shown[0]
    assert shown[0].count("<tr>") == 3
