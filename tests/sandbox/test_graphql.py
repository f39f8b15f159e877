"""The sandbox's GraphQL endpoint answers from the same memory and the same git data as everything else.

Every document asked and every answer given here is also held against GitHub's official schema.
"""

from pathlib import Path

import pytest

from sandbox.deeds.checks import create_run
from sandbox.deeds.issues import add_labels, create_comment
from sandbox.deeds.merges import MergeWish, merge_pull
from sandbox.deeds.pushes import move_ref
from sandbox.deeds.reviews import create_review, dismiss_review
from sandbox.model import Annotation, PullRequest, Repository, Team
from sandbox.objects import Person
from sandbox.store import node_id
from tests.sandbox.acme import Acme

OUTLINE = (Path(__file__).parent / "outline.graphql").read_text(encoding="utf-8")


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    return Acme(tmp_path)


def test_one_query_tells_everything_a_verdict_rests_on(acme: Acme) -> None:
    add_labels(acme.scope("alice"), acme.pull, ["hotfix"])
    create_review(acme.scope("bob"), acme.pull, "APPROVE", "")
    create_run(acme.scope("guard[bot]"), "hotfix: main", acme.pull.head_sha, {"title": "Wait", "external_id": "x:1"})
    answer = acme.ask(OUTLINE, owner="acme", name="shop", number=acme.pull.number, file="main:.github/hotfix.yml")
    assert "errors" not in answer
    repository = answer["data"]["repository"]
    pull = repository["pullRequest"]
    assert pull["author"] == {"login": "alice", "__typename": "User"}
    assert [label["name"] for label in pull["labels"]["nodes"]] == ["hotfix"]
    assert (pull["additions"], pull["deletions"], pull["changedFiles"]) == (1, 1, 1)
    (review,) = pull["reviews"]["nodes"]
    assert review["state"] == "APPROVED"
    assert review["authorCanPushToRepository"] is True
    assert review["commit"] == {"oid": pull["headRefOid"]}
    assert repository["file"]["text"] == "version: 1\n"
    (suite,) = pull["commits"]["nodes"][-1]["commit"]["checkSuites"]["nodes"]
    assert suite["checkRuns"]["nodes"][0]["externalId"] == "x:1"


def test_a_bots_login_lacks_the_suffix_that_rest_has(acme: Acme) -> None:
    create_comment(acme.scope("guard[bot]"), acme.pull, "hello")
    (comment,) = acme.pull_fields("comments(last: 9) { nodes { author { login __typename } } }")["comments"]["nodes"]
    assert comment["author"] == {"login": "guard", "__typename": "Bot"}
    assert acme.ask("{ viewer { login } }")["data"] == {"viewer": {"login": "guard[bot]"}}


def test_a_missing_repository_is_null_with_an_error_beside_it(acme: Acme) -> None:
    answer = acme.ask('{ repository(owner: "acme", name: "none") { id } }')
    assert answer == {
        "data": {"repository": None},
        "errors": [
            {
                "type": "NOT_FOUND",
                "path": ["repository"],
                "locations": [{"line": 1, "column": 3}],
                "message": "Could not resolve to a Repository with the name 'acme/none'.",
            }
        ],
    }


def test_a_private_repository_doesnt_exist_for_strangers(acme: Acme) -> None:
    acme.store.add_account("mallory")
    answer = acme.ask('{ repository(owner: "acme", name: "shop") { id } }', as_="mallory")
    assert answer["errors"][0]["type"] == "NOT_FOUND"


def test_a_missing_permission_is_forbidden(acme: Acme) -> None:
    acme.installation.permissions.pop("pull_requests")
    answer = acme.ask('{ repository(owner: "acme", name: "shop") { id pullRequest(number: 1) { id } } }')
    assert answer["data"]["repository"]["pullRequest"] is None
    assert answer["errors"][0]["type"] == "FORBIDDEN"
    assert answer["errors"][0]["message"] == "Resource not accessible by integration"


