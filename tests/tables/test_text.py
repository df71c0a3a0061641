"""Many texts at once are what they are one by one."""

import pyarrow as pa
import pytest

from retencion_lib.tables.text import BLANKS, BOOLEANS, canonical, canonicals

ODD = [" Sí ", "\tx", "x\n", "a\u0301", '="007"', '="', "28001.0", "-0.0", ".0", "1.00", "\ufeffx",
       "x\u200b", "\x7f", "a b", "007", "nan ", "Nan"]  # fmt: skip


@pytest.mark.parametrize("text", [*ODD, *sorted(filter(None, BLANKS)), *sorted(BOOLEANS)])
def test_each_text_is_read_as_it_would_be_alone(text):
    assert canonicals(pa.array(["x", text, None])) == ["x", canonical(text), None]


def test_an_empty_text_stays_empty():
    assert canonicals(pa.array(["", "x"])) == ["", "x"]
