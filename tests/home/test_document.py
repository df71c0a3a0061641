"""A dataclass comes back from its JSON as it was."""

import json
import math
from dataclasses import asdict, dataclass, field

import pytest

from retencion_lib.home.document import from_plain


@dataclass(frozen=True)
class Inner:
    name: str
    value: float


@dataclass(frozen=True)
class Outer:
    one: Inner
    many: list[Inner]
    by_name: dict[str, Inner]
    pairs: tuple[tuple[str, float], ...]
    perhaps: Inner | None = None
    more: list[int] = field(default_factory=list)


WHOLE = Outer(Inner("a", 1.0), [Inner("b", 2.0)], {"c": Inner("c", 3.0)}, (("d", 4.0),))


def test_what_is_written_is_read_back():
    assert from_plain(Outer, json.loads(json.dumps(asdict(WHOLE)))) == WHOLE


def test_an_inner_document_that_may_be_missing_is_read_where_it_is():
    found = from_plain(Outer, asdict(WHOLE) | {"perhaps": {"name": "p", "value": 5}})
    assert found.perhaps == Inner("p", 5)


def test_a_null_number_is_not_a_number():
    assert math.isnan(from_plain(Inner, {"name": "a", "value": None}).value)


def test_a_key_that_is_not_known_is_left_out_and_one_that_is_missing_has_its_default():
    found = from_plain(Outer, {k: v for k, v in asdict(WHOLE).items() if k != "more"} | {"new": 1})
    assert found == WHOLE


@pytest.mark.parametrize("written", [{"name": "a"}, ["a", 1.0], None])
def test_what_is_not_that_document_is_refused(written):
    with pytest.raises(TypeError, match=r"Inner|value"):
        from_plain(Inner, written)
