"""Stage 03: choose the champion on validation, judge it once on test, and write it down."""

from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as Date

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib import config
from retencion_lib.errors import DataError, ParameterError
from retencion_lib.home import registry, store
from retencion_lib.maths import metrics
from retencion_lib.models import FittedModel, fit_baseline
from retencion_lib.models.choice import Challenge, Choice
from retencion_lib.models.features import describe
from retencion_lib.show import notebook as show
from retencion_lib.stages.infer import Worth
from retencion_lib.tables import Training, load_training
from retencion_lib.tables.partition import Partition, partition
from retencion_lib.tables.scan import newest as newest_date
from retencion_lib.words import count, es, interval, listed, pct

YEAR = 366  # days before a run in which the newest date of a live extract lies
POLICIES = {"f1": "máximo F1 en validación", "capacity": "capacidad del equipo",
            "profit": "desde donde la llamada compensa"}  # fmt: skip


def same_partition(
    choice: Choice, model: FittedModel, data: str, target: str, id_col: str
) -> Partition:
    """The split that 02 made, from the same file.

    Raises
    ------
    DataError
        If the table is not the one that the model learnt from.
    """
    logged = choice.winner["data"]
    training = load_training(
        data,
        target=target,
        id_col=id_col,
        positive=model.positive,
        drop_cols=logged["dropped"],
        sensitive=logged["sensitive"],
    )
    if training.sha256 != logged["sha256"]:
        raise DataError(
            f"{training.path}: no es la tabla con la que se entrenó la versión {model.version} "
            f"({logged['path']}, SHA-256 {logged['sha256'][:12]}…). El examen no sería limpio: "
            "usa aquella tabla, o entrena antes con esta ('retencion train')."
        )
    return partition(training, test_share=model.test_share, seed=model.seed)


@dataclass(frozen=True)
class Exam:
    """The champion on the test share, which nothing before has seen."""

    y: np.ndarray
    scores: np.ndarray
    report: dict
    bar: dict  # a plain logistic regression on the same rows

    def table(self) -> pd.DataFrame:
        """Each metric with its interval, and the plain logistic regression beside it."""
        test, ci = self.report["test"], self.report["test_ci"]
        return pd.DataFrame(
            [
                {
                    "metric": show.HEADINGS[m],
                    "value": test[m],
                    "interval": interval(*ci[m]),
                    "bar": self.bar[m],
                }
                for m in metrics.METRICS
            ]
        )

    def sentence(self) -> str:
        """How well the champion ranks, and what the team's capacity reaches."""
        test, ci, k = self.report["test"], self.report["test_ci"], self.report["k"]
        return (
            f"ROC-AUC en el examen: **{es(test['roc_auc'], 3)}** {interval(*ci['roc_auc'])}; la "
            f"logística sin ajustar, {es(self.bar['roc_auc'], 3)}. De los {count(k)} clientes con "
            f"más riesgo se fue el {pct(test['precision_at_k'])}, {es(test['lift_at_k'])} veces "
            f"la media ({pct(self.report['positive_rate'])})."
        )

    def answer(self, in_use: str, worth: Worth) -> str:
        """Which model is used, how often it is right, and what its list would have earned."""
        test, name = self.report["test"], registry.full_name(self.report)
        start = (
            f"Se usa **{name}**."
            if in_use == name
            else f"Sigue en uso **{in_use}**; lo que sigue es de {name}, el examinado."
        )
        return (
            f"{start} De los {count(self.report['k'])} clientes del examen con más riesgo se fue "
            f"el **{pct(test['precision_at_k'], 0)}**, {es(test['lift_at_k'])} veces la media. "
            f"{worth.answer()} A quién llamar ahora lo dice 04."
        )

    def threshold_sentence(self) -> str:
        """What the threshold in use does."""
        used, cells = self.report["threshold"], self.report["confusion_matrix"]
        called, left = cells["tp"] + cells["fp"], cells["tp"] + cells["fn"]
        return (
            f"Con el umbral {es(used['value'], 3)} ({POLICIES[used['policy']]}) se avisaría de "
            f"{count(called)} de {count(self.report['n_rows'])} clientes y entre ellos estarían "
            f"{count(cells['tp'])} de las {count(left)} bajas."
        )


def thresholds(choice: Choice, *, capacity: float, profit: float) -> dict[str, float]:
    """Threshold of each policy: on out-of-fold scores, never on test, or from the money alone."""
    scores = choice.oof[choice.winner["family"]].to_numpy()
    return {
        "f1": metrics.f1_threshold(choice.oof["y"].to_numpy(), scores),
        "capacity": metrics.capacity_threshold(scores, capacity),
        "profit": min(1.0, profit),
    }


