"""docs/ano_simulado.md from the figures of the simulated year: no figure is typed by hand."""

from benchmarks.timeline import BATCH, CHANGE, DELAY, EVENTS, FIRST, MONTHS, QUIET, REPAIRED, STILL
from retencion_lib.stages.checks.say_moved import LEVEL_WORDS
from retencion_lib.words import count, es, listed, pct, plural

SHOT = (
    "Informe de un mes malo: arriba, que el extracto llega mal y que no se llame con la lista; "
    "debajo, qué llega mal y qué hacer"
)
# What is read, and how it is called.
PLACES = {"04": "04", "05": "05", "índice": "Índice", "terminal": "Terminal",
          "webhook": "Aviso externo", "historial": "Historial"}  # fmt: skip
DECISIONS = {"keep": "seguir", "watch": "esperar", "fix": "arreglar los datos",
             "retrain": "reentrenar"}  # fmt: skip
NAMES = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
         "octubre", "noviembre", "diciembre"]  # fmt: skip


def render(found: dict) -> str:
    """The page: rates over the seeds, and the year of the reports if it was run."""
    parts = [_intro(found["rates"])] if "rates" in found else []
    if "rates" in found:
        rates = found["rates"]
        parts += [_events(rates), _quiet(rates), _months(rates), _worth(rates), _missed(rates)]
    if "notebooks" in found:
        parts.append(_reports(found["notebooks"]))
    if "said" in found:
        parts.append(_said(found["said"]))
        if "after" in found["said"]:
            parts.append(_proved(found["said"]["after"]))
    return "\n\n".join(parts) + "\n"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _table(heads: list[str], rows: list[str]) -> str:
    return "\n".join([_row(*heads), _row(*("---" for _ in heads)), *rows])


def _intro(r: dict) -> str:
    return (
        "# Un año simulado\n\n"
        "Lo escribe `python -m benchmarks.year`. Clientes reales de los datos de ejemplo, cada uno "
        f"una sola vez: {count(FIRST)} para el primer modelo y {count(BATCH)} nuevos cada mes. "
        f"{count(r['years'])} años con otro reparto cada uno; los resultados de un mes llegan dos "
        "meses después. Al lado corre el mismo año sin vigilancia: el primer modelo hasta "
        "diciembre y los extractos rotos tal como vienen. El modelo es la regresión logística de "
        "02; no se incluye la comprobación de todas las columnas a la vez (RET012)."
    )


def _events(r: dict) -> str:
    rows = []
    for event, seen in zip(EVENTS, r["detections"], strict=True):
        delay = "—" if seen["delay"] is None else f"{es(seen['delay'])} meses"
        codes = listed(dict.fromkeys(code for code, _ in event.shown_by))
        rows.append(_row(
            event.name, NAMES[seen["month"] - 1], codes,
            f"{seen['same_month']} de {seen['years']}", f"{seen['seen']} de {seen['years']}", delay,
        ))  # fmt: skip
    heads = ["Qué pasó", "Desde", "Qué debía decirlo", "Dicho ese mes", "Dicho alguna vez",
             "Retraso medio"]  # fmt: skip
    return "## Qué pasó y qué se dijo\n\n" + _table(heads, rows)


def _quiet(r: dict) -> str:
    n, low, high = r["quiet_months"], *r["quiet_with_finding_ci"]
    names, still = (listed([NAMES[m - 1] for m in months]) for months in (QUIET, STILL))
    causes = [f"{name.rstrip(':')} ({times})" for name, times in r["quiet_findings"].items()]
    return (
        "## Falsas alarmas\n\n"
        f"En los {count(n)} meses en que los datos no cambian ({names}, en que no pasa nada, y "
        f"{still}, en que solo ha cambiado el comportamiento y ningún resultado lo muestra aún) "
        f"hubo algún aviso en {count(r['quiet_with_finding'])} ({pct(r['quiet_with_finding'] / n)},"
        f" intervalo del 95 % de {pct(low)} a {pct(high)}), alguna alerta en "
        f"{count(r['quiet_with_alert'])} ({pct(r['quiet_with_alert'] / n)}) y se recomendó "
        f"reentrenar en {count(r['quiet_retrained'])}."
        + (f" Lo que se dijo: {listed(causes, 8)}." if causes else "")
    )