def test_a_connection_wants_a_bound(acme: Acme) -> None:
    unbound = acme.ask('{ repository(owner: "acme", name: "shop") { labels { totalCount } } }')
    assert unbound["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    greedy = acme.ask('{ repository(owner: "acme", name: "shop") { labels(first: 101) { totalCount } } }')
    assert greedy["errors"][0]["type"] == "EXCESSIVE_PAGINATION"


def test_a_connection_is_read_page_by_page_from_both_ends(acme: Acme) -> None:
    add_labels(acme.scope("alice"), acme.pull, ["a", "b", "c", "d", "e"])
    seen, after = [], ""
    while True:
        page = acme.pull_fields(
            f"labels(first: 2{after}) {{ totalCount nodes {{ name }} pageInfo {{ hasNextPage endCursor }} }}"
        )
        seen += [node["name"] for node in page["labels"]["nodes"]]
        if not page["labels"]["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{page["labels"]["pageInfo"]["endCursor"]}"'
    assert seen == ["a", "b", "c", "d", "e"]
    last = acme.pull_fields("labels(last: 2) { nodes { name } pageInfo { hasPreviousPage startCursor } }")["labels"]
    assert [node["name"] for node in last["nodes"]] == ["d", "e"]
    before = acme.pull_fields(f'labels(last: 2, before: "{last["pageInfo"]["startCursor"]}") {{ nodes {{ name }} }}')
    assert [node["name"] for node in before["labels"]["nodes"]] == ["b", "c"]


def test_a_dismissed_review_stays_in_the_list_as_dismissed(acme: Acme) -> None:
    review = create_review(acme.scope("bob"), acme.pull, "APPROVE", "")
    dismiss_review(acme.scope("carol"), acme.pull, review, "too hasty")
    pull = acme.pull_fields(
        "reviews(last: 9) { nodes { state author { login } } } latestReviews(first: 9) { nodes { state } }"
    )
    assert pull["reviews"]["nodes"] == [{"state": "DISMISSED", "author": {"login": "bob"}}]


def test_the_newest_run_of_a_name_is_the_one_shown(acme: Acme) -> None:
    scope, sha = acme.scope("guard[bot]"), acme.pull.head_sha
    create_run(scope, "hotfix: main", sha, {"status": "completed", "conclusion": "failure"})
    create_run(scope, "hotfix: main", sha, {"status": "completed", "conclusion": "success"})
    runs = "checkSuites(first: 5, filterBy: {appId: 77}) { nodes { checkRuns(first: 5%s) { nodes { conclusion } } } }"
    latest = acme.head_fields(runs % ', filterBy: {checkName: "hotfix: main", checkType: LATEST}')
    assert latest["checkSuites"]["nodes"][0]["checkRuns"]["nodes"] == [{"conclusion": "SUCCESS"}]
    every = acme.head_fields(runs % ", filterBy: {checkType: ALL}")
    assert len(every["checkSuites"]["nodes"][0]["checkRuns"]["nodes"]) == 2
    assert acme.head_fields("statusCheckRollup { state }") == {"statusCheckRollup": {"state": "SUCCESS"}}


def test_annotations_tell_their_place(acme: Acme) -> None:
    remark = Annotation("app.py", 1, 2, "failure", "Too long", title="Size")
    create_run(acme.scope("guard[bot]"), "hotfix: main", acme.pull.head_sha, {"annotations": [remark]})
    fields = "path annotationLevel message title location { start { line } end { line } }"
    runs = f"checkRuns(first: 1) {{ nodes {{ annotations(first: 9) {{ nodes {{ {fields} }} }} }} }}"
    found = acme.head_fields(f"checkSuites(first: 1) {{ nodes {{ {runs} }} }}")
    (annotation,) = found["checkSuites"]["nodes"][0]["checkRuns"]["nodes"][0]["annotations"]["nodes"]
    assert annotation == {
        "path": "app.py",
        "annotationLevel": "FAILURE",
        "message": "Too long",
        "title": "Size",
        "location": {"start": {"line": 1}, "end": {"line": 2}},
    }


def test_co_authors_are_authors_with_their_accounts(acme: Acme) -> None:
    authors = "authors(first: 9) { nodes { email user { login } } }"
    (node,) = acme.pull_fields(f"commits(first: 9) {{ nodes {{ commit {{ {authors} }} }} }}")["commits"]["nodes"]
    assert node["commit"]["authors"]["nodes"] == [
        {"email": "alice@acme.test", "user": {"login": "alice"}},
        {"email": "bob@acme.test", "user": {"login": "bob"}},
    ]


def test_mergeable_is_unknown_on_the_first_look(acme: Acme) -> None:
    fields = "mergeable mergeStateStatus potentialMergeCommit { parents(first: 2) { totalCount } }"
    assert acme.pull_fields(fields) == {
        "mergeable": "UNKNOWN",
        "mergeStateStatus": "UNKNOWN",
        "potentialMergeCommit": None,
    }
    again = acme.pull_fields(fields)
    assert (again["mergeable"], again["mergeStateStatus"]) == ("MERGEABLE", "CLEAN")
    assert again["potentialMergeCommit"] == {"parents": {"totalCount": 2}}


def test_a_rewritten_head_tells_who_pushed_it(acme: Acme) -> None:
    base, before = acme.git.branch("main"), acme.pull.head_sha
    alice = Person("Alice", "alice@acme.test", acme.store.now())
    after = acme.git.write_commit(acme.git.commit(before).tree, [base], (alice, alice), "Again\n")
    move_ref(acme.scope("bob"), "refs/heads/hotfix/pay", after)
    acme.commit("hotfix/pay", {"app.py": b"print(1)\n"}, "An ordinary push")
    event = "... on HeadRefForcePushedEvent { actor { login } beforeCommit { oid } afterCommit { oid } }"
    timeline = f"timelineItems(last: 1, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) {{ totalCount nodes {{ {event} }} }}"
    found = acme.pull_fields(timeline)["timelineItems"]
    told = {"actor": {"login": "bob"}, "beforeCommit": {"oid": before}, "afterCommit": {"oid": after}}
    assert found == {"totalCount": 1, "nodes": [told]}


def test_a_merged_pull_request_names_its_merge_commit(acme: Acme) -> None:
    sha = merge_pull(acme.scope("carol"), acme.pull, MergeWish())
    pull = acme.pull_fields(
        "state merged closed mergedBy { login } mergeCommit { oid parents(first: 9) { nodes { oid } } }"
    )
    assert (pull["state"], pull["merged"], pull["closed"]) == ("MERGED", True, True)
    assert pull["mergedBy"] == {"login": "carol"}
    assert pull["mergeCommit"]["oid"] == sha
    assert len(pull["mergeCommit"]["parents"]["nodes"]) == 2


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("main:app.py", "Blob"),
        ("main:.github", "Tree"),
        ("main:", "Tree"),
        ("main", "Commit"),
        ("refs/heads/main", "Commit"),
        ("hotfix/pay~1", "Commit"),
        ("main:none.py", None),
        ("none:app.py", None),
        ("--upload-pack=touch x:app.py", None),
    ],
)
def test_an_object_is_found_by_its_expression(acme: Acme, expression: str, kind: str | None) -> None:
    query = (
        'query ($e: String!) { repository(owner: "acme", name: "shop") { object(expression: $e) { __typename oid } } }'
    )
    found = acme.ask(query, e=expression)["data"]["repository"]["object"]
    assert (found and found["__typename"]) == kind


