"""A figure as SVG for a page: a picture for each pair of axes, in the page's letters and colours.

matplotlib draws; here its SVG loses what a page does not need, and the colours of `style` become
classes that the page's style sheet fills for light and for dark. Panels side by side on a wide
screen stand one below the other on a narrow one, so that their letters can be read there.
"""

import html
import io
import re
import warnings
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from retencion_lib.show import style
from retencion_lib.show.marks import Panel

UNITS = 72  # of a picture, an inch
WIDTH, HEIGHT = 5.0, 0.8  # inches of a lone picture, and its height to that of the figure
LEAST = 9.5  # units of a letter's height
APART = 12  # units between two points of a line whose values are shown
AROUND = 6  # units around a point that belong to it
LINK = "{http://www.w3.org/1999/xlink}href"
LARGEST = 1.5  # pixels of the page a unit
METADATA = ("Creator", "Date", "Format", "Type")
WHITE = "#ffffff"
CLASSES = {to_hex(colour): name for name, colour in style.NAMED.items()}
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
DROPPED = {"font-family", "stroke-linejoin", "stroke-linecap", "stroke-dashoffset"}


def pictures(fig: Figure, shown: list[Panel], salt: str) -> tuple[list[str], float]:
    """SVG of each panel and the width of all, in units; the same for the same figure and salt.

    Parameters
    ----------
    fig : Figure
        It is set anew for the page: nothing else should be drawn of it.
    shown : list of Panel
        As `marks.panels` reads it.
    salt : str
        What tells this figure's names from those of the others on the page.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # of a name that the letters of no figure have
        _for_page(fig, shown)
        root = ET.fromstring(_drawn(fig, salt))
    _rename(root, salt)
    groups = {g.get("id"): g for g in root.iter() if g.get("id", "").startswith("axes_")}
    clips = {f"url(#{c.get('id')})": c for c in root.iter() if c.tag.endswith("clipPath")}
    boxes = [Bbox.union([ax.get_tightbbox() for ax in _axes_of(p, fig)]) for p in shown]
    wide = max((box.width for box in boxes), default=0)  # one width for all, one size of letter
    made = []
    for panel, box in zip(shown, boxes, strict=True):
        group = [groups[f"axes_{fig.axes.index(ax) + 1}"] for ax in _axes_of(panel, fig)]
        asked = dict.fromkeys(e.get("clip-path") for g in group for e in g.iter())
        kept = "".join(_element(clips[name], True) for name in asked if name)
        body = "".join(_element(g, _is_map(panel)) for g in group)
        body += f"<defs>{kept}</defs>" if kept else ""
        own = Bbox.from_extents(box.x1 - wide, box.y0, box.x1, box.y1).padded(2)
        made.append(_picture(fig, panel, own, body))
    return made, wide


def _for_page(fig: Figure, shown: list[Panel]) -> None:
    """Set a figure for a page: no paper of its own, no letter too small, no part cut off."""
    if len(shown) == 1 and fig.get_figwidth() > WIDTH:
        tall = fig.get_figheight()
        fig.set_size_inches(WIDTH, tall if _is_map(shown[0]) else HEIGHT * tall)
    fig.set_dpi(UNITS)
    fig.patch.set_visible(False)
    fig.supxlabel("")
    for text in fig.findobj(Text):
        text.set_fontsize(max(text.get_fontsize(), LEAST))
    for panel in shown:
        panel.axes.patch.set_visible(False)
        panel.axes.tick_params(bottom=False, left=False, labelbottom=True)
        for axis in (panel.axes.xaxis, panel.axes.yaxis):
            size = max((t.get_fontsize() for t in axis.get_ticklabels()), default=LEAST)
            axis.set_tick_params(labelsize=size)
    fig.draw_without_rendering()
    for panel in shown:
        _turn_labels(panel)
        _free(panel)
    fig.draw_without_rendering()


def _is_map(panel: Panel) -> bool:
    """Whether a panel is a map of colours that mean something by themselves."""
    return any(isinstance(c, QuadMesh) for c in panel.axes.collections)


def _axes_of(panel: Panel, fig: Figure) -> list[Axes]:
    """Axes that a picture holds: a map of colours has its scale beside it."""
    scales = [ax for ax in fig.axes if ax.get_label() == "<colorbar>"]
    return [panel.axes, *(scales if _is_map(panel) else [])]


def _turn_labels(panel: Panel) -> None:
    """Let turned labels end at their tick, in letters of any width."""
    for label in panel.axes.get_xticklabels():
        if label.get_rotation():
            middle = "center" if label.get_rotation() > 80 else "top"
            label.set(rotation_mode="anchor", ha="right", va=middle)


def _free(panel: Panel) -> None:
    """Ask for no clipping of what lies inside its axes anyway."""
    ax = panel.axes
    box = ax.bbox.padded(1)
    for drawn in (*ax.lines, *ax.patches, *ax.collections):
        inside = drawn.get_window_extent()
        if np.all(inside.min >= box.min) and np.all(inside.max <= box.max):
            drawn.set_clip_on(False)
    for line in (*ax.get_xgridlines(), *ax.get_ygridlines()):
        line.set_clip_on(False)


def _drawn(fig: Figure, salt: str) -> str:
    """matplotlib's own SVG, text as text; no date, no name of a program."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        fig.savefig(buffer, format="svg", metadata=dict.fromkeys(METADATA))
    return buffer.getvalue()


