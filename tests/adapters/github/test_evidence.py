from datetime import UTC, datetime

import pytest
import responses
from responses import matchers

from adapters.github import GitHubRepository, TokenGitHub
from adapters.github.cache import Cache
from adapters.github.client import RepositoryClient
from adapters.github.credentials import FixedToken
from adapters.github.memberships import MembershipReader
from adapters.github.server import GitHubServer
from adapters.github.transport import Transport
from domain.change import ChangedFile, Content, Evidence, Membership, Needs
from domain.diff import FileStatus
from domain.errors import GitHubTroubleError, NotPermittedError
from domain.pull_request import Outline, PullRequest, PullRequestRef
from sandbox.deeds.pulls import NewPull, open_pull
from tests.adapters.github.shop import REPOSITORY, Shop

FILES = Needs(files=True)
BEFORE = b"".join(b"line %d\n" % number for number in range(40))
API = "https://api.github.com:443"


def fetched(shop: Shop, number: int, needs: Needs = FILES) -> Evidence:
    return shop.github.fetch(shop.github.outline(number), needs)


def by_path(evidence: Evidence) -> dict[str, ChangedFile]:
    assert evidence.diff_problem == ""
    return {file.path: file for file in evidence.files}


def test_both_sides_of_every_kind_of_change_are_told(shop: Shop) -> None:
    start = {"kept.py": BEFORE, "gone.py": b"bye\n", "old.py": BEFORE, "moved.py": BEFORE, "end.py": b"no newline"}
    shop.commit("main", start, "More files")
    after = BEFORE.replace(b"line 7\n", b"line seven\n")
    change = {
        "kept.py": after,
        "gone.py": None,
        "old.py": None,
        "new.py": after,
        "fresh.py": b"hi\n",
        "end.py": b"one\n",
    }
    pull = shop.pull({**change, "moved.py": None, "moved to.py": BEFORE + b"\n", "empty.py": b""})
    files = by_path(fetched(shop, pull.number))
    assert files["kept.py"].base == Content(BEFORE.decode())
    assert files["kept.py"].head == Content(after.decode())
    assert (files["gone.py"].status, files["gone.py"].base, files["gone.py"].head) == (
        FileStatus.REMOVED,
        Content("bye\n"),
        None,
    )
    assert (files["fresh.py"].base, files["fresh.py"].head) == (None, Content("hi\n"))
    assert (files["empty.py"].base, files["empty.py"].head) == (None, Content(""))
    assert (files["end.py"].base, files["end.py"].head) == (Content("no newline"), Content("one\n"))
    renamed = [file for file in files.values() if file.status is FileStatus.RENAMED]
    assert {(file.diff.previous_path, file.path) for file in renamed} == {
        ("moved.py", "moved to.py"),
        ("old.py", "new.py"),
    }
    assert files["moved to.py"].base == Content(BEFORE.decode())


def test_a_pure_rename_is_the_same_on_both_sides(shop: Shop) -> None:
    shop.commit("main", {"old.py": BEFORE}, "Add")
    files = by_path(fetched(shop, shop.pull({"old.py": None, "new.py": BEFORE}).number))
    assert files["new.py"].base == files["new.py"].head == Content(BEFORE.decode())


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (b"\0\1\2", b"\0\1\3", "binary"),
        (("120000", b"app.py"), ("120000", b"other.py"), "symbolic link"),
        (("160000", b"1" * 40), ("160000", b"2" * 40), "submodule"),
        (b"caf\xe9\n", b"caf\xe9s\n", "not UTF-8"),
        (b"x" * 80 + b"\n", b"x" * 80 + b"\n" + b"y\n" * 9_000 + b"z" * 1_000_000, "larger than 1 MB"),
    ],
)
def test_what_is_no_text_is_closed_with_the_reason(shop: Shop, before: bytes, after: bytes, why: str) -> None:
    shop.commit("main", {"thing": before}, "Add")
    files = by_path(fetched(shop, shop.pull({"thing": after}).number))
    assert files["thing"].head == Content.closed(why)
    assert files["thing"].base == Content.closed(why)


def test_text_that_only_base_can_not_show_is_closed_there(shop: Shop) -> None:
    shop.commit("main", {"a.py": b"caf\xe9\n" + BEFORE}, "Add")
    files = by_path(fetched(shop, shop.pull({"a.py": "café\n".encode() + BEFORE}).number))
    assert files["a.py"].head == Content("café\n" + BEFORE.decode())
    assert files["a.py"].base == Content.closed("not UTF-8")


