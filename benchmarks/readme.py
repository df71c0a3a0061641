"""Put what was measured into the README: no figure there is typed by hand.

python -m benchmarks.readme
"""

import json
from pathlib import Path

from benchmarks import quality_page
from benchmarks.mutants import DEAD
from retencion_lib import config
from retencion_lib.words import count, es, listed, pct, plural

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
SURE_SHIFTS = ("tenure +10 %", "contract −10 points")
START, END = "<!-- medido: inicio -->", "<!-- medido: fin -->"


def run_rows() -> str:
    """What the notebooks cost against a plain script."""
    found = json.loads((RESULTS / "run.json").read_text(encoding="utf-8"))
    split, ratio = found["split_seconds"], found["ratio"]
    overlapped = split["kernel_start"] + split["imports"] - split["waiting_for_a_kernel"]
    return (
        f"- **Cuadernos contra un guion.** `make run`, ya instalado, tarda {es(ratio['wall'], 2)} "
        "veces lo que un solo proceso de Python con las mismas llamadas (mediana de "
        f"{len(found['pairs'])} pares). Una ejecución, en segundos: {es(split['total'])} en total; "
        f"trabajo de los cuadernos {es(split['work'])}, arranque de núcleos "
        f"{es(split['kernel_start'])} e importaciones {es(split['imports'])} (de ellos, "
        f"{es(overlapped)} mientras trabajaba el cuaderno anterior), HTML {es(split['html'])}."
    )


def speed_rows() -> str:
    """What training costs as rows grow."""
    return (
        f"- **Tiempo de aprender.** {quality_page.speed_sentence()} ([modelos](docs/modelos.md))."
    )


