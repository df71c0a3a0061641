import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import average_precision_score

from retencion_lib.maths import metrics
from retencion_lib.maths.metrics.contest import _ranked, _two


def customers(n, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(-1.2, 1.5, n)
    return rng, z, (rng.random(n) < expit(z)).astype(int)


def noisy(rng, z, noise):
    return expit(z + noise * rng.normal(size=len(z)))


def test_a_clear_winner_is_evidence():
    rng, z, y = customers(3000, 0)
    found = metrics.contest(y, {"simple": noisy(rng, z, 2), "rich": noisy(rng, z, 0.1)})
    assert found.winner == found.best == "rich"
    assert found.tied["roc_auc"] == ["rich"]


# One ranking, two sets of probabilities; 5 of 10 left, each score shared by five customers.
HALVES = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0])
SURE, TIMID = np.repeat([0.8, 0.2], 5), np.repeat([0.6, 0.4], 5)


def test_the_paired_log_loss_is_the_hand_worked_one():
    # Timid loses log(.8/.6) = .2877 on 8 customers and gains log(.4/.2) = .6931 on 2:
    # mean (8 × .2877 − 2 × .6931)/10 = .0915; deviations .1962 (8) and −.7846 (2), so the
    # variance is (8 × .0385 + 2 × .6156)/9 = .1710 and the error √(.1710/10) = .1308.
    found = metrics.contest(HALVES, {"timid": TIMID, "sure": SURE}, given_up=1.0)
    gap, error = found.loss_gaps["timid"]
    assert (gap, error) == (pytest.approx(0.0915, abs=1e-4), pytest.approx(0.1308, abs=1e-4))
    assert (found.truest, found.winner) == ("sure", "timid")  # .70 errors


def test_between_equals_the_simplest_wins_even_if_it_is_not_the_first():
    scores = {"simple": TIMID, "richer": SURE, "richest": SURE}
    found = metrics.contest(HALVES, scores, given_up=1.0)
    assert found.tied["roc_auc"] == found.tied["log_loss"] == ["simple", "richer", "richest"]
    assert found.winner == "simple"


def test_where_nothing_is_given_up_the_truest_of_the_equals_wins():
    found = metrics.contest(HALVES, {"simple": TIMID, "richer": SURE})
    assert found.tied["f1"] == ["simple", "richer"]
    assert found.winner == "richer"


def test_simplicity_may_cost_one_standard_error_of_the_log_loss_and_no_more():
    # The same customers three times: √(.1539 × 30/29 / 30) = .0729, and .0915 is 1.3 of them.
    scores = {"timid": np.tile(TIMID, 3), "sure": np.tile(SURE, 3)}
    found = metrics.contest(np.tile(HALVES, 3), scores, given_up=1.0)
    gap, error = found.loss_gaps["timid"]
    assert (gap, error) == (pytest.approx(0.0915, abs=1e-4), pytest.approx(0.0729, abs=1e-4))
    assert found.out("roc_auc") == found.out("pr_auc") == found.out("f1") == []
    assert (found.out("log_loss"), found.winner) == (["timid"], "sure")


def test_average_precision_and_f1_of_the_draws_agree_with_the_plain_ones():
    rng, z, y = customers(400, 3)
    p = np.round(noisy(rng, z, 0.5), 2)
    average, f1 = _two(y, _ranked(p), np.ones(len(y)))
    assert average == pytest.approx(average_precision_score(y, p))
    assert f1 == pytest.approx(metrics.f1_at(y, p, metrics.f1_threshold(y, p)))


@pytest.mark.parametrize(
    ("noise", "reason"),
    [(0.0, "ranks_better"), (3.0, "ranks_worse")],
)
def test_a_duel_is_decided_by_the_ranking_first(noise, reason):
    rng, z, y = customers(4000, 4)
    assert metrics.duel(y, noisy(rng, z, 1), noisy(rng, z, noise)).reason == reason


def test_a_model_against_itself_stays_out():
    _, z, y = customers(500, 4)
    found = metrics.duel(y, expit(z), expit(z))
    assert (found.promoted, found.reason) == (False, "equal")


def test_the_same_ranking_with_truer_probabilities_is_promoted():
    _, z, y = customers(4000, 5)
    found = metrics.duel(y, expit(2 * z + 1), expit(z))
    assert (found.promoted, found.reason) == (True, "calibrated_better")


def test_the_p_value_of_the_best_of_four_is_four_times_that_of_one_alone():
    rng, z, y = customers(4000, 6)
    rivals = noisy(rng, z, 0.6), noisy(rng, z, 0.5)
    alone, chosen = metrics.duel(y, *rivals), metrics.duel(y, *rivals, among=4)
    assert chosen.p_value == pytest.approx(min(1, 4 * alone.p_value))
    assert (chosen.gap, chosen.loss_fall) == (alone.gap, alone.loss_fall)


@pytest.mark.slow
def test_a_challenger_that_is_only_noise_is_promoted_in_at_most_five_of_a_hundred():
    promoted = 0
    for seed in range(200):
        rng, z, y = customers(1500, 1000 + seed)
        families = {name: noisy(rng, z, 0.3) for name in ("logreg", "xgb", "mlp", "stack")}
        chosen = metrics.contest(y, families, repeats=40).winner
        promoted += metrics.duel(y, noisy(rng, z, 0.3), families[chosen], among=4).promoted
    assert promoted <= 10
