"""The service's settings, from the environment and a `.env` file in the working directory."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import SettingsError

#: GitHub's own upper limit for a payload ("Webhook events and payloads").
MAX_BODY_BYTES = 25 * 1024 * 1024


class DatabaseSettings(BaseSettings):
    """Where the ledger is: all that reading it takes."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///hotfix-guard.sqlite3",
        description="SQLite file, or postgresql://user:password@host/database.",
        repr=False,
    )


class Settings(DatabaseSettings):
    """What the service needs to know before it starts. Secrets never show in a `repr` or a log."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    github_app_id: int = Field(gt=0, description="The App's id, from its settings page.")
    github_private_key: SecretStr = Field(SecretStr(""), description="The App's private key, PEM text.")
    github_private_key_path: Path | None = Field(None, description="Or the path of the file that holds it.")
    github_webhook_secret: SecretStr = Field(
        SecretStr(""), description="The webhook's secret; the service refuses to start without one."
    )
    github_api_url: str = Field(
        "https://api.github.com", description="GitHub Enterprise Server: https://HOST/api/v3.", pattern=r"^https?://"
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    check_name: str = Field(
        "hotfix", min_length=1, max_length=60, description="The check run's name before `: <base>`."
    )
    log_format: str = Field("text", pattern="^(text|json)$", description="`text` for people, `json` for machines.")
    redeliver_every: float = Field(300.0, gt=0, description="Seconds between two looks at failed deliveries.")
    sweep_every: float = Field(600.0, gt=0, description="Seconds between two sweeps over the open pull requests.")
    worker_lost_after: float = Field(
        15.0, ge=1, description="Seconds without a sign of life after which others take over what a worker was doing."
    )

    @model_validator(mode="after")
    def _needs_its_secrets(self) -> Self:
        if not self.github_webhook_secret.get_secret_value().strip():
            raise ValueError("GITHUB_WEBHOOK_SECRET is not set: without it anybody could send deliveries")
        if not self.github_private_key.get_secret_value().strip() and self.github_private_key_path is None:
            raise ValueError("set GITHUB_PRIVATE_KEY (PEM text) or GITHUB_PRIVATE_KEY_PATH (a file)")
        return self

    @property
    def private_key(self) -> str:
        """The private key's PEM text.

        Raises:
            SettingsError: the file can't be read.
        """
        if self.github_private_key_path is None:
            # Many secret stores keep one line, with "\n" written out.
            return self.github_private_key.get_secret_value().replace("\\n", "\n")
        try:
            return self.github_private_key_path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            said = getattr(error, "strerror", None) or "it is no text"
            raise SettingsError(f"GITHUB_PRIVATE_KEY_PATH can't be read: {said}") from error

    @property
    def secrets(self) -> frozenset[str]:
        """Everything that must never show in a log, however it is quoted; the key also line by line."""
        lines = (line for line in self.private_key.splitlines() if not line.startswith("-----"))
        password = urlsplit(self.database_url).password or ""
        found = (self.github_webhook_secret.get_secret_value(), self.private_key, *lines, password, unquote(password))
        return frozenset(secret for secret in found if secret.strip())


def database_url() -> str:
    """Where the ledger is, from the environment or `.env`.

    Raises:
        SettingsError: `.env` can't be read.
    """
    try:
        return DatabaseSettings().database_url
    except UnicodeDecodeError as error:
        raise SettingsError(".env is no UTF-8 text") from error


def load() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one is missing or wrong; the message names it, never its value.
    """
    try:
        settings = Settings()  # the values come from the environment
    except UnicodeDecodeError as error:
        raise SettingsError(".env is no UTF-8 text") from error
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        raise SettingsError("; ".join(_told(each["loc"], each["msg"]) for each in problems)) from error
    _check_key(settings.private_key)
    return settings


def _check_key(pem: str) -> None:
    try:
        key: object = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise SettingsError("the App's private key can't be read: expected the PEM file that GitHub gave out")


def _told(loc: tuple[int | str, ...], message: str) -> str:
    name = "_".join(str(step) for step in loc).upper()
    said = message.removeprefix("Value error, ")
    if said == "Field required":
        return f'{name} is not set: "Register the App" in docs/install.md says where it comes from'
    return f"{name}: {said}" if name else said