def _months(r: dict) -> str:
    rows = [
        _row(
            NAMES[m["month"] - 1], es(m["expected"], 3), es(m["auc"], 3), es(m["auc_alone"], 3),
            pct(m["inside"], 0), count(m["profit"]), count(m["profit_alone"]),
            listed([f"{DECISIONS[d]} ({n})" for d, n in m["decisions"].items()]),
        )
        for m in r["by_month"]
    ]  # fmt: skip
    heads = ["Mes", "ROC-AUC estimado", "ocurrido", "sin vigilancia", "Dentro del intervalo",
             "Beneficio (EUR)", "sin vigilancia", "Recomendación (años)"]  # fmt: skip
    return "## Mes a mes, media de los años\n\n" + _table(heads, rows)


def _worth(r: dict) -> str:
    a, p = r["auc_after"], r["profit"]
    gain = {m["month"]: m["profit"] - m["profit_alone"] for m in r["by_month"]}
    repaired = sum(gain[m] for m in REPAIRED)
    learnt = sum(g for m, g in gain.items() if m > CHANGE + DELAY)
    spent = (
        ": reentrenar subió el ROC-AUC y no el beneficio. El cambio es de clientes con contrato, y "
        "a esta capacidad se llama al décimo de más riesgo, donde casi no los hay"
        if learnt <= 0 < a["with"] - a["without"]
        else ""
    )
    return (
        "## Qué valió\n\n"
        f"Se recomendó reentrenar {count(r['retrained'])} veces; 03 puso en uso el modelo nuevo en "
        f"{count(r['put_in_use'])}, en {r['put_in_use_years']} de {r['years']} años; las demás "
        "veces no ganaba al que había. En los "
        f"{count(a['n'])} meses con un modelo que ya aprendió del cambio de comportamiento, el "
        f"ROC-AUC fue {es(a['with'], 3)}; el del primer modelo en los mismos meses, "
        f"{es(a['without'], 3)}. El beneficio del año fue {count(p['with'])} EUR con vigilancia y "
        f"{count(p['without'])} sin ella: {count(p['gain'])} ± {count(1.96 * p['gain_se'])} más al "
        f"año, y mejor en {p['years_better']} de {r['years']}. De ellos, {count(repaired)} vienen "
        f"de no llamar con el extracto roto de mayo y {count(learnt)} de los meses con un modelo "
        f"reentrenado{spent}. Por ser cada lote de {BATCH} "
        "clientes, se llama a pocos y el beneficio varía mucho de un año a otro.\n\n"
        "El acierto estimado sin resultados contuvo al ocurrido en el "
        f"{pct(r['coverage_unchanged'])} de los meses hasta el cambio de comportamiento (en los "
        f"que no pasa nada, {pct(r['coverage_quiet'])}; con el extracto roto, "
        f"{pct(r['coverage_broken'])}; debería ser el 95 %) y en el {pct(r['coverage_concept'])} "
        "de los meses con el cambio y un modelo que no lo conocía."
    )