def test_a_binary_blob_has_no_text(acme: Acme) -> None:
    acme.commit("main", {"logo.png": b"\x89PNG\0\0"}, "Logo")
    fields = 'object(expression: "main:logo.png") { ... on Blob { isBinary isTruncated byteSize text } }'
    found = acme.repository_fields(fields)["object"]
    assert found == {"isBinary": True, "isTruncated": False, "byteSize": 6, "text": None}


def test_many_blobs_come_in_one_query(acme: Acme) -> None:
    acme.commit("main", {f"d/{n}.txt": f"{n}\n".encode() for n in range(300)}, "Many")
    aliases = " ".join(f'f{n}: object(expression: "main:d/{n}.txt") {{ ... on Blob {{ text }} }}' for n in range(300))
    found = acme.repository_fields(aliases)
    assert {key: blob["text"] for key, blob in found.items()} == {f"f{n}": f"{n}\n" for n in range(300)}


def test_history_of_a_path_finds_who_changed_it_last(acme: Acme) -> None:
    sha = acme.commit("main", {".github/hotfix.yml": b"version: 2\n"}, "Change the policy")
    acme.commit("main", {"app.py": b"1\n"}, "Something else")
    history = 'history(first: 1, path: ".github/hotfix.yml") { nodes { oid } }'
    found = acme.repository_fields(f'object(expression: "main") {{ ... on Commit {{ {history} }} }}')
    assert found["object"]["history"]["nodes"] == [{"oid": sha}]