def _picture(fig: Figure, panel: Panel, box: Bbox, body: str) -> str:
    high = UNITS * fig.get_figheight()
    around = f"{box.x0:.1f} {high - box.y1:.1f} {box.width:.1f} {box.height:.1f}"
    return (
        f'<svg viewBox="{around}" width="{LARGEST * box.width:.0f}" font-size="{LEAST}">'
        f'{body}<g class="hits">{"".join(_hits(panel, high))}</g></svg>'
    )


def _hits(panel: Panel, high: float) -> Iterator[str]:
    """A place to point at for each mark, with what it says; along a line, some of its points."""
    last: dict[str, np.ndarray] = {}
    for mark in panel.marks:
        corners = [mark.spot, (mark.spot[0] + mark.reach[0], mark.spot[1] + mark.reach[1])]
        ends = panel.axes.transData.transform(corners)
        near = last.get(mark.series)
        if not any(mark.reach):
            if near is not None and np.hypot(*(ends[0] - near)) < APART:
                continue
            last[mark.series] = ends[0]
        low, top = ends.min(axis=0), ends.max(axis=0)
        aside = np.where(top - low < 2 * AROUND, AROUND - (top - low) / 2, 0)
        (x, y), (wide, tall) = low - aside, top - low + 2 * aside
        yield (
            f'<rect x="{x:.0f}" y="{high - y - tall:.0f}" width="{wide:.0f}" height="{tall:.0f}">'
            f"<title>{html.escape(panel.said(mark))}</title></rect>"
        )


def _element(node: ET.Element, literal: bool) -> str:
    """An element and what it holds, without what a page does not need."""
    tag = node.tag.rpartition("}")[2]
    said = _attributes(node, tag, literal)
    inner = html.escape(node.text or "", quote=False) if tag == "text" else ""
    parts = [_element(child, literal) for child in node]
    inner += "".join(parts)
    if (tag == "g" and not said) or (tag in ("g", "defs") and not inner):
        return inner
    if tag == "path" and not node.get("d"):
        return ""
    words = "".join(f' {name}="{html.escape(value)}"' for name, value in said.items())
    return f"<{tag}{words}>{inner}</{tag}>" if inner else f"<{tag}{words}/>"


def _attributes(node: ET.Element, tag: str, literal: bool) -> dict[str, str]:
    said, classes = {}, []
    for pair in filter(None, node.get("style", "").split(";")):
        name, _, value = (part.strip() for part in pair.partition(":"))
        colour = "" if literal and value == WHITE else CLASSES.get(value)
        if name in ("fill", "stroke") and colour:
            classes.append(f"{name[0]}-{colour}")
        elif name not in DROPPED and (name, value) != ("text-anchor", "start"):
            said[name] = value.removesuffix("px")
    if said.get("font-size") == str(LEAST):
        said.pop("font-size")
    if classes:
        said.update({"class": " ".join(classes)})
    for name in ("x", "y", "width", "height", "d", "transform", "clip-path"):
        if value := _short(node.get(name, ""), 2 if tag == "path" and node.get("id") else 1):
            said[name] = value
    if node.get(LINK):
        said.update(href=node.get(LINK))
    if tag in ("path", "clipPath") and node.get("id"):
        said.update(id=node.get("id"))
    return said


def _short(text: str, digits: int) -> str:
    """Coordinates with so many decimals, and no more spaces than they need."""
    if text.startswith("rotate(-0 "):
        return ""
    short = NUMBER.sub(lambda m: f"{float(m[0]):.{digits}f}".rstrip("0").rstrip("."), text)
    return re.sub(r"\s*\n?([MLCz])\s*", r"\1", short).strip()


def _rename(root: ET.Element, salt: str) -> None:
    """Give markers and clips names that are of this figure alone, and short."""
    named = [e for e in root.iter() if e.tag.endswith(("}path", "}clipPath")) and e.get("id")]
    new = {e.get("id"): f"{salt}-{i}" for i, e in enumerate(named)}
    for element in named:
        element.set("id", new[element.get("id")])
    for element in root.iter():
        if element.get(LINK, "").startswith("#"):
            element.set(LINK, f"#{new[element.get(LINK)[1:]]}")
        if "clip-path" in element.attrib:
            element.set("clip-path", f"url(#{new[element.get('clip-path')[5:-1]]})")