def test_an_honest_replacement_character_is_text(shop: Shop) -> None:
    shop.commit("main", {"a.py": BEFORE}, "Add")
    text = "# \N{REPLACEMENT CHARACTER}\n"
    files = by_path(fetched(shop, shop.pull({"a.py": text.encode() + BEFORE}).number))
    assert files["a.py"].head == Content(text + BEFORE.decode())
    assert files["a.py"].base == Content(BEFORE.decode())


def test_a_file_that_graphql_cuts_off_is_read_whole(shop: Shop) -> None:
    large = b"x" * 600_000 + b"\n"
    shop.commit("main", {"a.txt": large}, "Add")
    files = by_path(fetched(shop, shop.pull({"a.txt": large + b"y\n"}).number))
    assert files["a.txt"].head == Content((large + b"y\n").decode())
    assert files["a.txt"].base == Content(large.decode())


def test_others_commits_on_base_are_no_part_of_the_change(shop: Shop) -> None:
    pull = shop.pull({"app.py": b"print('goodbye')\n"})
    shop.commit("main", {"theirs.py": b"1\n"}, "Somebody else's")
    assert set(by_path(fetched(shop, pull.number))) == {"app.py"}


def test_hostile_names_are_only_names(shop: Shop) -> None:
    names = ['a"b.py', "$name }", "sp ace/ä.py", "-rf", "a\\b", "tab\there"]
    files = by_path(fetched(shop, shop.pull({name: name.encode() for name in names}).number))
    assert {path: file.head.text for path, file in files.items() if file.head} == {name: name for name in names}


def test_further_files_are_told_at_head(shop: Shop) -> None:
    pull = shop.pull({".gitattributes": b"*.snap linguist-generated\n"})
    needs = Needs(other_paths=frozenset({".gitattributes", "app.py", "none.txt", ".github"}))
    evidence = fetched(shop, pull.number, needs)
    assert evidence.files == ()
    assert evidence.others == {
        ".gitattributes": Content("*.snap linguist-generated\n"),
        "app.py": Content("print('hello')\n"),
        "none.txt": None,
        ".github": Content.closed("a directory"),
    }


def test_a_fork_that_we_can_not_see_shows_its_files_all_the_same(shop: Shop) -> None:
    fork = shop.fork("mallory")
    fork.private = True
    shop.commit("main", {"app.py": b"print('bye')\n"}, "Fix", "mallory", fork)
    pull = open_pull(shop.scope("mallory"), NewPull("Fix", "mallory:main", "main"))
    files = by_path(fetched(shop, pull.number))
    assert files["app.py"].head == Content("print('bye')\n")
    assert files["app.py"].base == Content("print('hello')\n")


def test_more_files_than_github_compares_are_a_problem_and_no_empty_change(shop: Shop) -> None:
    pull = shop.pull({f"a/{number}.txt": b"x\n" for number in range(301)})
    evidence = fetched(shop, pull.number)
    assert evidence.files == ()
    assert "too large" in evidence.diff_problem
    assert "300" in evidence.diff_problem


def test_the_first_look_takes_three_requests_and_the_next_one_a_single_one(shop: Shop) -> None:
    pull = shop.pull({"app.py": b"print('goodbye')\n", "b.py": b"1\n", "c.py": b"2\n"})
    github = shop.github
    github.can_write("alice")
    needs = Needs(files=True, other_paths=frozenset({".gitattributes"}))
    before = shop.sent
    first = github.fetch(github.outline(pull.number), needs)
    assert shop.sent - before == 3
    again = shop.github
    assert again.fetch(again.outline(pull.number), needs) == first
    assert shop.sent - before == 4


def test_no_needs_cost_nothing(shop: Shop) -> None:
    outline = shop.github.outline(shop.pull({"app.py": b"1\n"}).number)
    before = shop.sent
    assert shop.github.fetch(outline, Needs()) == Evidence()
    assert shop.sent == before


def test_members_of_nested_teams_belong(shop: Shop) -> None:
    leads = shop.team("leads", "carol")
    shop.team("juniors", "bob", parent=leads)
    questions = {Membership("acme/leads", login) for login in ("alice", "bob", "carol", "nobody", "..")}
    asked = frozenset(questions | {Membership("acme/none", "bob"), Membership("acme/../leads", "bob")})
    evidence = fetched(shop, shop.pull({"app.py": b"1\n"}).number, Needs(memberships=asked))
    assert evidence.members == {Membership("acme/leads", "bob"), Membership("acme/leads", "carol")}


