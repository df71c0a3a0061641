"""What a terminal shows while stages run: who is at work and since when, then what each answers."""

import re
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from retencion_lib.show.answers import answers
from retencion_lib.words import plural, printable

TICK_SECONDS = 1.0
SHORT = 40  # characters of a sentence that says too little alone, as "Sí."
CLEAR = "\r\x1b[K"


def in_short(answer: str, said: Iterable[str] = ()) -> str:
    """Start of an answer in Markdown, as plain text: its first sentence, or two short ones.

    Parameters
    ----------
    said : iterable of str
        Sentences, without their full stop, that the reader is told anyway.
    """
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)|[*`_]{2}|(?<!\w)[*`]|[*`](?!\w)", r"\1", answer)
    for sentence in said:
        plain = plain.replace(f"{sentence}.", "", 1)
    paragraph = " ".join(plain.strip().partition("\n\n")[0].split())
    sentences = re.split(r"(?<=[.!?])\s+(?=[^\W\d_]|[¿¡])", paragraph)
    return printable(" ".join(sentences[: 2 if len(sentences[0]) < SHORT else 1]))


def elapsed(seconds: float) -> str:
    """Time a reader can take in: seconds below a minute, then minutes too."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Lines:
    """A line a stage when it ends; on a terminal, until then, how long it has been at work.

    Parameters
    ----------
    stages : list of str
        Names of what will run, in order.
    quiet : bool
        Say nothing at all.
    out, live : text stream
        Where what ended is said, and where work in progress is, if that is a terminal.
    """

    def __init__(
        self, stages: list[str], *, quiet: bool, out: TextIO | None = None,
        live: TextIO | None = None,
    ) -> None:  # fmt: skip
        self._ahead, self._quiet = list(stages), quiet
        self._out, self._live = out or sys.stdout, live or sys.stderr
        self._began = time.monotonic()
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Lines":
        if not self._quiet and self._live.isatty():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def ended(self, report: object, results: Mapping[str, Any]) -> None:
        """Say what a stage answers, where its report is, and the two answers if it has them."""
        with self._turn:
            stage, took = self._ahead.pop(0), time.monotonic() - self._began
            self._began = time.monotonic()
            if self._quiet:
                return
            if self._thread.is_alive():
                self._live.write(CLEAR)
                self._live.flush()
            both = [f"{question} {answer}" for question, answer in answers(results).items()]
            said = in_short(str(results.get("answer", "")), both) or "terminada."
            print(f"{stage} ({elapsed(took)}): {said}", file=self._out)
            print(*(f"  {line}" for line in both), f"Informe: {report}", sep="\n", file=self._out)
            self._out.flush()

    def _tick(self) -> None:
        while not self._over.wait(TICK_SECONDS):
            with self._turn:
                self._live.write(CLEAR + self._at_work())
                self._live.flush()
        self._live.write(CLEAR)
        self._live.flush()

    def _at_work(self) -> str:
        if not self._ahead:
            return ""
        after = len(self._ahead) - 1
        then = f"; después, {plural(after, 'etapa', 'etapas')} más" if after else ""
        return f"{self._ahead[0]}… {elapsed(time.monotonic() - self._began)}{then}"
