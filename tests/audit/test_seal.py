"""What `retencion seal` and `retencion sign` put in order, and what they leave alone."""

import json
import os
import shutil
import subprocess

import nbformat
import pytest

from retencion_lib import config
from retencion_lib.__main__ import main
from retencion_lib.audit import adopt
from retencion_lib.audit.verify import faults, report, say
from retencion_lib.errors import AuditError
from retencion_lib.home import disk, ledger
from retencion_lib.home.events import INDEX
from retencion_lib.runs import seal
from tests import sealed_home
from tests.runs.test_crashes import CUT_SHORT, killed_at

LOG = "logs/predictions.csv"


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    sealed_home.make()
    return tmp_path / "home"


def gone_pid():
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid


@pytest.mark.parametrize(
    ("name", "age", "stays"),
    [(f".x.{disk.WRITER}-{{gone}}-abc.tmp", 0, False),
     (f".x.{disk.WRITER}-{{mine}}-abc.tmp", 0, True),
     (".x.other-1-abc.tmp", 60, True), (".x.other-1-abc.tmp", 7200, False)],
    ids=["its-writer-is-gone", "its-writer-goes-on", "another-host-now", "another-host-long-ago"],
)  # fmt: skip
def test_half_written_files_go_once_nobody_is_writing_them(home, name, age, stays):
    left = home / "artifacts" / name.format(gone=gone_pid(), mine=os.getpid())
    left.write_bytes(b"half")
    os.utime(left, (left.stat().st_mtime - age,) * 2)
    assert [f.code for f in faults()] == ["stray"]
    adopt.abandon()
    assert left.exists() == stays


@pytest.mark.parametrize(
    "note",
    [b'{"offset": 0, "bytes": 1000000000, "sha256": "x"}', b"{", b"[1]",
     b'{"offset": "0", "bytes": 5, "sha256": "x"}'],
)  # fmt: skip
def test_a_planted_note_cuts_no_row_that_is_certain(home, note):
    before = (home / LOG).read_bytes()
    (home / "logs/.predictions.csv.pending").write_bytes(note)
    sealed_home.start("r6", "04_infer")
    for work in (adopt.abandon, lambda: sealed_home._infer("r6-infer")):
        with pytest.raises(AuditError, match=r"pending: no es la nota de un añadido que se cortó"):
            work()
    assert (home / LOG).read_bytes() == before


def test_a_list_of_runs_that_was_not_written_is_made_again(home):
    old = (home / INDEX).read_bytes()
    sealed_home.start("r6", "01_eda")
    sealed_home.finish("r6", "01_eda")
    seal.index.write()
    disk.write(home / INDEX, old)
    assert [(f.code, f.path) for f in faults()] == [("index", INDEX)]
    adopt.abandon()
    assert faults() == []


def test_a_list_of_runs_that_lacks_the_last_run_is_made_again(home):
    sealed_home.start("r6", "01_eda")
    sealed_home.finish("r6", "01_eda")  # cut before the list is announced
    assert "r6" not in (home / INDEX).read_text()
    adopt.abandon()
    assert "r6" in (home / INDEX).read_text()
    assert faults() == []


def test_a_content_that_a_killed_run_kept_and_never_named_goes_with_it(home):
    content = b'{"cut": true}'
    name = disk.digest(content)
    kept = disk.write(home / "runs/objects" / name[:2] / name, content)
    other = disk.write(home / "runs/objects/ab" / ("ab" + "0" * 62), b"whose name is not its hash")
    for run in ("r6", "r7"):
        sealed_home.start(run, "01_eda")
    adopt.abandon("r6")
    assert kept.exists()  # r7 may be about to name it
    adopt.abandon("r7")
    assert not kept.exists()
    assert [(f.code, f.path) for f in faults()] == [("changed", str(other.relative_to(home)))]
    disk.write(kept, content)  # kept by a run that ended, without room to name it
    assert "orphan" in {f.code for f in faults()}
    adopt.abandon()
    assert not kept.exists()


def test_half_a_line_of_the_ledger_goes_though_nothing_else_is_to_be_done(home):
    with (home / ledger.LEDGER).open("ab") as handle:
        handle.write(b'{"seq": ')
    assert [f.code for f in faults()] == ["half_line"]
    adopt.abandon()
    assert faults() == []


@pytest.mark.parametrize("path", [INDEX, "runs/head.txt"])
def test_a_first_list_or_signature_that_was_never_written_is_unfinished(home, path, key):
    (home / INDEX).unlink()
    lines = [e for e in ledger.lines() if b'"index"' not in e]
    (home / ledger.LEDGER).write_bytes(b"\n".join(lines) + b"\n")  # the list came last
    said = {"sha256": "0" * 64}
    if path == INDEX:
        ledger.append("index", path=path, bytes=9, **said)
    else:
        ledger.append("signed", line=1, files={path: "1" * 64}, **said)
    assert [(f.code, f.path) for f in faults() if f.code != "anchor"] == [
        ("index" if path == INDEX else "signed", path)
    ]


