"""What did a run that did not end well really write?

Every write is announced before it happens, so of a run that failed or was killed the last
announcement may not have come true. Its end lists what did: from then on it is certain, and
nobody can take those rows away unseen.
"""

from retencion_lib import config
from retencion_lib.home import disk, ledger
from retencion_lib.home.blocks import held, layouts
from retencion_lib.home.event import Content


def written(run_id: str) -> list[Content]:
    """Files and blocks that a run announced and that are there now, as outputs of a run.

    A file that another run has written over since is not listed: it is that run's now.
    """
    announced = {}
    for event in ledger.mentioning(run_id):
        if event.event == "write" and event.run_id == run_id:
            announced[event.path, event.offset] = event.content
    if not announced:
        return []
    blocks = {
        (path, block.announced)
        for path, layout in layouts(ledger.read()).items()
        for block in layout
        if block.run_id == run_id and held(path, block)
    }
    return [
        said
        for said in announced.values()
        if (said.path, said.sha256) in blocks
        or (said.offset is None and _is(said.path, said.sha256))
    ]


def _is(path: str, sha256: str) -> bool:
    file = config.resolve(path)
    return file.is_file() and disk.sha256(file) == sha256
