"""The data contract of a model: what its training table looked like, and whether a batch fits.

A batch breaks the contract when a column is missing, has another type, or its ids repeat;
then it is refused with every violation listed. Nulls, unseen categories and values outside
the training range are scored all the same, and reported.
"""

from dataclasses import dataclass, field

import pandas as pd

from retencion_lib.errors import ContractError
from retencion_lib.tables.ids import as_labels
from retencion_lib.tables.rules import CATEGORICAL, NUMERIC, Contract, Rule
from retencion_lib.tables.training import Training
from retencion_lib.words import es, listed, pct, plural

ENOUGH = 2  # values, from which a column all of whose values are strange is another coding
FAR = 10  # times beyond the range of the training

MORE_NULLS = 0.01  # of all rows, beyond the training's: fewer are as they always were


@dataclass(frozen=True)
class BatchCheck:
    """A batch against a contract."""

    frame: pd.DataFrame  # id and features in the model's order, types as in training
    errors: list[str] = field(default_factory=list)  # violated rules: the batch is refused
    notes: list[str] = field(default_factory=list)  # reported, and scored all the same


def infer_contract(training: Training) -> Contract:
    """Contract of a training table."""
    classes = training.classes
    return Contract(
        id_col=training.id_col,
        target=training.target,
        columns={name: _rule(training, name) for name in training.X.columns},
        dates=tuple(training.dates),
        outcome=None if (classes.leaves, classes.stays) == ("1", "0") else classes,
        unlabelled=training.unlabelled,
    )


def _rule(training: Training, name: str) -> Rule:
    column = training.X[name]
    nulls = float(column.isna().mean())
    if name not in training.numeric:
        return Rule(nulls, CATEGORICAL, categories=tuple(sorted(column.dropna().unique())))
    low, high = float(column.min()), float(column.max())
    reading = training.readings.get(name)
    if reading is None:
        return Rule(nulls, NUMERIC, low, high)
    # What a later table needs to be read alike, where it is not plain numbers.
    decimal, gaps = "," if reading.grouped else "", tuple(sorted(reading.gaps))
    return Rule(nulls, NUMERIC, low, high, decimal=decimal, gaps=gaps)


def check_batch(frame: pd.DataFrame, contract: Contract) -> BatchCheck:
    """Hold a batch against a contract; nothing is raised, everything is listed."""
    errors = broken(frame, contract)
    if errors:
        return BatchCheck(frame, errors)
    rules, coerced = contract.columns, as_trained(frame, contract)
    foreign = [said for name, rule in rules.items() if (said := _foreign(coerced[name], rule))]
    if foreign:
        return BatchCheck(frame, foreign)
    return BatchCheck(coerced, [], _notes(frame, coerced, contract))


def broken(frame: pd.DataFrame, contract: Contract) -> list[str]:
    """Rules of a contract that rows break by themselves: columns, types and ids; each once."""
    needed = (*contract.columns, contract.id_col)
    messages = [f"falta la columna '{name}'" for name in needed if name not in frame]
    for name, rule in contract.columns.items():
        if rule.numeric and name in frame and not _is_number(frame[name]):
            texts = pd.to_numeric(frame[name], errors="coerce").isna() & frame[name].notna()
            messages.append(
                f"'{name}' debe ser numérica y tiene {plural(texts.sum(), 'texto', 'textos')} "
                f"({listed(frame.loc[texts, name].unique(), quote=True)})"
            )
    return messages + (_wrong_ids(frame[contract.id_col]) if contract.id_col in frame else [])


def _is_number(column: pd.Series) -> bool:
    """True for numbers, and where all is missing: null is a report, not a type."""
    return pd.api.types.is_numeric_dtype(column) or bool(column.isna().all())


