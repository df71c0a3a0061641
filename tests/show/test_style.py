"""The colours of the figures can be told apart, also without colour."""

from itertools import pairwise

import matplotlib as mpl
import pytest
from matplotlib.colors import to_rgb

from retencion_lib.show import style

COLOURS = {"blue": style.BLUE, "rust": style.RUST, "grey": style.GREY, "violet": style.VIOLET,
           "teal": style.TEAL, **style.STATUS}  # fmt: skip


def luminance(colour):
    """Relative luminance of WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's example


@pytest.mark.parametrize("name", COLOURS)
def test_every_colour_has_at_least_three_to_one_on_white(name):
    assert contrast(COLOURS[name], "#ffffff") >= 3


def test_the_words_on_a_figure_have_at_least_four_and_a_half_to_one():
    assert contrast(style.INK, "#ffffff") >= 4.5
    assert contrast(style.SOFT, "#ffffff") >= 4.5


@pytest.mark.parametrize(
    ("one", "other"),
    [*pairwise(style.CYCLE), (style.STATUS["warning"], style.STATUS["alert"])],
)
def test_neighbours_differ_in_lightness_too(one, other):
    assert contrast(one, other) >= 1.4


def test_the_settings_of_the_user_do_not_reach_our_figures():
    with mpl.rc_context({"text.usetex": True, "axes.formatter.use_locale": True}):
        style.use()
        assert not mpl.rcParams["text.usetex"]
        assert not mpl.rcParams["axes.formatter.use_locale"]
        assert mpl.rcParams["text.color"] == style.INK
