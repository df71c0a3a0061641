"""Choose among the candidates, and hold the chosen against the model in use.

What is evidence and what is a rule is said apart: two models that the same customers cannot
tell apart are tied, and then the simplest is used whose probabilities are hardly less true.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import OldModelError, ParameterError
from retencion_lib.home import registry, store
from retencion_lib.home.registry import full_name
from retencion_lib.maths import metrics
from retencion_lib.models import family_label
from retencion_lib.tables import Training, check_batch
from retencion_lib.words import es, interval, listed, plural

EVIDENCE = (
    "mejor ROC-AUC de validación; empatan los que la prueba pareada de DeLong no distingue "
    "(p > 0,05); entre ellos decide PR-AUC, luego F1, cada uno dentro de su intervalo; de los que "
    "quedan se usa "
)
NOBODY_OUT = "La evidencia no descarta a ninguna. "
PROOF = {
    "roc_auc": "DeLong, p menor que 0,05",
    "pr_auc": "PR-AUC fuera de su intervalo",
    "f1": "F1 fuera de su intervalo",
}
WHY = {
    "first": "es el primer campeón",
    "same": "ya es el campeón",
    "out_of_contract": "sustituye a {old}, que no puede leer esta tabla",
    "unreadable": "sustituye a {old}, que esta versión del código no puede abrir",
    "ranks_better": "sustituye a {old}: ordena mejor a los mismos clientes",
    "calibrated_better": "sustituye a {old}: ordena igual y sus probabilidades son más ciertas",
    "equal": "no sustituye a {old}: en los mismos clientes no se distinguen",
    "ranks_worse": "no sustituye a {old}: ordena peor a los mismos clientes",
}


@dataclass(frozen=True)
class Choice:
    """The candidates of the newest version, the winner first, and how it won."""

    entries: list[dict]
    oof: pd.DataFrame
    contest: metrics.Contest
    simplicity: float = metrics.GIVEN_UP  # see `choose`

    @property
    def rule(self) -> str:
        """The rule that was applied, for the report and the registry."""
        if not self.simplicity:
            return f"{EVIDENCE}el de menor pérdida logarítmica"
        return f"{EVIDENCE}el más sencillo cuya pérdida logarítmica {self._price()}"

    def _price(self) -> str:
        errors = self.simplicity
        margin = "un error típico" if errors == 1 else f"{es(errors)} errores típicos"
        return f"no pasa en más de {margin} de la mejor"

    @property
    def winner(self) -> dict:
        """Experiment of the chosen family."""
        return self.entries[0]

    @property
    def scores(self) -> np.ndarray:
        """Out-of-fold probabilities of the winner, shape (n,)."""
        return self.oof[self.winner["family"]].to_numpy()

    def table(self) -> pd.DataFrame:
        """Validation metrics of the candidates and their difference to the best."""
        valid = pd.DataFrame([{"family": e["family"]} | e["valid"] for e in self.entries])
        return valid.merge(self.contest.table.drop(columns="roc_auc"), on="family")

    def shown(self) -> pd.DataFrame:
        """The columns of `table` that decide, with the families named for readers."""
        columns = ["family", "roc_auc", "gap", "error", "p_value", "tied", "pr_auc", "f1"]
        table = self.table()[[*columns, "log_loss"]]
        return table.assign(family=table["family"].map(family_label))

    def why(self) -> str:
        """What was decided by evidence and what by rule."""
        found, name = self.contest, full_name(self.winner)
        out = {step: found.out(step) for step in PROOF}
        verb = "queda" if sum(map(len, out.values())) == 1 else "quedan"
        said = "; ".join(
            f"{listed(map(family_label, names))} ({PROOF[step]})"
            for step, names in out.items()
            if names
        )
        proof = f"Por evidencia {verb} fuera {said}. " if said else NOBODY_OUT
        tied = found.tied["f1"]
        if len(tied) == 1:
            auc = es(self.winner["valid"]["roc_auc"], 4)
            return f"{proof}{name} es la única que queda: ROC-AUC {auc}."
        equals = listed(map(family_label, tied))
        taken = (
            f"la más sencilla cuya pérdida logarítmica {self._price()}"
            if self.simplicity
            else "la de menor pérdida logarítmica"
        )
        return (
            f"{proof}Por regla, entre {equals} se elige {taken}: {name}{self._behind()}."
            f"{self._too_far()}"
        )

    def _too_far(self) -> str:
        """Which candidates give up too much of the log-loss to be used, and how much."""
        found = self.contest
        gaps = {family_label(name): found.loss_gaps[name] for name in found.out("log_loss")}
        if not gaps or not self.simplicity:
            return ""
        said = [f"{k} ({es(gap, 4)} más, error típico {es(e, 4)})" for k, (gap, e) in gaps.items()]
        return f" Pasan de ahí, frente a {family_label(found.truest)}: {listed(said)}."

    def _behind(self) -> str:
        """How far from the best ROC-AUC the winner is, if it is not the best."""
        row = self.contest.table.set_index("family").loc[self.winner["family"]]
        if row["gap"] >= 0:
            return ""
        gap = f"{es(-row['gap'], 4)} por debajo de la mejor, error típico {es(row['error'], 4)}"
        return f" (ROC-AUC {gap})"

    def results(self) -> dict[str, object]:
        """Who ranks best in validation, for the report's first lines."""
        best = next(e for e in self.entries if e["family"] == self.contest.best)
        return {"best": family_label(best["family"]), "valid_roc_auc": best["valid"]["roc_auc"]}

    def candidates_sentence(self) -> str:
        """Who ranks best, and whom the same customers cannot tell from it."""
        best, rows = self.contest.best, {e["family"]: e for e in self.entries}
        tied = [family_label(f) for f in self.contest.tied["roc_auc"] if f != best]
        said = (
            f"{plural(len(rows), 'candidato', 'candidatos')} de la versión "
            f"{self.winner['version']}. El que mejor ordena es **{family_label(best)}**: ROC-AUC "
            f"{es(rows[best]['valid']['roc_auc'], 3)} en validación. "
        )
        if not tied:
            return said + "Los mismos clientes lo distinguen de todos los demás; 03 lo examina."
        return (
            f"{said}Los mismos clientes no lo distinguen de {listed(tied)}: es un empate, y 03 "
            "elige por regla."
        )


