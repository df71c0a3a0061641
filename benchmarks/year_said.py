"""What each place says of a batch: the two answers as a reader finds them, and where they differ.

A place is what somebody reads: a report, the index, the terminal, what a webhook posts, the history
that 05 keeps. Nothing here knows the codes: the answers are looked for in the words shown.
"""

import html
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations

from retencion_lib.show.answers import LIST, RETRAIN

QUESTIONS = (LIST, RETRAIN)
GIVEN = {
    LIST: r"(Sí, con cuidado|Sí|No)\b",
    RETRAIN: r"(Esperar hasta [^.,:;\n]+|Sí|No)\b",
}
STOPPED = "No"
BEFORE = ("04", "terminal de 04", "índice tras 04")  # said before 05 has looked


def shown(page: str) -> str:
    """Text of a page, a line a block; what a browser does not show is left out."""
    page = re.sub(r"<(style|script|head)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.S)
    page = re.sub(r"</?(p|div|section|h\d|t[hdr]|li|br|dt|dd|figcaption)\b[^>]*>", "\n", page)
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def said(text: str) -> dict[str, list[str]]:
    """Every answer that a text gives to each question, each once, as it comes."""
    found = {
        question: dict.fromkeys(
            " ".join(answer.split())
            for answer in re.findall(rf"{re.escape(question)}[\s*.:]*{GIVEN[question]}", text)
        )
        for question in QUESTIONS
    }
    return {question: list(answers) for question, answers in found.items() if answers}


def differences(places: Mapping[str, Mapping[str, Iterable[str]]]) -> list[str]:
    """Where two places, or one with itself, say two things of the same batch.

    What 05 answers must be the same wherever it is shown; so must what 04 answers. Between the two
    only a list that one forbids and the other allows is a contradiction: 05 looks at outcomes and
    history too, and may ask for care where 04 saw no need.
    """
    found = []
    for question in QUESTIONS:
        given = [(p, a) for p, answers in places.items() for a in answers.get(question, ())]
        for (one, a), (other, b) in combinations(given, 2):
            same_stage = (one in BEFORE) == (other in BEFORE)
            if a != b and (same_stage or STOPPED in (a, b)):
                found.append(f"{question} {one}: {a}; {other}: {b}")
    return found


@contextmanager
def listening() -> Iterator[tuple[str, list[dict]]]:
    """A webhook on the loopback: its address, and what has been posted to it so far."""
    posted: list[dict] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", posted
    finally:
        server.shutdown()
        server.server_close()
