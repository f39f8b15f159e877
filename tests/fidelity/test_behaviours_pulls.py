"""How GitHub treats pull requests, their reviews and their merges. Each docstring names where the behaviour is told."""

import pytest

from tests.fidelity.town import GUARD, REPOSITORY, Town

ONE: dict[str, object] = {"required_approving_review_count": 1}
QUEUE = {
    "check_response_timeout_minutes": 60,
    "grouping_strategy": "ALLGREEN",
    "max_entries_to_build": 5,
    "max_entries_to_merge": 5,
    "merge_method": "MERGE",
    "min_entries_to_merge": 1,
    "min_entries_to_merge_wait_minutes": 5,
}


def test_a_second_pull_request_for_the_same_branches_is_refused(town: Town) -> None:
    """docs.github.com/rest/pulls/pulls, "Create a pull request": 422; the body as in vsoch/pull-request-action#86."""
    town.pull()
    answer = town.ask("alice", "POST", f"{REPOSITORY}/pulls", title="Again", head="hotfix/pay", base="main")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["message"] == "A pull request already exists for acme:hotfix/pay."
    assert error.get("field") is None


def test_mergeable_is_null_at_first_and_known_later(town: Town) -> None:
    """docs.github.com/rest/pulls/pulls, "Get a pull request": null while GitHub computes the mergeability."""
    number = town.pull()["number"]
    town.write("main", "README.md", "new tip\n")
    first, second = town.see(f"/pulls/{number}"), town.see(f"/pulls/{number}")
    assert (first["mergeable"], first["mergeable_state"]) == (None, "unknown")
    assert (second["mergeable"], second["mergeable_state"]) == (True, "clean")


def test_the_test_merge_commit_is_shown_before_the_merge(town: Town) -> None:
    """The same page: merge_commit_sha is the test merge commit before merging."""
    pull = town.pull()
    town.see(f"/pulls/{pull['number']}")
    sha = town.see(f"/pulls/{pull['number']}")["merge_commit_sha"]
    parents = [each["sha"] for each in town.see(f"/commits/{sha}")["parents"]]
    assert parents == [pull["base"]["sha"], pull["head"]["sha"]]
    assert town.see(f"/git/ref/pull/{pull['number']}/merge")["object"]["sha"] == sha


def test_a_conflict_makes_a_pull_request_dirty_and_unmergeable(town: Town) -> None:
    """The same page, "Merge a pull request": 405 if merge cannot be performed."""
    number = town.pull()["number"]
    town.write("main", "app.py", "print('elsewhere')\n")
    town.see(f"/pulls/{number}")
    again = town.see(f"/pulls/{number}")
    assert (again["mergeable"], again["mergeable_state"]) == (False, "dirty")
    answer = town.merge(number)
    assert (answer.status_code, answer.json()["message"]) == (405, "Pull Request is not mergeable")


def test_a_retargeted_pull_request_tells_its_old_base(town: Town) -> None:
    """docs.github.com/webhooks/webhook-events-and-payloads#pull_request, edited: changes.base.ref.from."""
    sha, pull = town.branch("release"), town.pull()
    changed = town.must("alice", "PATCH", f"{REPOSITORY}/pulls/{pull['number']}", base="release")
    assert (changed["base"]["ref"], changed["base"]["sha"]) == ("release", sha)
    (event,) = town.sent("pull_request", "edited")
    assert event["changes"]["base"]["ref"] == {"from": "main"}


def test_a_push_to_the_head_synchronizes(town: Town) -> None:
    """The same page, synchronize: before and after."""
    pull = town.pull()
    after = town.write("hotfix/pay", "app.py", "print('again')\n")
    (event,) = town.sent("pull_request", "synchronize")
    assert (event["before"], event["after"]) == (pull["head"]["sha"], after)
    assert town.see(f"/pulls/{pull['number']}")["head"]["sha"] == after


def test_deleting_the_head_branch_closes_the_pull_request(town: Town) -> None:
    """docs.github.com/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/
    creating-and-deleting-branches-within-your-repository: deleting the head branch closes the pull request."""
    number = town.pull()["number"]
    town.must("alice", "DELETE", f"{REPOSITORY}/git/refs/heads/hotfix/pay")
    assert (town.see(f"/pulls/{number}")["state"], town.see(f"/pulls/{number}")["merged"]) == ("closed", False)
    assert [event["pull_request"]["merged"] for event in town.sent("pull_request", "closed")] == [False]


