"""One look for every figure: calm, legible, and the same to a colour-blind reader.

Each colour has at least 3:1 against white, and neighbours in the cycle differ in lightness
too, so that a figure still reads in grey. Grey is for what is only there to compare with.
"""

import matplotlib as mpl
from cycler import cycler

BLUE, RUST, VIOLET, TEAL, GREY = "#2f5f95", "#c4622d", "#5b3a7d", "#1b8a84", "#6b7480"
INK, SOFT, LINE = "#1b2430", "#566270", "#dde3ea"
CYCLE = [BLUE, RUST, VIOLET, TEAL]
STATUS = {"ok": BLUE, "warning": "#b87a00", "alert": "#a3271f"}
EDGE = "#aeb9c5"
# What the style sheet of a page calls them: each has a light and a dark tone there.
NAMED = {
    "blue": BLUE, "rust": RUST, "violet": VIOLET, "teal": TEAL, "grey": GREY, "ink": INK,
    "soft": SOFT, "line": LINE, "rule": EDGE, "amber": STATUS["warning"], "red": STATUS["alert"],
    "paper": "#ffffff",
}  # fmt: skip

SETTINGS = {
    "font.family": ["DejaVu Sans"],  # ships with matplotlib: the same bytes on any machine
    "font.size": 10, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.titlepad": 10, "axes.labelsize": 9.5, "axes.labelcolor": SOFT, "axes.labelpad": 7,
    "text.color": INK, "axes.titlecolor": INK, "axes.edgecolor": EDGE, "axes.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.grid": True, "grid.color": LINE, "grid.linewidth": 0.7,
    "xtick.labelsize": 9, "ytick.labelsize": 9, "xtick.color": SOFT, "ytick.color": SOFT,
    "xtick.major.size": 0, "ytick.major.size": 0, "xtick.major.pad": 6, "ytick.major.pad": 6,
    "legend.frameon": False, "legend.fontsize": 9, "lines.linewidth": 2.0, "lines.markersize": 5.5,
    "axes.prop_cycle": cycler(color=CYCLE),
    "text.parse_math": False,  # a name of a column is no formula
    "figure.facecolor": "white", "savefig.facecolor": "white",
}  # fmt: skip


def use() -> None:
    """Draw every figure of this process in the project's look, whatever the user's settings."""
    mpl.rcdefaults()
    mpl.rcParams.update(SETTINGS)