def choose(log: list[dict], *, simplicity: float = metrics.GIVEN_UP) -> Choice:
    """Choose among the candidates of the newest training run, on out-of-fold scores.

    Parameters
    ----------
    simplicity : float
        Paired standard errors of log-loss that using the simplest of equals may cost; 0 takes
        the best of them.

    Raises
    ------
    ParameterError
        If `simplicity` is below zero.
    """
    if not simplicity >= 0:
        raise ParameterError(
            f"simplicity = {simplicity}: debe ser un número de errores típicos, 0 o más. Con 0 se "
            "usa el mejor de los que empatan; con 1, el más sencillo que apenas pierde."
        )
    newest = [e for e in log if e["run_id"] == log[-1]["run_id"]]
    path = config.resolve(newest[0]["oof"]["path"])
    oof = store.read_csv(path, made_by="train", dtype={"id": str})
    scores = {e["family"]: oof[e["family"]].to_numpy() for e in newest}
    found = metrics.contest(
        oof["y"].to_numpy(), scores, given_up=simplicity, seed=newest[0]["seed"]
    )
    order = sorted(newest, key=lambda e: (e["family"] != found.winner, -e["valid"]["roc_auc"]))
    return Choice(order, oof, found, simplicity)


@dataclass(frozen=True)
class Challenge:
    """The chosen model against the one in use, on the same customers."""

    name: str
    standing: dict | None
    reason: str  # key of `WHY`
    table: pd.DataFrame  # champion and challenger side by side
    duel: metrics.Duel | None = None

    @property
    def wins(self) -> bool:
        """True if the chosen model should be put in use."""
        return self.reason not in ("equal", "ranks_worse")

    def sentence(self) -> str:
        """The verdict, and how sure it is."""
        old = full_name(self.standing) if self.standing else ""
        verdict = f"{self.name} {WHY[self.reason].format(old=old)}"
        if self.duel is None:
            return verdict + "."
        d, far = self.duel, 1.96 * self.duel.error
        return (
            f"{verdict} (diferencia de ROC-AUC {es(d.gap, 4)} "
            f"{interval(d.gap - far, d.gap + far, 4)}, p = {es(d.p_value, 3)}; pérdida logarítmica "
            f"{es(d.loss_fall, 4)} menor, error típico {es(d.loss_error, 4)})."
        )


def challenge(choice: Choice, dev: Training, log: list[dict]) -> Challenge:
    """Hold the chosen model against the champion on the customers of the newest training.

    Each model judges every customer by those of its members that never saw that customer: the
    champion's members know their folds, so a retraining on the same customers is fair to both.

    Parameters
    ----------
    dev : Training
        Customers of the newest training, in any order.
    log : list of dict
        Experiment log.
    """
    entry = choice.winner
    name = full_name(entry)
    standing = registry.standing_champion(registry.read())
    p_new = dev.ids.map(choice.oof.set_index("id")[entry["family"]]).to_numpy()
    alone = _side_by_side(dev.y, {name: p_new})
    if standing is None or standing["sha256"] == entry["artifact"]["sha256"]:
        return Challenge(name, standing, "same" if standing else "first", alone)
    try:
        model = registry.load_known(standing["artifact"], log)
    except OldModelError:
        return Challenge(name, standing, "unreadable", alone)
    frame = dev.X.assign(**{model.contract["id_col"]: dev.ids})
    check = check_batch(frame, model.contract)
    if check.errors:
        return Challenge(name, standing, "out_of_contract", alone)
    p_old = model.predict_unseen(check.frame, _folds(standing, dev.ids, log))
    duel = metrics.duel(dev.y, p_old, p_new)
    table = _side_by_side(dev.y, {full_name(standing): p_old, name: p_new})
    return Challenge(name, standing, duel.reason, table, duel)


def _folds(standing: dict, ids: pd.Series, log: list[dict]) -> np.ndarray:
    """Fold of each customer when the champion was trained; -1 if it was not there."""
    entry = next(e for e in log if e["artifact"]["sha256"] == standing["sha256"])
    path = config.resolve(entry["oof"]["path"])
    known = store.read_csv(path, made_by="train", dtype={"id": str})
    return ids.map(known.set_index("id")["fold"]).fillna(-1).to_numpy(int)


def _side_by_side(y: np.ndarray, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    keep = ("roc_auc", "pr_auc", "f1", "log_loss", "brier")
    rows = []
    for name, p in scores.items():
        found = metrics.evaluate(y, p)
        rows.append({"model": name} | {m: found[m] for m in keep})
        rows[-1]["ece"] = metrics.reliability(y, p).ece
    return pd.DataFrame(rows)
