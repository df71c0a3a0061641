"""Which customers are held out, and in which fold the others are.

A customer's place depends on its id, the seed and its class, never on the order of the
rows, so that an auditor can recompute it: BLAKE2b of ``"seed:id"``, smallest first.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pandas as pd

from retencion_lib.config import FOLDS


def hashes(ids: Sequence[object], salt: object) -> np.ndarray:
    """64-bit BLAKE2b of ``"salt:id"`` for each id, as uint64 of shape (n,)."""
    begun, found = blake2b(f"{salt}:".encode(), digest_size=8), []
    for i in map(str, ids):
        own = begun.copy()
        own.update(i.encode())
        found.append(own.digest())
    digest = b"".join(found)
    return np.frombuffer(digest, dtype=">u8").astype(np.uint64)


def sort_order(ids: Sequence[object], seed: int) -> np.ndarray:
    """Positions that put the rows in an order that only ids and seed decide."""
    return np.lexsort((np.asarray([str(i) for i in ids]), hashes(ids, f"order:{seed}")))


def _rank_within_class(ids: Sequence[object], y: np.ndarray, salt: str) -> np.ndarray:
    keys = pd.DataFrame({"y": np.asarray(y), "h": hashes(ids, salt), "id": [str(i) for i in ids]})
    ordered = keys.sort_values(["h", "id"])
    return ordered.groupby("y").cumcount().reindex(keys.index).to_numpy()


def test_mask(ids: Sequence[object], y: np.ndarray, test_share: float, seed: int) -> np.ndarray:
    """True for the held-out rows: in each class the share with the smallest hashes.

    Parameters
    ----------
    ids : sequence of shape (n,)
        Unique customer ids.
    y : array of shape (n,)
        Class of each customer.
    test_share : float
        Share to hold out, between 0 and 1.
    seed : int
        Changes who is held out.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    y = np.asarray(y)
    wanted = {label: round(test_share * n) for label, n in pd.Series(y).value_counts().items()}
    return _rank_within_class(ids, y, str(seed)) < np.array([wanted[label] for label in y])


test_mask.__test__ = False  # a function of the library, not a test


def fold_numbers(
    ids: Sequence[object], y: np.ndarray, seed: int, n_folds: int = FOLDS
) -> np.ndarray:
    """Fold of each row, 0 to ``n_folds - 1``, stratified and independent of row order.

    All rows of a customer are in one fold; its class is whether it ever left.
    """
    codes, names = pd.factorize(np.asarray(ids, dtype=object))
    left = np.zeros(len(names), int)
    np.maximum.at(left, codes, np.asarray(y, int))
    return (_rank_within_class(names, left, f"fold:{seed}") % n_folds)[codes]
