"""The results of `benchmarks.monitoring` as the tables of `docs/monitoreo.md`."""

from pathlib import Path

from retencion_lib.words import count, es, pct

START, END = "<!-- medido: inicio -->", "<!-- medido: fin -->"
METHODS = {
    "ours": "Retención", "psi_0.1": "PSI > 0,1", "ks_0.05": "KS y ji cuadrado al 5 %",
    "evidently": "Evidently, de fábrica",
}  # fmt: skip
SHIFTS = {
    "tenure +10 %": "antigüedad +10 %", "contract −10 points": "contrato −10 puntos",
    "tenure +5 %": "antigüedad +5 %", "contract −5 points": "contrato −5 puntos",
    "price +3 %": "precio +3 %",
}  # fmt: skip


def _grid(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(found: dict, sizes: list[str]) -> list[str]:
    return [pct(found[n]["share"]) if n in found else "—" for n in sizes]


def false_alarms(rates: dict) -> str:
    """Share of quiet batches with an alert, by size."""
    sizes = ["100", "200", "500", "2000", "3500"]
    rows = [
        [words, *_cells(rates["false"].get(name, {}), sizes)] for name, words in METHODS.items()
    ]
    rows.insert(1, ["Retención, reglas exactas", *_cells(rates["false"]["hard_rules"], sizes)])
    p_values = ["valores p bajo 0,05", *[pct(rates["p_values"][n]["below_0.05"]) for n in sizes]]
    unseen = ["categoría nueva en el 1 %: detectada", *_cells(rates["unseen"]["ours"], sizes)]
    return _grid(["clientes del lote", *map(count, map(int, sizes))], [*rows, p_values, unseen])


def power(rates: dict) -> str:
    """Share of shifted batches with an alert, by shift, size and method."""
    sizes = ["500", "2000", "3500"]
    rows = []
    for shift, words in SHIFTS.items():
        for name, method in METHODS.items():
            if name in rates[shift]:
                rows.append([f"{words} · {method}", *_cells(rates[shift][name], sizes)])
    return _grid(["cambio · método", *map(count, map(int, sizes))], rows)


def cost(found: dict) -> str:
    """CPU and memory, as ratios of the floor and of ours."""
    names = {"floor": "una pasada de Arrow (suelo)", "ours": "Retención, 1 M de filas",
             "ours_10m": "Retención, 10 M de filas",
             "profile": "Retención, hacer el perfil (una vez)",
             "evidently": "Evidently, de fábrica, 1 M + 1 M"}  # fmt: skip
    rows = [
        [words, es(found[n]["cpu_after_imports"], 2), es(found[n]["cpu_process"], 1),
         es(found[n]["cpu_process"] / found["ours"]["cpu_process"], 1), count(found[n]["peak_mb"])]
        for n, words in names.items() if n in found
    ]  # fmt: skip
    head = ["", "CPU tras importar (s)", "CPU del proceso (s)", "veces la nuestra", "memoria (MB)"]
    return _grid(head, rows)


def score(found: dict) -> str:
    """False findings of the score's drift, by table and reference."""
    rows = [
        [f"`{name}`", count(f["batch"]),
         *[f"{f[key]} de {f['repeats']}" for key in ("out_of_fold", "exam")]]
        for name, f in found.items()
    ]  # fmt: skip
    return _grid(["tabla", "lote", "fuera de muestra, de una parte", "del examen (la usada)"], rows)


def write_tables(results: dict, path: Path) -> None:
    """Put the tables between the marks of the document."""
    rates = results["rates"]
    parts = [
        f"Lotes sin ningún cambio con algún aviso ({count(results['repeats'])} repeticiones; de "
        f"Evidently, {rates['false'].get('evidently', {}).get('500', {}).get('repeats', 0)}):",
        false_alarms(rates),
        "Lotes con un cambio que se avisan:",
        power(rates),
    ]
    if "beyond" in results:
        more = results["beyond"]
        parts.append(
            f"Todas las columnas a la vez, sin cambios: p bajo 0,05 en el "
            f"{pct(more['multivariate_p_below_0.05'])} y bajo su límite en el "
            f"{pct(more['multivariate_p_below_limit'])} de {more['repeats']} lotes; por grupos, "
            f"avisos falsos en el {pct(more['segments_false_alarms'])}."
        )
    if "score" in results:
        said = (
            "La puntuación de un modelo de árboles en lotes de sus mismos clientes, sin cambios: "
        )
        parts += [said + "avisos falsos con cada referencia.", score(results["score"])]
    if "cost" in results:
        parts += ["Coste, 20 columnas en Parquet, en una misma ejecución:", cost(results["cost"])]
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(START)
    path.write_text(
        f"{before}{START}\n\n" + "\n\n".join(parts) + f"\n\n{END}{rest.split(END)[1]}",
        encoding="utf-8",
    )