def test_open_pull_requests_are_found_by_base_and_by_commit(acme: Acme) -> None:
    fields = 'pullRequests(states: OPEN, baseRefName: "%s", first: 9) { nodes { number headRefOid } }'
    mine = [{"number": acme.pull.number, "headRefOid": acme.pull.head_sha}]
    assert acme.repository_fields(fields % "main")["pullRequests"]["nodes"] == mine
    assert acme.repository_fields(fields % "develop")["pullRequests"]["nodes"] == []
    found = acme.head_fields("associatedPullRequests(first: 9) { nodes { number state } }")
    assert found["associatedPullRequests"]["nodes"] == [{"number": acme.pull.number, "state": "OPEN"}]


def test_a_team_counts_the_members_of_nested_teams(acme: Acme) -> None:
    acme.store.teams[1] = Team(1, "acme", "leads", "Leads", members={"carol": "maintainer"})
    acme.store.teams[2] = Team(2, "acme", "payments", "Payments", parent_id=1, members={"alice": "member"})
    query = '{ organization(login: "acme") { team(slug: "leads") { members(first: 9%s) { nodes { login } } } } }'

    def members(arguments: str = "") -> set[str]:
        nodes = acme.ask(query % arguments)["data"]["organization"]["team"]["members"]["nodes"]
        return {node["login"] for node in nodes}

    assert members() == {"carol", "alice"}
    assert members(", membership: IMMEDIATE") == {"carol"}
    assert members(', query: "ali"') == {"alice"}


def test_refs_are_listed_under_their_prefix(acme: Acme) -> None:
    found = acme.repository_fields('refs(refPrefix: "refs/heads/", first: 9) { nodes { name prefix target { oid } } }')
    assert [node["name"] for node in found["refs"]["nodes"]] == ["hotfix/pay", "main"]
    compared = acme.repository_fields(
        'ref(qualifiedName: "main") { compare(headRef: "hotfix/pay") { status aheadBy behindBy } }'
    )
    assert compared["ref"]["compare"] == {"status": "AHEAD", "aheadBy": 1, "behindBy": 0}


def test_an_id_leads_back_to_its_object(acme: Acme) -> None:
    ids = acme.pull_fields("id repository { id } author { ... on User { id } }")
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    wanted = [ids["id"], ids["repository"]["id"], ids["author"]["id"]]
    found = acme.ask(query, ids=[*wanted, "PR_nonsense"])["data"]["nodes"]
    assert [node and node["id"] for node in found] == [*wanted, None]
    assert [node["__typename"] for node in found[:3]] == ["PullRequest", "Repository", "User"]


def test_a_query_costs_a_hundredth_of_its_connections(acme: Acme) -> None:
    nested = """{ rateLimit { cost nodeCount } repository(owner: "acme", name: "shop") {
        pullRequests(first: 100) {
            nodes { reviews(first: 50) { nodes { id } } comments(first: 10) { nodes { id } } } } } }"""
    assert acme.ask(nested)["data"]["rateLimit"] == {"cost": 2, "nodeCount": 100 + 5000 + 1000}
    assert acme.ask("{ rateLimit { cost } }")["data"]["rateLimit"] == {"cost": 1}


