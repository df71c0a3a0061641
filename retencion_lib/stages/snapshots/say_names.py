"""How each feature of a panel is said to people, in the file that `names` of 04 reads."""

from itertools import pairwise

import pandas as pd

from retencion_lib.home import store
from retencion_lib.home.names import Names, load_names
from retencion_lib.stages.snapshots.say import said, the
from retencion_lib.tables.clock import Duration
from retencion_lib.tables.snapshots import Ask, Panel, features_of


def write_names(panel: Panel, ask: Ask, names: str) -> None:
    """Write the names beside the panel; those that the user gives come first.

    Parameters
    ----------
    names : str
        JSON of the user's own: of the log's columns, or of the panel's.
    """
    given = load_names(names)
    found = feature_names(ask, given) | given
    store.write_json(panel.path.with_name(f"{panel.path.stem}_names.json"), found)


def feature_names(ask: Ask, given: Names) -> Names:
    """A phrase for each feature, with ``{}`` where its value goes."""
    names = {
        "tenure_days": _counted("día", "días", "desde su primer evento"),
        "days_since_last": _counted("día", "días", "desde el último evento"),
    }
    for window in ask.windows:
        names[f"events_{window}"] = _counted("evento", "eventos", _last(window))
        if ask.kind:
            kind = f"de '{_plain(ask.kind, given).replace('{}', '').strip()}' {_last(window)}"
            names[f"kinds_{window}"] = _counted("valor", "valores", kind)
        for amount in ask.amounts:
            what = _plain(amount, given)
            what = what if "{}" in what else f"{what}: {{}}"
            names[f"{amount}_sum_{window}"] = f"{what} {_last(window)}"
            names[f"{amount}_mean_{window}"] = f"{what} por evento {_last(window)}"
    for short, long in pairwise(ask.windows):
        names[f"trend_{short}_{long}"] = f"ritmo {_last(short)}: {{}} veces el de {said(long)}"
    return names


def _counted(one: str, many: str, rest: str) -> dict[str, str]:
    return {"1": f"1 {one} {rest}", "": f"{{}} {many} {rest}"}


def features_table(ask: Ask, names: str) -> pd.DataFrame:
    """Each feature of the history and what it is, for people."""
    said_so = feature_names(ask, load_names(names))
    rows = []
    for name in features_of(ask):
        text = said_so[name] if isinstance(said_so[name], str) else said_so[name][""]
        rows.append((name, " ".join(text.replace(": {}", "").replace("{}", "").split())))
    return pd.DataFrame(rows, columns=["name", "what"])


def _last(window: Duration) -> str:
    return f"en {the(window, 'últim')}"


def _plain(column: str, given: Names) -> str:
    """A column of the log for people, as the user says it or as it is called."""
    text = given.get(column, column)
    return text if isinstance(text, str) else column
