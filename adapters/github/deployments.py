"""What was deployed (docs.github.com/rest/deployments)."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.github.client import RepositoryClient
from adapters.github.reading import reading

#: Attempts that are looked at, newest first; who failed more often has other worries.
_MOST = 30


@dataclass(frozen=True, slots=True)
class DeploymentReader:
    """Reads one repository's deployments.

    Attributes:
        client: the repository's door.
    """

    client: RepositoryClient

    def newest(self, environment: str) -> str:
        """The commit that was deployed last to an environment with success, "" where none was.

        Raises:
            NotPermittedError: the token lacks `deployments: read`.
            GitHubTroubleError: GitHub can't be read just now.
        """
        with reading(f"the deployments to {environment}"):
            for each in self.client.get("/deployments", environment=environment, per_page=_MOST):
                statuses = self.client.get(f"/deployments/{int(each['id'])}/statuses", per_page=1)
                if statuses and statuses[0]["state"] == "success":
                    return str(each["sha"])
        return ""
