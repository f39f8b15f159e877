"""How we stand at GitHub: our App, its webhook, and what guards a repository's branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import requests

from adapters.github.client import RepositoryClient
from adapters.github.credentials import AppTokens
from adapters.github.paths import repository_path
from adapters.github.reading import reading
from adapters.github.transport import Request, Transport
from domain.diagnosis import AppFacts, Attempts, Gate, HookFacts
from domain.errors import NotFoundError

_NOT_FOUND = 404
_PER_PAGE = 100
_OK = range(200, 300)
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class AppExamination:
    """Our App as GitHub knows it.

    Every method raises `GitHubTroubleError` where another try may help and `NotPermittedError` where GitHub doesn't
    accept the App's key.
    """

    transport: Transport
    app: AppTokens

    def registered(self) -> AppFacts:
        """What the App asks of everybody ("Get the authenticated app")."""
        return _facts(self._get("/app"), "slug")

    def installed(self, repository: str) -> AppFacts:
        """What was granted where a repository belongs.

        Raises:
            NotFoundError: the App isn't installed there.
        """
        request = Request("GET", f"{repository_path(repository)}/installation")
        answer = self.transport.send(request, self.app, frozenset({_NOT_FOUND}))
        if answer.status == _NOT_FOUND:
            raise NotFoundError(f"the App isn't installed on {repository}, or there is no such repository")
        return _facts(answer.json(), "app_slug")

    def hook(self) -> HookFacts:
        """Where GitHub delivers to ("Get a webhook configuration for an app")."""
        told = self._get("/app/hook/config")
        with reading("the App's webhook"):
            return HookFacts(
                url=str(told.get("url") or ""),
                has_secret=bool(told.get("secret")),
                content_type=str(told.get("content_type") or "form"),
                checks_certificate=str(told.get("insecure_ssl", "0")) == "0",
            )

    def attempts(self, since: datetime) -> Attempts:
        """What GitHub tried to deliver since then, of the newest hundred."""
        answer = self.transport.send(Request("GET", "/app/hook/deliveries", {"per_page": _PER_PAGE}), self.app)
        newest: dict[str, Mapping[str, Any]] = {}
        with reading("the App's deliveries"):
            for each in sorted(answer.json(), key=lambda each: str(each["delivered_at"]), reverse=True):
                if datetime.fromisoformat(each["delivered_at"]) >= since:
                    newest.setdefault(each["guid"], each)
            failed = [each for each in newest.values() if each["status_code"] not in _OK]
            last = f"{failed[0]['event']} got {failed[0]['status_code']} {failed[0]['status']}" if failed else ""
        return Attempts(len(newest), len(failed), last)

    def _get(self, path: str) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self.transport.send(Request("GET", path), self.app).json()
        return told


@dataclass(frozen=True, slots=True)
class RepositoryExamination:
    """What guards one repository, as far as its readers may see."""

    client: RepositoryClient

    def default_branch(self) -> str:
        """The name of the default branch."""
        with reading(self.client.name):
            return str(self.client.get("")["default_branch"])

    def branches(self) -> tuple[str, ...]:
        """The names of all branches."""
        with reading("the branches"):
            return tuple(str(each["name"]) for each in self.client.listed("/branches"))

    def gate(self, branch: str) -> Gate:
        """What guards a branch, by branch protection and rulesets alike ("Get rules for a branch")."""
        place = quote(branch, safe="")
        with reading(f"what guards {branch}"):
            checks = self.client.get(f"/branches/{place}")["protection"]["required_status_checks"]["checks"]
            found = [(str(each["context"]), each["app_id"]) for each in checks]
            asked = [*self.client.listed(f"/rules/branches/{place}")]
            for each in asked:
                if each["type"] == "required_status_checks":
                    required = each["parameters"]["required_status_checks"]
                    found += [(str(one["context"]), one.get("integration_id")) for one in required]
        pinned = tuple((context, source if source and source > 0 else None) for context, source in found)
        return Gate(branch, pinned, any(each["type"] == "merge_queue" for each in asked))

    def labels(self) -> frozenset[str]:
        """The labels that there are, in small letters, for GitHub doesn't tell them apart by case."""
        with reading("the labels"):
            return frozenset(str(each["name"]).casefold() for each in self.client.listed("/labels"))


def is_answered(url: str) -> bool:
    """Whether our service answers from here at the address that GitHub delivers to."""
    parts = urlsplit(url)
    path = parts.path.removesuffix("/webhook") + "/healthz"
    try:
        answer = requests.get(
            urlunsplit((parts.scheme, parts.netloc, path, "", "")), timeout=_PATIENCE, allow_redirects=False
        )
        return answer.ok and answer.json().get("status") == "alive"
    except (requests.RequestException, ValueError, AttributeError):
        return False


def _facts(told: Mapping[str, Any], slug: str) -> AppFacts:
    with reading("the App"):
        permissions = {str(topic): str(level) for topic, level in told["permissions"].items()}
        suspended = bool(told.get("suspended_at"))
        return AppFacts(str(told[slug]), permissions, frozenset(map(str, told["events"])), suspended)
