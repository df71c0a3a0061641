"""Where things are and what the defaults mean: the settings of a project.

Every path is resolved from the project's home, never from the current directory,
because papermill runs in the caller's folder and JupyterLab in the notebook's.
"""

import contextlib
import difflib
import os
import re
import tomllib
from datetime import date as Date
from pathlib import Path

from retencion_lib.errors import ParameterError
from retencion_lib.words import listed

HOME_VARIABLE = "RETENCION_HOME"
NOTEBOOKS = {
    "snapshots": "00_snapshots",
    "eda": "01_eda",
    "train": "02_train_models",
    "evaluate": "03_champion_eval",
    "infer": "04_infer",
    "monitor": "05_monitor",
}
# What `run` executes: a panel is made once, and whoever has a table of customers makes none.
SEQUENCE = tuple(stage for stage in NOTEBOOKS if stage != "snapshots")

RAW_DATA = "data/raw/retencion.csv"
NAMES = "data/raw/names.json"
RAW_EVENTS = "data/raw/events.csv"
NEW_BATCH = "data/new_batch.csv"
SHIFTED_BATCH = "data/new_batch_shifted.csv"
EDA_SUMMARY = "monitoring/eda_summary.json"
REFERENCE = "monitoring/train_with_score.csv"
DRIFT_REPORT = "monitoring/drift_report.json"
EXPERIMENTS = "artifacts/experiments_summary.json"
REGISTRY = "artifacts/registry.json"
TEST_REPORT = "artifacts/best_test_report.json"
CAMPAIGNS = "artifacts/campaigns.json"
PREDICTIONS = "logs/predictions.csv"
LOG_PARTS = "logs/predictions"
HISTORY = "monitoring/history.parquet"

# Rows that the log of predictions holds as CSV, and rows of each Parquet part beyond it: some 40
# and 10 MB, which are hashed, searched and held in memory in a fraction of a second each.
LOG_ROWS = 1 << 18

# Rows of a table that are learnt from; beyond, a sample of its customers with about as many. For
# customers, twice as many lower the loss by less than an exam of theirs can tell (docs/modelos.md).
TRAINING_ROWS = 200_000

SETTINGS_FILE = "retencion.toml"
OFFERS = "offers"  # the one table whose settings are the team's own
# Settings of a project, by table; what a home's `retencion.toml` leaves out has these values.
SETTINGS = {
    "promotion": {"automatic": True},  # may 03 put a model in use when its rule is met?
    # May 03 put the terms that it proposes in force? The first ones always are.
    "campaign": {"automatic": False},
    # Of the tables: "coma" or "punto" where they do not say; codes of what is not known.
    "tables": {"decimal": "", "gaps": []},
    # Of the call list: "punto", or "coma" for a CSV with ; and headings; Spanish headings or not.
    "call_list": {"decimal": "punto", "headings": True},
    OFFERS: {},  # what to offer by the column of a reason, or by column and value
    "engine": {"name": "local"},  # whose hands work on the blocks of a large table
}

ID_COL = "CustomerID"
ROW_ID = "fila"  # name of the id where a table has none and its rows are numbered
TARGET = "usuarioPerdido"
SEED = 42
MAX_SEED = 2**31 - 1  # the largest that every library here takes
TEST_SHARE = 0.20
FOLDS = 5
# Words that some parameters of the notebooks choose among.
CHOICES = {"policy": ("f1", "capacity", "profit"), "refit": ("auto", "yes", "no")}


# What lies in an object store, by its address; and an address that says a key, or may.
ADDRESS = re.compile(r"(s3|gs|gcs|abfss?|hdfs)://", re.IGNORECASE)
URL = re.compile(r"[A-Za-z][\w+.-]*://")
KEYED = re.compile(URL.pattern + r"([^/]*:(?!\d+/)[^@]*@|.*\?)")

PACKAGED = Path(__file__).resolve().parent / "notebooks"  # only where no clone is: a wheel


def clone() -> Path | None:
    """Folder of the repository that this library runs from; None for an installed package."""
    return None if PACKAGED.is_dir() else Path(__file__).resolve().parent.parent


def notebooks() -> Path:
    """Folder of the five notebooks: at the top of the clone, or inside the installed package."""
    folder = clone()
    return folder / "notebooks" if folder else PACKAGED


def home() -> Path:
    """Folder whose data, artifacts, logs, monitoring and runs are read and written.

    `RETENCION_HOME`; without it the clone, or the current folder for an installed package.

    Raises
    ------
    ParameterError
        If `RETENCION_HOME` is no folder and cannot become one.
    """
    given = os.environ.get(HOME_VARIABLE)
    if not given:
        return clone() or Path.cwd()
    with contextlib.suppress(RuntimeError, OSError, ValueError):  # nobody's, a loop, too long
        path = Path(given).expanduser().resolve()
        if path.is_dir() or not path.exists():
            return path
    raise ParameterError(
        f"{HOME_VARIABLE} = '{given[:100]}': no es una carpeta, o no se puede llegar a ella. "
        "Escribe la ruta de una que exista o que se pueda crear."
    )


