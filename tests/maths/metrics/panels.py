"""Panels to test with: the same customers month after month."""

import numpy as np
from scipy.special import expit

from retencion_lib.maths.metrics import Panel


def household(rng, customers=200, months=12, kept=1.0):
    """Outcomes, two scores as good as each other, and whose and of when each row is.

    What makes a customer leave, known to the scores or hidden from them, and what each score gets
    wrong about it, lasts; months differ in how many leave, and both scores know it.
    """
    known, hidden, first, second = rng.normal(size=(4, customers, 1))
    z = -1 + known + np.linspace(-1, 1, months)
    y = (rng.random((customers, months)) < expit(2 * (z + hidden))).astype(int)
    p, q = (expit(z + wrong + 0.2 * rng.normal(size=z.shape)) for wrong in (first, second))
    owner, when = np.indices(y.shape)
    rows = np.flatnonzero(rng.random(y.size) < kept)
    y, p, q, owner, when = (values.ravel()[rows] for values in (y, p, q, owner, when))
    return y, p, q, Panel(owner, when)


def copied(panel_rows, times):
    """The same rows in as many snapshots: nothing new is known of anybody."""
    n = len(panel_rows[0])
    panel = Panel(np.tile(np.arange(n), times), np.repeat(np.arange(times), n))
    return *(np.tile(values, times) for values in panel_rows), panel
