"""The contract of `hotfix replay`: the same verdicts as `hotfix check`, in order, whatever a history holds."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from itertools import pairwise
from typing import Any

import pytest

from adapters.git.chain import Landing, first_parents
from adapters.git.local import LocalRepository
from cli.workers import Work, judge_all
from tests.adapters.git_repositories import Content, environment
from tests.cli.conftest import CART, FIXED, TEST, Desk
from tests.cli.program import HOTFIX, Done, hotfix, is_refused

REQUIREMENTS = "flask==3.0\n"
LAX = "version: 1\npolicies: {hotfix-comment: {level: off}, regression-test: {level: off}}\n"
EVERYTHING: list[dict[str, Content]] = [
    {"cart.py": CART, ".gitattributes": "*.dat -diff\n"},
    {"cart.py": FIXED, ".gitattributes": "*.dat -diff\n", "tests/test_cart.py": TEST},
    {"shop/cart.py": FIXED, "tests/test_cart.py": TEST, "requirements.txt": REQUIREMENTS},
    {"shop/cart.py": FIXED, "logo.png": b"\x89PNG\0\1", "lib": ("160000", "1" * 40), "link": ("120000", "lib")},
    {"shop/cart.py": ("100755", FIXED), "logo.png": b"\x89PNG\0\2", "lib": ("160000", "2" * 40), "a.dat": "a\n"},
    {"shop/cart.py": FIXED, "a.dat": "a\nb\n", 'na\nme "x" é.py': "x = 1\n", "gradle/libs.versions.toml": "\n"},
    {"shop/cart.py": FIXED + "x = 1\n" * 60_000, "big.txt": "x" * 1_100_000, "latin.py": b"# \xe9\n"},
    {},
    {"cart.py": CART},
]  # fmt: skip


def grow(desk: Desk, states: list[dict[str, Content]], parent: str = "") -> list[str]:
    """Commit one state after the other onto `main`."""
    made = []
    for number, state in enumerate(states):
        parent = desk.commit(state, parent or (), f"Change {number}", at=86_400 * (number + 1))
        made.append(parent)
    desk.branch("main", parent)
    return made


def replay(desk: Desk, *arguments: str, form: str = "jsonl") -> Done:
    return hotfix("replay", "--to", "main", "--format", form, "--processes", "2", *arguments, cwd=desk.path)


def lines(done: Done) -> list[Any]:
    assert done.code == 0, done
    return [json.loads(line) for line in done.out.splitlines()]


def checked(desk: Desk, base: str, head: str) -> Any:
    return hotfix("check", "--base", base, "--head", head, "--format", "json", cwd=desk.path).data


def test_every_line_is_the_report_of_check_on_the_same_pair(desk: Desk) -> None:
    made = grow(desk, EVERYTHING)
    done = replay(desk, "--from", made[0])
    assert lines(done) == [checked(desk, base, head) for base, head in pairwise(made)]
    assert done.err == ""


def test_a_merge_is_judged_with_all_that_it_brought(desk: Desk) -> None:
    root = desk.commit({"a.json": "{}"}, (), "Root")
    side = desk.commit({"a.json": '{"b": 1}'}, root, "HOTFIX: the shop needs b")
    other = desk.commit({"a.json": "{}", "c.json": "{}"}, root, "Another")
    tip = desk.commit({"a.json": "{}", "d.json": "{}"}, root, "Onwards")
    files: dict[str, Content] = {"a.json": '{"b": 1}', "c.json": "{}", "d.json": "{}"}
    joined = desk.commit({"a.json": '{"b": 1}', "c.json": "{}"}, (side, other), "Merge other")
    merge = desk.commit(files, (tip, joined), "Merge both")
    desk.branch("main", merge)
    judged = lines(replay(desk, "--from", root))
    assert [line["head"] for line in judged] == [tip, merge]
    assert judged[1] == checked(desk, tip, merge)
    comment = next(policy for policy in judged[1]["policies"] if policy["name"] == "hotfix-comment")
    assert comment["outcome"] == "pass"
    assert f"commit {side[:7]}" in comment["summary"]


def test_only_first_parents_are_judged_and_each_commit_of_a_merge_belongs_to_one(desk: Desk) -> None:
    root, tip = grow(desk, [{"a": "1"}, {"a": "2"}])
    side = [desk.commit({"a": "1", "b": "1"}, root)]
    side.append(desk.commit({"a": "1", "b": "2"}, side[0]))
    first = desk.commit({"a": "2", "b": "1"}, (tip, side[0]))
    second = desk.commit({"a": "2", "b": "2"}, (first, side[1]))
    chain = first_parents(LocalRepository(desk.path).git(), second)
    assert chain.landings == (
        Landing(tip, root, (tip,)),
        Landing(first, tip, (side[0], first)),
        Landing(second, first, (side[1], second)),
    )
    assert chain.roots == 1


def test_a_root_is_left_out_and_said_so(desk: Desk) -> None:
    made = grow(desk, EVERYTHING[:3])
    done = replay(desk, "--since", "1969-01-01")
    assert [line["head"] for line in lines(done)] == made[1:]
    assert "1 without a parent" in done.err


def test_since_begins_on_that_day(desk: Desk) -> None:
    made = grow(desk, EVERYTHING)
    assert [line["head"] for line in lines(replay(desk, "--since", "1970-01-06"))] == made[4:]


def test_all_commits_are_judged_by_the_policy_file_at_the_tip(desk: Desk) -> None:
    made = grow(desk, [{"a.py": "a = 1\n"}, {"a.py": "a = 2\n"}, {"a.py": "a = 3\n", ".github/hotfix.yml": LAX}])
    judged = lines(replay(desk, "--from", made[0]))
    assert [[policy["name"] for policy in line["policies"]] for line in judged] == [
        ["diff-size", "dependencies", "approvals"]
    ] * 2
    assert judged[0]["conclusion"] == "success"


def test_the_summary_says_which_policy_would_have_stopped_what(desk: Desk) -> None:
    made = grow(
        desk, [{"cart.py": CART}, {"cart.py": FIXED, "tests/test_cart.py": TEST}, {"cart.py": CART + "\nx = 1\n"}]
    )
    text, page = replay(desk, "--from", made[0], form="text"), replay(desk, "--from", made[0], form="markdown")
    assert text.out.startswith(f"2 commits judged as hotfixes, {made[1][:10]} to {made[2][:10]}\n")
    assert "\nalone: commits that no other policy would have stopped\n" in text.out
    one = replay(desk, "--from", made[1], form="text").out
    assert one.startswith(f"1 commit judged as a hotfix, {made[2][:10]}\n")
    assert "Conclusions: success 1 (50.0 %), failure 1 (50.0 %)" in text.out
    assert "hotfix-comment would have stopped 1 commit, 0 of them alone" in text.out
    assert f"{made[2][:10]}  Change 2: no HOTFIX comment on an added line" in text.out
    assert "| `hotfix-comment` | 1 | 1 | 0 | 0 | 0 |" in page.out


def test_nothing_to_judge_is_no_error(good: Desk) -> None:
    assert replay(good, "--from", "main").out == ""
    assert replay(good, "--from", "main", form="text").out.startswith("No commit to judge\n")
    assert replay(good, "--from", "main", form="markdown").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("--from",)),
        (("--from", "main", "--since", "2024-01-01"), ("--from",)),
        (("--since", "yesterdayish"), ("yesterdayish", "2024-03-31")),
        (("--from", "gone"), ("no revision gone",)),
        (("--from", "main", "--policy-file", "gone.yml"), ("gone.yml",)),
        (("--from", "main", "--repo", "elsewhere"), ("no folder",)),
    ],
)
def test_what_cant_be_read_is_told_in_one_sentence(
    good: Desk, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert is_refused(replay(good, *arguments), *words)


def test_a_faulty_policy_file_is_told_before_any_work(desk: Desk) -> None:
    grow(desk, [{"a": "1"}, {"a": "2", ".github/hotfix.yml": "version: 1\npolicys: {}\n"}])
    assert is_refused(replay(desk, "--from", "main~1"), "policys", ":2:1")


def test_a_commit_that_cant_be_read_is_an_error_line_and_not_the_end(desk: Desk) -> None:
    made = grow(desk, [{"a.py": "a = 1\n"}, {"a.py": "a = 2\n"}, {"a.py": "a = 3\n"}, {"b.py": "b\n"}, {"c.py": "c\n"}])
    blob = desk.git("rev-parse", f"{made[2]}:a.py")
    desk.git("unpack-objects", "-q", stdin=pack(desk))
    (desk.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    judged = lines(replay(desk, "--from", made[0]))
    assert [line["head"] for line in judged] == made[1:]
    outcomes = [[policy["outcome"] for policy in line["policies"]] for line in judged]
    assert outcomes[1] == outcomes[2] == ["error"]
    assert judged[1]["conclusion"] == "failure"
    assert len(outcomes[0]) == len(outcomes[3]) == 5


def pack(desk: Desk) -> bytes:
    """All objects of a repository, its packs taken away."""
    names = desk.git("rev-list", "--objects", "main").encode()
    packed = desk.raw("pack-objects", "--stdout", "-q", stdin=names + b"\n")
    for file in (desk.path / ".git/objects/pack").iterdir():
        file.unlink()
    return packed


def test_a_process_that_dies_costs_one_commit(desk: Desk) -> None:
    made = grow(desk, [{"a.py": f"a = {number}\n"} for number in range(60)])
    chain = first_parents(LocalRepository(desk.path).git(), made[-1])
    found = []
    for answer in judge_all(Work(desk.path, None), chain.landings, 2):
        if not found:
            for child in children():
                os.kill(child, signal.SIGKILL)
        found.append(answer.judged)
    assert [one.commit for one in found] == made[1:]
    lost = [one for one in found if [outcome for _, outcome, _ in one.outcomes] == ["error"]]
    assert len(lost) <= 2
    assert {len(one.outcomes) for one in found if one not in lost} == {5}


def children() -> list[int]:
    """The living processes that this one forked."""
    listed = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "pid=,comm="], capture_output=True, check=True)
    return [int(row.split()[0]) for row in listed.stdout.decode().splitlines() if "ps" not in row.split()[1:]]


def test_ctrl_c_ends_it_quietly_and_leaves_nothing_running(desk: Desk) -> None:
    made = grow(desk, [{"a.py": f"a = {number}\n"} for number in range(400)])
    command = [HOTFIX, "replay", "--from", made[0], "--to", "main", "--format", "jsonl", "--processes", "2"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=desk.path, env=environment(), stdout=pipe, stderr=pipe, start_new_session=True
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.strip() == b""


def test_a_terminal_sees_the_progress_on_standard_error(desk: Desk) -> None:
    made = grow(desk, [{"a.py": f"a = {number}\n"} for number in range(30)])
    parent, child = pty.openpty()
    command = [HOTFIX, "replay", "--from", made[0], "--to", "main"]
    with subprocess.Popen(command, cwd=desk.path, env=environment(), stdout=subprocess.PIPE, stderr=child) as running:
        out, _ = running.communicate(timeout=60)
    os.close(child)
    shown = os.read(parent, 65536)
    os.close(parent)
    assert b"29/29" in shown
    assert out.startswith(b"29 commits judged")
