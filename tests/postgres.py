"""A PostgreSQL of its own on the loopback, for as long as the tests of a module take.

It needs the server's binaries and nothing else: no service, no account, no fixed port. The server
refuses to be root, so that root starts it as somebody else.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

USER, PASSWORD = "ana", "c0ntr@seña/%x"


@dataclass(frozen=True)
class Server:
    """Where it listens."""

    port: int

    def address(self, password: str = PASSWORD, database: str = "postgres") -> str:
        """As a user writes it in `RETENCION_DB`."""
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, rows: tuple[str, list] | None = None) -> list[tuple]:
        """Execute statements, then insert rows; give back what the last statement gives."""
        import psycopg

        who = {"user": USER, "password": PASSWORD, "dbname": "postgres"}
        with psycopg.connect(host="127.0.0.1", port=self.port, **who) as con:
            for statement in statements:
                found = con.execute(statement)
            if rows:
                con.cursor().executemany(*rows)
            return found.fetchall() if found.description else []


def binary(name: str) -> str:
    """Path of a program of the server; without it the test fails in CI and is skipped elsewhere."""
    places = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    found = shutil.which(name) or (places[-1] if places else "")
    if not found and os.environ.get("CI"):
        pytest.fail("En CI se prueba con un PostgreSQL de verdad: instala el paquete 'postgresql'.")
    return found or pytest.skip("no hay PostgreSQL: instala el paquete 'postgresql'")


def _somebody() -> dict[str, int]:
    """Who starts the server where root may not."""
    if os.getuid():
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    who = known.get("postgres") or known["nobody"]
    return {"user": who.pw_uid, "group": who.pw_gid}


@contextmanager
def running() -> Iterator[Server]:
    """A new, empty server."""
    initdb, pg_ctl, who = binary("initdb"), binary("pg_ctl"), _somebody()
    home = Path(tempfile.mkdtemp(prefix="retencion-pg-", dir="/tmp"))
    (home / "password").write_text(PASSWORD, encoding="utf-8")
    for path in (home, home / "password"):
        os.chown(path, who.get("user", -1), who.get("group", -1))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def do(*words: str) -> None:
        done = subprocess.run(words, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True, **who)  # fmt: skip
        log = home / "log"
        assert not done.returncode, done.stderr + (log.read_text() if log.exists() else "")

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -F"
    try:
        do(initdb, "-D", f"{home}/data", "-U", USER, f"--pwfile={home}/password", "-N",
           "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C")  # fmt: skip
        do(pg_ctl, "-D", f"{home}/data", "-l", f"{home}/log", "-o", options, "-w", "start")
        try:
            yield Server(port)
        finally:
            do(pg_ctl, "-D", f"{home}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
