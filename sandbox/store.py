"""The one memory of the sandbox, behind one lock, with the look-ups that everything else needs."""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sandbox.git import GitRepository
from sandbox.model import Account, App, Delivery, Installation, Label, Repository, Team, Token

#: Permission of a person on a repository, from none to all.
PERMISSIONS = ("none", "read", "triage", "write", "maintain", "admin")

_FIRST_ID = 1001
_DEFAULT_LABELS = {
    "bug": "d73a4a",
    "documentation": "0075ca",
    "duplicate": "cfd3d7",
    "enhancement": "a2eeef",
    "good first issue": "7057ff",
    "help wanted": "008672",
    "invalid": "e4e669",
    "question": "d876e3",
    "wontfix": "ffffff",
}


def node_id(kind: str, *parts: object) -> str:
    """GitHub's opaque global id: a prefix that tells the kind (`PR`, `CR`, `R`, …), and what names the object in it."""
    packed = base64.urlsafe_b64encode(":".join(map(str, parts)).encode()).decode().rstrip("=")
    return f"{kind}_{packed}"


def parse_node_id(text: str) -> tuple[str, list[str]]:
    """The reverse of `node_id`; an id that is none of ours gives `("", [])`."""
    kind, _, packed = text.partition("_")
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return "", []
    return (kind, raw.split(":")) if packed else ("", [])


class Store:
    """Accounts, teams, Apps, repositories, tokens and deliveries.

    Hold `lock` while reading or writing; the server holds it during each request. `clock` may be replaced to travel
    in time. Names of accounts and repositories are found without regard to case, as on GitHub.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime] | None = None) -> None:
        self.root = root
        self.clock = clock or (lambda: datetime.now(UTC))
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self.teams: dict[int, Team] = {}
        self.apps: dict[int, App] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.repositories: dict[int, Repository] = {}
        self.deliveries: list[Delivery] = []
        self._gits: dict[int, GitRepository] = {}
        self._last_id = _FIRST_ID

    def next_id(self) -> int:
        """A number that no other object of the sandbox has."""
        self._last_id += 1
        return self._last_id

    def stop_clock(self, moment: datetime | None) -> None:
        """Stop the time at a moment, or (None) let it run again."""
        self.clock = (lambda: moment) if moment else (lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """The time, to the second, as GitHub shows it."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    # Accounts and teams

    def add_account(self, login: str, kind: str = "User", email: str | None = None) -> Account:
        """Create an account; its no-reply addresses are its own from the start."""
        number = self.next_id()
        noreply = (f"{number}+{login}@users.noreply.github.com", f"{login}@users.noreply.github.com")
        emails = ((email,) if email else ()) + noreply
        account = Account(number, login, kind, self.now(), emails=emails)
        self.accounts[login.lower()] = account
        return account

    def account(self, login: str) -> Account | None:
        """The account with this login."""
        return self.accounts.get(login.lower())

    def account_of(self, email: str) -> Account | None:
        """The account that a commit's e-mail address belongs to."""
        wanted = email.lower()
        return next((a for a in self.accounts.values() if wanted in map(str.lower, a.emails)), None)

    def team(self, organization: str, slug: str) -> Team | None:
        """A team by organisation and slug."""
        name = (organization.lower(), slug.lower())
        return next((t for t in self.teams.values() if (t.organization.lower(), t.slug.lower()) == name), None)

    def child_teams(self, team: Team) -> list[Team]:
        """The teams nested right under a team."""
        return [other for other in self.teams.values() if other.parent_id == team.id]

    def team_members(self, team: Team) -> dict[str, str]:
        """The members of a team and of all teams nested in it, each with the role."""
        members = dict(team.members)
        for child in self.child_teams(team):
            members = {**self.team_members(child), **members}
        return members

    # Apps and tokens

    def app_named(self, slug: str) -> App | None:
        """The App with this slug."""
        return next((app for app in self.apps.values() if app.slug == slug), None)

    def installation_for(self, app: App, repository: Repository) -> Installation | None:
        """The App's installation that covers a repository."""
        return next((i for i in self.installations.values() if i.app_id == app.id and self.covers(i, repository)), None)

    def covers(self, installation: Installation, repository: Repository) -> bool:
        """Whether an installation reaches a repository."""
        same = installation.account.lower() == repository.owner.lower()
        return same and (installation.repository_ids is None or repository.id in installation.repository_ids)

    def add_token(self, token: Token) -> Token:
        """Remember a token."""
        self.tokens[token.value] = token
        return token

    def user_token(self, login: str) -> str:
        """A personal token for a person."""
        return self.add_token(Token(f"ghp_{secrets.token_hex(18)}", login)).value

    # Repositories

    def add_repository(self, owner: str, name: str, default_branch: str = "main") -> Repository:
        """Create an empty repository, in memory and on disk."""
        number = self.next_id()
        path = self.root / "git" / owner / f"{name}.git"
        repository = Repository(number, owner, name, path, self.now(), default_branch)
        self._gits[number] = GitRepository.create(path, default_branch)
        self.repositories[number] = repository
        return repository

    def add_default_labels(self, repository: Repository) -> None:
        """Give a new repository the labels that GitHub gives it ("Managing labels", about default labels)."""
        for name, color in _DEFAULT_LABELS.items():
            repository.labels[name] = Label(self.next_id(), name, color, default=True)

    def repository(self, owner: str, name: str) -> Repository | None:
        """A repository by owner and name."""
        wanted = f"{owner}/{name}".lower()
        return next((r for r in self.repositories.values() if r.full_name.lower() == wanted), None)

    def git(self, repository: Repository) -> GitRepository:
        """The git data of a repository."""
        return self._gits[repository.id]

    def forks(self, repository: Repository) -> Iterator[Repository]:
        """The repositories that were forked from this one."""
        return (other for other in self.repositories.values() if other.parent_id == repository.id)

    def network(self, repository: Repository) -> Iterator[Repository]:
        """The repositories whose pull requests a branch of this one may head: itself and its parent."""
        yield repository
        if repository.parent_id in self.repositories:
            yield self.repositories[repository.parent_id]

    def permission(self, repository: Repository, login: str) -> str:
        """What a person may do in a repository: the highest of ownership, collaboration, teams and being public."""
        owner = self.account(repository.owner)
        if login.lower() == repository.owner.lower() or (owner and owner.members.get(login) == "admin"):
            return "admin"
        found = [repository.collaborators.get(login, "none"), "none" if repository.private else "read"]
        teams = (team for team in self.teams.values() if repository.id in team.repositories)
        found += [team.repositories[repository.id] for team in teams if login in self.team_members(team)]
        return max(found, key=PERMISSIONS.index)

    def collaborators(self, repository: Repository) -> list[str]:
        """Everybody with a permission of their own: owner, organisation members, collaborators, team members."""
        owner = self.account(repository.owner)
        logins = dict.fromkeys(repository.collaborators)
        if owner:
            logins |= dict.fromkeys(owner.members if owner.type == "Organization" else [owner.login])
        for team in self.teams.values():
            if repository.id in team.repositories:
                logins |= dict.fromkeys(self.team_members(team))
        return [login for login in logins if self.permission(repository, login) != "none"]
