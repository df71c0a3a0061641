"""A figure on a page: its pictures, what they say in words, and the figures drawn as CSV.

The CSV lies in its link: nothing is asked of anybody, and no script is needed.
"""

import hashlib
import html
import re
import unicodedata
from urllib.parse import quote

import numpy as np
from matplotlib.figure import Figure

from retencion_lib.show import marks, svg

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a sheet would run what starts so
NEWLINE = "\n"
DIGITS = 6  # significant, of a value as CSV


def markup(fig: Figure, alt: str) -> str:
    """HTML of a figure; it is set anew for the page, so that nothing else is drawn of it after.

    Parameters
    ----------
    fig : Figure
        As a notebook shows it.
    alt : str
        Its alternative text, plain.
    """
    shown = marks.panels(fig)
    told, note = as_csv(shown), fig.get_supxlabel()
    salt = "f" + hashlib.sha256(f"{alt}{told}".encode()).hexdigest()[:7]
    made, wide = svg.pictures(fig, shown, salt)
    return (
        f'<figure class="plot"><div class="panels" style="--wide:{wide:.0f}px" role="img" '
        f'aria-label="{html.escape(alt)}">{NEWLINE.join(made)}</div>\n'
        f"<figcaption>{html.escape(note)} {_link(told, alt) if told else ''}</figcaption></figure>"
    )


def as_csv(shown: list[marks.Panel]) -> str:
    """What the panels draw, a line a mark: semicolons, decimal commas and Spanish headings."""
    found = [(panel, mark) for panel in shown for mark in panel.marks]
    if not found:
        return ""
    columns = {
        "Gráfico": [p.title for p, _ in found],
        "Serie": [m.series for _, m in found],
        _one([p.place for p in shown], "Dónde"): [m.at for _, m in found],
        _one([p.value for p in shown], "Valor"): [_number(m.value) for _, m in found],
        "Desde": [_number(m.ends[0]) if m.ends else "" for _, m in found],
        "Hasta": [_number(m.ends[1]) if m.ends else "" for _, m in found],
    }
    kept = {name: values for name, values in columns.items() if any(values)}
    rows = [kept.keys(), *zip(*kept.values(), strict=True)]
    return "".join(";".join(map(_cell, row)) + "\r\n" for row in rows)


def _one(names: list[str], otherwise: str) -> str:
    """What all panels call it, if they agree."""
    return names[0] if names[0] and len(set(names)) == 1 else otherwise


def _number(value: float) -> str:
    whole = np.format_float_positional(value, DIGITS, fractional=False, trim="-")
    return whole.replace(".", ",")


def _cell(text: str) -> str:
    safe = f"'{text}" if text.startswith(FORMULA) and not re.fullmatch(r"-[\d,.]+", text) else text
    return f'"{safe.replace(chr(34), chr(34) * 2)}"' if re.search(r'[;"\r\n]', safe) else safe


def _link(told: str, alt: str) -> str:
    letters = unicodedata.normalize("NFKD", re.split("[.:,;]", alt)[0]).encode("ascii", "ignore")
    name = re.sub(r"[^a-z0-9]+", "-", letters.decode().lower()).strip("-")[:40] or "datos"
    safe = quote("\ufeff" + told, safe=" ;,:()/'=!?*")
    return f'<a download="{name}.csv" href="data:text/csv;charset=utf-8,{safe}">Datos (CSV)</a>'
