"""A document of the home: a frozen dataclass on one side, plain JSON on the other.

`dataclasses.asdict` writes one. `typed` reads it back by its type hints, so that neither needs a
list of keys: a key that the class does not know is left out (a later version may have added it),
one that is missing has the field's default, and a null number is not a number.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from retencion_lib.errors import DataError

T = TypeVar("T")


def typed(kind: type[T], value: Any, where: str) -> T:
    """Document of a class from the plain values of its file.

    Raises
    ------
    DataError
        If `value` has not the document's form: it is another file, or one that somebody changed.
    """
    try:
        return from_plain(kind, value)
    except (TypeError, AttributeError) as wrong:
        raise DataError(
            f"{where}: no tiene la forma de este documento ({wrong}). Recupera una copia del "
            "archivo, o ejecuta otra vez la etapa que lo escribe."
        ) from None


def from_plain(kind: Any, value: Any) -> Any:
    """Value of a type from its JSON form: a dataclass, a container of them, or what it is.

    Raises
    ------
    TypeError
        If a field without a default is missing, or a dataclass is not written as an object.
    """
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        some = next(a for a in inside if a is not NoneType)
        return None if value is None else from_plain(some, value)
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if origin in (list, tuple):
        return origin(from_plain(inside[0], v) for v in value)
    if origin in (dict, Mapping):
        return {name: from_plain(inside[1], v) for name, v in value.items()}
    return float("nan") if kind is float and value is None else value


def _dataclass(kind: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError(f"{kind.__name__} is written as an object, not as {type(value).__name__}")
    hints = _hints(kind)
    known = [f.name for f in fields(kind) if f.init and f.name in value]
    return kind(**{name: from_plain(hints[name], value[name]) for name in known})


_hints = cache(get_type_hints)