def test_a_merge_with_an_old_sha_conflicts(town: Town) -> None:
    """docs.github.com/rest/pulls/pulls, "Merge a pull request": 409 if sha was provided and head did not match; the
    message as in dlang/dlang-bot#77."""
    pull = town.pull()
    town.write("hotfix/pay", "app.py", "print('again')\n")
    answer = town.merge(pull["number"], sha=pull["head"]["sha"])
    assert answer.status_code == 409
    assert answer.json()["message"] == "Head branch was modified. Review and try the merge again."


def test_a_merge_commit_has_two_parents(town: Town) -> None:
    """docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/
    about-merge-methods-on-github: all commits are added to base in a merge commit."""
    pull = town.pull()
    commit = town.see(f"/commits/{town.merge(pull['number']).json()['sha']}")
    assert [each["sha"] for each in commit["parents"]] == [pull["base"]["sha"], pull["head"]["sha"]]
    assert commit["commit"]["message"].startswith("Merge pull request #1 from acme/hotfix/pay")
    assert commit["commit"]["committer"]["name"] == "GitHub"


def test_a_squash_is_one_commit_of_the_author(town: Town) -> None:
    """The same page: the commits are squashed into a single commit, whose title ends in the number."""
    pull = town.pull()
    town.write("hotfix/pay", "app.py", "print('again')\n", message="More")
    done = town.merge(pull["number"], merge_method="squash").json()
    commit = town.see(f"/commits/{done['sha']}")
    assert [each["sha"] for each in commit["parents"]] == [pull["base"]["sha"]]
    assert commit["commit"]["message"] == "Fix payment (#1)\n\n* Change\n\n* More"
    assert commit["author"]["login"] == "alice"


def test_a_rebase_copies_each_commit_without_a_merge_commit(town: Town) -> None:
    """The same page: commits are added individually without a merge commit, with new SHAs and another committer."""
    pull = town.pull()
    town.write("hotfix/pay", "app.py", "print('again')\n", message="More")
    tip = town.write("main", "README.md", "elsewhere\n", who="bob")
    assert town.merge(pull["number"], who="bob", merge_method="rebase").status_code == 200
    newest, older, below = town.see("/commits?sha=main")[:3]
    assert below["sha"] == tip
    assert [each["commit"]["message"] for each in (older, newest)] == ["Change", "More"]
    assert older["sha"] != pull["head"]["sha"]
    assert (older["author"]["login"], older["committer"]["login"]) == ("alice", "bob")


def test_a_draft_is_not_merged(town: Town) -> None:
    """docs.github.com/pull-requests/…/about-pull-requests, "Draft pull requests": cannot be merged."""
    town.branch("hotfix/pay")
    town.write("hotfix/pay", "app.py", "1\n")
    body = {"title": "Draft", "head": "hotfix/pay", "base": "main", "draft": True}
    pull = town.must("alice", "POST", f"{REPOSITORY}/pulls", **body)
    assert town.merge(pull["number"]).status_code == 405


def test_a_merged_pull_request_cannot_be_merged_again_or_reopened(town: Town) -> None:
    """docs.github.com/rest/pulls/pulls, "Merge a pull request": 405."""
    number = town.pull()["number"]
    assert town.merge(number).status_code == 200
    assert town.merge(number).status_code == 405
    assert town.ask("alice", "PATCH", f"{REPOSITORY}/pulls/{number}", state="open").status_code == 422
    assert town.ask("alice", "GET", f"{REPOSITORY}/pulls/{number}/merge").status_code == 204


# Reviews


def test_an_author_approves_nothing_of_the_own(town: Town) -> None:
    """docs.github.com/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/approving-a-
    pull-request-with-required-reviews: pull request authors cannot approve their own pull requests."""
    number = town.pull()["number"]
    assert town.ask("alice", "POST", f"{REPOSITORY}/pulls/{number}/reviews", event="APPROVE").status_code == 422


