"""Whom to call from a scored batch, who is left as control, why, and the list for the team.

A customer is in a campaign's control group if the hash of its name and the id falls in the
control share: it depends on nothing else, so it holds from batch to batch and an auditor can
recompute it. The control is those of the group that would have been called.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from retencion_lib import config
from retencion_lib.errors import ParameterError
from retencion_lib.home import store
from retencion_lib.home.terms import Terms
from retencion_lib.maths import decision, metrics
from retencion_lib.models import FittedModel
from retencion_lib.models import attribution as explain
from retencion_lib.stages.evaluate.worth import eur
from retencion_lib.tables import hashes
from retencion_lib.words import count, es, listed, pct, plural

CONTACT, CONTROL = "contact", "control"
N_REASONS = 3
SIGNIFICANCE, POWER = 0.05, 0.80
# What a spreadsheet runs: at the start of a cell, or of what it takes for one in a country
# whose separator is another than the file's.
FORMULA = re.compile(r"(^|[;,]\s*)(?=[=+\-@＝＋－＠])")


@dataclass(frozen=True)
class CallList:
    """A batch decided: one row a customer, in the batch's order, and the money of it."""

    name: str  # of the campaign
    control_share: float
    terms: Terms
    decided: pd.DataFrame  # id, score, decile, expected_profit, group, reasons (a list)
    span: tuple[float, float]  # 95 % of what the list may earn

    def calls(self) -> pd.DataFrame:
        """Those to call, best first."""
        return self.of(CONTACT)

    def of(self, group: str) -> pd.DataFrame:
        """Customers of one group, best first."""
        rows = self.decided[self.decided["group"] == group]
        return rows.sort_values("place").drop(columns="place")

    def headline(self) -> str:
        """Whom to call, what it should earn and how sure that is."""
        calls = self.calls()
        if calls.empty:
            return (
                f"**No conviene llamar a nadie** de los {count(len(self.decided))} clientes del "
                "lote: de ninguno se espera más de lo que cuesta la llamada."
            )
        earns = calls["expected_profit"].sum()
        span = f"entre {eur(self.span[0])} y {eur(self.span[1])}"
        return (
            f"**Llama a {plural(len(calls), 'cliente', 'clientes')}** de "
            f"{count(len(self.decided))}: se espera ganar **{eur(earns)}**, con un 95 % de "
            f"confianza {span}; {eur(earns / len(calls))} por llamada. Sin llamar, se iría cerca "
            f"del {pct(calls['score'].mean(), 0)} de ellos; del lote entero, el "
            f"{pct(self.decided['score'].mean(), 0)}."
        )

    def results(self) -> dict[str, object]:
        """Size of the list and what it should earn, for the report's first lines."""
        profit = self.calls()["expected_profit"]
        span = list(self.span) if len(profit) else None
        return {"rows_to_call": len(profit), "expected_profit": profit.sum(),
                "expected_profit_ci": span}  # fmt: skip

    def control_sentence(self) -> str:
        """Who is left as control, what that costs, and what it will let us see."""
        control, calls = self.of(CONTROL), self.calls()
        if not self.control_share:
            return (
                "Sin grupo de control (control_share es 0) no se podrá saber qué parte de lo "
                "retenido se debe a la campaña."
            )
        if control.empty or calls.empty:
            return f"Ningún cliente de la lista cae en el grupo de control de «{self.name}»."
        rate = float(pd.concat([control, calls])["score"].mean())
        gap = detectable_gap(len(calls), len(control), rate)
        supposed = self.terms.money.accept_rate * rate
        points = f"una caída de las bajas de {es(100 * gap, 0)} puntos"
        shows = (
            f"bastan para ver la supuesta, de {es(100 * supposed, 0)} puntos: se vería {points}"
            if gap <= supposed
            else f"solo enseñarían {points}, y la supuesta es de {es(100 * supposed, 0)}: repite "
            f"la campaña con el mismo nombre y suma unos {ceil((gap / supposed) ** 2)} lotes así"
        )
        left = plural(len(control), "cliente queda", "clientes quedan")
        lost = eur(control["expected_profit"].sum())
        return f"{left} sin llamar, control de «{self.name}». Se deja de ganar {lost}; {shows}."

    def reasons_sentence(self) -> str:
        """The reasons that come up most often."""
        said = pd.Series([r for row in self.calls()["reasons"] for r in row], dtype=object)
        if said.empty:
            return ""
        often = said.value_counts().head(N_REASONS)
        return "Lo que más se repite entre ellos: " + listed(
            [f"{reason} ({count(n)})" for reason, n in often.items()]
        ) + "."  # fmt: skip

    def table(self, rows: int) -> pd.DataFrame:
        """First customers to call, for readers."""
        first = self.calls().head(rows)
        return first.drop(columns=["group", "decile"]).assign(
            reasons=["; ".join(r) for r in first["reasons"]]
        )

    def sheet(self) -> pd.DataFrame:
        """The call list as the team opens it: safe in a spreadsheet, numbers rounded."""
        calls = self.calls()
        sheet = pd.DataFrame({"rank": range(1, len(calls) + 1)})
        id_col = calls.columns[0]
        sheet[id_col] = calls[id_col].to_numpy()
        sheet["score"] = calls["score"].round(4).to_numpy()
        sheet["decile"] = calls["decile"].to_numpy()
        sheet["expected_profit"] = calls["expected_profit"].round(2).to_numpy()
        for i in range(N_REASONS):
            sheet[f"reason_{i + 1}"] = [r[i] if i < len(r) else "" for r in calls["reasons"]]
        texts = [id_col, *(c for c in sheet if c.startswith("reason_"))]
        sheet[texts] = sheet[texts].map(safe_cell)
        return sheet.rename(columns={id_col: safe_cell(id_col)})

    def key(self) -> str:
        """What the decision depended on besides the scores: part of each prediction's identity."""
        return f"{self.name}|{self.control_share}|{self.terms.facts()}"


