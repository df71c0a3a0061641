"""Which models exist, which one is in use, and why: the registry, and the only way to open a model.

An artifact is opened only if its bytes are those that a training run logged: unpickling a
foreign file would run whatever its author wanted.
"""

from retencion_lib import config, store
from retencion_lib.errors import ArtifactError, OrderError
from retencion_lib.models import FittedModel, from_bytes


def experiments() -> list[dict]:
    """Experiment log, oldest first."""
    log = store.read_json(config.resolve(config.EXPERIMENTS), made_by="train")
    if not log:
        raise OrderError(f"{config.EXPERIMENTS} está vacío. Ejecuta antes 'retencion train'.")
    return log


def load_known(path: str, log: list[dict]) -> FittedModel:
    """Model of an artifact, only if its bytes are those that a training run logged.

    Raises
    ------
    ArtifactError
        If the file is missing, foreign or changed; nothing in it is executed.
    """
    file = config.resolve(path)
    if not file.is_file():
        known = sorted({e["artifact"]["path"] for e in log})
        raise ArtifactError(
            f"No existe el modelo {config.relative(file)}. Hay: {', '.join(known)}."
        )
    content = file.read_bytes()
    sha256 = store.sha256(file)
    if sha256 not in {e["artifact"]["sha256"] for e in log}:
        raise ArtifactError(
            f"{config.relative(file)}: su SHA-256 ({sha256[:12]}…) no es el de ningún modelo "
            f"entrenado aquí ({config.EXPERIMENTS}). No se abre: un archivo ajeno puede ejecutar "
            "código. Entrena de nuevo con 'retencion train', o recupera el original."
        )
    store.record("input", file)
    return from_bytes(content)


def read() -> dict:
    """Registry of models, empty before the first promotion."""
    path = config.resolve(config.REGISTRY)
    if not path.is_file():
        return {"models": [], "history": []}
    return store.read_json(path, made_by="evaluate")


def standing_champion(book: dict) -> dict | None:
    """Entry of the model in use, if there is one."""
    return next((m for m in book["models"] if m["stage"] == "champion"), None)
