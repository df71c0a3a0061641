"""What the report of 00 says of panels made to have it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retencion_lib.stages import snapshots as stage
from retencion_lib.stages.snapshots import figures
from retencion_lib.stages.snapshots.say_names import feature_names
from retencion_lib.tables.snapshots import Log, Panel, make_ask
from retencion_lib.tables.snapshots.people import People

ASK = make_ask(
    id_col="who", event_id_col="", event_date_col="when", amount_cols=["eur"], kind_col="what",
    ended_col="", customers="", target="left", every="1m", horizon="28d", gap="0d",
    windows=["1w", "3m"],
)  # fmt: skip
LOG = Log(None, None, "log.csv", np.datetime64("2024-01-01"), np.datetime64("2024-10-20"),
          np.datetime64("2024-10-20"), 5000, 300, 0)  # fmt: skip
DAYS = pd.to_datetime([f"2024-0{month}-01" for month in range(4, 10)] + ["2024-10-01"])


def panel(left=(20, 21, 19, 20, 22, 20, None), **changes):
    table = pd.DataFrame({"snapshot": DAYS, "rows": 200, "left": left, "known_on": DAYS})
    made = Panel(Path("/home/x/p.parquet"), table, ["events_1w"], 300, 0, 0, People())
    return replace(made, **changes)


def curve(share=0.05):
    """A curve by which a share of those silent for 28 days comes back within 100."""
    back = round(1000 * share)
    return stage.returns(
        pd.DataFrame(
            {"days": [3, 50, 100], "ended": [True, True, False], "n": [9000, back, 1000 - back]}
        )
    )


def test_a_plain_panel_raises_no_doubt():
    assert stage.doubts(LOG, panel(), curve(), ASK) == []


@pytest.mark.parametrize(
    ("log", "made", "share", "said"),
    [
        pytest.param(
            LOG, panel(), 0.3, "tras 28 días sin nada, el 30,0 % vuelve", id="many-come-back"
        ),
        pytest.param(
            LOG, panel((20, 21, None, None, None, None, None)), 0.05, "Solo 2 fotos maduras",
            id="few-snapshots",
        ),
        pytest.param(
            LOG, panel((20, 80, 19, 20, 22, 20, None)), 0.05, "van del 9,5 % al 40,0 %",
            id="uneven",
        ),
        pytest.param(
            LOG, panel(people=People(True, ("plan",))), 0.05, "'plan' dice lo de hoy", id="static"
        ),
        pytest.param(
            LOG, panel(people=People(True, ("plan", "city"))), 0.05,
            "'plan' y 'city' dicen lo de hoy", id="statics",
        ),
        pytest.param(
            LOG, panel(silent_before=61), 0.05,
            "El 50,0 % de las bajas ya llevaba más de 28 días sin nada", id="gone-before",
        ),
        pytest.param(
            replace(LOG, anonymous=5000), panel(), 0.05, "El 50,0 % de los eventos no tiene",
            id="anonymous",
        ),
    ],
)  # fmt: skip
def test_what_may_deceive_is_said(log, made, share, said):
    (told,) = stage.doubts(log, made, curve(share), ASK)
    assert said in told


def test_a_customer_and_leaving_are_defined_in_words():
    assert stage.definition_sentence(ASK) == (
        "**Cliente**: quien hizo algo en los 3 meses anteriores a la foto. **Baja**: no hacer "
        "nada en los 28 días siguientes a la foto."
    )
    late = replace(ASK, gap=ASK.windows[0], ended="gone")
    assert stage.definition_sentence(late) == (
        "**Cliente**: quien hizo algo antes de la foto y no se había ido. **Baja**: 'gone' cae en "
        "los 28 días que siguen a un margen de 1 semana después de la foto."
    )


def test_what_is_not_known_yet_has_its_day():
    said = stage.snapshots_sentence(panel())
    assert "6 fotos maduras, del 1 de abril de 2024 al 1 de septiembre de 2024" in said
    assert "1 foto no tiene resultado todavía (200 filas); lo tendrá el 1 de octubre" in said


def test_names_of_features_are_said_as_people_would():
    names = feature_names(ASK, {"eur": "gasto de {}"})
    assert names["events_1w"] == {
        "1": "1 evento en la última semana", "": "{} eventos en la última semana",
    }  # fmt: skip
    assert names["eur_sum_3m"] == "gasto de {} en los últimos 3 meses"
    assert names["eur_mean_3m"] == "gasto de {} por evento en los últimos 3 meses"
    assert stage.features_table(ASK, "")["name"].tolist() == [
        "tenure_days", "days_since_last", "events_1w", "events_3m", "eur_sum_1w", "eur_sum_3m",
        "eur_mean_1w", "eur_mean_3m", "kinds_1w", "kinds_3m", "trend_1w_3m",
    ]  # fmt: skip


def test_the_names_are_written_beside_the_panel_and_those_given_win(tmp_path, monkeypatch):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    (tmp_path / "own.json").write_text('{"events_1w": "visitas", "plan": "tarifa"}')
    stage.write_names(panel(path=tmp_path / "data/p.parquet"), ASK, "own.json")
    found = json.loads((tmp_path / "data/p_names.json").read_text())
    assert (found["events_1w"], found["plan"]) == ("visitas", "tarifa")


def test_the_figure_of_snapshots_shows_who_left_and_who_is_not_known_yet():
    ax = figures.plot_snapshots(panel().snapshots)
    shown = {c.get_label(): [b.get_height() for b in c.patches] for c in ax.containers}
    assert shown["se fue"] == [20, 21, 19, 20, 22, 20, 0]
    assert shown["por madurar"] == [200]
    assert figures.describe_snapshots(panel().snapshots).endswith("(1 de agosto de 2024).")