def resolve(path: str | Path) -> Path:
    """Absolute form of a path that a user gave; relative ones start at the home."""
    try:
        path = Path(path).expanduser()
    except RuntimeError:
        raise ParameterError(
            f"{path}: no hay ningún usuario '{Path(path).parts[0][1:]}' en esta máquina. Escribe "
            "la ruta entera, o una que empiece en la carpeta del proyecto."
        ) from None
    return path if path.is_absolute() else home() / path


def is_address(path: object) -> bool:
    """Whether a text is the address of something in an object store, as ``s3://bucket/key``."""
    return isinstance(path, str) and bool(ADDRESS.match(path))


def tells_key(value: object) -> bool:
    """Whether an address has a key in it, or options that may hold one: nobody writes it down."""
    if not isinstance(value, str) or not URL.match(value):
        return False
    return bool(KEYED.match(value)) or ("@" in value and not is_address(value))


def relative(path: str | Path) -> str:
    """Name of a path for reports and logs: from the home where it lies inside; an address as is."""
    if is_address(path):
        return path
    path = resolve(path)
    return path.relative_to(home()).as_posix() if path.is_relative_to(home()) else str(path)


def settings() -> dict[str, dict]:
    """Settings of the project: `SETTINGS`, changed by the home's ``retencion.toml``.

    Raises
    ------
    ParameterError
        If the file is not TOML, or has a setting that does not exist or of another type.
    """
    path = resolve(SETTINGS_FILE)
    found = {table: dict(values) for table, values in SETTINGS.items()}
    if not path.is_file():
        return found
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{SETTINGS_FILE}: no es TOML válido ({error}). Corrígelo.") from None
    for table, values in given.items():
        for name, value in values.items() if isinstance(values, dict) else [("", values)]:
            _check_setting(table, name, value)
            found[table][name] = value
    return found


def _check_setting(table: str, name: str, value: object) -> None:
    if table == OFFERS and name:
        return
    known = [f"{t}.{n}" for t, names in SETTINGS.items() for n in names or ["COLUMNA"]]
    asked = f"{table}.{name}".rstrip(".")
    if asked not in known:
        near = difflib.get_close_matches(asked, known, n=1)
        hint = f"¿Querías decir '{near[0]}'? " if near else ""
        raise ParameterError(
            f"{SETTINGS_FILE}: no existe el ajuste '{asked}'. {hint}Admite: {', '.join(known)}."
        )
    default = SETTINGS[table][name]
    if type(value) is not type(default):
        raise ParameterError(
            f"{SETTINGS_FILE}: {asked} = {value!r}: debe ser como {str(default).lower()!r}."
        )


def run_date(date: str = "") -> str:
    """Date of a run as ISO text; empty means today.

    Raises
    ------
    ParameterError
        If the text is not an ISO date.
    """
    if not date:
        return Date.today().isoformat()
    try:
        return Date.fromisoformat(date).isoformat()
    except ValueError:
        raise ParameterError(
            f"date = '{date}': debe ser una fecha AAAA-MM-DD, por ejemplo '2026-10-31'. "
            "Déjalo vacío para usar la de hoy."
        ) from None


def check_share(name: str, value: float, *, zero: bool = False) -> float:
    """Give back a share between 0 and 1, or refuse it with the remedy."""
    fits = isinstance(value, int | float) and (0 <= value < 1 if zero else 0 < value < 1)
    if not fits:
        raise ParameterError(
            f"{name} = {value}: debe ser un número {'de 0' if zero else 'mayor que 0'} y menor "
            "que 1. Si lo tienes en porcentaje, divídelo entre 100."
        )
    return float(value)


def check_choice(name: str, value: str) -> None:
    """Refuse what is none of the `CHOICES` of a parameter."""
    if value not in CHOICES[name]:
        known = listed(CHOICES[name], quote=True)
        raise ParameterError(f"{name} = '{value}': debe ser uno de {known}.")


def check_seed(seed: int) -> None:
    """Refuse a seed that some generator of random numbers would not take.

    Raises
    ------
    ParameterError
        If it is below 0 or above 2 147 483 647.
    """
    if not 0 <= seed <= MAX_SEED:
        raise ParameterError(
            f"seed = {seed}: debe ser un número entero entre 0 y {MAX_SEED}. Cualquiera sirve: "
            "solo importa repetir el mismo para que salga lo mismo."
        )
