"""What an auditor asks on the command line: one Spanish answer, exit code 0 or 2."""

import json
import subprocess

import nbformat
import pytest

from retencion_lib.__main__ import main
from retencion_lib.audit import trace
from retencion_lib.home import disk, ledger
from tests import sealed_home


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    sealed_home.make()
    return tmp_path / "home"


def test_verify_says_that_all_holds_and_where_the_ledger_stands(home, capsys):
    assert main(["verify"]) == 0
    seq, sha256 = ledger.head()
    assert f"sin fallos. Última: {seq}:{sha256}" in capsys.readouterr().out


def test_verify_gives_every_fault_as_json_and_exit_code_2(home, capsys):
    (home / "artifacts/xgb__v0.1.pkl").write_bytes(b"other")
    assert main(["verify", "--json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["code"], fault["run_id"]) == ("changed", "r1-train")


def test_the_head_printed_is_an_anchor_for_verify(home, capsys):
    main(["head"])
    anchor = capsys.readouterr().out.strip()
    assert main(["verify", "--head", anchor]) == 0
    path = home / ledger.LEDGER
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert main(["verify", "--head", anchor]) == 2
    assert "se ha cortado el final" in capsys.readouterr().err


def test_the_chain_can_be_checked_with_sed_and_sha256sum(home):
    command = f"sed -n 3p {home / ledger.LEDGER} | tr -d '\\n' | sha256sum"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.stdout.split()[0] == ledger.read()[3].prev


def test_a_signed_head_holds_only_for_its_signer_and_its_text(home, tmp_path, capsys):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = key.with_suffix(".pub").read_text()
    (tmp_path / "signers").write_text(f"ana {public}")
    assert main(["sign", "--key", str(key)]) == 0
    checked = ["verify", "--signature", str(tmp_path / "signers"), "--identity"]
    assert main([*checked, "ana"]) == 0
    assert main([*checked, "luis"]) == 2
    assert "No se pudo comprobar la firma" in capsys.readouterr().err
    seq, _ = ledger.head()
    disk.write(home / "runs/head.txt", f"{seq}:{'0' * 64}\n".encode())
    assert main([*checked, "ana"]) == 2


def test_a_customer_is_followed_to_run_model_training_promotion_and_watch(home, capsys):
    assert main(["trace", "--event", "r4-infer-2"]) == 0
    said = capsys.readouterr().out
    for link in ("umbral 0.3: avisar", "r4-infer/04_infer.html", "xgb v0.1", "r1-train",
                 "regla automática: gana", "r5-monitor"):  # fmt: skip
        assert link in said, link
    main(["trace", "--customer", "C002"])
    assert capsys.readouterr().out.count("id C002") == 2


def test_a_notebook_executed_elsewhere_is_taken_in_once(home, tmp_path, capsys):
    made = home / "runs/2026-10-31/r1-train/02_train_models.ipynb"
    elsewhere = tmp_path / "mine.ipynb"
    elsewhere.write_text(made.read_text().replace("r1-train", "r0-train"))
    assert main(["seal", str(elsewhere)]) == 0
    assert main(["verify"]) == 0
    ends = [e for e in ledger.read() if e.event == "run_finished"]
    assert ends[-1].run_id == "r0-train"
    assert main(["seal", str(elsewhere)]) == 2
    assert "ya está en el registro" in capsys.readouterr().err


def test_promotion_rollback_and_erasure_are_orders(home, capsys):
    why = ["--reason", "prueba", "--approver", "ana"]
    sealed_home.start("r6", "03_champion_eval")
    sealed_home.propose("0.2", run_id="r6")
    sealed_home.finish("r6", "03_champion_eval")
    assert main(["rollback", *why]) == 0
    assert main(["promote", "0.2", *why]) == 0
    assert "En uso: xgb v0.2." in capsys.readouterr().out
    assert main(["erase", "--customer", "C001", *why]) == 0
    assert "Borradas 7 filas" in capsys.readouterr().out
    assert main(["verify"]) == 0


def test_a_notebook_that_nobody_executed_is_not_sealed(home, tmp_path, capsys):
    blank = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    nbformat.write(blank, tmp_path / "blank.ipynb")
    assert main(["seal", str(tmp_path / "blank.ipynb")]) == 2
    assert "blank.ipynb: no está ejecutado. Ejecútalo antes" in capsys.readouterr().err


def test_without_ssh_keygen_a_signature_says_what_to_install(home, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert main(["sign", "--key", "any"]) == 2
    assert "No está 'ssh-keygen': instala OpenSSH" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "--hed", "x"], "¿Querías decir 'head'?"),
        (["verify", "--head", "3:abc"], "debe ser NÚMERO:SHA256"),
        (["verify", "--signature", "x"], "--signature FIRMANTES e --identity QUIÉN van juntos"),
        (["verify", "--identity", "ana"], "--signature FIRMANTES e --identity QUIÉN van juntos"),
        (["verify", "--head", "0:" + "0" * 64], "un libro vacío (0) no ancla nada"),
        (["trace"], "Indica --customer ID o --event ID"),
        (["trace", "--customer", "C999"], "no consta el cliente 'C999'"),
        (["promote", "0.1"], "reason = '': di por qué"),
        (["reproduce"], "Indica la ejecución"),
        (["reproduce", "r0"], "no consta ninguna ejecución terminada"),
        (["seal", "r0"], "no consta como empezada y sin terminar"),
        (["seal", "none.ipynb"], "no se puede leer como cuaderno"),
        (["verify", "--signature", "x", "--identity", "ana"], "firma antes con 'retencion sign"),
        (["sign", "--key", "nowhere"], "No se pudo firmar: "),
        (["sign"], "Falta --key"),
        (["head", "extra"], "'extra' sobra"),
    ],
)
def test_wrong_use_is_one_spanish_sentence_and_exit_code_2(home, capsys, words, said):
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_what_was_decided_besides_the_notice_is_said_in_words():
    row = dict.fromkeys(trace.KNOWN, "1") | {
        "event_id": "e1", "id": "C1", "decile": "1", "expected_profit": "1234.567",
        "group": "control", "campaign": "otoño", "reasons": "",
    }  # fmt: skip
    order = ("event_id", "run_id", "scored_at", "id", *row)
    prediction = {k: row[k] for k in order}
    said = trace.sentences(trace.Chain(prediction))[1]
    assert said.endswith(
        "avisar (decil 1; beneficio esperado 1.234,57; grupo: de control; campaña otoño)"
    )


@pytest.mark.parametrize(
    "words", [["\x1b[2J"], ["promote", "\x1b[2J", "--reason", "a", "--approver", "b"]]
)
def test_an_error_shows_what_a_terminal_would_obey(words, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "'\\x1b[2J'" in said
    assert "\x1b" not in said


def test_a_file_left_alone_is_named_as_a_terminal_shows_it(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    sealed_home.make()
    (tmp_path / "data/\x1b[2J.csv").write_text("id,n\nC001,1\n")
    assert main(["erase", "--customer", "C001", "--reason", "a", "--approver", "b"]) == 0
    said = capsys.readouterr().out
    assert "data/\\x1b[2J.csv. Bórralo allí" in said
    assert said.count("\n") == 2
