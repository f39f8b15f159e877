"""How GitHub treats check runs and what they block. Each docstring names where the behaviour is told."""

import pytest

from tests.fidelity.town import GUARD, REPOSITORY, Town

OK = {"status": "completed", "conclusion": "success"}


def remark(number: int) -> dict[str, object]:
    place = {"path": "app.py", "start_line": 1, "end_line": 1}
    return {**place, "annotation_level": "warning", "message": f"number {number}"}


def output(*numbers: int) -> dict[str, object]:
    return {"title": "Title", "summary": "Summary", "annotations": [remark(number) for number in numbers]}


def test_annotations_of_an_update_are_appended(town: Town) -> None:
    """docs.github.com/rest/checks/runs, "Update a check run": annotations are appended to those that exist."""
    run = town.run(town.pull()["head"]["sha"], output=output(1, 2))
    town.must(GUARD, "PATCH", f"{REPOSITORY}/check-runs/{run['id']}", output=output(3))
    found = town.see(f"/check-runs/{run['id']}/annotations")
    assert [each["message"] for each in found] == ["number 1", "number 2", "number 3"]


def test_a_request_takes_fifty_annotations_and_no_more(town: Town) -> None:
    """docs.github.com/rest/checks/runs, "Create a check run": a maximum of 50 per API request."""
    sha = town.pull()["head"]["sha"]
    town.run(sha, output=output(*range(50)))
    path = f"{REPOSITORY}/check-runs"
    assert town.ask(GUARD, "POST", path, name="n", head_sha=sha, output=output(*range(51))).status_code == 422


def test_completed_without_a_conclusion_is_refused(town: Town) -> None:
    """docs.github.com/rest/checks/runs, "Create a check run": conclusion is required if status is completed."""
    sha = town.pull()["head"]["sha"]
    answer = town.ask(GUARD, "POST", f"{REPOSITORY}/check-runs", name="n", head_sha=sha, status="completed")
    assert answer.status_code == 422


def test_a_conclusion_completes_the_run(town: Town) -> None:
    """docs.github.com/rest/checks/runs: providing conclusion automatically sets the status to completed."""
    run = town.run(town.pull()["head"]["sha"], conclusion="neutral")
    assert (run["status"], run["conclusion"]) == ("completed", "neutral")
    assert run["completed_at"]


@pytest.mark.parametrize("conclusion", ["success", "neutral", "skipped"])
def test_success_neutral_and_skipped_satisfy_a_required_check(town: Town, conclusion: str) -> None:
    """docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-
    features/about-status-checks."""
    town.protect(checks=[{"context": "hotfix: main"}])
    pull = town.pull()
    town.run(pull["head"]["sha"], conclusion=conclusion)
    assert town.merge(pull["number"]).status_code == 200


@pytest.mark.parametrize("conclusion", ["failure", "action_required", "timed_out", "cancelled"])
def test_other_conclusions_block(town: Town, conclusion: str) -> None:
    """The same page: a required check must be successful, skipped or neutral before the merge."""
    town.protect(checks=[{"context": "hotfix: main"}])
    pull = town.pull()
    town.run(pull["head"]["sha"], conclusion=conclusion)
    assert town.merge(pull["number"]).status_code == 405


def test_a_missing_required_check_blocks(town: Town) -> None:
    """docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/
    about-protected-branches, "Require status checks before merging"."""
    town.protect(checks=[{"context": "hotfix: main"}])
    answer = town.merge(town.pull()["number"])
    assert answer.status_code == 405
    assert answer.json()["message"] == 'Required status check "hotfix: main" is expected.'


def test_the_newest_run_of_a_name_counts(town: Town) -> None:
    """docs.github.com/rest/checks/runs, "List check runs for a Git reference": filter latest is the default."""
    town.protect(checks=[{"context": "hotfix: main"}])
    pull = town.pull()
    sha, number = pull["head"]["sha"], pull["number"]
    town.run(sha, conclusion="success")
    newest = town.run(sha, conclusion="failure")
    assert [run["id"] for run in town.see(f"/commits/{sha}/check-runs")["check_runs"]] == [newest["id"]]
    assert town.see(f"/commits/{sha}/check-runs?filter=all")["total_count"] == 2
    assert town.merge(number).status_code == 405
    town.run(sha, conclusion="success")
    assert town.merge(number).status_code == 200


