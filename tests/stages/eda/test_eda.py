"""What 01 finds in tables made to have it."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from retencion_lib import config
from retencion_lib.errors import DataError
from retencion_lib.home.eda import read_summary
from retencion_lib.stages import eda
from retencion_lib.stages.eda import figures as plots
from retencion_lib.tables import ask_history, load_training
from retencion_lib.tables.strength import association

N = 600
RNG = np.random.default_rng(0)
Y = (np.arange(N) % 3 == 0).astype(int)


@pytest.fixture
def load(monkeypatch, tmp_path):
    """Give a table of `N` customers with the columns named, as 01 reads it."""
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))

    def given(**columns):
        table = pd.DataFrame({"id": [f"c{n}" for n in range(N)], **columns, "y": Y})
        table.to_csv(tmp_path / "t.csv", index=False)
        return load_training("t.csv", target="y", id_col="id")

    return given


def summary_of(training):
    """What the file says of a table."""
    eda.write_summary(eda.look(training))
    return json.loads(config.resolve(config.EDA_SUMMARY).read_text())


def noise():
    return RNG.normal(size=N).round(6)


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        pytest.param({"copy": Y}, "copy", id="copy"),
        pytest.param({"copy": 1 - Y}, "copy", id="negated-copy"),
        pytest.param({"copy": np.where(Y, "gone", "here")}, "copy", id="copy-in-words"),
        pytest.param({"late": Y + noise() / 9}, "near_perfect", id="almost-alone"),
        pytest.param(
            {"end": np.where(Y == 1, RNG.normal(size=N).round(6), np.nan)}, "missing_by_target",
            id="there-only-if-left",
        ),
        pytest.param(
            {"end": np.where(Y == 0, RNG.normal(size=N).round(6), np.nan)}, "missing_by_target",
            id="missing-exactly-if-left",
        ),
    ],
)  # fmt: skip
def test_a_feature_that_knows_too_much_is_a_suspect_with_its_evidence(load, columns, kind):
    training = load(plain=noise(), **columns)
    (suspect,) = summary_of(training)["leakage"]
    assert (suspect["kind"], suspect["certain"]) == (kind, True)
    assert suspect["column"] in columns
    found = eda.look(training)
    answer, doubts = eda.verdict(found)
    assert eda.usable(found, doubts) == "no"
    assert answer.startswith("**Todavía no:** 1 variable sabe")
    assert "drop_cols" in doubts[0]


def test_a_strong_but_honest_feature_is_no_suspect(load):
    training = load(strong=Y + noise())
    assert 0.7 < association(training)["auc"].iloc[0] < 0.98
    assert [s for s in summary_of(training)["leakage"] if s["certain"]] == []


def test_a_clean_table_is_a_plain_yes(load):
    training = load(a=noise(), b=noise())
    found = eda.look(training)
    assert eda.verdict(found) == ("**Sí.** Nada en la tabla desaconseja entrenar.", [])
    assert eda.usable(found, []) == "yes"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        pytest.param(
            {"gap": np.where(np.arange(N) % 4, 1.5 + np.arange(N) % 5, np.nan)},
            "Faltan muchos valores en 'gap' (25,0 %)", id="gaps",
        ),
        pytest.param({"few": np.arange(N) % 2}, "filas repiten otra", id="repeated"),
        pytest.param(
            {"t": (np.arange(N) // 300) * 3 + noise()},
            "no se parece a la primera en 't'", id="early-drift",
        ),
        pytest.param({"k": ["z"] * N}, "La columna 'k' no se usa para predecir", id="constant"),
    ],
)  # fmt: skip
def test_each_doubt_is_said_with_its_figure(load, columns, said):
    plain = {} if "few" in columns else {"plain": noise()}
    training = load(**plain, **columns)
    found = eda.look(training)
    answer, doubts = eda.verdict(found)
    assert eda.usable(found, doubts) == "care"
    assert "reserva" in answer
    assert any(said in doubt for doubt in doubts), doubts


def test_numbers_are_judged_by_auc_and_correlation_and_labels_by_cramers_v(load):
    number, label = noise() + Y, np.where(RNG.uniform(size=N) < 0.3 + 0.3 * Y, "a", "b")
    found = association(load(n=number, c=label)).set_index("name")
    assert found.loc["n", "auc"] == pytest.approx(roc_auc_score(Y, number))
    assert found.loc["n", "correlation"] == pytest.approx(stats.pearsonr(number, Y).statistic)
    table = pd.crosstab(label, Y).to_numpy()
    assert found.loc["c", "cramers_v"] == pytest.approx(stats.contingency.association(table))


def test_rows_that_repeat_another_are_counted_but_for_the_id(load):
    values = noise()
    values[3] = values[0]  # customers 0 and 3 both left
    assert summary_of(load(a=values))["duplicates"] == {"n_rows": 1, "share": 1 / N}


def test_the_medians_of_both_groups_are_those_of_the_data(load):
    number = noise()
    row = eda.numbers_table(load(n=number)).iloc[0]
    assert (row.median_left, row.median_stayed) == (
        pytest.approx(np.median(number[Y == 1])), pytest.approx(np.median(number[Y == 0])),
    )  # fmt: skip


def test_a_column_of_0_and_1_has_shares_and_no_median(load):
    flag = np.where(np.arange(N) % 4 == 0, 1.0, 0.0)
    flag[Y == 1] = 1.0
    training = load(n=noise(), flag=flag)
    assert eda.numbers_table(training)["name"].tolist() == ["n"]
    (row,) = eda.shares_table(training).itertuples()
    assert (row.name, row.left_group) == ("flag", 100)
    assert (row.all, row.stayed) == pytest.approx((100 * flag.mean(), 100 * flag[Y == 0].mean()))


def test_what_a_figure_shows_is_said_in_its_alternative_text(load):
    training = load(n=noise() + Y)
    text = plots.describe_distributions(training.X, training.y, ["n"])
    assert "'n', mediana" in text
    assert "si se fue" in text


def test_a_table_without_numbers_has_no_spread_to_draw(load):
    training = load(c=np.where(np.arange(N) % 2, "a", "b"))
    assert eda.widest_numbers(training, association(training)) == []
    assert plots.describe_distributions(training.X, training.y, []).startswith("No hay números")
    assert len(plots.plot_distributions(training.X, training.y, []).axes) == 3
    assert "No hay ninguna variable num" in eda.numbers_sentence(eda.numbers_table(training))


def test_a_single_number_has_no_pair_to_be_correlated_with(load):
    related = eda.correlations(load(x=noise()))
    assert "no hay ningún par" in plots.describe_correlation(related)


def test_fifths_of_a_number_with_gaps_have_names_of_their_own():
    values = pd.Series([*np.linspace(0, 1, 50), np.nan])
    left = np.array([0] * 30 + [1] * 21)  # the upper two fifths left, and the blank one
    rates = plots.rates_of(values, left)
    assert list(rates.index) == ["0,0 a 0,2", "0,2 a 0,4", "0,4 a 0,6", "0,6 a 0,8", "0,8 a 1,0"]
    assert rates.tolist() == [0, 0, 0, 1, 1]


def test_the_summary_comes_back_from_its_file_as_it_was_found(load):
    eda.write_summary(eda.look(load(a=noise(), plan=np.where(Y, "x", "y"))))
    found = read_summary()
    assert (found.n_rows, found.n_columns, found.target) == (N, 4, "y")
    assert [(c.name, c.kind, c.n_missing) for c in found.columns][:2] == [
        ("id", "id", 0), ("a", "numeric", 0),
    ]  # fmt: skip
    assert {(s.name, s.split) for s in found.initial_drift} == {
        (name, split) for name in ("a", "plan") for split in ("halves", "partitions")
    }
    assert [(s.column, s.kind, s.certain) for s in found.leakage] == [("plan", "copy", True)]


def test_without_a_summary_there_is_none_and_another_document_is_refused(load):
    assert read_summary() is None
    path = config.resolve(config.EDA_SUMMARY)
    path.parent.mkdir(parents=True)
    path.write_text('{"n_rows": 7}', encoding="utf-8")
    said = r"eda_summary\.json: no tiene la forma de este documento .*ejecuta otra vez la etapa"
    with pytest.raises(DataError, match=said):
        read_summary()


def test_a_customer_that_stays_as_it_was_repeats_nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    days = [f"2025-{month:02d}-01" for month in range(1, 7)]
    rows = [(f"c{i}", day, i, i % 3 == 0) for day in days for i in range(60)]
    table = pd.DataFrame(rows, columns=["id", "day", "a", "y"]).astype({"y": int})
    table.to_csv(tmp_path / "t.csv", index=False)
    history = ask_history("day", "20d", as_of="2025-07-01")
    found = eda.look(load_training("t.csv", target="y", id_col="id", history=history))
    assert found.repeated.n_rows == 0


def test_what_is_put_aside_with_a_history_is_the_newest_snapshots(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    days = [f"2025-{month:02d}-01" for month in range(1, 11)]
    rows = [(f"c{i}", day, i % 7 + 50 * (day > "2025-08"), i % 3 == 0)
            for day in days for i in range(200)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["id", "day", "a", "y"]).astype({"y": int})
    table.sample(frac=1, random_state=1).to_csv(tmp_path / "t.csv", index=False)
    history = ask_history("day", "20d", as_of="2025-11-01")
    found = eda.look(load_training("t.csv", target="y", id_col="id", history=history))
    moved = found.moved.set_index("split")
    # The last two of ten months moved: the exam's, and as much of both halves of a shuffled file.
    assert (moved.psi["partitions"] > 1, moved.psi["halves"] < 0.1) == (True, True)
