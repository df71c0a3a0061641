"""How is a text written in a table that people open in a spreadsheet?"""

import re

# What a spreadsheet runs: at the start of a cell, or of what it takes for one in a country
# whose separator is another than the file's.
FORMULA = re.compile(r"(?:^\s*|([;,]\s*))(?=[=+\-@＝＋－＠])")


SUSPECT = re.compile(r"[\t\r\n=+\-@＝＋－＠]")  # in every text that `guarded` changes


def guarded(text: str) -> str:
    """On one line, and with a quote before whatever would start a formula; an id stays that id."""
    if not SUSPECT.search(text):
        return text
    return FORMULA.sub(r"\1'", re.sub(r"[\t\r\n]+", " ", text))
