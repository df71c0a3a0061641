"""The parameters of a notebook, read from the notebook: there is no second list."""

import ast
import difflib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from retencion_lib import config
from retencion_lib.errors import ParameterError

TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}
TRUTH = {"true": True, "false": False, "1": True, "0": False}


def notebook_path(notebook: str) -> Path:
    """Source of a notebook, by name without extension."""
    return config.notebooks() / f"{notebook}.ipynb"


@cache
def declared(notebook: str) -> dict[str, tuple[type, object, str]]:
    """Type, default and help of each parameter of a notebook of ours, in order."""
    return declared_in(cells_of(notebook))


def cells_of(notebook: str) -> list[dict]:
    """Cells of a notebook of ours, as JSON: importing `nbformat` is slow, in every kernel."""
    return json.loads(notebook_path(notebook).read_text(encoding="utf-8"))["cells"]


def declared_in(cells: list) -> dict[str, tuple[type, object, str]]:
    """Type, default and help of each parameter in a notebook's cells; none without such a cell."""
    tagged = ["".join(c["source"]) for c in cells if "parameters" in c["metadata"].get("tags", [])]
    source = tagged[0] if tagged else ""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            line = source.splitlines()[node.lineno - 1]
            default = ast.literal_eval(node.value)
            kind = TYPES[node.annotation.id]
            found[node.target.id] = (kind, default, line.partition("  # ")[2])
    return found


def refuse_unknown(notebook: str, names: list[str], known: Iterable[str] | None = None) -> None:
    """Refuse a parameter that the notebook does not have, and name the nearest.

    Parameters
    ----------
    known : iterable of str, optional
        Its parameters, where the notebook is not one of ours.
    """
    known = list(declared(notebook) if known is None else known)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"¿Querías decir '{near[0]}'? " if near else ""
            raise ParameterError(
                f"{notebook}: no existe el parámetro '{name}'. {hint}Admite: {', '.join(known)}."
            )


def options(words: list[str], flags: Iterable[str] = ()) -> dict[str, str]:
    """Turn ``--id-col X --id_col=X`` into names and values; a flag takes no value."""
    found, rest = {}, list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or len(word) < 3:
            raise ParameterError(f"'{word}' sobra: los parámetros se dan como --nombre valor.")
        name, equals, value = word[2:].partition("=")
        if not equals and name in flags:
            value = "true"
        elif not equals:
            if not rest:
                raise ParameterError(f"Falta el valor de '{word}': escribe {word} valor.")
            value = rest.pop(0)
        found[name.replace("-", "_")] = value
    return found


def flag(name: str, text: str) -> bool:
    """Value of a flag: it needs none, and takes one."""
    try:
        return TRUTH[text.lower()]
    except KeyError:
        raise ParameterError(
            f"--{name}={text}: no toma valor, o es true o false. Escribe --{name}."
        ) from None


def parse(notebook: str, name: str, text: str) -> object:
    """Value of a parameter given as text on the command line."""
    kind = declared(notebook)[name][0]
    try:
        if kind is bool:
            return TRUTH[text.lower()]
        if kind is list and not text.startswith("["):
            return [part.strip() for part in text.split(",") if part.strip()]
        value = json.loads(text) if kind in (list, dict) else kind(text)
        if not isinstance(value, kind):
            raise ValueError(text)
        return value
    except (KeyError, ValueError):
        raise ParameterError(_wrong_type(notebook, name, text, kind)) from None


def checked(notebook: str, values: dict[str, object]) -> dict[str, object]:
    """Effective parameters of a notebook, each of its declared type.

    Raises
    ------
    ParameterError
        If one is of another type; a whole number serves as a float.
    """
    result = {}
    for name, (kind, _, _) in declared(notebook).items():
        value = values[name]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if kind is str and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)  # papermill reads `-p version 0.2` as a number
        if type(value) is not kind:
            raise ParameterError(_wrong_type(notebook, name, value, kind))
        result[name] = value
    return result


def _wrong_type(notebook: str, name: str, value: object, kind: type) -> str:
    said = {str: "un texto", int: "un número entero", float: "un número con punto decimal",
            bool: "true o false", list: "una lista", dict: "un diccionario JSON"}[kind]  # fmt: skip
    default = declared(notebook)[name][1]
    return f"{notebook}: {name} = {value!r}: debe ser {said}, como {default!r}."