def test_a_dismissed_approval_counts_no_longer_and_no_older_one_returns(town: Town) -> None:
    """docs.github.com/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/dismissing-a-
    pull-request-review; palantir/policy-bot#119 for the older one."""
    town.protect(reviews=ONE)
    number = town.pull()["number"]
    town.review(number)
    second = town.review(number)
    path = f"{REPOSITORY}/pulls/{number}/reviews/{second['id']}/dismissals"
    assert town.must("carol", "PUT", path, message="too hasty")["state"] == "DISMISSED"
    assert town.merge(number).status_code == 405
    assert [each["state"] for each in town.see(f"/pulls/{number}/reviews")] == ["APPROVED", "DISMISSED"]
    (event,) = town.sent("pull_request_review", "dismissed")
    assert event["review"]["state"] == "dismissed"


def test_a_comment_leaves_an_approval_standing(town: Town) -> None:
    """docs.github.com/pull-requests/…/about-pull-request-reviews: a comment is general feedback without approving."""
    town.protect(reviews=ONE)
    number = town.pull()["number"]
    town.review(number)
    town.review(number, "COMMENT", body="nice")
    assert town.merge(number).status_code == 200


def test_a_wish_for_changes_blocks_until_the_same_person_approves(town: Town) -> None:
    """The same page: request changes must be addressed before the pull request can be merged."""
    town.protect(reviews=ONE)
    number = town.pull()["number"]
    town.review(number, who="carol")
    town.review(number, "REQUEST_CHANGES", body="no")
    assert town.merge(number).status_code == 405
    town.review(number)
    assert town.merge(number).status_code == 200


def test_a_review_keeps_the_commit_it_was_given_on(town: Town) -> None:
    """docs.github.com/rest/pulls/reviews: commit_id is the SHA that the review was given on."""
    pull = town.pull()
    town.review(pull["number"])
    town.write("hotfix/pay", "app.py", "print('again')\n")
    (review,) = town.see(f"/pulls/{pull['number']}/reviews")
    assert (review["state"], review["commit_id"]) == ("APPROVED", pull["head"]["sha"])


def test_a_push_dismisses_approvals_where_the_branch_wants_it(town: Town) -> None:
    """docs.github.com/repositories/…/about-protected-branches: dismiss stale approvals when commits are pushed."""
    town.protect(reviews={**ONE, "dismiss_stale_reviews": True})
    number = town.pull()["number"]
    town.review(number)
    town.write("hotfix/pay", "app.py", "print('again')\n")
    assert [each["state"] for each in town.see(f"/pulls/{number}/reviews")] == ["DISMISSED"]
    assert town.merge(number).status_code == 405


def test_an_approval_of_somebody_without_write_access_unblocks_nothing(town: Town) -> None:
    """The same page: required reviews come from people with write permissions."""
    town.protect(reviews=ONE)
    number = town.pull()["number"]
    town.review(number, who="stranger")
    assert town.merge(number).status_code == 405


# The queue


def test_a_merge_group_has_a_branch_of_its_own(town: Town) -> None:
    """docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/
    managing-a-merge-queue: branches with the prefix gh-readonly-queue/{base_branch}; merge_group.checks_requested."""
    checks = {"required_status_checks": [{"context": "ci"}], "strict_required_status_checks_policy": False}
    rules = [{"type": "required_status_checks", "parameters": checks}, {"type": "merge_queue", "parameters": QUEUE}]
    names = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    pull = town.pull()
    town.run(pull["head"]["sha"], "ci", conclusion="success")
    body = {"name": "queue", "enforcement": "active", "conditions": names, "rules": rules}
    town.must("carol", "POST", f"{REPOSITORY}/rulesets", **body)
    town.must("alice", "POST", f"{REPOSITORY}/pulls/{pull['number']}/queue")
    (event,) = town.sent("merge_group", "checks_requested")
    group = event["merge_group"]
    assert group["head_ref"] == f"refs/heads/gh-readonly-queue/main/pr-1-{pull['base']['sha']}"
    assert group["base_ref"] == "refs/heads/main"
    assert town.see(f"/git/ref/{group['head_ref'].removeprefix('refs/')}")["object"]["sha"] == group["head_sha"]
    town.run(group["head_sha"], "ci", conclusion="success")
    assert town.see(f"/pulls/{pull['number']}")["merged"] is True
    assert [each["reason"] for each in town.sent("merge_group", "destroyed")] == ["merged"]