def _wrong_ids(ids: pd.Series) -> list[str]:
    if ids.is_unique and not ids.hasnans:
        return []
    messages, missing = [], ids.isna()
    repeated = ids[ids.duplicated() & ~missing]
    if len(repeated):
        messages.append(f"'{ids.name}' se repite ({listed(repeated.unique(), quote=True)})")
    if missing.any():
        rows = plural(missing.sum(), "fila", "filas")
        messages.append(f"'{ids.name}' está vacío en {rows}")
    return messages


def as_trained(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Id and features in the model's order, of the types of the training."""
    coerced = pd.DataFrame({contract.id_col: as_labels(frame[contract.id_col])})
    for name, rule in contract.columns.items():
        column = frame[name]
        coerced[name] = column.astype("float64") if rule.numeric else as_labels(column)
    return coerced


def _foreign(column: pd.Series, rule: Rule) -> str:
    """Why a column is written in another coding than that of the training; empty if it is not."""
    present = column.dropna()
    if len(present) < ENOUGH:
        return ""
    if not rule.numeric:
        if present.isin(rule.categories).any():
            return ""
        return (
            f"ningún valor de '{column.name}' es de los que el modelo conoce: trae "
            f"{listed(present.unique(), 3, quote=True)} y aprendió "
            f"{listed(rule.categories, 3, quote=True)}"
        )
    low, high = rule.min, rule.max
    above = (present.abs() > FAR * max(abs(low), abs(high))).all()
    below = low > 0 and ((present > 0) & (present < low / FAR)).all()
    if not above and not below:
        return ""
    return (
        f"todos los valores de '{column.name}' están muy {'por encima' if above else 'por debajo'} "
        f"de los del entrenamiento: van de {es(present.min(), 2)} a {es(present.max(), 2)} y "
        f"aprendió de {es(low, 2)} a {es(high, 2)}. ¿Están en otra unidad?"
    )


def _notes(frame: pd.DataFrame, coerced: pd.DataFrame, contract: Contract) -> list[str]:
    known = {*contract.columns, *contract.dates, contract.id_col, contract.target}
    extra = [c for c in frame.columns if c not in known]
    notes = [f"Columnas de más, que se ignoran: {listed(extra, limit=20)}."] if extra else []
    for name, rule in contract.columns.items():
        notes += _column_notes(coerced[name], name, rule)
    return notes


def _column_notes(column: pd.Series, name: str, rule: Rule) -> list[str]:
    notes = []
    nulls = column.isna()
    if nulls.mean() - rule.null_rate > MORE_NULLS:
        notes.append(
            f"'{name}': {plural(nulls.sum(), 'nulo', 'nulos')} ({pct(nulls.mean())}; "
            f"en el entrenamiento, {pct(rule.null_rate)})."
        )
    if not rule.numeric:
        unseen = column[~nulls & ~column.isin(rule.categories)]
        if len(unseen):
            notes.append(
                f"'{name}': {plural(len(unseen), 'fila', 'filas')} con categorías que el modelo "
                f"no conoce ({listed(unseen.unique(), quote=True)})."
            )
    else:
        outside = column[(column < rule.min) | (column > rule.max)]
        if len(outside):
            notes.append(
                f"'{name}': {plural(len(outside), 'valor', 'valores')} fuera del rango "
                f"[{es(rule.min, 2)}; {es(rule.max, 2)}] visto en el entrenamiento."
            )
    return notes


def require_batch(frame: pd.DataFrame, contract: Contract, where: str) -> BatchCheck:
    """Hold a batch against a contract and refuse it if it breaks any rule.

    Raises
    ------
    ContractError
        With every violated rule, not only the first.
    """
    check = check_batch(frame, contract)
    if check.errors:
        rules = "; ".join(check.errors)
        raise ContractError(
            f"{where}: no cumple el contrato de datos del modelo ({len(check.errors)} "
            f"{'regla' if len(check.errors) == 1 else 'reglas'}): {rules}. "
            "No se ha puntuado a nadie: corrige el lote y vuelve a ejecutar."
        )
    return check
