"""GitHub made real: an App's client, or a token's, that hands out repositories."""

from adapters.github.app import AppDeliveries, GitHubApp, TokenGitHub
from adapters.github.credentials import AppCredentials
from adapters.github.outline import POLICY_FILE
from adapters.github.repository import GitHubRepository
from adapters.github.server import GitHubServer

__all__ = [
    "POLICY_FILE",
    "AppCredentials",
    "AppDeliveries",
    "GitHubApp",
    "GitHubRepository",
    "GitHubServer",
    "TokenGitHub",
]