def test_a_query_for_too_many_nodes_is_refused(acme: Acme) -> None:
    greedy = """{ repository(owner: "acme", name: "shop") { pullRequests(first: 100) { nodes { reviews(first: 100) {
        nodes { pullRequest { comments(first: 100) { nodes { id } } } } } } } } }"""
    assert acme.ask(greedy)["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    "query", ["{", "", "{ nonsense }", "query A { viewer { login } } query B { viewer { login } }"]
)
def test_a_bad_document_gets_errors_and_no_data(acme: Acme, query: str) -> None:
    answer = acme.ask(query)
    assert answer.keys() == {"errors"}
    assert answer["errors"][0]["message"]


def test_a_draft_is_marked_ready_and_back(acme: Acme) -> None:
    number = node_id("PR", acme.repository.id, acme.pull.pull_id)
    query = "mutation ($i: {0}Input!) {{ {1}(input: $i) {{ pullRequest {{ isDraft }} }} }}"
    to_draft = query.format("ConvertPullRequestToDraft", "convertPullRequestToDraft")
    ready = query.format("MarkPullRequestReadyForReview", "markPullRequestReadyForReview")
    given = {"pullRequestId": number}
    assert acme.ask(to_draft, i=given)["data"]["convertPullRequestToDraft"]["pullRequest"] == {"isDraft": True}
    assert acme.ask(ready, i=given)["data"]["markPullRequestReadyForReview"]["pullRequest"] == {"isDraft": False}


def test_a_comment_is_minimized_with_its_reason(acme: Acme) -> None:
    comment = create_comment(acme.scope("guard[bot]"), acme.pull, "old news")
    query = (
        "mutation ($i: MinimizeCommentInput!) { minimizeComment(input: $i) { minimizedComment { minimizedReason } } }"
    )
    given = {"subjectId": node_id("IC", acme.repository.id, comment.id), "classifier": "OFF_TOPIC"}
    found = acme.ask(query, i=given)["data"]["minimizeComment"]["minimizedComment"]
    assert found == {"minimizedReason": "off-topic"}


def test_a_closed_pull_request_is_no_draft(acme: Acme) -> None:
    merge_pull(acme.scope("carol"), acme.pull, MergeWish())
    number = node_id("PR", acme.repository.id, acme.pull.pull_id)
    query = (
        "mutation ($i: ConvertPullRequestToDraftInput!) { convertPullRequestToDraft(input: $i) { clientMutationId } }"
    )
    answer = acme.ask(query, i={"pullRequestId": number})
    assert answer["data"] == {"convertPullRequestToDraft": None}
    assert answer["errors"][0]["type"] == "UNPROCESSABLE"


def test_every_field_of_the_schema_is_answered_from_something(acme: Acme) -> None:
    assert isinstance(acme.pull, PullRequest)
    assert isinstance(acme.repository, Repository)
    everything = """{ repository(owner: "acme", name: "shop") { ...all } } fragment all on Repository {
        id databaseId name nameWithOwner owner { login url resourcePath } description isPrivate isArchived isFork
        isDisabled parent { id } url visibility createdAt pushedAt viewerPermission mergeCommitAllowed
        squashMergeAllowed rebaseMergeAllowed autoMergeAllowed deleteBranchOnMerge mergeQueue(branch: "main") { id }
        collaborators(first: 9) { edges { permission node { login } } }
        defaultBranchRef { id name prefix target { id abbreviatedOid commitUrl } } }"""
    found = acme.ask(everything)
    assert "errors" not in found
    permissions = {
        edge["node"]["login"]: edge["permission"] for edge in found["data"]["repository"]["collaborators"]["edges"]
    }
    assert permissions == {"alice": "WRITE", "bob": "WRITE", "carol": "ADMIN"}
