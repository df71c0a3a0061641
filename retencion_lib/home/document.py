"""A document of the home: a frozen dataclass on one side, plain JSON on the other.

`dataclasses.asdict` writes one. `typed` reads it back by its type hints, so that neither needs a
list of keys: a key that the class does not know is left out (a later version may have added it),
one that is missing has the field's default, and a null number is not a number.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
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
    return _reader(kind)(value)


@cache  # the ledger reads thousands of one class: its type hints are looked at once
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        some = _reader(next(a for a in inside if a is not NoneType))
        return some if some is _same else lambda v: None if v is None else some(v)
    if is_dataclass(kind):
        return partial(_dataclass, kind)
    if origin in (list, tuple):
        some = _reader(inside[0])
        return lambda v: origin(map(some, v))
    if origin in (dict, Mapping):
        some = _reader(inside[1])
        return lambda v: {name: some(held) for name, held in v.items()}
    return _number if kind is float else _same


def _same(value: Any) -> Any:
    return value


def _number(value: Any) -> Any:
    return float("nan") if value is None else value


def _dataclass(kind: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError(f"{kind.__name__} is written as an object, not as {type(value).__name__}")
    readers = _fields(kind)
    return kind(**{n: readers[n](held) for n, held in value.items() if n in readers})


@cache
def _fields(kind: Any) -> dict[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind)
    return {f.name: _reader(hints[f.name]) for f in fields(kind) if f.init}
