"""An S3 of its own on the loopback, for as long as the tests of a session take.

It is moto's server: the real protocol over HTTP, everything in memory. It has one bucket, open
to whoever signs; while it is `strict` it asks who signs and what he may.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from pyarrow import fs

BUCKET = "empresa"
KEY, SECRET = "AKIACLIENTES", "s3cret0/muy+largo"


@dataclass(frozen=True)
class Store:
    """Where it listens."""

    port: int

    @property
    def endpoint(self) -> str:
        """Address of the server, as it goes in `AWS_ENDPOINT_URL`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a user sets to be let in."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_ACCESS_KEY_ID": KEY, "AWS_REGION": "us-east-1",
            "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip

    def files(self) -> fs.S3FileSystem:
        """The server as a file system."""
        return fs.S3FileSystem(
            access_key=KEY, secret_key=SECRET, endpoint_override=self.endpoint, region="us-east-1",
            allow_bucket_creation=True, allow_bucket_deletion=True,
        )  # fmt: skip

    def client(self, service: str):
        """The server by its own protocol, as Amazon's library speaks it."""
        import boto3

        return boto3.client(
            service, endpoint_url=self.endpoint, region_name="us-east-1", aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )  # fmt: skip

    def put(self, name: str, content: bytes) -> str:
        """Put an object into the bucket; give back its address."""
        self.client("s3").put_object(Bucket=BUCKET, Key=name, Body=content)
        return f"s3://{BUCKET}/{name}"

    def version(self, name: str) -> str:
        """ETag of an object."""
        return self.client("s3").head_object(Bucket=BUCKET, Key=name)["ETag"].strip('"')

    def get(self, name: str) -> bytes:
        """Content of an object."""
        return self.client("s3").get_object(Bucket=BUCKET, Key=name)["Body"].read()

    def put_folder(self, folder: Path, name: str) -> str:
        """Put the files below a folder under a name; give back its address."""
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            self.put(f"{name}/{file.relative_to(folder).as_posix()}", file.read_bytes())
        return f"s3://{BUCKET}/{name}"

    def stranger(self) -> tuple[str, str]:
        """Key and secret of somebody whom the server knows and nobody lets do anything."""
        iam = self.client("iam")
        name = f"nadie-{time.monotonic_ns()}"
        iam.create_user(UserName=name)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    @contextmanager
    def strict(self) -> Iterator[None]:
        """Let the server ask who signs, and what he may."""
        self._free_actions("0")
        try:
            yield
        finally:
            self._free_actions("inf")

    def _free_actions(self, n: str) -> None:
        where = f"{self.endpoint}/moto-api/reset-auth"
        urlopen(Request(where, n.encode(), {"Content-Type": "text/plain"})).close()

    def empty(self) -> None:
        """Begin anew."""
        self.files().create_dir(BUCKET)
        self.files().delete_dir_contents(BUCKET)


def _server() -> list[str]:
    try:
        import moto.server  # noqa: F401
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail("En CI se prueba con un S3 de verdad: instala moto con flask.")
        pytest.skip("falta moto, de las dependencias de desarrollo")
    return [sys.executable, "-m", "moto.server"]


@contextmanager
def running() -> Iterator[Store]:
    """A new server with an empty bucket."""
    command = _server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        )  # fmt: skip
        try:
            _wait(port, process, log)
            store = Store(port)
            store.files().create_dir(BUCKET)
            yield store
        finally:
            process.terminate()
            process.wait()


def _wait(port: int, process: subprocess.Popen, log) -> None:
    for _ in range(600):
        with socket.socket() as asked:
            if not asked.connect_ex(("127.0.0.1", port)):
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    log.seek(0)
    pytest.fail(log.read().decode(errors="replace"))
