"""Open a stored model: the only door, and it knows whose file it is.

Unpickling a foreign file would run whatever its author wanted (docs/decisions/0002): an artifact
is opened only if its bytes are those that a training run logged.
"""

import re
from collections.abc import Sequence

from retencion_lib import config
from retencion_lib.errors import ArtifactError, OldModelError
from retencion_lib.home import disk, ledger, store
from retencion_lib.home.experiments import Experiment, of_artifact
from retencion_lib.models.fitted import FittedModel, from_bytes


def load_known(path: str, log: Sequence[Experiment]) -> FittedModel:
    """Model of an artifact, only if its bytes are those that a training run logged.

    The experiment log and the ledger must both know the bytes that are read; they are hashed
    once, and those very bytes are opened.

    Raises
    ------
    ArtifactError
        If the file is missing, foreign or changed; nothing in it is executed.
    OldModelError
        If it is one of ours, and needs code that is no longer here.
    """
    file = config.resolve(path)
    if not file.is_file():
        known = sorted({e.artifact.path for e in log})
        raise ArtifactError(
            f"No existe el modelo {config.relative(file)}. Hay: {', '.join(known)}."
        )
    content = file.read_bytes()
    sha256 = disk.digest(content)
    logged = of_artifact(log, sha256)
    announced = any(e.sha256 == sha256 for e in ledger.mentioning(sha256))
    unknown_to = [
        name
        for name, known in ((config.EXPERIMENTS, logged), (ledger.LEDGER, announced))
        if not known
    ]
    if unknown_to:
        raise ArtifactError(
            f"{config.relative(file)}: su SHA-256 ({sha256[:12]}…) no es el de ningún modelo "
            f"entrenado aquí ({' ni '.join(unknown_to)}). No se abre: un archivo ajeno puede "
            "ejecutar código. Entrena de nuevo con 'retencion train', o recupera el original."
        )
    store.record("input", file)
    try:
        return from_bytes(content)
    except (AttributeError, ImportError) as gone:
        quoted = re.findall(r"'[\w.]+'", str(gone))  # Python says the name first
        raise OldModelError(
            f"{config.relative(file)}: lo guardó otra versión del código, y esta no lo puede abrir "
            f"(falta {quoted[0] if quoted else gone}). Entrena y evalúa de nuevo con 'retencion "
            "train' y 'retencion evaluate', o usa el código de entonces: el informe de la "
            f"ejecución {logged.run_id} dice cuál era."
        ) from gone