# Diffs


def test_a_comparison_starts_at_the_merge_base(town: Town) -> None:
    """docs.github.com/rest/commits/commits, "Compare two commits": like git log BASE..HEAD; the three-dot diff as in
    docs.github.com/pull-requests/…/about-comparing-branches-in-pull-requests."""
    pull = town.pull()
    town.write("main", "README.md", "only on base\n")
    found = town.see("/compare/main...hotfix/pay")
    assert (found["status"], found["ahead_by"], found["behind_by"]) == ("diverged", 1, 1)
    assert found["merge_base_commit"]["sha"] == pull["base"]["sha"]
    assert [each["filename"] for each in found["files"]] == ["app.py"]


def test_a_removed_file_is_called_removed_and_a_moved_one_tells_where_from(town: Town) -> None:
    """docs.github.com/rest/pulls/pulls, "List pull requests files": status removed, renamed; previous_filename."""
    town.write("main", "old.py", "".join(f"line {n}\n" for n in range(30)))
    town.branch("hotfix/move")
    blob = town.see("/contents/old.py?ref=hotfix/move")["sha"]
    there = town.see("/contents/app.py?ref=hotfix/move")["sha"]
    tip = town.see("/git/ref/heads/hotfix/move")["object"]["sha"]
    entries = [
        {"path": "new.py", "mode": "100644", "type": "blob", "sha": blob},
        {"path": "old.py", "mode": "100644", "type": "blob", "sha": None},
        {"path": "app.py", "mode": "100644", "type": "blob", "sha": None},
    ]
    base = town.see(f"/git/commits/{tip}")["tree"]["sha"]
    tree = town.must("alice", "POST", f"{REPOSITORY}/git/trees", base_tree=base, tree=entries)["sha"]
    commit = town.must("alice", "POST", f"{REPOSITORY}/git/commits", message="Move", tree=tree, parents=[tip])["sha"]
    town.must("alice", "PATCH", f"{REPOSITORY}/git/refs/heads/hotfix/move", sha=commit)
    body = {"title": "Move", "head": "hotfix/move", "base": "main"}
    pull = town.must("alice", "POST", f"{REPOSITORY}/pulls", **body)
    files = {each["filename"]: each for each in town.see(f"/pulls/{pull['number']}/files")}
    assert files["app.py"]["status"] == "removed"
    assert (files["new.py"]["status"], files["new.py"]["previous_filename"]) == ("renamed", "old.py")
    assert there


def test_a_diff_of_more_than_300_files_is_not_acceptable(town: Town) -> None:
    """docs.github.com/repositories/creating-and-managing-repositories/repository-limits, "Diff limits"; the 406 as in
    docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api."""
    tip = town.branch("big")
    entries = [{"path": f"d/{n}.txt", "mode": "100644", "type": "blob", "content": f"{n}\n"} for n in range(301)]
    base = town.see(f"/git/commits/{tip}")["tree"]["sha"]
    tree = town.must("alice", "POST", f"{REPOSITORY}/git/trees", base_tree=base, tree=entries)["sha"]
    commit = town.must("alice", "POST", f"{REPOSITORY}/git/commits", message="Big", tree=tree, parents=[tip])["sha"]
    wanted = {"Accept": "application/vnd.github.diff"}
    answer = town.ask("alice", "GET", f"{REPOSITORY}/compare/{tip}...{commit}", headers=wanted)
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["code"] == "too_large"
    small = town.ask("alice", "GET", f"{REPOSITORY}/compare/{tip}...{tip}", headers=wanted)
    assert (small.status_code, small.text) == (200, "")


@pytest.mark.parametrize("known", [True, False])
def test_a_label_that_nobody_made_is_made_by_using_it(town: Town, known: bool) -> None:
    """docs.github.com/rest/issues/labels, "Add labels to an issue"; names are compared without regard to case
    (docs.github.com/issues/using-labels-and-milestones-to-track-work/managing-labels)."""
    number = town.pull()["number"]
    if known:
        town.must("alice", "POST", f"{REPOSITORY}/labels", name="Hotfix", color="ff0000")
    labels = town.must("alice", "POST", f"{REPOSITORY}/issues/{number}/labels", labels=["hotfix"])
    assert [label["name"] for label in labels] == ["Hotfix" if known else "hotfix"]
    (event,) = town.sent("pull_request", "labeled")
    assert event["label"]["name"] == labels[0]["name"]


