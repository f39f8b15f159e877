"""The sandbox refuses in GitHub's own words: the same keys and the same form of message as in recorded answers.

Recordings are PyGithub's; what it never recorded is quoted from a public thread that shows GitHub's answer whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.fidelity.materials import RECORDINGS
from tests.fidelity.plugin import needs
from tests.fidelity.recordings import form_of, recorded
from tests.fidelity.town import GUARD, REPOSITORY, Town

pytestmark = needs(RECORDINGS)
#: Keys that GitHub added to every error after most recordings were made.
ADDED = {"documentation_url", "status"}


@dataclass(frozen=True)
class Refusal:
    """How the sandbox is brought to refuse, and where GitHub's own refusal is recorded."""

    status: int
    recording: str
    ask: Callable[[Town], Any]
    path: str = ""

    def __str__(self) -> str:
        return f"{self.status}-{self.recording}"


def bad_token(town: Town) -> Any:
    town.tokens["bad"] = "ghp_wrong"
    return town.ask("bad", "GET", REPOSITORY)


def bad_json(town: Town) -> Any:
    headers = {"Authorization": f"Bearer {town.tokens['alice']}", "Content-Type": "application/json"}
    return requests.post(f"{town.sandbox.api}{REPOSITORY}/issues", data=b"{", headers=headers, timeout=20)


def conflict(town: Town) -> Any:
    town.branch("develop")
    town.write("develop", "app.py", "print('there')\n")
    town.write("main", "app.py", "print('here')\n")
    return town.ask("alice", "POST", f"{REPOSITORY}/merges", base="develop", head="main")


def unmerged(town: Town) -> Any:
    return town.ask("alice", "GET", f"{REPOSITORY}/pulls/{town.pull()['number']}/merge")


def too_wide(town: Town) -> Any:
    path = f"/app/installations/{town.installation}/access_tokens"
    return town.as_app("POST", path, permissions={"administration": "write"})


REFUSALS = (
    Refusal(404, "Exceptions.testUnknownObject", lambda town: town.ask("alice", "GET", "/repos/acme/none")),
    Refusal(404, "Exceptions.testUnknownUser", lambda town: town.ask("alice", "GET", "/users/nobody")),
    Refusal(401, "Exceptions.testBadAuthentication", bad_token),
    Refusal(404, "PullRequest.testDeleteBranch", lambda town: town.ask("alice", "GET", f"{REPOSITORY}/branches/none")),
    Refusal(
        404,
        "Branch.testRemoveProtection",
        lambda town: town.ask("carol", "GET", f"{REPOSITORY}/branches/main/protection"),
    ),
    Refusal(404, "PullRequest.testMerge", unmerged),
    Refusal(409, "Repository.testMergeWithConflict", conflict),
    Refusal(422, "GithubIntegration.testGetAccessTokenWithInvalidPermissions", too_wide),
    Refusal(
        404,
        "GithubIntegration.testGetAccessTokenForNoInstallation",
        lambda town: town.as_app("POST", "/app/installations/1/access_tokens"),
    ),
    Refusal(
        404,
        "GithubIntegration.testGetInstallationNotFound",
        lambda town: town.as_app("GET", "/users/stranger/installation"),
    ),
    Refusal(
        404,
        "Repository.testCollaborators",
        lambda town: town.ask("carol", "GET", f"{REPOSITORY}/collaborators/stranger"),
    ),
    Refusal(
        403,
        "Repository.testCollaboratorPermissionNoPushAccess",
        lambda town: town.ask("stranger", "GET", f"{REPOSITORY}/collaborators/bob/permission"),
    ),
    Refusal(
        403,
        "WorkflowRun.test_cancel",
        lambda town: town.ask("alice", "DELETE", f"{REPOSITORY}/collaborators/bob"),
    ),
    Refusal(400, "GithubIntegration.testGetAccessTokenWithInvalidData", bad_json),
)


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_refusal_has_the_form_of_a_recorded_one(town: Town, refusal: Refusal) -> None:
    theirs = recorded(refusal.recording, refusal.status, refusal.path).json
    answer = refusal.ask(town)
    ours = answer.json()
    assert answer.status_code == refusal.status
    assert form_of(ours["message"]) == form_of(theirs["message"])
    assert ours.keys() - ADDED == theirs.keys() - ADDED
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_newer_recordings_have_the_keys_that_we_add() -> None:
    newest = recorded("Repository.testMergeUpstreamFailure", 409).json
    assert newest.keys() == {"message", *ADDED}
    assert newest["status"] == "409"