class Remembering:
    """A memory that a test can look into."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, datetime]] = {}

    def recall(self, key: str, newer_than: datetime) -> str | None:
        value, at = self.kept.get(key, (None, newer_than))
        return value if at > newer_than else None

    def remember(self, key: str, value: str, at: datetime) -> None:
        self.kept[key] = (value, at)


@responses.activate
def test_a_membership_is_asked_once_in_five_minutes() -> None:
    path = f"{API}/orgs/acme/teams/leads/memberships/bob"
    asked = responses.get(path, json={"state": "active", "role": "member"})
    pending = responses.get(path.replace("bob", "eve"), json={"state": "pending", "role": "member"})
    client = RepositoryClient(Transport(GitHubServer()), FixedToken("t"), REPOSITORY)
    memory, bob = Remembering(), Membership("acme/leads", "bob")
    questions = frozenset({bob, Membership("acme/leads", "eve")})
    for minute, calls in ((0, 1), (4, 1), (6, 2)):
        now = datetime(2026, 3, 1, 12, minute, tzinfo=UTC)
        reader = MembershipReader(client, memory, lambda now=now: now)
        assert reader.holding(questions) == {bob}
        assert (asked.call_count, pending.call_count) == (calls, calls)


@responses.activate
def test_a_team_that_we_may_not_see_is_told_and_not_taken_for_empty() -> None:
    headers = {"X-Accepted-GitHub-Permissions": "members=read"}
    responses.get(f"{API}/orgs/acme/teams/leads/memberships/bob", status=403, headers=headers, json={"message": "no"})
    with pytest.raises(NotPermittedError, match="members: read"):
        plain().memberships(frozenset({Membership("acme/leads", "bob")}))


def plain() -> GitHubRepository:
    return TokenGitHub("token").repository(REPOSITORY)


def an_outline() -> Outline:
    ref = PullRequestRef(REPOSITORY, 1)
    pull = PullRequest(ref, "", "", "alice", "open", False, "main", "b" * 40, "hotfix/1", "a" * 40, REPOSITORY)
    return Outline(pull, "main")


DIFF = """diff --git a/app.py b/app.py
index 1111111..2222222 100644
--- a/app.py
+++ b/app.py
@@ -1 +1 @@
-old
+new
"""


def answer_diff(status: int = 200, body: str = DIFF) -> None:
    accept = matchers.header_matcher({"Accept": "application/vnd.github.diff"})
    url = f"{API}/repos/acme/shop/compare/{'b' * 40}...{'a' * 40}"
    responses.get(
        url, status=status, body=body, content_type="application/vnd.github.diff; charset=utf-8", match=[accept]
    )


def answer_blob(blob: object, commit: object = "x") -> None:
    responses.post(f"{API}/graphql", json={"data": {"repository": {"commit0": commit, "f0": blob}}})


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            406,
            '{"message": "Sorry, the diff exceeded the maximum number of files (300)."}',
            "too large: Sorry, the diff",
        ),
        (422, '{"message": "Sorry, this diff is taking too long to generate."}', "taking too long"),
        (404, '{"message": "No common ancestor between b and a."}', "no history in common"),
        (200, "garbage", "no diff in git's format"),
    ],
)
def test_a_diff_that_can_not_be_had_is_a_problem_in_words(status: int, body: str, words: str) -> None:
    answer_diff(status, body)
    evidence = plain().fetch(an_outline(), FILES)
    assert words in evidence.diff_problem
    assert evidence.files == ()


@responses.activate
def test_a_head_that_does_not_fit_its_diff_closes_the_base_side() -> None:
    answer_diff()
    answer_blob(
        {"__typename": "Blob", "oid": "2", "text": "other\n", "byteSize": 6, "isBinary": False, "isTruncated": False}
    )
    (file,) = plain().fetch(an_outline(), FILES).files
    assert file.base == Content.closed("the diff of app.py doesn't fit the file")


@responses.activate
def test_a_changed_file_that_is_not_at_head_is_closed() -> None:
    answer_diff()
    answer_blob(None)
    (file,) = plain().fetch(an_outline(), FILES).files
    assert file.head == Content.closed("not to be found at head")


@responses.activate
def test_a_commit_that_github_does_not_know_is_trouble_and_no_missing_file() -> None:
    answer_diff()
    answer_blob(None, commit=None)
    with pytest.raises(GitHubTroubleError):
        plain().fetch(an_outline(), FILES)


def test_what_was_used_last_stays_in_the_cache() -> None:
    cache = Cache(max_bytes=10)
    cache.put("a", 1, 4)
    cache.put("b", 2, 4)
    cache.get("a")
    cache.put("c", 3, 4)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]
    cache.put("d", 4, 100)
    assert [cache.get(key) for key in "acd"] == [None, None, None]
