"""Who is asking, and what they may do: App JWTs, installation tokens and people's tokens."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import jwt

from sandbox.model import Account, App, Installation, Repository, Token
from sandbox.store import PERMISSIONS, Store

#: An installation token lives one hour (docs.github.com, "Generating an installation access token for a GitHub App").
TOKEN_LIFE = timedelta(hours=1)
#: A JWT may live ten minutes ("Generating a JSON Web Token for a GitHub App"); a minute of clock drift is allowed.
JWT_LIFE = timedelta(minutes=10)
_LEVELS = ("none", "read", "write", "admin")


class BadCredentialsError(Exception):
    """The token or JWT is unknown, expired or wrongly signed; the text is GitHub's message."""


@dataclass(frozen=True)
class Viewer:
    """Who makes a request: a person, or an App through one of its installations (`account` is then its bot)."""

    account: Account
    installation: Installation | None = None
    app: App | None = None
    permissions: Mapping[str, str] | None = None
    repository_ids: frozenset[int] | None = None

    @property
    def login(self) -> str:
        """The login under which everything that the viewer writes appears."""
        return self.account.login

    def sees(self, store: Store, repository: Repository) -> bool:
        """Whether the repository exists for this viewer at all (if not, GitHub answers 404)."""
        if self.installation is None:
            return store.permission(repository, self.login) != "none"
        return not repository.private or self.reaches(store, repository)

    def reaches(self, store: Store, repository: Repository) -> bool:
        """Whether an installation's token is good for the repository."""
        if self.installation is None or not store.covers(self.installation, repository):
            return False
        return self.repository_ids is None or repository.id in self.repository_ids

    def may(self, store: Store, repository: Repository, need: str, role: str | None = None) -> bool:
        """Whether the viewer may do what needs `topic:level` (`checks:write`) of an App, or `role` of a person."""
        topic, _, level = need.partition(":")
        if self.installation is None:
            wanted = role or {"read": "read", "admin": "admin"}.get(level, "write")
            return PERMISSIONS.index(store.permission(repository, self.login)) >= PERMISSIONS.index(wanted)
        if not self.reaches(store, repository):
            return level == "read" and topic == "metadata" and not repository.private
        granted = (self.permissions or {}).get(topic, "read" if topic == "metadata" else "none")
        return _LEVELS.index(granted) >= _LEVELS.index(level)


def app_of_jwt(store: Store, text: str) -> App:
    """The App that signed a JWT.

    Raises:
        BadCredentialsError: unknown issuer, bad signature, expired, or made for longer than ten minutes.
    """
    try:
        claims = jwt.decode(text, options={"verify_signature": False})
        app = next(a for a in store.apps.values() if str(claims.get("iss")) in {str(a.id), a.client_id})
        jwt.decode(text, app.public_key_pem, algorithms=["RS256"], leeway=60, options={"verify_iss": False})
        too_long = int(claims["exp"]) > store.clock().timestamp() + JWT_LIFE.total_seconds() + 60
    except (jwt.PyJWTError, StopIteration, KeyError, TypeError, ValueError) as error:
        raise BadCredentialsError("A JSON web token could not be decoded") from error
    if too_long:
        raise BadCredentialsError("'Expiration time' claim ('exp') is too far in the future")
    return app


def viewer_of_token(store: Store, value: str) -> Viewer:
    """Whoever a token stands for.

    Raises:
        BadCredentialsError: the token is unknown, expired, or its installation is gone or suspended.
    """
    token = store.tokens.get(value)
    if token is None or (token.expires_at and token.expires_at <= store.clock()):
        raise BadCredentialsError("Bad credentials")
    account = store.account(token.login)
    if account is None:
        raise BadCredentialsError("Bad credentials")
    if token.installation_id is None:
        return Viewer(account)
    installation = store.installations.get(token.installation_id)
    if installation is None or installation.suspended_at:
        raise BadCredentialsError("Bad credentials")
    app = store.apps[installation.app_id]
    return Viewer(account, installation, app, token.permissions, token.repository_ids)


def token_in(header: str | None) -> str | None:
    """The token of an Authorization header: `Bearer`, `token`, or Basic with the token as password, as git sends it."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() in {"bearer", "token"}:
        return rest.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except ValueError:
        return None
    return password or user


def issue_token(
    store: Store,
    installation: Installation,
    permissions: Mapping[str, str] | None = None,
    repository_ids: frozenset[int] | None = None,
) -> Token:
    """Make an installation token; no permissions, or empty ones, mean all that the installation has."""
    token = Token(
        f"ghs_{secrets.token_hex(18)}",
        store.apps[installation.app_id].bot,
        store.now() + TOKEN_LIFE,
        installation.id,
        dict(permissions or installation.permissions),
        repository_ids,
    )
    return store.add_token(token)
