"""What a notebook shows: sentences, tables and figures that a screen reader can read.

nbconvert ignores alternative text in output metadata and GitHub strips SVG, so a notebook shows a
figure as an ``<img alt>`` of our own; the text is computed from the figure's table.
"""

import base64
import html
import io
import re
import warnings
from collections.abc import Mapping
from itertools import accumulate

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import HTML, Markdown, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import Formatter, ScalarFormatter

from retencion_lib.show import chart
from retencion_lib.show.naming import titled
from retencion_lib.show.naming import titles as _titles
from retencion_lib.show.naming import use_names as use_names  # a notebook asks for it here
from retencion_lib.show.page import CHART
from retencion_lib.show.vocabulary import CODED, HEADINGS, STATUSES, WORDS
from retencion_lib.words import count, es

DPI = 90  # of the page; figures are drawn at twice that, to be crisp on any screen

LEAST_ROW = 100  # bytes of a table's row, its tags alone
NAMING = {"name", "column", "segment", "Columna"}  # columns of tables that hold names of columns

# Letters of a label beside an axis, and of any other text inside a figure, our own titles among
# them: a name longer than that would leave no room for the rest.
LONGEST_LABEL, LONGEST = 40, 64
SHORT = 22  # letters of a text that stays on one line, such as an interval


def _retitle(fig: Figure) -> None:
    """The texts of a figure that are names of columns, as the team calls them."""
    for ax in fig.axes:
        for side in ("left", "center", "right"):
            said = ax.get_title(loc=side)
            ax.set_title(_titles.get(said, said), loc=side)
        for axis in (ax.xaxis, ax.yaxis):
            said = [label.get_text() for label in axis.get_ticklabels()]
            if set(said) & _titles.keys():
                axis.set_ticks(axis.get_ticklocs(), [_titles.get(text, text) for text in said])


def say(*sentences: str) -> None:
    """Show sentences computed from the data, as one paragraph; nothing where all are empty."""
    said = " ".join(s for s in sentences if s)
    if said:
        display(Markdown(titled(said)))


def bullets(sentences: list[str], *, none: str) -> None:
    """Show findings as a list; `none` is what to say when there are none."""
    said = "\n".join(f"- {s}" for s in sentences) if sentences else none
    display(Markdown(titled(said)))


