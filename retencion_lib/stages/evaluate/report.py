"""Write down what 03 found: the exam, the proposal to the registry, the terms, the reference."""

from dataclasses import replace
from datetime import date as Date

import numpy as np
import pyarrow as pa

from retencion_lib import config
from retencion_lib.home import registry, store
from retencion_lib.home.exam import Exam, Selection, write_exam
from retencion_lib.home.exam_scores import write_scores
from retencion_lib.home.registry import Entry, Why
from retencion_lib.home.terms import propose
from retencion_lib.models.choice import Choice
from retencion_lib.stages.evaluate.challenge import Challenge
from retencion_lib.stages.evaluate.examine import Examined, Opening
from retencion_lib.stages.evaluate.say import verdict_sentence
from retencion_lib.stages.evaluate.segments import Segments
from retencion_lib.stages.evaluate.worth import Worth
from retencion_lib.stages.say import choice_rule, choice_sentence, full_name
from retencion_lib.tables.scan import newest as newest_date

YEAR = 366  # days before a run in which the newest date of a live extract lies


def _selection(choice: Choice) -> Selection:
    """How the model was chosen, as the exam keeps it."""
    return Selection(
        choice_rule(choice), choice.table().to_dict("records"), choice_sentence(choice)
    )


def promote(
    start: Opening,
    examined: Examined,
    worth: Worth,
    groups: Segments,
    verdict: Challenge,
    *,
    run_id: str,
) -> tuple[Exam, Entry]:
    """Write the whole exam, and propose the campaign's terms and the model.

    Returns
    -------
    Exam
        With the campaign and the groups.
    Entry
        The model in the registry; ``proposed`` says that it waits for a person.
    """
    selection = _selection(start.choice)
    parts = {"campaign": worth.facts(), "segments": groups.facts()}
    exam = replace(examined.exam, selection=selection, **parts)
    entry = Entry(
        family=exam.family, version=exam.version, sha256=exam.artifact_sha256,
        artifact=exam.artifact, threshold=exam.threshold, name=full_name(exam),
        valid=verdict.entry.valid, test=exam.test, created_at=exam.created_at,
        why=selection.why, positive=start.model.positive,
        leaks=verdict.entry.data.leaks, accepted=verdict.entry.data.accepted,
        refit=verdict.entry.refit,
    )  # fmt: skip
    why = Why(selection.rule, verdict_sentence(verdict), selection.candidates, run_id)
    with store.locked(config.resolve(config.REGISTRY)):
        propose(worth.terms, run_id=run_id)
        write_exam(entry.file("artifacts/{name}__test.json"), exam)
        write_scores(entry, worth.scores)
        return exam, registry.propose(entry, why, wins=verdict.wins)


def write_reference(start: Opening, scores: np.ndarray, *, date: str) -> str:
    """Write the drift reference of the winner, and use it if the winner is the champion.

    It is what was learnt from, with the scores out of fold; with a history it is the exam's
    snapshots, which are nearer to what comes, with `scores`.

    Gives back where the one to look at lies, from the home: the one in use, or the version's own.

    Of the columns of dates it keeps those that tell how old the extract is: their newest date
    is of the year before `date`, the run's. A birthday or the end of a contract tells nothing.
    """
    choice, parts = start.choice, start.parts
    rows = parts.dev if parts.dev.snapshots is None else parts.test
    table = rows.X.copy()
    table.insert(0, rows.id_col, rows.ids)
    if rows.history:
        table.insert(1, rows.history.snapshot_col, rows.snapshots.astype(str))
    for name, column in rows.dates.items():
        newest = newest_date(pa.Array.from_pandas(column.astype("string")))
        if newest and 0 <= (Date.fromisoformat(date) - Date.fromisoformat(newest)).days <= YEAR:
            table[name] = column
    table["score"] = scores if rows.history else choice.of(rows)
    winner, champion = choice.winner, registry.read().champion
    own = registry.version_file("monitoring/{name}__reference.csv", winner.family, winner.version)
    store.write_csv(own, table)
    if champion and champion.sha256 == winner.artifact.sha256:
        store.write_csv(config.resolve(config.REFERENCE), table)
        return config.REFERENCE
    return config.relative(own)


def leaks_result(start: Opening) -> dict[str, str]:
    """Columns learnt from although they know too much, for the report's first lines."""
    return {"accepted_leaks": ", ".join(start.choice.winner.data.leaks)}


def in_use() -> str:
    """Name of the model in use, for readers."""
    champion = registry.read().champion
    return full_name(champion) if champion else ""
