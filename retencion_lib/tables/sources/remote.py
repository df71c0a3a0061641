"""An object store: how it is reached, and in words what went wrong on the way.

Keys are where the store's own tools look for them (environment, files of the user, the machine's
role), and the address says none. Nothing of what a store answers is shown but the code of its
error.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyarrow as pa
from pyarrow import fs

from retencion_lib import config
from retencion_lib.errors import DataError, LibraryError, ParameterError
from retencion_lib.tables.sources.folder import is_hidden
from retencion_lib.words import printable

PATIENCE = {"gs": "?retry_limit_seconds=15", "gcs": "?retry_limit_seconds=15"}
DENIED = re.compile(
    r"access.?denied|forbidden|unauthori|permission|invalid.?access.?key|invalidclienttoken|"
    r"signature|credential|expired.?token|authenticat|http status:? 40[13]|\b40[13]\b", re.I
)  # fmt: skip
UNREACHED = re.compile(r"network|curl|resolve|time[d ]*.?out|connect|unavailable|libhdfs", re.I)
CODE = re.compile(r"AWS Error (\w+)|error[_ ]code:? ?(\w+)", re.I)


@dataclass(frozen=True)
class Place:
    """A place in a store that answers."""

    address: str
    store: fs.FileSystem
    path: str  # as the store names it


@dataclass(frozen=True)
class Object:
    """What lies in a store: its name below the address, and its own."""

    name: str
    path: str


def reach(address: str) -> Place:
    """The store of an address.

    Raises
    ------
    ParameterError
        If the address has a key in it, signs that nobody writes, or names no place.
    LibraryError
        If this machine lacks what HDFS is read with.
    DataError
        If the store does not answer.
    """
    if config.tells_key(address):
        raise ParameterError(
            "La dirección de un almacén no lleva claves ni opciones (no se muestra). Quítale lo "
            "que va delante de @ o detrás de ?, y deja la clave donde la busca cada almacén: "
            "AWS_ACCESS_KEY_ID y AWS_SECRET_ACCESS_KEY, GOOGLE_APPLICATION_CREDENTIALS…"
        )
    if not address.isprintable():
        raise ParameterError(
            f"{printable(address)}: la dirección lleva signos que no se escriben. Escríbela como "
            "s3://cubo/carpeta/clientes.csv."
        )
    scheme, _, rest = address.partition("://")
    authority, _, key = rest.rstrip("/").partition("/")
    if not authority:
        raise ParameterError(
            f"{address}: falta el nombre del cubo. Escríbela como s3://cubo/carpeta/clientes.csv."
        )
    with answered(address):
        try:
            options = PATIENCE.get(scheme.lower(), "")
            store, root = fs.FileSystem.from_uri(f"{scheme.lower()}://{authority}/{options}")
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError):
            raise ParameterError(
                f"{address}: no es la dirección de un almacén. Escríbela como "
                "s3://cubo/carpeta/clientes.csv, gs://…, abfs://… o hdfs://servidor:8020/…."
            ) from None
        except OSError as error:
            if "libhdfs" in str(error) or "libjvm" in str(error):
                raise LibraryError(
                    f"{address}: falta el cliente de Hadoop con el que se lee HDFS. Instálalo y "
                    "define JAVA_HOME, HADOOP_HOME y CLASSPATH, o usa otra dirección."
                ) from None
            raise
    return Place(address, store, "/".join(filter(None, [root.rstrip("/"), key])))


def objects(place: Place) -> list[Object]:
    """The file at a place, or all those of the folder, by name.

    Raises
    ------
    DataError
        If nothing is there, it is not let in, or a name climbs out of the folder.
    """
    with answered(place.address):
        [info] = place.store.get_file_info([place.path])
        if info.type == fs.FileType.File:
            return [Object(PurePosixPath(place.path).name, place.path)]
        if info.type == fs.FileType.NotFound:
            raise DataError(
                f"{place.address}: no existe, o no en ese cubo. Comprueba el nombre del cubo, la "
                "ruta y, si no es el de siempre, el servidor (AWS_ENDPOINT_URL)."
            )
        below = place.store.get_file_info(fs.FileSelector(place.path, recursive=True))
    paths = sorted(i.path for i in below if i.type == fs.FileType.File)
    found = [Object(path.removeprefix(place.path).lstrip("/"), path) for path in paths]
    found = [one for one in found if not is_hidden(PurePosixPath(one.name))]
    if not found:
        raise DataError(
            f"{place.address}: la carpeta está vacía. Indica la que contiene las partes de la "
            "tabla."
        )
    for one in found:
        if {"", ".", ".."} & set(one.name.split("/")):
            raise DataError(
                f"{place.address}/{one.name}: ese nombre no puede tener una copia en el disco. "
                "Cámbialo en el almacén."
            )
    return found


def version(place: Place, path: str) -> str:
    """What a store calls the content of a file now: its version, its ETag, else its time."""
    with place.store.open_input_stream(path, compression=None) as stream:
        said = {k.lower(): v.decode() for k, v in (stream.metadata() or {}).items()}
    known = [said[name] for name in ("versionid", "generation", "etag") if said.get(name)]
    if known:
        return known[0].strip('"')
    [info] = place.store.get_file_info([path])
    return f"{info.mtime:%Y-%m-%dT%H:%M:%S.%f}" if info.mtime else ""


@contextlib.contextmanager
def answered(address: str, doing: str = "leer") -> Iterator[None]:
    """Turn what a store refuses into one sentence without keys.

    Raises
    ------
    DataError
        That it is gone, does not let in, does not answer, or the code of what it says.
    """
    try:
        yield
    except FileNotFoundError:
        raise DataError(
            f"{address}: ha desaparecido mientras se leía. No queda nada a medias: repite la "
            "orden cuando esté entero."
        ) from None
    except (OSError, pa.ArrowException) as error:
        text = str(error)
        found = CODE.search(text)
        code = f" ({found[1] or found[2]})" if found else ""
        if DENIED.search(text):
            raise DataError(
                f"{address}: el almacén no te deja {doing}{code}. Comprueba las claves del "
                "entorno (no se muestran) o pide permiso a quien lo lleva; no queda nada a medias."
            ) from None
        if UNREACHED.search(text):
            raise DataError(
                f"{address}: el almacén no responde{code}. Comprueba la red y, si no es el de "
                "siempre, su servidor (AWS_ENDPOINT_URL); no queda nada a medias."
            ) from None
        raise DataError(
            f"{address}: el almacén no lo puede {doing}{code}. Comprueba la dirección y la región "
            "(AWS_REGION), o pregunta a quien lo lleva; no queda nada a medias."
        ) from None