def _missed(r: dict) -> str:
    never = [
        f"- {d['event']}: en {d['years'] - d['seen']} de {d['years']} años no se dijo nunca con "
        "los códigos que debían decirlo."
        for d in r["detections"]
        if d["seen"] < d["years"]
    ]
    concept = next(d for d in r["detections"] if d["month"] == CHANGE)
    unsaid = round(concept["delay"]) if concept["delay"] is not None else MONTHS - CHANGE
    return "\n".join([
        "## Lo que no ve", "",
        f"- Un cambio de comportamiento no se ve hasta que llegan resultados: aquí, {unsaid} meses "
        "después. Hasta entonces el acierto estimado sigue alto y es falso.",
        "- Reentrenar con los últimos resultados recupera solo una parte: cuando llegan, son de "
        "pocos clientes.",
        "- Los resultados de esta simulación no llevan el efecto de las llamadas; los de verdad, "
        "sí (`docs/resultados.md`).",
        *never,
    ])  # fmt: skip


def _reports(n: dict) -> str:
    rows = [
        _row(_month(m), LEVEL_WORDS[m["status"]].lower(), DECISIONS[m["decision"]],
             m.get("model", "—"), listed(m["findings"], 6) or "—")
        for m in n["months"]
    ]  # fmt: skip
    return (
        "## Una vez con los cuadernos\n\n"
        f"El año del reparto {n['seed']}, con la línea de órdenes: 04 y 05 cada mes, y 02 y 03 "
        f"cuando se recomendó. Quedaron {n['reports']} informes con fecha y `retencion verify` "
        f"encuentra {plural(len(n['ledger_faults']), 'fallo', 'fallos')}. Se entrenaron "
        f"{n['trained']} versiones y 03 puso en uso {len(n['put_in_use'])}: las demás no ganaron "
        "al modelo en uso en los mismos clientes.\n\n"
        + "\n".join(f"- {why}" for why in n["put_in_use"])
        + "\n\n"
        + _table(["Mes", "Estado", "Recomendación", "Modelo en uso después", "Hallazgos"], rows)
        + f"\n\n![{SHOT}](img/mes_malo.png)\n\n*El informe de mayo, tal como sale de 05.*"
    )


def _month(m: dict) -> str:
    return NAMES[m["month"] - 1] + (", corregido" if m.get("repaired") else "")


def _said(n: dict) -> str:
    """What each place answered every month, the list first, and what of it disagrees."""
    rows = [_row(_month(m), *(_both(m["places"].get(p, {})) for p in PLACES)) for m in n["months"]]
    found = [f"- {_month(m)}: {said}" for m in n["months"] for said in m["contradictions"]]
    told = "Ningún mes dice un sitio lo contrario que otro."
    last = n["months"][-1]["month"]
    if last < MONTHS:
        told += f" La última ejecución llegó hasta {NAMES[last - 1]}."
    return (
        "## Lo que dice cada sitio\n\n"
        "Las dos preguntas de cada mes, *¿Se puede usar esta lista?* y *¿Hay que reentrenar?*, tal "
        "como se leen en cada sitio. 04 solo contesta la primera, y antes de mirar resultados e "
        "historia: 05 puede pedir más cuidado que 04, nunca dar por buena una lista que 04 paró ni "
        "parar una que 04 dio por buena. Al aviso externo solo se manda algo si hay hallazgos.\n\n"
        + _table(["Mes", *PLACES.values()], rows)
        + "\n\n"
        + ("\n".join(["Se contradicen:", "", *found]) if found else told)
    )


def _both(said: dict[str, list[str]]) -> str:
    return " · ".join(" y ".join(answers) for answers in said.values()) or "—"


def _proved(after: dict[str, str]) -> str:
    """What the orders of an auditor print after what-ifs and work by hand."""
    orders = [f"`retencion {name}`:\n\n```text\n{said.strip()}\n```"
              for name, said in after.items() if name != "whatif"]  # fmt: skip
    return (
        "## Después, qué pasaría si, y trabajo a mano\n\n"
        "Acabado el año se preguntó con `retencion whatif` qué darían otras aceptaciones y "
        f"capacidades (escribió en la carpeta: {after['whatif']}) y se ejecutó 04 a mano, como en "
        "JupyterLab. Lo que dicen entonces las órdenes de auditoría:\n\n" + "\n\n".join(orders)
    )