def rendered(readme: str) -> str:
    """The README with the measured lines between its marks."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{START}", *rows(), f"{END}{after}"])


def monitoring_rows() -> str:
    """False alarms and power of the watch, and its cost."""
    found = json.loads((RESULTS / "monitoring.json").read_text(encoding="utf-8"))
    false, cost = found["rates"]["false"], found["cost"]
    worst = {name: max(size["share"] for size in sizes.values()) for name, sizes in false.items()}
    few = max(size["repeats"] for size in false["evidently"].values())
    times = cost["evidently"]["cpu_process"] / cost["ours"]["cpu_process"]
    shifts = [found["rates"][f"{what}"]["ours"]["2000"]["share"] for what in SURE_SHIFTS]
    return (
        "- **Vigilancia.** Lotes sin ningún cambio que dan algún aviso, en el peor tamaño de "
        f"{listed(map(count, map(int, false['ours'])))} clientes y con "
        f"{count(found['repeats'])} repeticiones: {pct(worst['ours'])}; con PSI > 0,1, "
        f"{pct(worst['psi_0.1'])}; con KS al 5 %, {pct(worst['ks_0.05'])}; con Evidently de "
        f"fábrica ({count(few)} repeticiones), {pct(worst['evidently'])}. Con 2.000 clientes se "
        f"ven la antigüedad un 10 % más alta ({pct(shifts[0])}) y diez puntos de contrato "
        f"({pct(shifts[1])}). Un millón de filas "
        f"por 20 columnas cuesta {es(cost['ours']['cpu_after_imports'], 2)} s de CPU y "
        f"{count(cost['ours']['peak_mb'])} MB; diez millones, "
        f"{count(cost['ours_10m']['peak_mb'])} MB. El proceso entero, con Evidently de fábrica en "
        f"las mismas tablas: {es(times, 1)} veces más CPU y {count(cost['evidently']['peak_mb'])} "
        "MB ([vigilancia](docs/monitoreo.md))."
    )


def audit_rows() -> str:
    """What the audit costs with many runs."""
    found = json.loads((RESULTS / "audit.json").read_text(encoding="utf-8"))
    spent = found["seconds"]
    return (
        f"- **Auditoría.** Con {count(found['runs'])} ejecuciones, `verify` tarda "
        f"{es(spent['verify'])} s ({es(found['verify_over_plain_sha256'])} veces leer y resumir "
        f"los mismos archivos), `trace` {es(spent['trace'])} s y la lista de ejecuciones "
        f"{es(spent['index'])} s."
    )


def scale_rows() -> str:
    """What the whole commands 04 and 05 cost as batches grow, beside two floors."""
    found = json.loads((RESULTS / "scale.json").read_text(encoding="utf-8"))
    said = [
        f"{count(row['customers'])} clientes: 04 {_cost(row['infer'])}, 05 {_cost(row['monitor'])} "
        f"(suelos: leerlos con Arrow {_cost(row['read_floor'])}; puntuarlos con scikit-learn y "
        f"XGBoost a secas {_cost(row['score_floor'])})"
        for row in found
    ]
    return (
        "- **Tamaño.** Órdenes enteras, en segundos de CPU y memoria máxima, sobre un lote Parquet "
        f"de {found[0]['columns']} columnas; se puede llamar al {pct(found[0]['called'], 0)}. "
        f"{'; '.join(said)} ([arquitectura](docs/arquitectura.md))."
    )


def learn_rows() -> str:
    """What the whole commands 01 and 02 cost as tables grow."""
    found = json.loads((RESULTS / "scale_learn.json").read_text(encoding="utf-8"))
    said = [
        f"{count(row['customers'])} clientes: "
        + ", ".join(f"{n} {_cost(row[stage])}" for n, stage in (("01", "eda"), ("02", "train"))
                    if stage in row)
        for row in found
    ]  # fmt: skip
    return (
        "- **Tablas grandes con resultado.** 01 las comprueba y cuenta enteras; se aprende de una "
        f"muestra de unas {count(config.TRAINING_ROWS)} filas. Órdenes enteras, Parquet, "
        f"{found[0]['columns']} columnas: {'; '.join(said)} "
        "([arquitectura](docs/arquitectura.md), [modelos](docs/modelos.md))."
    )


def _cost(measured: dict[str, float]) -> str:
    return f"{es(measured['cpu'])} s y {count(round(measured['peak_mb']))} MB"


def year_rows() -> str:
    """What the simulated year caught and missed."""
    rates = json.loads((RESULTS / "year.json").read_text(encoding="utf-8"))["rates"]
    at_once = [d for d in rates["detections"] if d["same_month"] == d["years"]]
    late = [d for d in rates["detections"] if d["same_month"] < d["years"]]
    said = [
        f"«{d['event']}» se dijo en {d['seen']} de {d['years']}"
        + ("" if d["delay"] is None else f", {es(d['delay'])} meses tarde")
        for d in late
    ]
    quiet, after, profit = rates["quiet_months"], rates["auc_after"], rates["profit"]
    return (
        f"- **Un año simulado, {rates['years']} veces.** {len(at_once)} de "
        f"{len(rates['detections'])} sucesos se dijeron el mismo mes todos los años"
        + "".join(f"; {text}" for text in said)
        + f". En {quiet} meses sin cambio en los datos, {rates['quiet_with_alert']} con alerta y "
        f"{rates['quiet_with_finding']} con aviso. Tras aprender el cambio, ROC-AUC "
        f"{es(after['with'], 3)} contra {es(after['without'], 3)} sin vigilancia; beneficio del "
        f"año, {count(profit['with'])} EUR contra {count(profit['without'])} (diferencia "
        f"{count(profit['gain'])} ± {count(1.96 * profit['gain_se'])}) "
        "([un año simulado](docs/ano_simulado.md))."
    )


def mutant_rows() -> str:
    """How many of the faults that were put in the fast tests notice."""
    tried = json.loads((RESULTS / "mutants.json").read_text(encoding="utf-8"))
    noticed = sum(known["fate"] in DEAD for known in tried.values())
    rooms = [f"`{room}`" for room in sorted({name.split("/")[1] for name in tried})]
    return (
        f"- **Pruebas que pueden fallar.** De {count(len(tried))} fallos puestos al azar, uno cada "
        f"vez, en {listed(rooms, limit=len(rooms))}, las pruebas rápidas de su carpeta notan "
        f"{count(noticed)}, el {pct(noticed / len(tried))} "
        "([los demás, y por qué](benchmarks/results/mutants.md))."
    )


def matrix_rows() -> str:
    """On which Pythons and libraries fast tests were tried, and what came of it."""
    tried = json.loads((RESULTS / "matrix.json").read_text(encoding="utf-8"))
    names = dict.fromkeys(result["name"] for result in tried)
    said = [environment_words([r for r in tried if r["name"] == name]) for name in names]
    return f"- **Versiones.** Pruebas rápidas ejecutadas: {'; '.join(said)}."


def environment_words(tried: list[dict]) -> str:
    """One environment: its versions, which folders of tests, and how many passed and failed."""
    ran = [result for result in tried if "passed" in result]
    if not ran:
        return f"{tried[0]['name']}, no se pudo probar"
    found, folders = ran[-1]["versions"], [f"`{result['tests']}`" for result in ran]
    libraries = listed(f"{name} {version}" for name, version in found.items() if name != "python")
    passed, failed = (sum(result[key] for result in ran) for key in ("passed", "failed"))
    failures = f" y {plural(failed, 'falla', 'fallan')}" if failed else ""
    return (
        f"con Python {found['python']}, {libraries}, "
        f"{plural(passed, 'pasa', 'pasan')}{failures} ({listed(folders, limit=len(folders))})"
    )


def rows() -> list[str]:
    """One line for each benchmark."""
    return [
        quality_page.readme_rows(),
        speed_rows(),
        monitoring_rows(),
        year_rows(),
        audit_rows(),
        scale_rows(),
        learn_rows(),
        run_rows(),
        mutant_rows(),
        matrix_rows(),
    ]


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(rendered(path.read_text(encoding="utf-8")), encoding="utf-8")
