"""The model card says what the files say, and says so when something was not measured."""

import json

import pytest

from retencion_lib import config
from retencion_lib.home.document import typed
from retencion_lib.home.exam import Exam
from retencion_lib.show.naming import use_names
from retencion_lib.stages.evaluate import card
from tests import card_home


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    card_home.write(tmp_path)
    return tmp_path


def exam(**changes):
    """Exam of the model of the small home."""
    return typed(Exam, card_home.judged() | changes, "examen")


def text_of(home, **changes):
    """Markdown form of the card."""
    card.write(exam(**changes), card_home.CONTRACT)
    return (home / "artifacts/xgb__v0.3__card.md").read_text(encoding="utf-8")


def rating(text, assumption):
    (line,) = [row for row in text.splitlines() if row.startswith(f"| {assumption}")]
    return line.split(" | ")[1]


def test_a_version_gets_a_page_and_a_text_that_say_the_same(home):
    html, text = card.write(exam(), card_home.CONTRACT)
    assert (html.name, text.name) == ("xgb__v0.3__card.html", "xgb__v0.3__card.md")
    page = html.read_text(encoding="utf-8")
    for line in text.read_text(encoding="utf-8").splitlines():
        for cell in line.strip("|#- *").split(" | "):
            assert cell.strip("|-: *") in page.replace("&#39;", "'").replace("&amp;", "&")


def test_it_has_the_sections_a_reviewer_asks_for(home):
    titles = [line[3:] for line in text_of(home).splitlines() if line.startswith("## ")]
    assert titles == [
        "Uso previsto y excluido", "Resultados", "Por grupo de clientes", "Umbral y sus costes",
        "Datos", "Límites, fugas y deriva", "Supuestos y su valoración", "Contrato de datos",
        "Linaje",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "de los que se fue el 25,0 % (columna baja)",
        "| ROC-AUC | 0,850 | [0,830; 0,870] | 0,850 | 0,840 |",
        "De los 100 con más riesgo se fue el 80,0 %, 3,2 veces la media.",
        "avisa de 350, y entre ellos hay 200 de las 250 bajas",  # 150 + 200; 50 + 200
        "Excluidas por quien lo entrenó: correo.",
        "Con valores que faltan: plan (100).",
        "| meses | numérica | de 0 a 72 | 0,0 % |",
        "| plan | categórica | anual y mensual | 2,0 % |",
        f"artifacts/xgb__v0.3.pkl · SHA-256 {'c' * 64}",
        "| 2026-10-31 09:00 | XGBoost v0.3 | XGBoost v0.2 | no es peor | Ana |",
    ],
)
def test_its_figures_come_from_the_files(home, said):
    assert said in text_of(home)


@pytest.mark.parametrize(
    ("assumption", "changes", "expected"),
    [
        # The interval of ROC-AUC measures 0.04, 0.08 and 0.12; the limits are 0.05 and 0.10.
        ("El examen tiene", {"test_ci": {"roc_auc": [0.83, 0.87]}}, "sólido"),
        ("El examen tiene", {"test_ci": {"roc_auc": [0.81, 0.89]}}, "razonable"),
        ("El examen tiene", {"test_ci": {"roc_auc": [0.79, 0.91]}}, "débil"),
        # Validation says 0.85: inside the interval of the exam, or not.
        ("Acierta igual", {"test_ci": {"roc_auc": [0.84, 0.86]}}, "sólido"),
        ("Acierta igual", {"test_ci": {"roc_auc": [0.70, 0.80]}}, "débil"),
        # The plain model against 0.85 [0.83; 0.87].
        ("Mejora a", {"baseline": {"name": "plain", "test": {"roc_auc": 0.82}}}, "sólido"),
        ("Mejora a", {"baseline": {"name": "plain", "test": {"roc_auc": 0.84}}}, "razonable"),
        ("Mejora a", {"baseline": {"name": "plain", "test": {"roc_auc": 0.86}}}, "débil"),
        ("Mejora a", {"baseline": None}, "sin comprobar"),
        ("Las probabilidades", {}, "sólido"),
    ],
)  # fmt: skip
def test_an_assumption_is_rated_by_the_figure_beside_it(home, assumption, changes, expected):
    assert rating(text_of(home, **changes), assumption) == expected


def test_the_calibration_gap_is_weighted_by_customers_and_of_this_version_only(home):
    assert "previsto y lo ocurrido: 1,8 puntos" in text_of(home)  # (100 * 1 + 400 * 2) / 500


@pytest.mark.parametrize(
    ("status", "expected"), [("ok", "sólido"), ("warning", "razonable"), ("alert", "débil")]
)
def test_monitoring_of_this_model_is_evidence(home, status, expected):
    card_home.watch(home, status=status, psi=0.031)
    text = text_of(home)
    assert rating(text, "Los clientes de ahora") == expected
    assert "PSI de la puntuación de 0,031" in text


