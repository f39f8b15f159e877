"""Who acts: accounts, teams, Apps, installations, tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Account:
    """A user, a bot or an organisation; `type` is `User`, `Bot` or `Organization`.

    `emails` are the addresses that map a commit to this account; `members` (organisations only) maps a login to
    its role, `admin` or `member`.
    """

    id: int
    login: str
    type: str
    created_at: datetime
    name: str | None = None
    emails: tuple[str, ...] = ()
    site_admin: bool = False
    members: dict[str, str] = field(default_factory=dict)


@dataclass
class Team:
    """A team of an organisation; teams nest through `parent_id`. `members` maps a login to `member` or `maintainer`.

    `repositories` maps a repository id to the permission that the team gives (`read`, `triage`, `write`, …).
    """

    id: int
    organization: str
    slug: str
    name: str
    description: str | None = None
    privacy: str = "closed"
    parent_id: int | None = None
    members: dict[str, str] = field(default_factory=dict)
    repositories: dict[int, str] = field(default_factory=dict)


@dataclass
class App:
    """A GitHub App: who it is, what it may do and where its webhooks go (`webhook_url` None: nowhere)."""

    id: int
    slug: str
    name: str
    owner: str
    client_id: str
    public_key_pem: str
    permissions: dict[str, str]
    events: tuple[str, ...]
    webhook_secret: str
    hook_id: int
    created_at: datetime
    webhook_url: str | None = None

    @property
    def bot(self) -> str:
        """The login under which the App acts."""
        return f"{self.slug}[bot]"


@dataclass
class Installation:
    """An App on an account. `repository_ids` None means all repositories, now and later."""

    id: int
    app_id: int
    account: str
    permissions: dict[str, str]
    events: tuple[str, ...]
    created_at: datetime
    repository_ids: set[int] | None = None
    suspended_at: datetime | None = None


@dataclass(frozen=True)
class Token:
    """A secret that stands for an account; for an installation it is narrowed to repositories and permissions."""

    value: str
    login: str
    expires_at: datetime | None = None
    installation_id: int | None = None
    permissions: Mapping[str, str] | None = None
    repository_ids: frozenset[int] | None = None