def test_a_check_run_belongs_to_its_commit_and_to_every_pull_request_that_has_it(town: Town) -> None:
    """docs.github.com/rest/guides/using-the-rest-api-to-interact-with-checks: checks run on a commit's SHA."""
    town.branch("release")
    first = town.pull()
    body = {"title": "Same", "head": "hotfix/pay", "base": "release"}
    second = town.must("alice", "POST", f"{REPOSITORY}/pulls", **body)
    run = town.run(first["head"]["sha"])
    assert {pull["number"] for pull in run["pull_requests"]} == {first["number"], second["number"]}


def test_a_push_leaves_the_old_check_run_behind(town: Town) -> None:
    """The same page: a new commit has no check runs until somebody makes them."""
    pull = town.pull()
    town.run(pull["head"]["sha"], conclusion="success")
    sha = town.write("hotfix/pay", "app.py", "print('again')\n")
    assert town.see(f"/commits/{sha}/check-runs")["total_count"] == 0


def test_a_fork_has_no_place_in_a_check_runs_pull_requests(town: Town) -> None:
    """docs.github.com/rest/checks/runs: pushes to a branch in a forked repository return an empty pull_requests."""
    town.must("stranger", "POST", f"{REPOSITORY}/forks")
    town.must("stranger", "PUT", "/repos/stranger/shop/contents/new.py", message="New", content="bmV3Cg==")
    body = {"title": "From outside", "head": "stranger:main", "base": "main"}
    pull = town.must("stranger", "POST", f"{REPOSITORY}/pulls", **body)
    run = town.run(pull["head"]["sha"])
    assert run["pull_requests"] == []


def test_a_check_pinned_to_an_app_is_satisfied_by_no_one_else(town: Town) -> None:
    """docs.github.com/rest/branches/branch-protection, "Update branch protection": app_id of a check."""
    town.protect(checks=[{"context": "hotfix: main", "app_id": town.sandbox.app_id}])
    pull = town.pull()
    sha, number = pull["head"]["sha"], pull["number"]
    town.must("bob", "POST", f"{REPOSITORY}/statuses/{sha}", state="success", context="hotfix: main")
    assert town.merge(number).status_code == 405
    town.run(sha, conclusion="success")
    assert town.merge(number).status_code == 200


def test_only_its_own_app_changes_a_check_run(town: Town) -> None:
    """docs.github.com/rest/checks/runs, "Update a check run": by the App that created it."""
    run = town.run(town.pull()["head"]["sha"])
    other = town.sandbox.create_app("other", {"checks": "write"})
    town.tokens["other"] = town.sandbox.installation_token(town.sandbox.install("acme", app_id=other.app_id))
    assert town.ask("other", "PATCH", f"{REPOSITORY}/check-runs/{run['id']}", name="stolen").status_code == 403


def test_people_write_no_checks(town: Town) -> None:
    """docs.github.com/rest/checks: write permission to interact with checks is only available to GitHub Apps."""
    sha = town.pull()["head"]["sha"]
    answer = town.ask("carol", "POST", f"{REPOSITORY}/check-runs", name="n", head_sha=sha)
    assert answer.status_code == 403


def test_a_rerequest_queues_the_suite_until_the_app_writes_again(town: Town) -> None:
    """docs.github.com/rest/checks/runs, "Rerequest a check run": resets the check suite's status to queued and clears
    its conclusion; the webhook is check_run.rerequested."""
    run = town.run(town.pull()["head"]["sha"], conclusion="failure")
    suite = f"/check-suites/{run['check_suite']['id']}"
    assert (town.see(suite)["status"], town.see(suite)["conclusion"]) == ("completed", "failure")
    town.must("carol", "POST", f"{REPOSITORY}/check-runs/{run['id']}/rerequest")
    assert (town.see(suite)["status"], town.see(suite)["conclusion"]) == ("queued", None)
    (event,) = town.sent("check_run", "rerequested")
    assert event["check_run"]["id"] == run["id"]
    town.must(GUARD, "PATCH", f"{REPOSITORY}/check-runs/{run['id']}", conclusion="success")
    assert town.see(suite)["conclusion"] == "success"


def test_a_button_asks_only_the_app_that_offers_it(town: Town) -> None:
    """docs.github.com/webhooks/webhook-events-and-payloads#check_run: requested_action carries the identifier."""
    button = {"label": "Re-check", "description": "Look again", "identifier": "recheck"}
    run = town.run(town.pull()["head"]["sha"], **OK, actions=[button])
    path = f"{REPOSITORY}/check-runs/{run['id']}/requested_action"
    town.must("alice", "POST", path, identifier="recheck")
    (event,) = town.sent("check_run", "requested_action")
    assert event["requested_action"] == {"identifier": "recheck"}
    assert event["sender"]["login"] == "alice"
