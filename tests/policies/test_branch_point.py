import os
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from pydantic import ValidationError

from domain.change import Change, Evidence
from domain.finding import Inspection, Outcome
from domain.pull_request import Commit
from domain.surroundings import BranchPoint as Point
from policies.branch_point import BranchPoint, Origin
from tests.builders import ALICE, a_change
from tests.policies.outlines import an_outline

BASE, OWN, THEIRS = "b" * 40, "1" * 40, "2" * 40


def a_point(foreign: dict[str, tuple[str, ...]] | None = None, **fields: object) -> Point:
    point = Point(BASE, is_tip=True, foreign=MappingProxyType({"develop": ()} if foreign is None else foreign))
    return replace(point, **fields)


def a_commit_named(oid: str, parents: tuple[str, ...] = (BASE,)) -> Commit:
    return Commit(oid, "Fix it", (ALICE,), ALICE, parents)


def on(point: Point | None, *commits: Commit, head: str = "hotfix/cart") -> Change:
    outline = an_outline(head=head, commits=commits or (a_commit_named(THEIRS), a_commit_named(OWN)))
    return Change.of(outline, Evidence(branch_point=point))


def inspect(point: Point | None, policy: BranchPoint | None = None) -> Inspection:
    return (policy or BranchPoint()).inspect(on(point))


def test_a_change_that_grew_from_base_alone_passes() -> None:
    inspection = inspect(a_point())
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary == "grown from the tip of main at bbbbbbbbbbbb"


def test_a_change_that_drags_commits_of_develop_fails_and_names_them() -> None:
    inspection = inspect(a_point({"develop": (THEIRS,)}))
    assert inspection.outcome is Outcome.FAIL
    (finding,) = inspection.findings
    assert finding.message == "1 commit of develop that main hasn't would come along: 222222222222"
    assert "git rebase --onto origin/main origin/develop hotfix/cart" in finding.remedy
    assert inspection.facts["foreign"] == {"develop": [THEIRS]}


def test_an_older_commit_of_base_will_do_unless_the_tip_is_asked_for() -> None:
    point = a_point(is_tip=False)
    assert inspect(point).outcome is Outcome.PASS
    assert inspect(point, BranchPoint(grown_from=Origin.TIP)).outcome is Outcome.FAIL
    assert inspect(a_point(), BranchPoint(grown_from=Origin.TIP)).outcome is Outcome.PASS


def test_a_release_s_tag_is_found_by_its_pattern() -> None:
    policy = BranchPoint(grown_from=Origin.TAG, tags=("v*", "release/*"))
    assert inspect(a_point(tags=("release/7",)), policy).outcome is Outcome.PASS
    for tags in ((), ("nightly",), ("release/7/rc",)):
        assert inspect(a_point(tags=tags), policy).outcome is Outcome.FAIL


def test_a_branch_that_does_not_exist_holds_nothing_and_is_named() -> None:
    inspection = inspect(a_point({}))
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary.endswith("there is no branch develop")


def test_what_git_did_not_tell_is_no_pass() -> None:
    assert inspect(None).outcome is Outcome.ERROR
    assert inspect(a_point(oid="")).outcome is Outcome.ERROR


def test_at_the_desk_it_judges_what_git_told_and_else_leaves_it_to_github() -> None:
    assert BranchPoint().inspect(a_change()).outcome is Outcome.SKIP
    told = replace(a_change(), evidence=Evidence(branch_point=a_point({"develop": ("c" * 40,)})))
    assert BranchPoint().inspect(told).outcome is Outcome.FAIL


def test_base_itself_is_never_a_branch_to_keep_out() -> None:
    needs = BranchPoint(not_from=("main", "develop")).needs(an_outline())
    assert needs.branch_point
    assert needs.other_branches == {"develop"}


def test_a_change_without_a_commit_of_its_own_is_told_to_begin_anew() -> None:
    inspection = BranchPoint().inspect(on(a_point({"develop": (THEIRS,)}), a_commit_named(THEIRS)))
    assert "git cherry-pick -x COMMIT" in inspection.findings[0].remedy


def test_a_branch_s_name_is_no_command_and_no_option() -> None:
    point = a_point({"develop": (THEIRS,)})
    remedy = BranchPoint().inspect(on(point, head="a;reboot")).findings[0].remedy
    assert "origin/develop 'a;reboot' " in remedy
    assert "--exec" not in BranchPoint().inspect(on(point, head="--exec=reboot")).findings[0].remedy


def test_a_pattern_is_no_branch_to_keep_out() -> None:
    with pytest.raises(ValidationError, match="patterns are not possible here"):
        BranchPoint(not_from=("feature/*",))


def test_the_command_of_the_remedy_leaves_exactly_the_foreign_commits_behind(tmp_path: Path) -> None:
    git = _Repository(tmp_path)
    git.commit("base")
    git("branch", "develop")
    git.on("develop")
    feature = [git.commit("feature one"), git.commit("feature two")]
    git("checkout", "-q", "-b", "hotfix/cart")
    own = [git.commit("mend one")]
    git.on("develop")
    feature.append(git.commit("feature three"))
    git.on("hotfix/cart")
    git("merge", "-q", "--no-edit", "develop")
    own.append(git.commit("mend two"))
    commits = tuple(a_commit_named(oid) for oid in (*feature, *own))
    remedy = BranchPoint().inspect(on(a_point({"develop": tuple(feature)}), *commits)).findings[0].remedy
    command = re.search(r"git rebase .* hotfix/cart", remedy)
    assert command
    for branch in ("main", "develop"):
        git("update-ref", f"refs/remotes/origin/{branch}", branch)
    git(*shlex.split(command.group())[1:])
    assert git("log", "--reverse", "--format=%s", "main..hotfix/cart").splitlines() == ["mend one", "mend two"]


class _Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self("init", "-q", "-b", "main")

    def __call__(self, *arguments: str) -> str:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        people = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-C", str(self.folder), *arguments]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment | people | quiet)
        return ran.stdout

    def on(self, branch: str) -> None:
        self("checkout", "-q", branch)

    def commit(self, message: str) -> str:
        (self.folder / message.replace(" ", "-")).write_text(message)
        self("add", ".")
        self("commit", "-q", "-m", message)
        return self("rev-parse", "HEAD").strip()
