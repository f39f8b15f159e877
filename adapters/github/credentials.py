"""Who we are to GitHub: an App with its key, or somebody's token."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from domain.errors import SettingsError

#: GitHub takes at most ten minutes ahead, and asks for a start in the past against clocks that run apart
#: ("Generating a JSON Web Token (JWT) for a GitHub App").
_LIFE = timedelta(minutes=9)
_DRIFT = timedelta(seconds=60)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """A GitHub App's id and its private key in PEM."""

    app_id: int
    private_key: str = field(repr=False)

    def json_web_token(self, now: datetime) -> str:
        """A token that says "I am the App", good for nine minutes.

        Raises:
            SettingsError: the private key is none.
        """
        claims = {
            "iat": int((now - _DRIFT).timestamp()),
            "exp": int((now + _LIFE).timestamp()),
            "iss": str(self.app_id),
        }
        try:
            return jwt.encode(claims, _key(self.private_key), algorithm="RS256")
        except (jwt.PyJWTError, UnsupportedAlgorithm, ValueError, TypeError) as error:
            raise SettingsError(
                "the App's private key can't be read: expected the PEM file that GitHub gave out"
            ) from error


@functools.lru_cache(maxsize=4)
def _key(private_key: str) -> Any:
    """The key, read once: proving its numbers right takes a hundred times as long as signing with it."""
    return load_pem_private_key(private_key.encode(), password=None)


class AppTokens:
    """The App itself as the sender."""

    def __init__(self, credentials: AppCredentials, clock: Clock = utc_now) -> None:
        self._credentials = credentials
        self._clock = clock

    def token(self) -> str:
        """A fresh JSON Web Token."""
        return self._credentials.json_web_token(self._clock())

    def forget(self, token: str) -> None:
        """Nothing to forget: every token is fresh."""


class FixedToken:
    """A token that was given to us: `GITHUB_TOKEN` in a workflow, a person's own at the desk."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        """The token."""
        return self._token

    def forget(self, token: str) -> None:
        """There is no other."""
