"""Pull requests: opened, pushed to, judged, merged."""

import subprocess
import urllib.request

import pytest

from sandbox.scenario import ApiError
from tests.sandbox.conftest import SHOP, Shop


def test_a_second_pull_request_for_a_branch_is_refused_in_githubs_words(shop: Shop) -> None:
    shop.hotfix()
    with pytest.raises(ApiError) as refused:
        shop.alice.open_pull(SHOP, "hotfix/crash", "main", "Again")
    assert refused.value.status == 422
    assert refused.value.body["errors"][0]["message"] == "A pull request already exists for acme:hotfix/crash."


def test_nothing_new_makes_no_pull_request(shop: Shop) -> None:
    shop.alice.create_branch(SHOP, "same")
    with pytest.raises(ApiError, match="No commits between main and same"):
        shop.alice.open_pull(SHOP, "same", "main", "Nothing")


def test_mergeable_is_unknown_on_the_first_look_after_a_push(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.push(SHOP, "hotfix/crash", {"app.py": "print(3)\n"})
    looks = [shop.alice.pull(SHOP, number) for _ in range(2)]
    assert [look["mergeable"] for look in looks] == [None, True]
    assert [look["mergeable_state"] for look in looks] == ["unknown", "clean"]


def test_a_conflict_is_not_mergeable(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.push(SHOP, "main", {"app.py": "print('other')\n"})
    shop.alice.pull(SHOP, number)
    assert shop.alice.pull(SHOP, number)["mergeable_state"] == "dirty"
    with pytest.raises(ApiError) as refused:
        shop.alice.merge(SHOP, number)
    assert refused.value.status == 405


@pytest.mark.parametrize(("method", "parents"), [("merge", 2), ("squash", 1), ("rebase", 1)])
def test_all_three_ways_of_merging_land_the_change(shop: Shop, method: str, parents: int) -> None:
    number = shop.hotfix()
    shop.alice.push(SHOP, "hotfix/crash", {"more.py": "1\n"}, "Second")
    shop.alice.push(SHOP, "main", {"other.py": "1\n"})
    sha = shop.bob.merge(SHOP, number, method)
    commit = shop.alice.get(f"/repos/{SHOP}/git/commits/{sha}")
    assert len(commit["parents"]) == parents
    assert shop.alice.branch(SHOP, "main") == sha
    assert [shop.alice.file(SHOP, path, "main") for path in ("app.py", "more.py", "other.py")] == [
        "print(2)\n",
        "1\n",
        "1\n",
    ]
    pull = shop.alice.pull(SHOP, number)
    assert (pull["merged"], pull["merge_commit_sha"], pull["merged_by"]["login"]) == (True, sha, "bob")


def test_a_rebase_keeps_authors_and_count(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.push(SHOP, "hotfix/crash", {"more.py": "1\n"}, "Second")
    shop.alice.push(SHOP, "main", {"other.py": "1\n"})
    shop.bob.merge(SHOP, number, "rebase")
    commits = shop.alice.get(f"/repos/{SHOP}/commits?per_page=3")
    assert [each["commit"]["message"] for each in commits] == ["Second", "Fix the crash", "Change"]
    assert [each["commit"]["author"]["name"] for each in commits[:2]] == ["alice", "alice"]
    assert commits[0]["committer"]["login"] == "bob"


def test_a_merge_demands_the_head_that_was_looked_at(shop: Shop) -> None:
    number = shop.hotfix()
    seen = shop.head(number)
    shop.alice.push(SHOP, "hotfix/crash", {"app.py": "print(3)\n"})
    with pytest.raises(ApiError) as refused:
        shop.alice.merge(SHOP, number, sha=seen)
    assert refused.value.status == 409


def test_deleting_the_head_branch_closes_the_pull_request(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.delete_branch(SHOP, "hotfix/crash")
    assert shop.alice.pull(SHOP, number)["state"] == "closed"
    with pytest.raises(ApiError):
        shop.alice.edit_pull(SHOP, number, state="open")


def test_a_head_that_is_pushed_to_base_counts_as_merged(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.push_commit(SHOP, "main", shop.head(number))
    assert shop.alice.pull(SHOP, number)["merged"]


def test_the_diff_is_taken_from_the_merge_base(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.push(SHOP, "main", {"other.py": "1\n"})
    base, head = shop.alice.branch(SHOP, "main"), shop.head(number)
    compared = shop.alice.get(f"/repos/{SHOP}/compare/{base}...{head}")
    assert [each["filename"] for each in compared["files"]] == ["app.py"]
    assert (compared["status"], compared["ahead_by"], compared["behind_by"]) == ("diverged", 1, 1)
    path = f"/repos/{SHOP}/compare/{base}...{head}"
    _, _, text = shop.alice.request("GET", path, Accept="application/vnd.github.diff")
    clone = shop.alice.fetch(SHOP)
    assert (
        text
        == subprocess.run(
            ["git", "-C", str(clone.path), "diff", f"{base}...{head}"], capture_output=True, check=True
        ).stdout
    )


def test_a_diff_of_more_than_300_files_is_refused(shop: Shop) -> None:
    files = {f"many/{number}.txt": "1\n" for number in range(301)}
    shop.alice.push(SHOP, "big", files)
    path = f"/repos/{SHOP}/compare/main...big"
    status, _, _ = shop.alice.request("GET", path, Accept="application/vnd.github.diff")
    assert status == 406
    assert len(shop.alice.get(path)["files"]) == 300


def test_files_are_reported_in_githubs_words(shop: Shop) -> None:
    shop.alice.push(SHOP, "main", {"old.txt": "a\nb\nc\nd\n", "gone.txt": "x\n", "bin": b"\0\1", "é ü.txt": "1\n"})
    changes = {"old.txt": None, "new.txt": "a\nb\nc\nd\n", "gone.txt": None, "bin": b"\0\2", "é ü.txt": "2\n"}
    shop.alice.push(SHOP, "hotfix/words", changes)
    number = shop.alice.open_pull(SHOP, "hotfix/words", "main", "Words")
    files = {each["filename"]: each for each in shop.alice.get(f"/repos/{SHOP}/pulls/{number}/files")}
    assert {name: each["status"] for name, each in files.items()} == {
        "new.txt": "renamed",
        "gone.txt": "removed",
        "bin": "modified",
        "é ü.txt": "modified",
    }
    assert files["new.txt"]["previous_filename"] == "old.txt"
    assert files["new.txt"]["changes"] == files["bin"]["changes"] == 0
    assert "patch" not in files["bin"]


def test_a_fork_can_head_a_pull_request_and_its_check_runs_name_none(shop: Shop) -> None:
    fork = shop.carol.fork(SHOP)
    sha = shop.carol.push(fork, "patch", {"app.py": "print(9)\n"})
    number = shop.carol.open_pull(SHOP, "carol:patch", "main", "From a fork")
    assert shop.check(sha)["pull_requests"] == []
    assert shop.alice.pull(SHOP, number)["head"]["repo"]["full_name"] == "carol/shop"
    shop.bob.merge(SHOP, number)
    assert shop.alice.file(SHOP, "app.py", "main") == "print(9)\n"


def test_a_stranger_may_open_but_not_merge(shop: Shop) -> None:
    number = shop.hotfix()
    with pytest.raises(ApiError) as refused:
        shop.carol.merge(SHOP, number)
    assert refused.value.status == 403


def test_updating_the_branch_merges_base_into_it(shop: Shop) -> None:
    number = shop.hotfix()
    shop.alice.push(SHOP, "main", {"other.py": "1\n"})
    shop.alice.call("PUT", f"/repos/{SHOP}/pulls/{number}/update-branch", {"expected_head_sha": shop.head(number)})
    commit = shop.alice.get(f"/repos/{SHOP}/commits/{shop.head(number)}")
    assert len(commit["parents"]) == 2
    assert shop.alice.pull(SHOP, number)["changed_files"] == 1


def test_merging_branches_says_conflict_with_409(shop: Shop) -> None:
    shop.hotfix()
    merge = {"base": "main", "head": "hotfix/crash"}
    shop.alice.push(SHOP, "main", {"app.py": "print('other')\n"})
    status, _, _ = shop.alice.request("POST", f"/repos/{SHOP}/merges", merge)
    assert status == 409


def test_a_page_shows_what_people_wrote_and_runs_none_of_it(shop: Shop) -> None:
    number = shop.hotfix(body="<script>alert(1)</script>")
    shop.bob.comment(SHOP, number, "<img src=x onerror=alert(1)>")
    page = urllib.request.urlopen(shop.alice.pull(SHOP, number)["html_url"]).read().decode()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "<img" not in page
