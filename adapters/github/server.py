"""Which GitHub: github.com, or an Enterprise Server of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import SettingsError

GITHUB_COM = "https://api.github.com"

_ENTERPRISE = "/api/v3"
#: GitHub Enterprise Cloud with data residency has its API at https://api.SUBDOMAIN.ghe.com ("Getting started with data
#: residency for GitHub Enterprise Cloud").
_RESIDENT = (".ghe.com", "https://api.")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class GitHubServer:
    """Where GitHub's API answers.

    Attributes:
        api_url: "https://api.github.com", or "https://HOST/api/v3" of a GitHub Enterprise Server.

    Raises:
        SettingsError: the address is none, or would send tokens unencrypted over a network.
    """

    api_url: str = GITHUB_COM

    def __post_init__(self) -> None:
        parts = urlsplit(self.api_url)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.query:
            raise SettingsError(
                f"{self.api_url!r} is no address of GitHub's API: expected https://api.github.com or "
                "https://HOST/api/v3"
            )
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise SettingsError(f"{self.api_url!r} would send tokens unencrypted: expected https://")
        object.__setattr__(self, "api_url", self.api_url.rstrip("/"))

    @property
    def web_url(self) -> str:
        """Where people see it, e.g. "https://github.com"."""
        if self.api_url == GITHUB_COM:
            return "https://github.com"
        suffix, prefix = _RESIDENT
        if self.api_url.startswith(prefix) and self.api_url.endswith(suffix):
            return f"https://{self.api_url.removeprefix(prefix)}"
        return self.api_url.removesuffix(_ENTERPRISE)

    def clone_url(self, repository: str) -> str:
        """Where git fetches and pushes a repository "owner/name"; it holds no token."""
        return f"{self.web_url}/{repository}.git"