def test_monitoring_of_the_model_before_is_no_evidence(home):
    card_home.watch(home, status="ok", psi=0.031, same=False)
    assert rating(text_of(home), "Los clientes de ahora") == "sin comprobar"


def test_an_analysis_of_another_table_is_no_evidence(home):
    path = home / "monitoring/eda_summary.json"
    path.write_text(path.read_text().replace("d" * 64, "e" * 64))
    assert rating(text_of(home), "Ninguna variable conoce") == "sin comprobar"


def test_a_suspected_leak_is_a_limit_and_a_weakness(home):
    path = home / "monitoring/eda_summary.json"
    leak = {"column": "fecha_baja", "evidence": "predice casi sola el resultado"}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"leakage": [leak]}))
    text = text_of(home)
    assert "Posible fuga: 'fecha_baja' predice casi sola el resultado." in text
    assert rating(text, "Ninguna variable conoce") == "débil"


def test_groups_and_campaign_are_shown_where_they_were_measured(home):
    group = {"column": "plan", "kind": "label", "group": "anual", "n": 400,
             "left": 0.1, "foreseen": 0.12,
             "roc_auc": 0.8, "roc_auc_low": 0.7, "roc_auc_high": 0.9, "selected": 0.05,
             "precision": 0.6, "differs": ["roc_auc"]}  # fmt: skip
    plan = {"plan": "list", "contacted": 100, "foreseen": 1200, "profit": 1234.4, "low": 900,
            "high": 1500, "behind": 0, "behind_low": 0, "behind_high": 0}  # fmt: skip
    campaign = {
        "strategies": [plan], "terms": {"accept_rate": 0.3}, "sensitivity": [],
        "threshold": {"break_even": 0.2, "last_score": 0.3, "last_profit": 1.0},
        "list_leavers": {"called": 100, "foreseen": 80, "sd": 4, "observed": 82},
        "optimal_share": {"foreseen": 0.3, "observed": 0.4},
    }  # fmt: skip
    text = text_of(
        home,
        segments={"comparisons": 8, "level": 0.05, "groups": [group]},
        campaign=campaign,
    )
    assert "Se distinguen más allá del azar: plan: anual." in text
    assert "| plan: anual | 400 | 10,0 % | 12,0 % | 0,800 [0,70; 0,90] | 5,0 % | 60,0 % |" in text
    assert "| La lista, hasta la capacidad | 100 | 1.234 | [900; 1.500] |" in text
    assert "se supone que acepta el 30 %" in text


def test_what_was_not_measured_is_said_not_to_be(home):
    text = text_of(home)
    assert "No se ha medido por grupos en esta ejecución." in text
    assert "No se han dado costes de campaña en esta ejecución." in text
    assert "Deriva: al escribir esta ficha no había ninguna vigilancia de este modelo." in text


MONTH = {"n_customers": 200, "positive_rate": 0.2, "log_loss": 0.4, "profit": 0.0, "test": {},
         "roc_auc_ci": [0, 1], "log_loss_ci": [0, 1], "profit_ci": [0, 1]}  # fmt: skip
FUTURE = {
    "exam": {"snapshots": ["2026-08-01", "2026-09-01"], "n_customers": 520, "n_rows": 1000,
             "learnt_until": "2026-06-01", "embargoed_rows": 500, "immature_rows": 500},
    "backtest": [MONTH | {"cutoff": "2026-08-01", "roc_auc": 0.86},
                 MONTH | {"cutoff": "2026-09-01", "roc_auc": 0.79}],
}  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "Medido una vez en 1.000 filas de 520 clientes que el modelo no había visto",
        "De los 100 con más riesgo de cada foto se fue el 80,0 %",
        "filas del examen avisa de 350, y entre ellas hay 200 de las 250 bajas",
        "las fotos más recientes, desde la del 1 de agosto de 2026",
        "El examen llega a la foto del 1 de septiembre de 2026",
        "en las 2 últimas, ROC-AUC de 0,790 a 0,860",
    ],
)
def test_of_an_exam_in_the_future_it_says_so(home, said):
    text = text_of(home, **FUTURE)
    assert said in text
    assert "al azar, no meses posteriores" not in text


@pytest.mark.parametrize(("other", "expected"), [(0.82, "sólido"), (0.79, "razonable")])
def test_months_that_differ_more_are_worth_less(home, other, expected):
    months = [FUTURE["backtest"][0], FUTURE["backtest"][1] | {"roc_auc": other}]
    text = text_of(home, **FUTURE | {"backtest": months})
    assert rating(text, "El futuro será como el pasado") == expected


def test_it_calls_columns_as_the_team_does_and_the_contract_gives_both_names(home):
    name = next(iter(card_home.CONTRACT.columns))
    use_names({name: "cuota de {}"})
    text = text_of(home)
    use_names({})
    assert f"| {name} (cuota) |" in text
    assert f"| {name} |" in text_of(home)