def control_group(ids: Sequence[object], campaign: str, share: float) -> np.ndarray:
    """True for the ids in a campaign's control group, shape (n,)."""
    return hashes(ids, f"control:{campaign}") < share * 2.0**64


def check_control(campaign: str, share: float) -> None:
    """Refuse a control group that cannot be drawn, before anything is written.

    Raises
    ------
    ParameterError
        If the campaign has no name, or `share` is not from 0 to below 1.
    """
    config.check_share("control_share", share, zero=True)
    if not campaign.strip():
        raise ParameterError(
            "campaign está vacío: la campaña necesita un nombre, del que depende quién queda en "
            "el grupo de control. Por ejemplo, 'otoño-2026'."
        )


def detectable_gap(n_called: int, n_control: int, rate: float) -> float:
    """Smallest fall in the leaving rate seen with 80 % power at p < 0.05 (two proportions)."""
    z = norm.ppf(1 - SIGNIFICANCE / 2) + norm.ppf(POWER)
    return float(z * np.sqrt(rate * (1 - rate) * (1 / n_called + 1 / n_control)))


def make_calls(
    scored: pd.DataFrame,
    model: FittedModel,
    terms: Terms,
    given: dict[str, np.ndarray],
    *,
    name: str,
    control_share: float,
    names: explain.Names,
) -> CallList:
    """Decide about every customer of a scored batch.

    Parameters
    ----------
    scored : DataFrame
        Id first, features, and ``score`` last, as `scoring.score` leaves it.
    given : dict
        ``value`` and ``accept`` of each row, from `Terms.amounts`.
    name : str
        Of the campaign; another name draws another control group.
    control_share : float
        Share of customers in the control group, from 0 to below 1.

    Returns
    -------
    CallList
        Equal profits are ordered by a hash of the id, never by the order of the rows.
    """
    check_control(name, control_share)
    money, ids, p = terms.money, scored.iloc[:, 0], scored["score"].to_numpy()
    profit, ties = decision.expected_profit(p, money, **given), hashes(ids, "tie")
    contacted, spared = decision.choose(
        profit,
        metrics.k_of(len(scored), money.capacity),
        held_out=control_group(ids, name, control_share),
        ties=ties,
    )
    decided = pd.DataFrame({ids.name: ids.to_numpy(), "score": p})
    decided["decile"] = decision.deciles(p, ties)
    decided["expected_profit"] = profit
    decided["group"] = ""
    decided.loc[contacted, "group"] = CONTACT
    decided.loc[spared, "group"] = CONTROL
    decided["reasons"] = _reasons(scored, np.concatenate([contacted, spared]), model, names)
    decided["place"] = np.argsort(decision.rank(profit, ties))
    only = {key: amounts[contacted] for key, amounts in given.items()}
    span = decision.foreseen_interval(p[contacted], money, seed=model.seed, **only)
    return CallList(name, control_share, terms, decided, span)


def _reasons(
    scored: pd.DataFrame, rows: np.ndarray, model: FittedModel, names: explain.Names
) -> list[list[str]]:
    """Reasons of the rows asked for; an empty list for the others."""
    found: list[list[str]] = [[] for _ in range(len(scored))]
    if len(rows):
        asked = scored.iloc[rows]
        parts, _ = explain.contributions(model, asked)
        said = explain.reasons(parts, asked, model.background, names, limit=N_REASONS)
        for row, own in zip(rows, said, strict=True):
            found[row] = own
    return found


def safe_cell(text: str) -> str:
    """Text that no spreadsheet runs as a formula: a quote before what would start one."""
    flat = re.sub(r"[\t\r\n]+", " ", str(text)).strip()
    return FORMULA.sub(r"\1'", flat)


def write_calls(calls: CallList, *, date: str, stem: str) -> tuple[Path, bool]:
    """Write the list under the run's date; give back its path and whether it is new.

    The same list is not written twice, and another list of the same date is never
    overwritten: it gets the batch's name, and then a number.
    """
    # With a byte order mark, or spreadsheets would spoil the accents.
    content = calls.sheet().to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    first = config.resolve(f"data/call_list_{date}.csv")
    with store.locked(first):
        attempt = 0
        path = first
        while path.exists() and path.read_bytes() != content:
            attempt += 1
            more = f"_{attempt}" if attempt > 1 else ""
            path = first.with_name(f"{first.stem}_{stem}{more}.csv")
        if path.exists():
            store.record("input", path, len(calls.calls()))
            return path, False
        return store.write_bytes(path, content, rows=len(calls.calls())), True


def written_sentence(path: Path, new: bool) -> str:
    """Where the list is."""
    name = config.relative(path)
    return f"La lista está en `{name}`." if new else f"La lista ya estaba, igual, en `{name}`."