def test_a_validation_failure_lists_errors_with_the_recorded_keys(town: Town) -> None:
    """The list's form is recorded in Exceptions.testInvalidInput; the words of this one are in
    vsoch/pull-request-action#86, which shows that `field` is left out."""
    theirs = recorded("Exceptions.testInvalidInput", 422).json
    town.pull()
    ours = town.ask("alice", "POST", f"{REPOSITORY}/pulls", title="t", head="hotfix/pay", base="main").json()
    assert ours["message"] == theirs["message"] == "Validation Failed"
    (error,), (recorded_error,) = ours["errors"], theirs["errors"]
    assert error.keys() == recorded_error.keys() - {"field"}
    assert error == {
        "resource": "PullRequest",
        "code": "custom",
        "message": "A pull request already exists for acme:hotfix/pay.",
    }


def test_an_unknown_head_is_an_invalid_field(town: Town) -> None:
    """shepherd-tools/shepherd#51 shows the whole body."""
    answer = town.ask("alice", "POST", f"{REPOSITORY}/pulls", title="t", head="none", base="main")
    assert (answer.status_code, answer.json()["message"]) == (422, "Validation Failed")
    assert answer.json()["errors"] == [{"resource": "PullRequest", "field": "head", "code": "invalid"}]


def test_a_missing_permission_names_the_integration(town: Town) -> None:
    """jenkins-infra/helpdesk#4686 shows the whole body, `status` as a string."""
    weak = town.sandbox.create_app("weak", {"contents": "read"})
    town.tokens["weak"] = town.sandbox.installation_token(town.sandbox.install("acme", app_id=weak.app_id))
    answer = town.ask("weak", "POST", f"{REPOSITORY}/check-runs", name="n", head_sha="0" * 40)
    assert answer.status_code == 403
    assert answer.json().keys() == {"message", *ADDED}
    assert (answer.json()["message"], answer.json()["status"]) == ("Resource not accessible by integration", "403")


def test_a_missing_required_check_is_named(town: Town) -> None:
    """PennyDreadfulMTG/Penny-Dreadful-Tools#6226 shows GitHub's 405 whole."""
    town.protect(checks=[{"context": "Codacy/PR Quality Review"}])
    answer = town.merge(town.pull()["number"])
    assert answer.status_code == 405
    assert answer.json()["message"] == 'Required status check "Codacy/PR Quality Review" is expected.'
    assert answer.json().keys() - ADDED == {"message"}


def test_a_graphql_refusal_has_the_form_of_a_recorded_one(town: Town) -> None:
    theirs = recorded("PullRequest.testEnableAutomergeError", 200, "graphql").json
    missing = town.query('mutation { convertPullRequestToDraft(input: {pullRequestId: "PR_x"}) { clientMutationId } }')
    ours = missing.json()
    assert ours.keys() == theirs.keys()
    assert ours["errors"][0].keys() == theirs["errors"][0].keys()
    assert list(ours["data"].values()) == list(theirs["data"].values()) == [None]


def test_a_merge_answers_with_the_recorded_fields(town: Town) -> None:
    theirs = recorded("PullRequest.testMerge", 200, "merge").json
    ours = town.merge(town.pull()["number"]).json()
    assert ours.keys() == theirs.keys()
    assert ours["message"] == theirs["message"]


def test_a_comment_of_the_app_has_every_recorded_field_that_still_exists(town: Town) -> None:
    """Recorded in IssueComment.setUp; fields of later days may be more, none may be missing."""
    theirs = recorded("IssueComment.setUp", 200, "comments").json
    ours = town.must(GUARD, "POST", f"{REPOSITORY}/issues/{town.pull()['number']}/comments", body="Hello")
    assert theirs.keys() - ours.keys() <= {"pin", "minimized"}
