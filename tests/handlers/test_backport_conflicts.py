"""A hotfix that git can't carry over: the draft, its table, its check, and the way out by the commands it names."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.backport import branch_name
from domain.backport_instructions import EDIT
from sandbox.scenario import Worker
from tests.handlers.conftest import FIX
from tests.handlers.office import OTHER, Building, Office, a_building

BOTH = FIX["cart.py"].replace("sum(prices)", "sum(price.amount for price in prices)")


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    with a_building(tmp_path_factory.mktemp("conflicts")) as made:
        yield made


@pytest.fixture
def office(building: Building) -> Office:
    return building.office()


def commands(body: str, begin: str = "") -> list[str]:
    """The commands that a text of ours holds, as they are written."""
    (block,) = re.findall(r"^(`{3,})sh\n(.*?)\n\1$", body[body.index(begin) :], re.DOTALL | re.MULTILINE)
    return list(block[1].splitlines())


def run(lines: list[str], clone: Path, who: Worker) -> None:
    """Type commands into a shell in a clone."""
    secret = f"http.extraHeader=Authorization: Bearer {who.token}"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(clone),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": secret.partition("=")[0],
        "GIT_CONFIG_VALUE_0": secret.partition("=")[2],
        **{f"GIT_{role}_NAME": who.login for role in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{role}_EMAIL": f"{who.login}@users.noreply.github.com" for role in ("AUTHOR", "COMMITTER")},
    }
    script = "\n".join(lines)
    done = subprocess.run(
        ["sh", "-e", "-c", script], cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def clone(office: Office, tmp_path: Path) -> Path:
    """A clone of bob's, as `git clone` makes it."""
    url = f"{office.sandbox.url}/{office.name}.git"
    folder = tmp_path / "clone"
    folder.mkdir()
    run([f"git clone -q {url} ."], folder, office.bob)
    return folder


def test_a_draft_stays_red_until_its_conflict_is_resolved_by_the_commands_that_it_names(
    office: Office, clone: Path
) -> None:
    # One of the commits after the conflict is there already, and git alone would stop at it.
    office.alice.write(office.name, "develop", {**OTHER, "more_1.py": "x = 1\n"}, "Prices with currencies")
    number = office.merged("rebase", commits=3)
    office.carry(number)
    backport = office.backport(number)
    assert backport["draft"]
    assert "| `cart.py` | content | in the file |" in backport["body"]
    assert "conflict" in office.row(number)
    office.inspect(backport["number"])
    red = office.check(backport["number"])
    assert (red["conclusion"], red["output"]["title"]) == ("failure", "1 conflict and 2 commits not picked left")
    office.carry(number)
    assert "has conflicts that a person must resolve" in office.row(number)
    steps = commands(backport["body"])
    at = steps.index(EDIT)
    run(steps[:at], clone, office.bob)
    assert "<<<<<<< develop\n" in (clone / "cart.py").read_text()
    assert f">>>>>>> hotfix #{number}\n" in (clone / "cart.py").read_text()
    (clone / "cart.py").write_text(BOTH)
    run(steps[at + 1 :], clone, office.bob)
    office.inspect(backport["number"])
    green = office.check(backport["number"])
    assert (green["conclusion"], green["output"]["title"]) == ("success", "Every conflict is resolved")
    assert ("backport", str(office.ref(number))) in office.desk.wanted.found
    office.carry(number)
    assert "resolved" in office.row(number)
    assert office.alice.file(office.name, "more_2.py", branch_name(number, "develop")) == "x = 2\n"


def test_a_file_without_markers_is_unresolved_until_somebody_says_that_it_is_right(office: Office) -> None:
    office.alice.write(office.name, "main", {"logo.png": b"\x89PNG\0one"}, "Add a logo")
    office.alice.write(office.name, "develop", {"logo.png": b"\x89PNG\0two"}, "Add another logo")
    number = office.merged(files={"logo.png": b"\x89PNG\0three"})
    office.carry(number)
    backport = office.backport(number)
    assert re.search(r"\| `logo.png` \| (binary|add/add) \| none: compare both sides \|", backport["body"])
    office.inspect(backport["number"])
    assert office.check(backport["number"])["conclusion"] == "failure"
    office.bob.push(office.name, backport["head"]["ref"], {"x.py": "x = 1\n"}, "Look\n\nConflict-kept: logo.png")
    office.inspect(backport["number"])
    assert office.check(backport["number"])["conclusion"] == "success"


