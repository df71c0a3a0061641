import numpy as np
import pytest
from scipy.stats import norm

from retencion_lib.maths import metrics


def by_definition(y, first, second):
    """DeLong's test by every pair of customers, as the paper defines it: m times n."""
    y = np.asarray(y) == 1

    def pairs(score):
        left, stayed = np.asarray(score)[y], np.asarray(score)[~y]
        return (left[:, None] > stayed) + 0.5 * (left[:, None] == stayed)

    a, b = pairs(first), pairs(second)
    m, n = a.shape
    gap = a.mean() - b.mean()
    v10 = np.cov(a.mean(axis=1), b.mean(axis=1))
    v01 = np.cov(a.mean(axis=0), b.mean(axis=0))
    s = v10 / m + v01 / n
    error = np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    return gap, error, 2 * norm.sf(abs(gap / error))


@pytest.mark.parametrize("decimals", [12, 1, 0], ids=["no-ties", "some-ties", "many-ties"])
@pytest.mark.parametrize("seed", range(5))
def test_delong_agrees_with_the_definition_pair_by_pair(seed, decimals):
    rng = np.random.default_rng(seed)
    y = np.r_[1, 1, 0, 0, rng.integers(0, 2, 60)]
    first, second = (np.round(y + rng.normal(0, 1.5, len(y)), decimals) for _ in range(2))
    found = metrics.auc_difference(y, first, second)
    expected = by_definition(y, first, second)
    assert (found.difference, found.error, found.p_value) == pytest.approx(expected, abs=1e-10)


def test_two_equal_rankings_are_never_told_apart():
    y, p = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.4, 0.3, 0.2, 0.9])
    found = metrics.auc_difference(y, p, p**2)
    assert (found.difference, found.error, found.p_value) == (0, 0, 1)


def test_the_area_is_the_share_of_pairs_in_order():
    # Pairs in order: 0.9 beats 0.1 and 0.5; 0.4 beats 0.1, not 0.5: 3 of 4.
    auc, _ = metrics.delong_covariance([1, 1, 0, 0], [np.array([0.9, 0.4, 0.1, 0.5])])
    assert auc[0] == pytest.approx(0.75)


def test_between_equal_models_delong_errs_as_often_as_it_says():
    rng, wrong, repeats = np.random.default_rng(0), 0, 4000
    for _ in range(repeats):
        y = (rng.random(300) < 0.3).astype(int)
        shared = y + rng.normal(size=300)
        first, second = (shared + 0.7 * rng.normal(size=300) for _ in range(2))
        wrong += metrics.auc_difference(y, first, second).p_value < 0.05
    assert 0.04 <= wrong / repeats <= 0.06
