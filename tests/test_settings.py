"""The service starts with settings that it can work with, or says in one sentence why it doesn't."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters import settings
from adapters.engine import migrate
from domain.errors import SettingsError
from tests.cli.program import hotfix, is_refused

SECRET = "correct-horse-battery-staple"
PEM = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    .decode()
)
GOOD = {"GITHUB_APP_ID": "7", "GITHUB_PRIVATE_KEY": PEM, "GITHUB_WEBHOOK_SECRET": SECRET}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without `.env`."""
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, **changes: str) -> settings.Settings:
    for name, value in {**GOOD, **changes}.items():
        monkeypatch.setenv(name, value)
    return settings.load()


WRONG = {
    "GITHUB_WEBHOOK_SECRET": ("   ", "GITHUB_WEBHOOK_SECRET is not set"),
    "GITHUB_APP_ID": ("hunter2", "GITHUB_APP_ID"),
    "GITHUB_PRIVATE_KEY": ("hunter2", "private key can't be read"),
    "GITHUB_PRIVATE_KEY_PATH": ("hunter2.pem", "GITHUB_PRIVATE_KEY_PATH can't be read: No such file"),
    "GITHUB_API_URL": ("ftp://hunter2", "GITHUB_API_URL"),
    "PORT": ("70000", "PORT"),
    "CHECK_NAME": ("", "CHECK_NAME"),
    "LOG_FORMAT": ("hunter2", "LOG_FORMAT"),
    "SWEEP_EVERY": ("0", "SWEEP_EVERY"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named_without_its_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, sentence = WRONG[name]
    with pytest.raises(SettingsError) as refused:
        load(monkeypatch, **{name: value})
    assert sentence in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_key_of_another_kind_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    public = serialization.load_pem_private_key(PEM.encode(), None).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(SettingsError, match="expected the PEM file that GitHub gave out"):
        load(monkeypatch, GITHUB_PRIVATE_KEY=pem)


def test_a_key_may_be_one_line_with_line_ends_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, GITHUB_PRIVATE_KEY=PEM.replace("\n", "\\n")).private_key == PEM


def test_settings_come_from_a_file_too_and_the_environment_goes_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key.pem"
    key.write_text(PEM)
    written = f"GITHUB_APP_ID=1\nGITHUB_WEBHOOK_SECRET={SECRET}\nGITHUB_PRIVATE_KEY_PATH={key}\nPORT=81\nUNKNOWN=1\n"
    (tmp_path / ".env").write_text(written)
    monkeypatch.setenv("GITHUB_APP_ID", "2")
    loaded = settings.load()
    assert (loaded.github_app_id, loaded.port, loaded.private_key) == (2, 81, PEM)


def test_a_settings_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\n")
    with pytest.raises(SettingsError, match="no UTF-8 text"):
        settings.load()


def test_no_secret_shows_in_the_settings_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(monkeypatch, DATABASE_URL="postgresql://guard:p%40ss-word@localhost/ledger")
    shown = repr(loaded) + str(loaded)
    assert [word for word in (SECRET, PEM.splitlines()[3], "p%40ss-word") if word in shown] == []
    assert {SECRET, PEM, PEM.splitlines()[3], "p%40ss-word", "p@ss-word"} <= loaded.secrets


DATABASES = {
    "mysql://u:hunter2@host/d": "only SQLite and PostgreSQL",
    "hunter2": "can't be read",
    "sqlite://": "must name a file",
    "sqlite:////proc/none/ledger": "No such file or directory",
    "sqlite:///damaged": "file is not a database",
    "postgresql://u:hunter2@127.0.0.1:1/d": "Connection refused",
}


@pytest.mark.parametrize("url", DATABASES)
def test_a_database_that_cant_be_used_is_told_without_its_password(url: str, tmp_path: Path) -> None:
    (tmp_path / "damaged").write_text("this is no database\n" * 100)
    with pytest.raises(SettingsError) as refused:
        migrate(url)
    assert "DATABASE_URL" in str(refused.value)
    assert DATABASES[url] in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_service_refuses_to_start_in_one_sentence(tmp_path: Path) -> None:
    unset = {name: value for name, value in GOOD.items() if name != "GITHUB_WEBHOOK_SECRET"}
    for command in ("serve", "worker"):
        assert is_refused(hotfix(command, cwd=tmp_path, variables=unset), "GITHUB_WEBHOOK_SECRET is not set")
    anonymous = {name: value for name, value in GOOD.items() if name != "GITHUB_APP_ID"}
    told = ("GITHUB_APP_ID is not set", "Register the App", "docs/install.md")
    assert is_refused(hotfix("serve", cwd=tmp_path, variables=anonymous), *told)
    wrong = {**GOOD, "DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/d"}
    assert is_refused(hotfix("serve", cwd=tmp_path, variables=wrong), "DATABASE_URL", "Connection refused")


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = hotfix("serve", "--port", port, cwd=tmp_path, variables=GOOD)
    assert is_refused(done, f"PORT {port}", "Address already in use")
