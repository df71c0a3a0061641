"""How columns, codes and choices are called for a reader: one name for each, in one place."""

import re
from collections.abc import Mapping

# Heading of each column that a table may show; a column without one keeps its name.
HEADINGS = {
    "name": "Nombre", "kind": "Clase", "n_missing": "Nulos", "n_unique": "Valores distintos",
    "reason": "Por qué no se usa", "auc": "ROC-AUC sola", "correlation": "Correlación",
    "cramers_v": "V de Cramér", "family": "Modelo", "roc_auc": "ROC-AUC", "pr_auc": "PR-AUC",
    "f1": "F1", "precision_at_k": "Precisión en K", "lift_at_k": "Veces la media en K",
    "brier": "Brier", "log_loss": "Pérdida log.", "artifact": "Archivo", "sha256": "SHA-256",
    "fit_seconds": "Segundos", "metric": "Medida", "value": "Valor", "interval": "Intervalo",
    "bar": "Logística sin ajustar", "policy": "Criterio", "threshold": "Umbral",
    "called": "Avisados", "precision": "Precisión", "captured": "Bajas detectadas",
    "score": "Puntuación", "prediction": "Aviso", "psi": "PSI", "psi_corrected": "PSI corregido",
    "ks": "KS", "p_value": "Valor p", "status": "Estado", "role": "Papel", "path": "Archivo",
    "plan": "Forma de elegir", "contacted": "Llamados", "foreseen": "Previsto",
    "profit": "Beneficio", "behind": "La lista gana", "accept_rate": "Aceptación real",
    "informed": "Sabiéndolo", "cost": "Coste de no saberlo", "reasons": "Razones",
    "rank": "Orden", "offer": "Qué ofrecer",
    "expected_profit": "Beneficio esperado", "decile": "Decil", "segment": "Grupo",
    "left": "Se fue", "selected": "Avisados (%)", "differs": "Se distingue en",
    "cutoff": "Foto", "customers": "Clientes",
    "gap": "Diferencia con la mejor", "error": "Error típico", "tied": "Empata",
    "model": "Modelo", "ece": "ECE", "ece_perfect": "ECE si fueran ciertas",
    "slope": "Pendiente", "intercept": "Ordenada", "reliability": "Descalibración (Brier)",
    "resolution": "Conocimiento (Brier)", "calibration": "Calibración", "variant": "Variante",
    "gain": "Mejora", "column": "Columna", "weights": "Peso",
    "rows": "Filas", "bytes": "Bytes", "what": "Qué",
    "min": "Mínimo", "median": "Mediana", "max": "Máximo",
    "all": "De todos (%)", "stayed": "De los que se quedaron (%)",
    "left_group": "De los que se fueron (%)",
    "snapshot": "Foto", "rate": "Se fue (%)", "known_on": "Se sabe el",
    "median_stayed": "Mediana, se quedó", "median_left": "Mediana, se fue",
}  # fmt: skip
WORDS = {"id": "identificador", "ok": "bien", "warning": "aviso", "alert": "alerta",
         "numeric": "numérica",
         "categorical": "categórica", "constant": "constante", "text": "texto libre",
         "date": "fecha", "snapshot": "fecha de la fila", "target": "objetivo",
         "excluded": "excluida",
         "sensitive": "sensible"}  # fmt: skip
CODED = {"kind", "status", "level", "stage"}  # columns whose values are words of ours
STATUSES = ("ok", "warning", "alert")
POLICIES = {"f1": "máximo F1 en validación", "capacity": "capacidad del equipo",
            "profit": "desde donde la llamada compensa"}  # fmt: skip
PLANS = {
    "list": "La lista, hasta la capacidad",
    "random": "Al azar, los mismos",
    "worthwhile": "Todos los que salen a cuenta",
    "above_half": "Los que pasan de 0,5",
    "everybody": "A todos",
    "nobody": "A nadie",
}


def title_of(column: str, said: str | Mapping[str, str]) -> str:
    """A column's name for people, from how its values are said: 'cuota de {}' is 'cuota'."""
    text = said if isinstance(said, str) else said.get("", column)
    plain = " ".join(text.replace("{}", "").split())
    return re.sub(r"(\s*:|\s+(de|a|en|con|por))$", "", plain) or column
