"""Finish what an erasure's event says, after a process was killed between its renames."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from retencion_lib import config
from retencion_lib.audit.erase.plan import Plan, names_of, plan_file, plan_log
from retencion_lib.home import disk, ledger, staged, store
from retencion_lib.home.blocks import intact, layouts
from retencion_lib.home.event import Event
from retencion_lib.home.versions import Book


def finish(customer: str = "") -> list[Event]:
    """Give their names to files that a cut erasure left beside; give back the events finished.

    The caller holds the lock of the log of predictions. A file that is neither as it was before
    nor as the event says is not touched: `verify` names it.

    Parameters
    ----------
    customer : str
        Whose erasure may have been cut: where what lay beside is gone, it is made again, if it
        then is what the event says.
    """
    found = ledger.read()
    done = []
    for n, event in enumerate(found):
        if event.event == "erasure":
            cut = _Cut(event, found[:n], Book.of(found), customer)
            if cut.finished():
                done.append(event)
    return done


class _Cut:
    """One erasure that may have been cut short."""

    def __init__(self, event: Event, before: list[Event], book: Book, customer: str) -> None:
        self.event, self.before, self.book, self.customer = event, before, book, customer

    def finished(self) -> bool:
        """Give each file its name; whether there was anything to do."""
        wanted = {p: made for p in self.event.blocks if (made := self._log_beside(p))}
        wanted |= {p: made for p in self.event.files if (made := self._file_beside(p))}
        for path, made in wanted.items():
            staged.name(path, made)
        return bool(forget(self.event.objects) or wanted)

    def _file_beside(self, path: str) -> Path | None:
        """The new content of a file that still is as it was before."""
        last, sha256 = self.book.versions[path][-1], self.event.files[path]
        file = config.resolve(path)
        if last.seq != self.event.seq or not file.is_file():
            return None
        now = disk.sha256(file)
        if now == sha256 or now not in {v.sha256 for v in self.book.versions[path]}:
            return None
        beside = staged.left_beside(path, lambda made: disk.sha256(made) == sha256)
        return beside or self._made_again(path, sha256)

    def _made_again(self, path: str, sha256: str) -> Path | None:
        if not self.customer:
            return None
        done, names = Plan(self.customer), names_of(self.before).of(path, self.book)
        plan_file(done, path, names, read=Path.read_bytes)
        content = done.contents.get(path, b"")
        return disk.stage(config.resolve(path), content) if disk.digest(content) == sha256 else None

    def _log_beside(self, path: str) -> Path | None:
        """The new content of a log whose blocks do not lie where the ledger puts them."""
        file, blocks = config.resolve(path), self.book.logs[path]
        if not file.is_file() or not intact(path, blocks, self.book.lives):
            return None
        lies = lambda made: not intact(str(made), blocks, self.book.lives)  # noqa: E731
        return staged.left_beside(path, lies) or self._log_made_again(path)

    def _log_made_again(self, path: str) -> Path | None:
        """The log as it was before, by the hashes that it really has, without the customer."""
        old, content = layouts(self.before).get(path, []), config.resolve(path).read_bytes()
        if not self.customer or intact(path, old, self.book.lives):
            return None
        done = Plan(self.customer)
        plan_log(done, path, content, old, names_of(self.before))
        same = done.blocks.get(path) == {
            at: asdict(new) for at, new in self.event.blocks[path].items()
        }
        return disk.stage(config.resolve(path), done.contents[path]) if same else None


def forget(objects: Sequence[str]) -> int:
    """Delete contents kept by hash; give back how many were there."""
    there = [p for sha in objects if (p := config.resolve(store.OBJECTS) / sha[:2] / sha).exists()]
    for path in there:
        path.unlink()
    return len(there)