def executed(path):
    cell = nbformat.v4.new_code_cell("1", execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return str(path)


def test_a_notebook_cut_while_it_is_taken_in_is_no_stranger_and_is_taken_in_again(home, tmp_path):
    source, pristine = executed(tmp_path / "ajeno.ipynb"), shutil.copytree(home, tmp_path / "p")
    killed, step = True, 0
    while killed:
        shutil.rmtree(home)
        shutil.copytree(pristine, home)
        killed = killed_at(step, lambda: adopt.take_in(source))
        assert {f.code for f in faults()} <= CUT_SHORT, (step, faults())
        adopt.abandon()
        assert faults() == [], step
        ended = [e.status for e in ledger.read() if e.notebook == "ajeno" and e.status]
        if ended != ["ok"]:
            adopt.take_in(source)
        with pytest.raises(AuditError, match="ya está en el registro"):
            adopt.take_in(source)
        assert faults() == [], step
        step += 1
    assert step > 6


def test_a_copy_of_a_notebook_under_another_name_is_the_same_notebook():
    def named(source):
        return seal.opened_as(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]))

    assert named('run = open_run("02_train_models", globals())') == "02_train_models"
    assert named("open_run(\n    'mine', globals())") == "mine"
    assert named("reopen_run('x')") == ""


def later(home):
    """A promotion, an erasure and a run after the present head, which is given back."""
    anchor = ledger.head()
    ledger.append("erasure", reason="a", approver="b", rows=0, files={}, blocks={})
    sealed_home.start("r6", "03_champion_eval")
    sealed_home.propose("0.2", run_id="r6")
    sealed_home.finish("r6", "03_champion_eval")
    return anchor


def test_an_anchor_says_how_far_it_reaches_and_what_came_after(home):
    anchor = later(home)
    seq = anchor[0]
    [cover] = report([("head", anchor)]).covers
    last = ledger.head()[0]
    assert (cover.line, cover.since, cover.erasures, cover.promotions) == (seq, last - seq, 1, 1)
    assert f"responde hasta la línea {seq} (" in say.covered(cover)
    assert say.covered(cover).endswith(
        f"Hay {last - seq} líneas después, de las que no dice nada: entre ellas, 1 borrado, "
        "1 cambio de campeón y 0 cambios de campaña."
    )


def test_verify_tells_it_to_a_person_and_to_a_program(home, capsys):
    anchor = ":".join(map(str, later(home)))
    assert main(["verify", "--head", anchor]) == 0
    assert "Ancla guardada: responde hasta la línea" in capsys.readouterr().out
    assert main(["verify", "--head", anchor, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["anchors"][0]["erasures"] == 1


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    (tmp_path / "signers").write_text(f"ana {path.with_suffix('.pub').read_text()}")
    return path


def test_a_signature_put_back_is_noticed_though_it_is_good(home, key, capsys):
    assert main(["sign", "--key", str(key)]) == 0
    old = {name: (home / name).read_bytes() for name in ("runs/head.txt", "runs/head.txt.sig")}
    later(home)
    assert main(["sign", "--key", str(key)]) == 0
    checked = ["verify", "--signature", str(key.parent / "signers"), "--identity", "ana"]
    assert main(checked) == 0
    for name, content in old.items():
        disk.write(home / name, content)
    assert main(checked) == 2
    assert "runs/head.txt: la firma no llegó a escribirse, o se ha repuesto" in (
        capsys.readouterr().err
    )  # fmt: skip


def test_an_empty_ledger_is_not_signed_and_its_head_anchors_nothing(
    monkeypatch, tmp_path, key, capsys
):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path / "empty"))
    assert main(["sign", "--key", str(key)]) == 2
    assert "ledger.jsonl está vacío: todavía no hay nada que firmar" in capsys.readouterr().err
    zero = f"0:{ledger.FIRST}\n".encode()
    disk.write(tmp_path / "empty/runs/head.txt", zero)
    signed = subprocess.run(["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", "retencion"],
                            input=zero, capture_output=True, check=True).stdout  # fmt: skip
    disk.write(tmp_path / "empty/runs/head.txt.sig", signed)
    checked = ["verify", "--signature", str(tmp_path / "signers"), "--identity", "ana"]
    assert main(checked) == 2
    assert "un libro vacío (0) no ancla nada" in capsys.readouterr().err
