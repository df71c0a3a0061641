"""Documents of the home as dataclasses: what a JSON file holds, typed, and back.

A reader takes what its dataclass names and passes over other keys, which a later version may have
added; a key that must be there and is not makes the file somebody else's.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from retencion_lib.errors import DataError

T = TypeVar("T")


def typed(kind: type[T], value: Any, where: str) -> T:
    """Document of a class from the plain values of its file.

    Parameters
    ----------
    kind : type
        A dataclass; its fields may be dataclasses, lists, tuples and mappings of them, or None.
    value : object
        What the JSON holds.
    where : str
        Name of the file, for the message.

    Raises
    ------
    DataError
        If a key is missing or holds something of another shape.
    """
    try:
        return _made(kind, value)
    except (KeyError, TypeError, AttributeError) as wrong:
        said = f"falta {wrong}" if isinstance(wrong, KeyError) else "un valor no es de su clase"
        raise DataError(
            f"{where}: no tiene la forma de este documento ({said}). Recupera una copia del "
            "archivo, o ejecuta otra vez la etapa que lo escribe."
        ) from None


def _made(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        return kind(
            **{
                name: _made(inner, value[name])
                for name, inner, needed in _shape(kind)
                if needed or name in value
            }
        )
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        known = [k for k in inside if k is not type(None)]
        return None if value is None else _made(known[0], value)
    if origin in (list, tuple):
        return origin(_made(inside[0], item) for item in value)
    if origin in (dict, Mapping):
        return {key: _made(inside[1], item) for key, item in value.items()}
    return value


@cache
def _shape(kind: type) -> list[tuple[str, Any, bool]]:
    """Name and type of each field, and whether it must be there."""
    hints = get_type_hints(kind)
    return [
        (f.name, hints[f.name], f.default is MISSING and f.default_factory is MISSING)
        for f in fields(kind)
        if f.init
    ]
