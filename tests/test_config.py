from datetime import date
from pathlib import Path

import pytest

from retencion_lib import config
from retencion_lib.errors import ParameterError


def test_relative_paths_start_at_the_home_and_not_in_the_current_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    monkeypatch.chdir("/")
    assert config.resolve("data/x.csv") == tmp_path / "data/x.csv"
    assert config.relative(tmp_path / "data/x.csv") == "data/x.csv"


def test_without_the_variable_the_home_is_the_clone(monkeypatch):
    monkeypatch.delenv("RETENCION_HOME", raising=False)
    assert (config.home() / "retencion_lib" / "config.py") == Path(config.__file__)


@pytest.mark.parametrize("given", ["~nadie-se-llama-asi/x", "a" * 300, "loop", "file"])
def test_a_home_that_is_no_folder_and_cannot_become_one_is_refused(monkeypatch, tmp_path, given):
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    Path("file").touch()
    monkeypatch.setenv("RETENCION_HOME", given)
    with pytest.raises(ParameterError, match=rf"RETENCION_HOME = '{given[:100]}': no es una carpe"):
        config.home()


def test_a_home_that_is_yet_to_be_made_is_one(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "new/home"))
    assert config.home() == tmp_path / "new/home"


def test_an_empty_date_means_today():
    assert config.run_date("") == date.today().isoformat()


def test_a_date_that_is_not_iso_is_refused_with_an_example():
    with pytest.raises(ParameterError, match=r"date = '31/10/2026'.*AAAA-MM-DD.*2026-10-31"):
        config.run_date("31/10/2026")


@pytest.mark.parametrize("value", [0, 1, 20, -0.1, "mucho"])
def test_a_share_outside_zero_and_one_is_refused_with_the_remedy(value):
    with pytest.raises(ParameterError, match=rf"test_share = {value}.*divídelo entre 100"):
        config.check_share("test_share", value)


@pytest.mark.parametrize("value", [-1, 2**31])
def test_a_seed_that_not_every_library_takes_is_refused(value):
    with pytest.raises(ParameterError, match=rf"seed = {value}: .*entre 0 y 2147483647"):
        config.check_seed(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[promotion]\nautomatik = false", r"'promotion\.automatik'.*'promotion\.automatic'"),
        ("[promotion]\nautomatic = 1", r"promotion\.automatic = 1: debe ser como 'true'"),
        ("promotion", "no es TOML válido"),
        ("other = 3", "no existe el ajuste 'other'"),
    ],
)
def test_a_setting_that_does_not_exist_or_fit_is_refused(monkeypatch, tmp_path, text, said):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    (tmp_path / "retencion.toml").write_text(text)
    with pytest.raises(ParameterError, match=said):
        config.settings()