def test_branches_that_conflict_are_not_merged(town: Town) -> None:
    """docs.github.com/rest/branches/branches, "Merge a branch": 409 on a conflict, 204 when there's nothing to do."""
    town.branch("develop")
    town.write("develop", "app.py", "print('there')\n")
    assert town.ask("alice", "POST", f"{REPOSITORY}/merges", base="develop", head="main").status_code == 204
    town.write("main", "app.py", "print('here')\n")
    assert town.ask("alice", "POST", f"{REPOSITORY}/merges", base="develop", head="main").status_code == 409


def test_the_app_comments_under_its_own_name(town: Town) -> None:
    """docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-
    installation: activity is attributed to the App, as `slug[bot]`."""
    number = town.pull()["number"]
    comment = town.must(GUARD, "POST", f"{REPOSITORY}/issues/{number}/comments", body="Hello")
    assert (comment["user"]["login"], comment["user"]["type"]) == ("guard[bot]", "Bot")
    assert comment["performed_via_github_app"]["slug"] == "guard"


_LANDED = """
query ($branch: String!) {
  repository(owner: "acme", name: "shop") {
    ref(qualifiedName: $branch) {
      target {
        ... on Commit {
          history(first: 2) { nodes { associatedPullRequests(first: 5) { nodes { number merged baseRefName } } } }
        }
      }
    }
  }
}
"""


@pytest.mark.parametrize(("method", "count"), [("merge", 1), ("squash", 1), ("rebase", 2)])
def test_every_commit_that_a_merge_put_on_base_names_its_pull_request(town: Town, method: str, count: int) -> None:
    """docs.github.com/graphql/reference/objects#commit, associatedPullRequests: "The merged Pull Request that
    introduced the commit to the repository"."""
    town.write("main", "other.py", "print('meanwhile')\n")
    number = town.pull()["number"]
    town.write("hotfix/pay", "test_app.py", "assert True\n")
    assert town.merge(number, merge_method=method).status_code == 200
    target = town.query(_LANDED, branch="refs/heads/main").json()["data"]["repository"]["ref"]["target"]
    named = [
        [each["number"] for each in node["associatedPullRequests"]["nodes"]] for node in target["history"]["nodes"]
    ]
    assert named[:count] == [[number]] * count


AUTO_MERGE = """
mutation($id: ID!) { enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: SQUASH}) { clientMutationId } }
"""


def test_an_auto_merge_needs_the_repositorys_leave_and_something_to_wait_for(town: Town) -> None:
    """docs.github.com, "Automatically merging a pull request"; peter-evans/enable-pull-request-automerge#343."""
    pull = town.pull()
    refused = town.query(AUTO_MERGE, id=pull["node_id"]).json()
    assert refused["errors"][0]["message"].endswith("Auto merge is not allowed for this repository")
    town.must("carol", "PATCH", REPOSITORY, allow_auto_merge=True)
    refused = town.query(AUTO_MERGE, id=pull["node_id"]).json()
    assert refused["errors"][0]["message"].endswith("Pull request is in clean status")


def test_a_ruleset_may_keep_branches_from_being_made(town: Town) -> None:
    """docs.github.com, "Available rules for rulesets", "Restrict creations"; the words: dmf-mxl/mxl#356."""
    condition = {"ref_name": {"include": ["refs/heads/bot/**"], "exclude": []}}
    town.must(
        "carol",
        "POST",
        f"{REPOSITORY}/rulesets",
        name="No branches",
        target="branch",
        enforcement="active",
        conditions=condition,
        rules=[{"type": "creation"}],
    )
    main = town.see("/git/ref/heads/main")["object"]["sha"]
    answer = town.ask(GUARD, "POST", f"{REPOSITORY}/git/refs", ref="refs/heads/bot/x", sha=main)
    assert answer.status_code == 422
    assert "Cannot create ref due to creations being restricted." in answer.text
