"""A figure on a page: what it says of each mark, its CSV, and SVG that a style sheet colours."""

import re
from urllib.parse import unquote

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from retencion_lib.show import chart, marks, page, style, svg
from tests.show.test_style import contrast

PAIRS = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6});")


@pytest.fixture(autouse=True)
def look():
    with mpl.rc_context():
        style.use()
        yield
    plt.close("all")


def drawn(draw, **size):
    fig, ax = plt.subplots(layout="constrained", **size)
    draw(ax)
    return fig


def bars(ax):
    ax.bar(["sí", "no"], [1, 2.5], label="Lote")


def lying(ax):
    ax.barh(["sí", "no"], [1, 2.5])


def pointed(ax):
    ax.errorbar([0, 1], [0.5, 0.75], yerr=[[0.25, 0.5], [0.125, 0.25]], capsize=2, label="Exp")


def shaded(ax):
    ax.fill_between([0, 1, 2], [0, 1, 2], [2, 3, 4])
    ax.plot([0, 1, 2], [1, 2, 3])


def stepped(ax):
    ax.stairs([10, 30], [0, 0.5, 1], label="Lote")


def mapped(ax):
    ax.pcolormesh([0, 1, 2], [0, 1], [[4, 7]])
    ax.set_xticks([0.5, 1.5], ["a", "b"])
    ax.set_yticks([0.5], ["fila"])


def dated(ax):
    ax.bar(pd.to_datetime(["2026-10-31", "2026-11-30"]), [3, 4], 20)


def compared(ax):
    ax.plot([0, 1], [3, 4])
    ax.plot([0, 1], [0, 1], linestyle="--")
    ax.axvline(0.5, linestyle=":")
    ax.axhline(0)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (bars, [("Lote", "sí", 1, None), ("Lote", "no", 2.5, None)]),
        (lying, [("", "sí", 1, None), ("", "no", 2.5, None)]),
        (pointed, [("Exp", "0", 0.5, (0.25, 0.625)), ("Exp", "1", 0.75, (0.25, 1))]),
        (shaded, [("", "0", 1, (0, 2)), ("", "1", 2, (1, 3)), ("", "2", 3, (2, 4))]),
        (stepped, [("Lote", "0,000 a 0,500", 10, None), ("Lote", "0,500 a 1,000", 30, None)]),
        (mapped, [("", "fila, a", 4, None), ("", "fila, b", 7, None)]),
        (dated, [("", "31/10/2026", 3, None), ("", "30/11/2026", 4, None)]),
        (compared, [("", "0", 3, None), ("", "1", 4, None)]),
    ],
)
def test_what_a_figure_draws_is_read_back_from_it(draw, expected):
    fig = drawn(draw)
    fig.draw_without_rendering()
    (panel,) = marks.panels(fig)
    assert [(m.series, m.at, m.value, m.ends) for m in panel.marks] == expected


def test_the_points_of_a_line_that_are_missing_are_no_marks():
    (panel,) = marks.panels(drawn(lambda ax: ax.plot([0, 1, 2], [1, np.nan, 3])))
    assert [m.value for m in panel.marks] == [1, 3]


@pytest.mark.parametrize(
    ("n", "expected"), [(1, [0]), (3, [0, 1, 2]), (marks.MOST, list(range(marks.MOST)))]
)
def test_a_line_of_few_points_is_drawn_whole(n, expected):
    assert marks.few(n).tolist() == expected


def test_a_line_of_many_points_keeps_its_ends():
    kept = marks.few(1_000_000)
    assert (len(kept), kept[0], kept[-1]) == (marks.MOST, 0, 999_999)


@pytest.mark.parametrize(
    ("values", "digits"),
    [([1, 2], 0), ([0.5, 100], 1), ([0.81, 0.86], 4), ([1234.5, 9000], 0), ([], 0),
     ([np.nan], 0), ([0.5], 3)],
)  # fmt: skip
def test_values_are_said_with_the_decimals_that_tell_them_apart(values, digits):
    assert marks.places(values) == digits


def test_each_mark_says_its_value_where_it_is_pointed_at():
    fig = drawn(pointed)
    fig.axes[0].set(xlabel="Riesgo (%)", ylabel="Bajas (%)")
    titles = re.findall(r"<title>(.*?)</title>", chart.markup(fig, "Una curva."))
    assert titles == ["Exp · Riesgo (%): 0 · Bajas (%): 0,500, entre 0,250 y 0,625",
                      "Exp · Riesgo (%): 1 · Bajas (%): 0,750, entre 0,250 y 1,000"]  # fmt: skip


