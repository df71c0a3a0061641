"""Who comes back after a silence, worked by hand."""

import pandas as pd
import pytest

from retencion_lib.stages.snapshots import figures, returns
from retencion_lib.tables.clock import Duration


def silences(*rows):
    return pd.DataFrame(rows, columns=["days", "ended", "n"])


def test_without_anything_cut_short_it_is_the_share_of_longer_silences_that_end():
    # 100 silences of 1 day, 60 of 2, 40 of 3, all followed by something; 100 open at 10 days.
    found = returns(silences((1, True, 100), (2, True, 60), (3, True, 40), (10, False, 100)))
    assert found.share(0) == pytest.approx(200 / 300)
    assert found.share(1) == pytest.approx(100 / 200)
    assert found.share(2) == pytest.approx(40 / 140)
    assert found.share(3) == 0


def test_a_silence_that_the_log_cuts_short_counts_while_it_could_be_seen():
    # At 1 day 200 could be seen and 100 ended: half stay silent. Then 60 are cut short, so that
    # of the 40 left 10 end at day 5: three quarters stay. Of all, 1/2 * 3/4 = 3/8 never return.
    found = returns(silences((1, True, 100), (2, False, 60), (5, True, 10), (9, False, 30)))
    assert found.share(0) == pytest.approx(1 - 3 / 8)
    assert found.share(1) == pytest.approx(1 - 3 / 4)


def test_where_few_silences_reach_nothing_is_said():
    found = returns(silences((1, True, 100), (5, True, 40), (50, True, 20), (60, False, 9)))
    # 29 silences last 50 days or more, and 30 are wanted: up to day 5 and no further.
    assert found.limit == 5
    assert found.share(5) is None
    assert found.share(-1) is None


def test_the_days_after_which_few_return():
    found = returns(silences((1, True, 100), (2, True, 60), (3, True, 40), (10, False, 100)))
    assert found.below(0.6) == 1  # one half
    assert found.below(0.3) == 2  # 40 of 140
    assert found.below(0.0001) == 3
    assert returns(silences((1, True, 3))).below(0.5) is None


def test_the_curve_is_told_in_words_and_marks_the_horizon():
    found = returns(silences((1, True, 100), (2, True, 60), (3, True, 40), (10, False, 100)))
    words = figures.describe_returns(found, Duration(2, "d"))
    assert words.startswith("Parte de los clientes que vuelve")
    ax = figures.plot_returns(found, Duration(2, "d"))
    assert [t.get_text() for t in ax.texts] == ["horizonte: 2 días, vuelve el 28,6 %"]
    assert not figures.plot_returns(found, None).texts
    assert not figures.plot_returns(found, Duration(1, "y")).texts  # nobody was seen so long