def figure(drawn: Axes | Figure, alt: str) -> None:
    """Show a figure with its alternative text and close it.

    A notebook shows a picture; beside it lies what a report shows instead.
    """
    fig = drawn if isinstance(drawn, Figure) else drawn.figure
    for ax in fig.axes:
        if ax.images:  # a map of colours; a grid would cross its numbers
            ax.grid(visible=False)
        for axis in (ax.xaxis, ax.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(_SpanishTicks())
            if any(len(label.get_text()) > LONGEST_LABEL for label in axis.get_ticklabels()):
                axis.set_major_formatter(_ShortTicks(axis.get_major_formatter()))
    if _titles:
        _retitle(fig)
    for text in fig.findobj(Text):
        text.set_text(_cut(text.get_text(), LONGEST))
    png = png_bytes(fig, 2 * DPI)
    # The header of a PNG holds its width as four bytes from the sixteenth on.
    width = int.from_bytes(png[16:20], "big") // 2
    data, said = base64.b64encode(png).decode(), titled(alt)
    image = f'<img class="figure" width="{width}" alt="{html.escape(said)}" '
    image += f'src="data:image/png;base64,{data}">'
    markup = chart.markup(fig, said)
    plt.close(fig)
    display({"text/html": image, CHART: markup, "text/plain": said}, raw=True)


def _cut(text: str, longest: int) -> str:
    """A text that a figure has room for: of a long one, its start and its end."""
    if max(map(len, text.split("\n"))) <= longest:
        return text
    return f"{text[: longest - 15]}…{text[-14:]}".replace("\n", " ")


class _ShortTicks(Formatter):
    """The labels of another formatter, none too long."""

    def __init__(self, whole: Formatter) -> None:
        self.whole = whole

    def __call__(self, x: float, pos: int | None = None) -> str:
        return _cut(self.whole(x, pos), LONGEST_LABEL)


class _SpanishTicks(ScalarFormatter):
    """Numbers on an axis with a decimal comma and a point each thousand."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        whole, _, part = super().__call__(x, pos).partition(".")
        grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", whole)
        return f"{grouped},{part}" if part else grouped


def table(
    frame: pd.DataFrame,
    caption: str,
    digits: int | Mapping[str, int] = 3,
    *,
    folded: bool = False,
    most: int = 0,
) -> None:
    """Show a table with a caption, Spanish numbers and the headings of `HEADINGS`.

    Parameters
    ----------
    frame : DataFrame
        One row a line; the index is not shown.
    caption : str
        What the table holds.
    digits : int or mapping of column to int
        Decimals of the float columns.
    folded : bool
        Show the caption alone until the reader opens it.
    most : int
        Where it is not 0, a long table whose rows a report lets one search: the first that fit
        into so many bytes, and how many those are.
    """
    places = digits if isinstance(digits, Mapping) else dict.fromkeys(frame.columns, digits)
    places = {**places, **{c: 0 for c in frame.columns if _counts(frame[c])}}
    numeric = {c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])}
    rows = [
        f'<th scope="col"{_side(c in numeric)}>{html.escape(str(HEADINGS.get(c, c)))}</th>'
        for c in frame.columns
    ]
    shown = frame.head(most // LEAST_ROW) if most else frame
    body = [
        "".join(
            _data_cell(c, _cell_text(c, value, places.get(c, 3)), value, c in numeric)
            for c, value in zip(frame.columns, row, strict=True)
        )
        for row in shown.astype(object).itertuples(index=False)
    ]
    kind = "table search" if most else "table"
    if most and (fit := _that_fit(body, most)) < len(frame):
        caption = f"{caption}: los {count(fit)} primeros de {count(len(frame))}"
        body = body[:fit]
    title = html.escape(caption)
    made = (
        f'<div class="{kind}" role="region" tabindex="0" aria-label="{title}"><table>'
        f"{'' if folded else f'<caption>{title}</caption>'}"
        f"<thead><tr>{''.join(rows)}</tr></thead><tbody>"
        + "".join(f"<tr>{cells}</tr>" for cells in body)
        + "</tbody></table></div>"
    )
    if folded:
        made = f'<details class="more"><summary>{title}</summary>{made}</details>'
    display(HTML(made))


def _that_fit(rows: list[str], most: int) -> int:
    """How many rows fit into so many bytes."""
    return sum(size <= most for size in accumulate(len(f"<tr>{row}</tr>".encode()) for row in rows))


def _counts(column: pd.Series) -> bool:
    """Whether a column of floats holds whole numbers that a missing value made floats."""
    known = column.dropna()
    return bool(
        pd.api.types.is_float_dtype(column)
        and 0 < len(known) < len(column)
        and (known % 1 == 0).all()
    )


def _side(numeric: bool, *, short: bool = False) -> str:
    """Numbers to the right, words to the left; inline, because JupyterLab has its own idea."""
    kind, side = ("n", "right") if numeric else ("short" if short else "t", "left")
    return f' class="{kind}" style="text-align:{side}"'


def _data_cell(column: str, text: str, value: object, numeric: bool) -> str:
    """A cell: a status as a badge, a hash in its own letters, an interval never broken in two."""
    marked = html.escape(text)
    if column == "status" and value in STATUSES:
        marked = f'<span class="badge {value}">{marked}</span>'
    elif column == "sha256" and text != "—":
        marked = f'<code class="hash">{marked}</code>'
    return f"<td{_side(numeric, short=len(text) <= SHORT)}>{marked}</td>"


def _cell_text(column: str, value: object, digits: int) -> str:
    if column in NAMING:
        value = _titles.get(str(value), value)
    return _cell(WORDS.get(str(value), value) if column in CODED else value, digits)


def _cell(value: object, digits: int) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, int):
        return es(value, 0)
    if isinstance(value, float):
        return es(value, digits)
    return "—" if value is None or value is pd.NA else str(value)


def png_bytes(figure: Figure, dpi: int) -> bytes:
    """Figure as PNG without a date or a program name, so that equal figures have equal bytes."""
    buffer = io.BytesIO()
    metadata = {"Software": None}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # of a name that the letters of no figure have
        figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", metadata=metadata)
    return buffer.getvalue()
