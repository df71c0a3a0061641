"""How the columns are called in this run, wherever it speaks to a reader."""

import re
from collections.abc import Mapping

from retencion_lib.show.vocabulary import title_of

QUOTED = re.compile(r"(['«])([^'«»\n]+)(['»])")
titles: dict[str, str] = {}  # name of each column, or of a group, to how it is called


def use_names(names: Mapping[str, str | Mapping[str, str]], *, but: str = "") -> None:
    """Call columns as the team does from here on: in sentences, tables, figures and pages.

    Parameters
    ----------
    names : mapping
        As `home.names.load_names` reads it.
    but : str
        A column that keeps its name, the customers' id: an erasure looks for it.
    """
    titles.clear()
    titles.update({c: title_of(c, said) for c, said in names.items() if c != but})
    for column, said in names.items():  # a group of customers is named by column and value
        values = {} if isinstance(said, str) else said
        titles.update({f"{column}: {v}": t.replace("{}", v) for v, t in values.items() if v})


def titled(text: str) -> str:
    """A sentence with the columns that it quotes as the team calls them; code stays as it is."""
    parts = text.split("`")
    parts[::2] = [QUOTED.sub(lambda m: f"{m[1]}{title(m[2])}{m[3]}", p) for p in parts[::2]]
    return "`".join(parts)


def title(name: str) -> str:
    """How a column, or a group of customers, is called."""
    return titles.get(name, name)
