"""Is a home whole after an order met the end of a real disk, wherever in a write that was?

    python -m benchmarks.small_disk [ORDER …]     (as root, or under `unshare -rm`)

`benchmarks.every_step` says at each step that there is no room left; here there is none: the home
lies on a small tmpfs, and another file leaves so many bytes of it: none, a page, and twice as many
until the order fits. What lies there then is judged in the same way, once there is room again.
Writes benchmarks/results/small_disk.json.
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import every_step_page
from benchmarks.every_step import ORDERS, blank, need, prepare, prepared
from benchmarks.steps import obey
from benchmarks.struck import at, contents, judge

SIZE = 64 << 20  # bytes of the disk
PAGE = 4096  # a tmpfs gives no less


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A tmpfs of its own."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def laid(made: Path, disk: Path, room: int | None = None) -> Path:
    """A copy of a home on the disk, with so much room left."""
    shutil.rmtree(disk / "home", ignore_errors=True)
    shutil.copytree(made, disk / "home")
    if room is not None:
        with (disk / "ballast").open("wb", buffering=0) as ballast:
            with contextlib.suppress(OSError):  # it is full
                while ballast.write(bytes(PAGE)):
                    pass
            ballast.truncate(max(0, ballast.tell() - room))
    return disk / "home"


def strike(order: str, made: Path, disk: Path, folder: Path) -> dict:
    """Let an order meet the end of the disk with no room, and with ever more until it fits."""
    before, state = contents(made), folder / "small-state"
    with at(laid(made, disk)):
        need(obey(ORDERS[order]))
        wanted = contents(disk / "home")
    rooms, right, faults, fits = [0], 0, [], False
    while not fits:
        with at(laid(made, disk, rooms[-1])):
            done = obey(ORDERS[order])
        (disk / "ballast").unlink()
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(disk / "home", state)
        wrong = judge(state, ORDERS[order], before, wanted, disk / "home")
        if done.code not in (0, 2):
            wrong.append(f"ends with {done.code}: {done.said[-600:]}")
        faults += [f"{order}, {rooms[-1]} bytes: {what}" for what in wrong]
        right, fits = right + (not wrong), not done.code
        print(order, rooms[-1], done.code, wrong, flush=True)
        rooms.append(2 * rooms[-1] or PAGE)
    return {"points": len(rooms) - 1, "right": right, "faults": faults}


def main() -> None:
    """Strike the orders named, or all, and write what was found."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("orders", nargs="*", metavar="ORDER", help=", ".join(ORDERS))
    given.add_argument("--folder", type=Path, help="where `benchmarks.every_step` kept its homes")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary, small_disk(Path(temporary) / "disk") as disk:
        folder = asked.folder or Path(temporary)
        prepared(folder / "remembered")
        made = prepare(folder)
        blank()
        for order in asked.orders or list(ORDERS):
            path = every_step_page.SMALL
            found = json.loads(path.read_text()) if path.exists() else {}
            found[order] = strike(order, made[order], disk, folder)
            path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    every_step_page.write()


if __name__ == "__main__":
    main()
