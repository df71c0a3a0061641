"""The command line: its options are the parameters of the notebooks.

Exit codes: 0 done; 1 a bug of ours, with traceback; 2 wrong use or bad input, with one
message; 3 only where `--fail-on` asks for it; 130 interrupted; 141 nobody reads on.
"""

import contextlib
import difflib
import os
import sys
import webbrowser
from pathlib import Path
from types import SimpleNamespace

from retencion_lib import config
from retencion_lib.audit.orders import COMMANDS, shown
from retencion_lib.errors import ParameterError, UserError
from retencion_lib.runs import surroundings
from retencion_lib.runs.parameters import declared, flag, options, parse, refuse_unknown

STAGES = {
    "snapshots": "00 ¿quién seguía, y quién se fue, en cada fecha?",
    "eda": "01 ¿podemos fiarnos de los datos?",
    "train": "02 ¿qué modelo ordena mejor el riesgo?",
    "evaluate": "03 ¿qué modelo se usa, y cuánto acierta?",
    "infer": "04 ¿quién está en riesgo en este lote?",
    "monitor": "05 ¿siguen siendo válidas las puntuaciones?",
    "run": "los cinco cuadernos, en orden",
}


FLAGS = ("quiet", "open")  # of every stage: say nothing; open the last report in a browser


def stage_parameters(stages: list[str], given: dict[str, str]) -> dict[str, dict]:
    """Share the options among the stages that have them; one that none has is refused."""
    notebooks = {stage: config.NOTEBOOKS[stage] for stage in stages}
    everything = {name for notebook in notebooks.values() for name in declared(notebook)}
    for name in given:
        if name not in everything:
            refuse_unknown(next(iter(notebooks.values())), [name])
    return {
        stage: {n: parse(notebook, n, v) for n, v in given.items() if n in declared(notebook)}
        for stage, notebook in notebooks.items()
    }


def check(parameters: dict[str, dict]) -> None:
    """Refuse values that cannot be, and columns that no table has, before a kernel starts."""
    from retencion_lib.tables.asked import check_values, need_named

    for stage, given in parameters.items():
        usual = {name: value for name, (_, value, _) in declared(config.NOTEBOOKS[stage]).items()}
        asked = SimpleNamespace(**(usual | given))
        check_values(asked)
        # 05 after 04 looks at what is still to be scored.
        if stage != "monitor" or "infer" not in parameters or given.get("current"):
            need_named(asked)


def help_text(stage: str) -> str:
    """Parameters of a stage, or of the five, with type, default and help."""
    lines = [f"retencion {stage}: {STAGES[stage]}", ""]
    notebooks = [config.NOTEBOOKS[s] for s in (config.SEQUENCE if stage == "run" else [stage])]
    parameters: dict = {}
    for notebook in notebooks:
        parameters |= {n: v for n, v in declared(notebook).items() if n not in parameters}
    for name, (kind, default, said) in parameters.items():
        lines.append(f"  --{name.replace('_', '-'):15} {said} ({kind.__name__}, {default!r})")
    lines += ["", "  --quiet           no dice nada mientras trabaja ni al acabar",
              "  --open            abre el último informe en el navegador"]  # fmt: skip
    return "\n".join(lines)


def overview() -> str:
    """What can be asked, one line an order."""
    lines = ["Uso: retencion ORDEN [--parámetro valor …]", "", "Etapas (cuadernos):"]
    lines += [f"  {name:10} {said}" for name, said in STAGES.items()]
    lines += ["", "Auditoría y datos:"]
    lines += [f"  {name:10} {command.said}" for name, command in COMMANDS.items()]
    return "\n".join([*lines, "", "Parámetros de una orden: retencion ORDEN --help"])


def run(stage: str, words: list[str]) -> None:
    """Execute a stage, or all five, and say what each answers and where its report is."""
    given = options(words, FLAGS)
    asked = {name: flag(name, given.pop(name, "false")) for name in FLAGS}
    fail_on = given.pop("fail_on", "") if stage in ("infer", "monitor", "run") else ""
    if fail_on not in ("", "warning", "alert"):
        raise ParameterError(f"fail_on = '{fail_on}': debe ser 'warning' o 'alert'.")
    stages = list(config.SEQUENCE) if stage == "run" else [stage]
    parameters = stage_parameters(stages, given)
    check(parameters)
    # What executes a notebook takes seconds to import: a wrong word is refused before.
    with surroundings.spared():
        from retencion_lib.runs.execute import run_stages
    from retencion_lib.runs.headline import worst_level
    from retencion_lib.runs.terminal import Lines

    names = [config.NOTEBOOKS[s] for s in stages]
    with Lines(names, quiet=asked["quiet"]) as lines:
        done = run_stages(stages, parameters, lambda f: lines.ended(f.report, f.results))
    if not asked["quiet"]:
        print(f"Todas las ejecuciones: {config.resolve('runs/index.html')}")
    if asked["open"]:
        webbrowser.open(Path(done[-1].report).resolve().as_uri())
    reached = worst_level((finished.results for finished in done), fail_on)
    if reached:
        if not asked["quiet"]:
            print(f"Hay hallazgos de nivel {reached} (--fail-on {fail_on}).")
        sys.exit(3)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; give back the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        with surroundings.fitted():
            obey(words)
        sys.stdout.flush()
    except UserError as error:
        print(shown(f"Error: {error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):  # a terminal that is gone cannot be told
            print(
                "Interrumpido: lo que ya estaba escrito sigue entero. Lo que quedó a medias se "
                "cierra en el registro con 'retencion seal', y la orden se puede repetir.",
                file=sys.stderr,
            )
        return 130
    except BrokenPipeError:
        # Whoever read our output has had enough, as `head` does: no traceback, also at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


def obey(words: list[str]) -> None:
    """Do what the words ask.

    Raises
    ------
    ParameterError
        If there is no such order.
    """
    stage, rest = words[0] if words else "help", words[1:]
    if stage in ("-h", "--help", "help"):
        print(overview())
    elif stage in COMMANDS:
        COMMANDS[stage].run(rest)
    elif stage not in STAGES:
        known = [*STAGES, *COMMANDS]
        near = difflib.get_close_matches(stage, known, n=1)
        hint = f"¿Querías decir '{near[0]}'? " if near else ""
        raise ParameterError(f"No existe la orden '{stage}'. {hint}Hay: {', '.join(known)}.")
    elif rest[:1] in (["-h"], ["--help"]):
        print(help_text(stage))
    else:
        run(stage, rest)


if __name__ == "__main__":
    sys.exit(main())
