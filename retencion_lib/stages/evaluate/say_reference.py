"""Where 03 leaves the reference of the watch, in words."""

from retencion_lib.maths.drift.table import Profile
from retencion_lib.tables.reference import profile_path
from retencion_lib.words import count


def reference_sentence(version: str, profile: Profile, n_exam: int) -> str:
    """How many customers are summarised, and whose score is kept."""
    return (
        f"Referencia de la vigilancia: {count(profile.n_rows)} clientes, resumidos en "
        f"{profile_path(version)}; de la puntuación, los {count(n_exam)} del examen, que el modelo "
        "no había visto."
    )
