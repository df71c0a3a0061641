"""Any edit of any file in a sealed home is noticed, or leaves the home as it was."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retencion_lib.audit.verify import faults


def flip(file, draw):
    content = bytearray(file.read_bytes() or b"x")
    content[draw(st.integers(0, len(content) - 1))] ^= 1 << draw(st.integers(0, 7))
    file.write_bytes(content)


def cut(file, draw):
    file.write_bytes(file.read_bytes()[: draw(st.integers(0, file.stat().st_size))])


def grow(file, draw):
    file.write_bytes(file.read_bytes() + draw(st.binary(max_size=20)))


def swap_lines(file, draw):
    lines = file.read_bytes().split(b"\n")
    a, b = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]
    file.write_bytes(b"\n".join(lines))


def drop_line(file, draw):
    lines = file.read_bytes().splitlines(keepends=True) or [b""]
    del lines[draw(st.integers(0, len(lines) - 1))]
    file.write_bytes(b"".join(lines))


def other_value(file, draw):
    """Another value in a JSON document, or in one line of the ledger."""
    lines = file.read_text(errors="replace").splitlines() or [""]
    chosen = draw(st.integers(0, len(lines) - 1)) if file.suffix == ".jsonl" else None
    try:
        value = json.loads(lines[chosen] if chosen is not None else file.read_text())
    except ValueError:
        return
    if isinstance(value, dict) and value:
        value[draw(st.sampled_from(sorted(value)))] = draw(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.none())
        )
        if chosen is None:
            file.write_text(json.dumps(value))
        else:
            lines[chosen] = json.dumps(value)
            file.write_text("\n".join(lines) + "\n")


def remove(file, draw):
    file.unlink()


def rename(file, draw):
    file.rename(file.with_name(draw(st.sampled_from(["x", ".x", "x.html", "x.pkl"]))))


def link(file, draw):
    file.rename(file.parents[len(file.parents) - 4] / "away")
    file.symlink_to(file.parents[len(file.parents) - 4] / "away")


def pipe(file, draw):
    file.unlink()
    os.mkfifo(file)


WAYS = [flip, cut, grow, swap_lines, drop_line, other_value, remove, rename, link, pipe]


def seen(home):
    """All that lies in a home but for empty files, as locks are, whatever their name."""
    return {
        path.relative_to(home): (path.is_symlink(), path.is_fifo(),
                                 path.read_bytes() if path.is_file() else b"")
        for path in home.rglob("*") if not (path.is_file() and not path.stat().st_size)
    }  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_an_edit_is_noticed_or_changes_nothing(sealed, data):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        home = shutil.copytree(sealed[0], Path(folder) / "home")
        patch.setenv("RETENCION_HOME", str(home))
        names = sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.is_file())
        name = data.draw(st.sampled_from(names))
        data.draw(st.sampled_from(WAYS))(home / name, data.draw)
        found = faults([sealed[1]])
        assert "unchecked" not in {f.code for f in found}, found
        assert found or seen(home) == seen(sealed[0]), name
