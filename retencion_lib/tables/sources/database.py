"""The company's database: how it is reached, and in words what went wrong on the way.

Its address is in `RETENCION_DB`, and no part of it is ever written: no error tells it, and what a
driver says is shown only where it speaks of a query, without the password.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from retencion_lib import config
from retencion_lib.errors import DataError, LibraryError, ParameterError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

VARIABLE = "RETENCION_DB"
INSTALL = "pip install 'retencion[sql]'"
OURS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
PATIENCE = 15  # seconds until a server that does not answer is given up
HIDDEN = "***"
NOT_LET_IN = ("password", "access denied", "login failed", "ora-01017")  # whatever the language


@contextlib.contextmanager
def connection(where: str, *, writes: bool = False) -> "Iterator[Connection]":
    """A connection to the database, which by default can only read.

    Parameters
    ----------
    where : str
        Who asks, for errors: the file of a query, or a parameter.

    Raises
    ------
    LibraryError
        If SQLAlchemy or the driver is not installed.
    ParameterError
        If `RETENCION_DB` is missing or is no address.
    DataError
        If the database is not reached, or does not let in.
    """
    engine = _engine(where)
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        try:
            con = engine.connect()
        except (ArgumentError, ValueError):  # found by who connects: no port, no name of a host
            raise _no_address(where) from None
        except SQLAlchemyError as error:
            raise _unreached(where, error) from None
        with con:
            yield con if writes else _reading(con)
    finally:
        engine.dispose()


@contextlib.contextmanager
def explained(where: str, doing: str) -> Iterator[None]:
    """Turn what a database refuses into one sentence, without its address.

    Raises
    ------
    DataError
        With what the database says of the query, or that the connection was cut.
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except SQLAlchemyError as error:
        if getattr(error, "connection_invalidated", False):
            raise DataError(
                f"{where}: se cortó la conexión con la base de datos {doing}. No queda nada a "
                "medias: repite la orden cuando responda."
            ) from None
        raise DataError(
            f"{where}: la base de datos lo rechaza {doing}: «{_said(error)}». Corrígelo, o pide "
            "permiso a quien la lleva, y repite la orden; no queda nada a medias."
        ) from None


def _engine(where: str) -> "Engine":
    try:
        import sqlalchemy
    except ImportError:
        raise LibraryError(
            f"{where}: falta el paquete con el que se lee una base de datos (SQLAlchemy). "
            f"Instálalo con: {INSTALL}"
        ) from None
    url = _url(where)
    options = {}
    if url.drivername == OURS["postgresql"] and "connect_timeout" not in url.query:
        options = {"connect_timeout": PATIENCE}
    try:
        return sqlalchemy.create_engine(
            url, poolclass=sqlalchemy.NullPool, hide_parameters=True, connect_args=options
        )
    except (sqlalchemy.exc.ArgumentError, ValueError):  # a kind of database unknown too
        raise _no_address(where) from None
    except ImportError as error:
        raise LibraryError(
            f"{where}: falta el controlador de la base de datos ({error.name or 'psycopg'}). El de "
            f"PostgreSQL se instala con: {INSTALL}; el de otra, con su propio paquete."
        ) from None


def _url(where: str) -> "URL":
    """The address, a SQLite file resolved from the home."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        raise ParameterError(
            f"{where}: falta la dirección de la base de datos. Ponla en la variable de entorno "
            f"{VARIABLE}, como postgresql://usuario:clave@servidor/base o sqlite:///clientes.db."
        )
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise _no_address(where) from None
    url = url.set(drivername=OURS.get(url.drivername, url.drivername))
    file = url.database or ""
    if url.get_backend_name() != "sqlite" or file in ("", ":memory:") or file.startswith("file:"):
        return url
    try:
        path = config.resolve(file)
        there = path.is_file()
    except (ParameterError, OSError, ValueError):  # a name that no disk takes
        there = False
    if not there:  # SQLite would make an empty one
        raise DataError(
            f"{where}: no existe el archivo SQLite de {VARIABLE} (se busca desde "
            f"{config.home()}). Corrige la dirección; lleva tres barras, sqlite:///, o cuatro si "
            "la ruta es absoluta."
        )
    return url.set(database=str(path))


def _no_address(where: str) -> ParameterError:
    return ParameterError(
        f"{where}: lo que hay en {VARIABLE} no es la dirección de una base de datos conocida (no "
        "se muestra). Escríbela como postgresql://usuario:clave@servidor/base o "
        "sqlite:///clientes.db, con los signos raros de la clave como %XX."
    )


def _unreached(where: str, error: Any) -> DataError:
    """Why there is no connection; what the driver says would tell the address."""
    cause = getattr(error, "orig", None)
    text, state = str(cause).lower(), getattr(cause, "sqlstate", None) or ""
    if state.startswith("28") or any(said in text for said in NOT_LET_IN):
        return DataError(
            f"{where}: la base de datos no admite el usuario o la contraseña de {VARIABLE} (no se "
            "muestran). Corrígelos en la variable de entorno."
        )
    return DataError(
        f"{where}: no se pudo entrar en la base de datos de {VARIABLE}: no responde, o no existe "
        "con ese nombre. Comprueba servidor, puerto, nombre y usuario, y que la red llega a ella."
    )


def _reading(con: "Connection") -> "Connection":
    """The connection, told to change nothing."""
    if con.dialect.name == "postgresql":
        return con.execution_options(postgresql_readonly=True)
    if con.dialect.name == "sqlite":
        con.exec_driver_sql("PRAGMA query_only = ON")
    return con


def _said(error: Any) -> str:
    """First line of what a database says of a query, without the address or its password."""
    text = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
    for secret in secrets():
        text = text.replace(secret, HIDDEN)
    return text[:300]


def secrets() -> list[str]:
    """What nobody may write: the address, and its password as it is and as the address has it."""
    from sqlalchemy.engine import make_url

    address = os.environ.get(VARIABLE, "").strip()
    password = str(make_url(address).password or "")
    written = address.rpartition("@")[0].rpartition(":")[2]
    found = {address, password, written}
    return sorted((s for s in found if len(s) > 1), key=len, reverse=True)
