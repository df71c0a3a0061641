"""One text a value, whatever file it came from: composed letters, true and false, whole numbers.

Nothing here looks at a column: the text of a value depends on the value alone.
"""

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

# Absent in any column. What is a gap only among numbers or dates is in `GAPS`.
BLANKS = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>", "#N/A"})
# Said in lower case; in a column of categories each of them is one more category.
GAPS = frozenset({
    "?", "??", "-", "--", "---", "—", "–", ".", "..", "...", "*", "na", "n/a", "n.a.", "n.a",
    "n/d", "n.d.", "nd", "s/d", "sd", "s.d.", "nan", "nat", "null", "none", "nil", "(null)",
    "(blank)", "(en blanco)", "unknown", "unk", "missing", "not available", "not applicable",
    "desconocido", "desconocida", "sin dato", "sin datos", "sin información", "no disponible",
    "no consta", "no aplica", "ns/nc", "vacío", "vacio", "#n/a", "#n/d", "#value!", "#¡valor!",
    "#div/0!", "#¡div/0!", "#ref!", "#¡ref!", "#num!", "#¡num!", "#null!", "<na>",
})  # fmt: skip
BOOLEANS = {"true": "true", "True": "true", "TRUE": "true",
            "false": "false", "False": "false", "FALSE": "false"}  # fmt: skip
_INVISIBLE = "\ufeff\u200b"  # marks that pages and files leave at an end of a text
_FORMULA = re.compile(r'="([^"]*)"')  # how a spreadsheet is told that 007 is a text
# Of the texts that are not their own canonical form, every one has one of these.
_ODD = r'[^ -~]|^ | $|^="|\.0$|^(?:' + "|".join(map(re.escape, [*BLANKS, *BOOLEANS])) + ")$"
_WHOLE = re.compile(r"(-?(?:0|[1-9]\d{0,15}))\.0")


def name_text(name: object) -> str:
    """Name of a column without outer blanks, its letters composed."""
    return unicodedata.normalize("NFC", str(name)).strip().strip(_INVISIBLE)


def canonical(value: object) -> str | None:
    """The one text of a value; None where it is blank.

    Examples
    --------
    >>> [canonical(v) for v in (" Sí ", True, "FALSE", 28001.0, "28001.0", "007", "NaN")]
    ['Sí', 'true', 'false', '28001', '28001', '007', None]
    """
    text = str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).strip().strip(_INVISIBLE)
    text = text.strip()
    if text.startswith('="') and (formula := _FORMULA.fullmatch(text)):
        text = formula[1].strip()
    if text in BLANKS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text.endswith(".0") and (whole := _WHOLE.fullmatch(text)):
        return "0" if whole[1] == "-0" else whole[1]
    return text


def canonicals(texts: pa.Array) -> list[str | None]:
    """`canonical` of each text, None where there is none and "" where it is empty.

    Only those that may not be as they should are looked at one by one.
    """
    found = texts.to_pylist()
    odd = pc.match_substring_regex(texts, _ODD).fill_null(False).to_numpy(zero_copy_only=False)
    for i in odd.nonzero()[0].tolist():
        found[i] = found[i] and canonical(found[i])
    return found


def is_gap(text: str, more: frozenset[str] = frozenset()) -> bool:
    """True if a text among numbers or dates says that nothing is known."""
    low = text.casefold()
    return low in GAPS or low in more