SUBMODULE, LFS = "160000", "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 1\n"
LINES = "".join(f"line {number}\n" for number in range(20))
#: For each kind of conflict: its path, and what lies there in the beginning, on develop and in the hotfix.
KINDS: dict[str, tuple[str, Any, Any, Any]] = {
    "content": ("cart.py", "one\n", "two\n", "three\n"),
    "add/add": ("new.txt", None, "two\n", "three\n"),
    "modify/delete": ("gone.txt", "one\n", None, "three\n"),
    "binary": ("logo.png", "\0one", "\0two", "\0three"),
    "submodule": ("vendor", ("1" * 40,), ("2" * 40,), ("3" * 40,)),
    "LFS pointer": ("model.bin", LFS.format("1" * 64), LFS.format("2" * 64), LFS.format("3" * 64)),
}
#: A file that both sides move, each elsewhere.
MOVED = ({"a.txt": LINES}, {"a.txt": None, "b.txt": LINES}, {"a.txt": None, "c.txt": LINES})


def tree_of(office: Office, base: str, side: int) -> str:
    """A commit on another one with that side of every kind of conflict."""
    files = {path: sides[side] for path, *sides in KINDS.values()} | MOVED[side]
    entries = [entry(path, content) for path, content in files.items() if side or content is not None]
    git = f"/repos/{office.name}/git"
    tree = office.alice.call("POST", f"{git}/trees", {"base_tree": base, "tree": entries})["sha"]
    body = {"message": "Everything at once", "tree": tree, "parents": [base]}
    return str(office.alice.call("POST", f"{git}/commits", body)["sha"])


def entry(path: str, content: Any) -> dict[str, Any]:
    if isinstance(content, tuple):
        return {"path": path, "mode": SUBMODULE, "type": "commit", "sha": content[0]}
    told = {"sha": None} if content is None else {"content": content}
    return {"path": path, "mode": "100644", "type": "blob", **told}


def test_every_kind_of_conflict_is_in_the_table_and_in_the_check(office: Office) -> None:
    refs = f"/repos/{office.name}/git/refs"
    begin = tree_of(office, office.alice.branch(office.name, "main"), 0)
    for branch, commit in (("main", begin), ("develop", tree_of(office, begin, 1))):
        office.alice.call("PATCH", f"{refs}/heads/{branch}", {"sha": commit})
    office.alice.call("POST", refs, {"ref": "refs/heads/fix", "sha": tree_of(office, begin, 2)})
    number = office.bob.open_pull(office.name, "fix", "main", "Everything", labels=["hotfix"])
    office.alice.merge(office.name, number)
    office.carry(number)
    backport = office.backport(number)
    office.inspect(backport["number"])
    check = office.check(backport["number"])
    assert check["conclusion"] == "failure"
    for kind, (path, *_) in KINDS.items():
        assert re.search(rf"^\| `{re.escape(path)}` \| {re.escape(kind)} \|", backport["body"], re.MULTILINE), kind
        assert f"| `{path}` | {kind} |" in check["output"]["summary"]
    assert re.search(r"^\| `[abc].txt` \| rename \|", backport["body"], re.MULTILINE)
    branch = backport["head"]["ref"]
    assert office.alice.file(office.name, "model.bin", branch) == LFS.format("2" * 64)
    assert "<<<<<<< develop\n" in office.alice.file(office.name, "cart.py", branch)


def test_markers_taken_out_of_a_title_line_alone_arent_enough(office: Office) -> None:
    office.alice.write(office.name, "develop", OTHER, "Prices with currencies")
    number = office.merged()
    office.carry(number)
    backport = office.backport(number)
    branch = backport["head"]["ref"]
    marked = office.alice.file(office.name, "cart.py", branch)
    office.bob.push(office.name, branch, {"cart.py": marked.replace("<<<<<<< develop\n", "")}, "Half of it")
    office.inspect(backport["number"])
    assert office.check(backport["number"])["conclusion"] == "failure"