def csv_of(fig, alt="Una figura."):
    link = re.search(r'download="([^"]+)" href="data:text/csv;charset=utf-8,([^"]*)"',
                     chart.markup(fig, alt))  # fmt: skip
    return link[1], unquote(link[2])


def test_the_csv_opens_in_a_spanish_sheet():
    fig = drawn(pointed)
    fig.axes[0].set(xlabel="Riesgo (%)", ylabel="Bajas (%)")
    name, text = csv_of(fig, "Calibración del modelo: 0,5 puntos.")
    assert name == "calibracion-del-modelo.csv"
    assert text == ("\ufeffSerie;Riesgo (%);Bajas (%);Desde;Hasta\r\n"
                    "Exp;0;0,5;0,25;0,625\r\nExp;1;0,75;0,25;1\r\n")  # fmt: skip


def test_panels_that_measure_different_things_share_a_csv():
    fig, (left, right) = plt.subplots(1, 2, layout="constrained")
    left.bar(["a"], [1])
    right.bar(["b"], [2])
    left.set_title("Uno")
    right.set_title("Dos")
    assert csv_of(fig)[1] == "\ufeffGráfico;Dónde;Valor\r\nUno;a;1\r\nDos;b;2\r\n"


@pytest.mark.parametrize(
    ("name", "cell"),
    [("=1+1", "'=1+1"), ("-a", "'-a"), ("a;b", '"a;b"'), ('a"b', '"a""b"'), ("-3,5", "-3,5")],
)
def test_no_name_of_a_group_runs_in_a_sheet_or_breaks_a_line(name, cell):
    _, text = csv_of(drawn(lambda ax: ax.bar([name], [1])))
    assert text.split("\r\n")[1] == f"{cell};1"


@pytest.mark.parametrize("name", ["<b>&", '"><script>', "$x_{", "id='url(#p1)'", "📞 عمر"])
def test_a_name_with_any_letters_stays_a_text(name):
    def draw(ax):
        ax.barh([name], [1])
        ax.set_title(name)

    made = chart.markup(drawn(draw), name)
    pictures = re.findall(r"<svg.*?</svg>", made)
    assert len(pictures) == 1
    assert "<script" not in made
    assert "<b>" not in made


@pytest.mark.parametrize("draw", [bars, lying, pointed, shaded, stepped, dated, compared])
def test_a_chart_has_the_letters_and_the_colours_of_its_page(draw):
    fig = drawn(draw)
    fig.axes[0].set(title="Título", xlabel="Eje")
    (made,) = re.findall(r"<svg.*?</svg>", chart.markup(fig, "Una figura."))
    assert re.search(r"<text[^>]*>Título</text>", made)
    assert not re.search(r"font-family|'#[0-9a-f]{6}'|metadata|<style|<!--", made.replace('"', "'"))
    assert not re.search(r"\.\d{3}", made)  # coordinates are short
    sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)"', made)]
    assert min(sizes) >= svg.LEAST


def test_what_leaves_its_axes_is_cut_off_and_nothing_else_asks_for_it():
    def draw(ax):
        ax.barh(["a", "b"], [0.2, 3])
        ax.set_xlim(0, 0.5)

    assert "clip" not in chart.markup(drawn(bars), "Una figura.")
    assert chart.markup(drawn(draw), "Una figura.").count("clip-path=") == 1


def test_equal_figures_have_equal_bytes_and_different_ones_no_name_in_common():
    first, again, other = (chart.markup(drawn(pointed), a) for a in ("Una.", "Una.", "Otra."))
    names = [set(re.findall(r' id="([^"]+)"', made)) for made in (first, other)]
    assert first == again
    assert names[0]
    assert not names[0] & names[1]


def tones():
    """The colours of the style sheet by their names, light and dark."""
    light, _, dark = page.common()["css"].partition("@media")
    return dict(PAIRS.findall(light)), dict(PAIRS.findall(light)) | dict(PAIRS.findall(dark))


def test_the_light_tones_of_a_page_are_those_of_a_notebook():
    light, _ = tones()
    assert {n: light[n].replace("#fff", "#ffffff") if n == "paper" else light[n]
            for n in style.NAMED} == style.NAMED  # fmt: skip


@pytest.mark.parametrize("name", ["blue", "rust", "violet", "teal", "grey", "amber", "red"])
def test_every_dark_tone_has_at_least_three_to_one_on_the_dark_paper(name):
    light, dark = tones()
    assert dark[name] != light[name]
    assert contrast(dark[name], dark["paper"]) >= 3


@pytest.mark.parametrize("name", style.NAMED)
def test_the_page_has_a_fill_and_a_stroke_of_every_colour(name):
    css = page.common()["css"]
    assert f".f-{name} {{ fill: var(--{name}); }} .s-{name} {{ stroke: var(--{name}); }}" in css
