"""What one column at a time does not show: all at once, and part of the customers at a time."""

import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import ParameterError
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.checks.shifts import settings
from retencion_lib.stages.monitor.beyond import (
    by_segment,
    segment_alerts,
    together,
    together_alerts,
)
from retencion_lib.stages.monitor.say import segment_sentence, together_sentence
from tests.watch_home import customers, loaded

RULES = settings(min_ks=0.05, min_psi=0.01)


def test_a_change_within_one_group_is_found_by_segments(home):
    table = customers(2000, 4)
    table.loc[table["plan"] == "mes", "price"] += 8
    table.to_csv(home / "group.csv", index=False)
    groups = by_segment(loaded("group.csv"), ["plan"], RULES)
    assert [(g.part, g.name) for g in groups if g.status != "ok"] == [("mes", "price")]
    (alert,) = segment_alerts(groups)
    assert alert.code == "RET013"
    assert worded(alert).message.startswith("En 'plan' = mes, 1 columna movida; la que más, cambio")
    assert segment_sentence(groups).endswith("en 2 grupos de clientes, contadas todas juntas: "
                                             "1 muestra un cambio.")  # fmt: skip


def test_two_columns_that_no_longer_go_together_are_told_apart(home):
    draw = np.random.default_rng(0)
    sides = []
    for sign in (1, -1):  # each column alone is the same on both sides
        x = draw.normal(size=1500)
        sides.append(pd.DataFrame({"a": x, "b": sign * x + draw.normal(size=1500)}))
    told = together(_only(["a", "b"]), tuple(sides))
    assert told.low > 0.6
    (alert,) = together_alerts(told)
    assert (alert.code, sorted(alert.facts["columns"])) == ("RET012", ["a", "b"])
    assert "Lo delatan 'a'" in together_sentence(told).replace("'b' y 'a'", "'a' y 'b'")
    same = together(_only(["a", "b"]), (sides[0][:700], sides[0][700:]))
    assert together_alerts(same) == []


class _only:
    """Tables of which only the names of the columns are asked."""

    def __init__(self, shared):
        self.shared = shared


def test_a_segment_that_is_no_column_is_refused(home):
    with pytest.raises(ParameterError, match="segments: no hay ninguna columna 'zona'"):
        by_segment(loaded("same.csv"), ["zona"], RULES)
