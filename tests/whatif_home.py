"""A sealed home with a champion whose exam keeps its customers, and a campaign in force."""

from dataclasses import asdict, replace

import numpy as np

from retencion_lib.home import store
from retencion_lib.home.exam_scores import write_scores
from retencion_lib.home.registry import Why, propose
from retencion_lib.home.terms import Terms
from retencion_lib.home.terms import propose as propose_terms
from retencion_lib.maths.decision import Campaign
from retencion_lib.stages.evaluate.worth import Worth, judge
from tests import card_home, sealed_home

TERMS = Terms(
    Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, accept_trials=20,
             capacity=0.1)
)  # fmt: skip


def make(n: int = 400, terms: Terms = TERMS) -> Worth:
    """A training, and an exam of `n` customers; what 03 says of the campaign is given back."""
    rng = np.random.default_rng(5)
    p = rng.beta(2, 5, n).round(2)  # with ties
    y = (rng.random(n) < p).astype(int)
    given = {"value": rng.lognormal(5, 0.6, n) * terms.value_factor} if terms.value_col else {}
    given |= {"accept": rng.random(n)} if terms.accept_col else {}
    sealed_home.start("r1-train", "02_train_models")
    sealed_home._train("r1-train")
    sealed_home.finish("r1-train", "02_train_models")
    worth = judge(terms, y, p, given, seed=1)
    examine(worth, "r2-evaluate")
    return worth


def examine(worth: Worth, run_id: str) -> None:
    """A run of 03 that examines those customers under those terms."""
    entry = sealed_home.entry("0.1")
    sealed_home.start(run_id, "03_champion_eval")
    propose_terms(worth.terms, run_id=run_id)
    facts = card_home.judged() | {"campaign": asdict(worth.facts()), "n_rows": worth.n_rows}
    store.write_json(entry.file("artifacts/{name}__test.json"), facts)
    write_scores(entry, worth.scores)
    propose(replace(entry, name="XGBoost v0.1"), Why("mejor", "gana", [], run_id), wins=True)
    sealed_home.finish(run_id, "03_champion_eval", results={"terms": worth.terms.facts()})
