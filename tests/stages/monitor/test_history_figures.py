"""The small multiples of the last batches: each measure at the batch that it is of."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from retencion_lib.stages.monitor import history_figures as plots
from retencion_lib.stages.monitor.history import COLUMNS


def story() -> pd.DataFrame:
    """Three batches; the outcomes of the first arrive with the third."""
    rows = []
    for month in (1, 2, 3):
        common = {"date": f"2026-0{month}-28", "run_id": f"r{month}", "batch": f"b{month}"}
        rows += [
            {**common, "check": "RET011:score", "level": "ok", "value": 0.01 * month},
            {**common, "check": "expected:roc_auc", "level": "ok", "value": 0.8, "low": 0.7,
             "high": 0.9},
        ]  # fmt: skip
    rows.append({**common, "check": "RET010:x", "level": "warning", "value": 0.2})
    rows.append({**common, "check": "realised:roc_auc:2026-01-28", "column": "2026-01-28",
                 "level": "ok", "value": 0.75, "low": 0.7, "high": 0.8})  # fmt: skip
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def test_a_late_measure_is_drawn_at_its_own_batch():
    table = story().assign(x=lambda t: t["run_id"].map({"r1": 0, "r2": 1, "r3": 2}))
    assert plots.measured(table)[["x", "value"]].to_numpy().tolist() == [[0, 0.75]]


@pytest.mark.parametrize("own", ["current", "este lote"])  # as it is named now, and was at first
def test_a_measure_of_the_batch_itself_is_drawn_where_it_was_looked_at(own):
    table = story().assign(x=lambda t: t["run_id"].map({"r1": 0, "r2": 1, "r3": 2}))
    assert plots.measured(table.replace("2026-01-28", own).assign(date="d"))["x"].tolist() == [2]


def test_the_figure_has_a_panel_for_findings_score_and_performance():
    fig = plots.plot_history(story(), ["r1", "r2", "r3"])
    assert [ax.get_title() for ax in fig.axes] == [
        "Hallazgos", "PSI corregido de la puntuación", "ROC-AUC"
    ]  # fmt: skip
    plt.close(fig)


def test_the_words_say_what_the_figure_shows():
    assert plots.describe_history(story(), ["r1", "r2", "r3"]) == (
        "3 lotes vigilados: hallazgos de cada uno, 0, 0 y 1; ROC-AUC estimado, de 0,800 a 0,800; "
        "el último medido con resultados, 0,750."
    )
