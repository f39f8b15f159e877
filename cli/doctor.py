"""`hotfix doctor`: is everything set up, and what to do about what isn't."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import click

import policies
from adapters import settings
from adapters.git.run import Git
from adapters.github import GitHubApp, TokenGitHub
from adapters.github.examining import RepositoryExamination, is_answered
from adapters.github.paths import repository_path
from adapters.ledger.auditing import audited
from cli.at_github import GITHUB_COM
from cli.colours import color, coloured, is_coloured
from cli.config import read
from domain import diagnosis
from domain.diagnosis import AppFacts, Health, Point
from domain.errors import GitHubTroubleError, HotfixGuardError, PolicyFileError
from domain.pull_request import PolicyFile
from events.parsing import MODELS

#: Any of these says that the App is meant to be set up here.
_OF_THE_APP = ("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_PRIVATE_KEY_PATH", "GITHUB_WEBHOOK_SECRET")
_LATELY = timedelta(days=1)
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
#: Branches that are looked at; a repository with more production branches guards them by one ruleset.
_MOST_BRANCHES = 10

Points = Iterator[Point]
GitHub = GitHubApp | TokenGitHub


@click.command(short_help="Say what is set up wrongly, and how to mend it.")
@click.argument("repository", required=False, metavar="[OWNER/REPO]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@color
def doctor(repository: str | None, form: str, color: str) -> None:
    """Look at this machine, the policy file, the App or token, its webhook, and with OWNER/REPO at that repository.

    The App is the one of GITHUB_APP_ID, GITHUB_PRIVATE_KEY and GITHUB_WEBHOOK_SECRET, as for hotfix serve; without
    them GITHUB_TOKEN counts. Nothing is changed anywhere. Exit codes: 0 fine, 1 something is to be mended, 2 something
    couldn't be looked at.
    """
    if repository is not None:
        repository_path(repository)
    points = [*_here(repository), *_github(repository), *_database()]
    if form == "json":
        click.echo(json.dumps({"points": diagnosis.as_data(points)}, indent=2, ensure_ascii=False))
    else:
        text = diagnosis.as_text(points)
        click.echo(coloured(text) if is_coloured(color) else text, nl=False, color=True)
    sys.exit(diagnosis.exit_code(points))


def _looked(name: str, look: Callable[[], Points]) -> Points:
    """The points of one look; what goes wrong is a point, too."""
    try:
        yield from look()
    except GitHubTroubleError as error:
        yield Point(name, Health.BAD, str(error), "try again in a minute", is_unknown=True)
    except HotfixGuardError as error:
        yield Point(name, Health.BAD, str(error), _REMEDIES.get(name, ""))


_REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "git": "install git 2.39 or newer",
        "credentials": "set GITHUB_APP_ID, GITHUB_PRIVATE_KEY (or _PATH) and GITHUB_WEBHOOK_SECRET (docs/install.md)",
        "app": "compare GITHUB_APP_ID and the private key with the App's settings page",
        "installation": "install the App there, from its public page or its settings",
        "repository": "see that the App is installed there, or that the token reads it",
        "database": "see that DATABASE_URL names a database that this machine reaches",
    }
)


# This machine


def _here(repository: str | None) -> Points:
    yield diagnosis.version_point("python", sys.version_info[:3], diagnosis.PYTHON)
    yield from _looked("git", _git)
    file = Path(policies.POLICY_FILE)
    if file.is_file():
        yield _policy_file(read(file))
    elif repository is None:
        said = f"no {policies.POLICY_FILE} in this folder: the defaults count for its repository"
        yield Point("policy-file", Health.SKIPPED, said, "`hotfix init` writes one")


def _git() -> Points:
    found = _VERSION.search(Git(Path("/")).run("--version").text)
    version = tuple(int(part) for part in found.groups(default="0")) if found else (0,)
    yield diagnosis.version_point("git", version, diagnosis.GIT)


def _policy_file(file: PolicyFile | None) -> Point:
    if file is None:
        said = f"there is no {policies.POLICY_FILE}: labelled hotfixes are judged by the defaults"
        return Point("policy-file", Health.WARN, said, "`hotfix init` writes one")
    if file.base is None and (named := policies.extended_file(file)):
        return Point("policy-file", Health.SKIPPED, f"{file.source} extends {named}, which the desk doesn't read")
    try:
        policies.configure(file)
    except PolicyFileError as error:
        remedy = error.problems[0].remedy or "`hotfix config validate FILE` names every fault"
        more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
        return Point("policy-file", Health.BAD, f"{error}{more}", remedy)
    return Point("policy-file", Health.FINE, f"{file.source or policies.POLICY_FILE} is valid")


# GitHub


def _github(repository: str | None) -> Points:
    if any(os.environ.get(name) for name in _OF_THE_APP):
        yield from _looked("credentials", lambda: _by_app(repository))
        return
    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN")
    if not token:
        said = "neither an App nor GITHUB_TOKEN is set, so GitHub isn't looked at"
        remedy = f"{_REMEDIES['credentials']}, or GITHUB_TOKEN"
        yield Point("credentials", Health.BAD if repository else Health.SKIPPED, said, remedy)
        return
    github = TokenGitHub(token, os.environ.get("GITHUB_API_URL") or GITHUB_COM)
    yield from _looked("credentials", lambda: _token(github))
    if repository:
        yield from _looked(
            "repository", lambda: _Examined(github, repository, os.environ.get("CHECK_NAME") or "hotfix").points()
        )


def _token(github: TokenGitHub) -> Points:
    yield Point("credentials", Health.FINE, f"GITHUB_TOKEN is {github.login}'s")
    yield Point("app", Health.SKIPPED, "no App is set: its permissions, webhook and deliveries aren't looked at")


def _by_app(repository: str | None) -> Points:
    told = settings.load()
    yield Point("credentials", Health.FINE, f"id, private key and webhook secret of App {told.github_app_id} are set")
    github = GitHubApp(told.github_app_id, told.private_key, told.github_api_url)
    registered: list[AppFacts] = []
    yield from _looked("app", lambda: _app(github, registered))
    if not registered:
        return
    yield from _looked("webhook", lambda: _hook(github))
    if repository:
        yield from _looked("installation", lambda: _installation(github, repository))
        examined = _Examined(github, repository, told.check_name, told.github_app_id, registered[0])
        yield from _looked("repository", examined.points)


def _app(github: GitHubApp, registered: list[AppFacts]) -> Points:
    app = github.examination().registered()
    registered.append(app)
    yield Point("app", Health.FINE, f"GitHub knows the App as {app.slug}")
    yield diagnosis.permissions_point(app)
    yield diagnosis.events_point(app, _subscribed())


def _subscribed() -> frozenset[str]:
    # GitHub sends these to every App ("Webhook events and payloads").
    return frozenset(MODELS) - {"installation", "installation_repositories", "ping"}


def _hook(github: GitHubApp) -> Points:
    hook = github.examination().hook()
    yield diagnosis.hook_point(hook)
    if hook.url:
        if is_answered(hook.url):
            yield Point("service", Health.FINE, "the service answers there")
        else:
            remedy = "see that `hotfix serve` runs; if only GitHub can reach it, its deliveries tell more"
            yield Point("service", Health.WARN, "the service doesn't answer there, as seen from this machine", remedy)
    yield diagnosis.deliveries_point(github.examination().attempts(datetime.now(UTC) - _LATELY))


def _installation(github: GitHubApp, repository: str) -> Points:
    yield diagnosis.permissions_point(github.examination().installed(repository), repository)


@dataclass(frozen=True, slots=True)
class _Examined:
    """One repository under examination."""

    github: GitHub
    repository: str
    check_name: str = "hotfix"
    app_id: int | None = None
    app: AppFacts | None = None

    def points(self) -> Points:
        examination = self.github.repository_examination(self.repository)
        default = examination.default_branch()
        file = self.github.policy_file(self.repository, policies.POLICY_FILE, "")
        if file and (named := policies.extended_file(file)):
            found = self.github.policy_file(named.repository, named.path, named.ref)
            problem = "" if found else "it can't be read"
            file = replace(file, base=found or PolicyFile(None, "", source=str(named), problem=problem))
        yield _policy_file(file)
        configuration = _configuration(file)
        yield from self._gates(examination, configuration, default)
        wanted = [*configuration.triggers.labels]
        wanted += [label for severity in configuration.severities.values() for label in severity.labels]
        there = examination.labels()
        yield diagnosis.labels_point([label for label in wanted if label.casefold() not in there], wanted)

    def _gates(self, examination: RepositoryExamination, configuration: policies.Configuration, default: str) -> Points:
        production = configuration.production
        names = (
            [name for name in examination.branches() if production.holds(name)] if production.branches else [default]
        )
        if not names:
            said = f"no branch is named {', '.join(production.branches)}"
            yield Point("production", Health.BAD, said, f"correct production.branches in {policies.POLICY_FILE}")
        for name in names[:_MOST_BRANCHES]:
            gate = examination.gate(name)
            yield diagnosis.gate_point(gate, self.check_name, self.app_id)
            queue = diagnosis.queue_point(gate, self.app)
            if queue:
                yield queue


def _configuration(file: PolicyFile | None) -> policies.Configuration:
    try:
        return policies.configure(file)
    except PolicyFileError:
        return policies.lane_alone(file)


# The ledger


def _database() -> Points:
    if os.environ.get("DATABASE_URL"):
        yield from _looked("database", _ledger)


def _ledger() -> Points:
    with audited(settings.database_url()) as audit:
        audit.repositories()
    yield Point("database", Health.FINE, "the ledger can be reached and is up to date")