def examine(
    choice: Choice,
    model: FittedModel,
    parts: Partition,
    *,
    capacity: float,
    profit: float,
    policy: str = "f1",
) -> Exam:
    """Judge the champion once on test, at a threshold not found there.

    Parameters
    ----------
    capacity : float
        Share of customers that the team can contact.
    profit : float
        Probability from which a contact pays for itself.
    policy : str
        Key of `POLICIES`: which threshold is used to flag customers.

    Raises
    ------
    ParameterError
        If there is no such policy.
    """
    if policy not in POLICIES:
        raise ParameterError(
            f"policy = '{policy}': debe ser uno de {listed(POLICIES, quote=True)}."
        )
    y, scores = parts.test.y, model.predict(parts.test.X)
    cuts = thresholds(choice, capacity=capacity, profit=profit)
    given = {"capacity": capacity, "threshold": cuts[policy]}
    dev = parts.dev
    plain = fit_baseline(dev.X, dev.y, describe(dev.X, dev.numeric, dev.categorical))
    bar = metrics.evaluate(y, plain.predict_proba(parts.test.X)[:, 1], capacity=capacity)
    report = {
        "family": model.family,
        "version": model.version,
        "artifact": choice.winner["artifact"]["path"],
        "artifact_sha256": choice.winner["artifact"]["sha256"],
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "n_rows": len(y),
        "positive_rate": float(y.mean()),
        "k": metrics.k_of(len(y), capacity),
        "selection": {
            "rule": choice.rule,
            "candidates": choice.table().to_dict("records"),
            "why": choice.why(),
        },
        "test": metrics.evaluate(y, scores, **given),
        "test_ci": metrics.bootstrap_ci(y, scores, seed=model.seed, **given),
        "baseline": {"name": "plain_logreg", "test": bar},
        "threshold": {"value": cuts[policy], "policy": policy, "all": cuts},
        "confusion_matrix": metrics.confusion(y, scores, cuts[policy]),
    }
    return Exam(y, scores, report, bar)


def threshold_table(exam: Exam) -> pd.DataFrame:
    """What each policy's threshold does on test."""
    rows = []
    for policy, value in exam.report["threshold"]["all"].items():
        cells = metrics.confusion(exam.y, exam.scores, value)
        called = cells["tp"] + cells["fp"]
        rows.append(
            {
                "policy": POLICIES[policy],
                "threshold": value,
                "called": called,
                "precision": cells["tp"] / max(1, called),
                "captured": cells["tp"] / max(1, cells["tp"] + cells["fn"]),
            }
        )
    return pd.DataFrame(rows)


def promote(exam: Exam, choice: Choice, verdict: Challenge, *, run_id: str) -> str:
    """Propose the winner to the registry, with its exam; give back what came of it, in words."""
    report, decided = exam.report, verdict.sentence()
    entry = {
        "family": report["family"], "version": report["version"],
        "artifact": report["artifact"], "sha256": report["artifact_sha256"],
        "threshold": report["threshold"], "valid": choice.winner["valid"], "test": report["test"],
        "created_at": report["created_at"], "why": report["selection"]["why"],
    }  # fmt: skip
    with store.locked(config.resolve(config.REGISTRY)):
        store.write_json(registry.version_file("artifacts/{name}__test.json", entry), report)
        proposal = registry.propose(
            entry, wins=verdict.wins, rule=choice.rule, reason=decided, run_id=run_id,
            candidates=report["selection"]["candidates"],
        )  # fmt: skip
    waits = (
        f" Espera aprobación: retencion promote {entry['version']} --reason … --approver …"
        if proposal["proposed"]
        else ""
    )
    return decided + waits


def write_reference(choice: Choice, dev: Training, *, date: str) -> pd.DataFrame:
    """Write the drift reference of the winner, and use it if the winner is the champion.

    Of the columns of dates it keeps those that tell how old the extract is: their newest date
    is of the year before `date`, the run's. A birthday or the end of a contract tells nothing.
    """
    table = dev.X.copy()
    table.insert(0, dev.id_col, dev.ids)
    for name, column in dev.dates.items():
        newest = newest_date(pa.Array.from_pandas(column.astype("string")))
        if newest and 0 <= (Date.fromisoformat(date) - Date.fromisoformat(newest)).days <= YEAR:
            table[name] = column
    table["score"] = dev.ids.map(choice.oof.set_index("id")[choice.winner["family"]])
    winner = choice.winner
    store.write_csv(registry.version_file("monitoring/{name}__reference.csv", winner), table)
    champion = registry.standing_champion(registry.read())
    if champion and champion["sha256"] == winner["artifact"]["sha256"]:
        store.write_csv(config.resolve(config.REFERENCE), table)
    return table