def test_a_clean_backport_says_that_it_equals_the_original(office: Office) -> None:
    number = office.merged("squash", commits=2)
    office.carry(number)
    backport = office.backport(number)["number"]
    office.inspect(backport)
    assert office.check(backport)["output"]["title"] == f"The content equals #{number}'s"
    verdict = office.check(backport, "hotfix: develop")
    assert verdict["conclusion"] == "skipped"
    assert "its content equals what was judged there" in verdict["output"]["summary"]


def test_a_backport_with_base_merged_into_it_still_equals_the_original(office: Office) -> None:
    number = office.merged()
    office.carry(number)
    backport = office.backport(number)["number"]
    office.alice.write(office.name, "develop", {"else.py": "x = 1\n"}, "Something else")
    office.alice.call("PUT", f"/repos/{office.name}/pulls/{backport}/update-branch", {})
    office.inspect(backport)
    assert office.check(backport)["output"]["title"] == f"The content equals #{number}'s"


def test_a_backport_that_somebody_changed_is_judged_as_a_hotfix(office: Office) -> None:
    number = office.merged()
    office.carry(number)
    backport = office.backport(number)
    office.bob.push(office.name, backport["head"]["ref"], {"sneaked.py": "x = 1\n" * 50}, "And this")
    office.inspect(backport["number"])
    verdict = office.check(backport["number"], "hotfix: develop")
    assert verdict["conclusion"] == "failure"
    assert "diff-size" in verdict["output"]["summary"] + verdict["output"]["text"]
    assert "branch-name" not in verdict["output"]["summary"]
    assert "Changed since" in office.check(backport["number"])["output"]["title"]


def test_commits_that_cant_be_told_are_picked_by_the_commands_in_the_comment(office: Office, clone: Path) -> None:
    number = office.proposed(commits=3)
    office.alice.write(office.name, "develop", {"more_1.py": "x = 1\n"}, "One of them already")
    main = office.alice.branch(office.name, "main")
    head = office.alice.pull(office.name, number)["head"]["sha"]
    office.alice.fetch(office.name)
    side = office.alice.commit(office.name, {"side.py": "x = 1\n"}, "Beside it", [main])
    third = office.alice.commit(office.name, {"third.py": "x = 1\n"}, "A third line", [main])
    octopus = office.alice.commit(
        office.name, {**FIX, "more_1.py": "x = 1\n", "more_2.py": "x = 2\n"}, "All at once", [main, head, side, third]
    )
    office.alice.push_commit(office.name, "main", octopus)
    office.carry(number)
    assert "unknown commits" in office.row(number)
    assert office.backports(number) == []
    (body,) = office.ours(number)
    run(commands(body), clone, office.bob)
    assert office.alice.file(office.name, "cart.py", f"backport-{number}-to-develop") == FIX["cart.py"]
    assert office.alice.file(office.name, "more_2.py", f"backport-{number}-to-develop") == "x = 2\n"


def test_a_hostile_branch_name_runs_nothing(office: Office, clone: Path, tmp_path: Path) -> None:
    name = "x';touch${IFS}owned;'`touch${IFS}owned`-->|$(touch${IFS}owned)"
    office.alice.write(office.name, name, OTHER, "Prices with currencies", base="main")
    number = office.merged()
    office.bob.comment(office.name, number, f"/hotfix backport {name}")
    office.carry(number)
    (backport,) = [
        each for each in office.alice.get(f"/repos/{office.name}/pulls?state=all") if each["base"]["ref"] == name
    ]
    steps = commands(backport["body"])
    at = steps.index(EDIT)
    run(steps[:at], clone, office.bob)
    (clone / "cart.py").write_text(BOTH)
    run(steps[at + 1 :], clone, office.bob)
    assert not [path for path in clone.rglob("*owned*") if ".git" not in path.parts]
    head = office.alice.pull(office.name, backport["number"])["head"]["sha"]
    assert office.alice.file(office.name, "cart.py", head) == BOTH
