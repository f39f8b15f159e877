"""Four pull requests from the first push to the last word, played by people through the API and real pushes.

The demo shows them, and the end-to-end tests play them while deliveries get lost and workers are killed: whatever
happens in between, `differences` says how the end state differs from the one that it must be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.scenario import ApiError, Town, Worker
from sandbox.server import Sandbox

REPOSITORY = "acme/shop"
CHECK = "hotfix: main"

_CART = '''\
"""The shopping cart."""


def total(prices, discount):
    return round(sum(prices) * (1 - discount), 2)


def shipping(weight):
    if weight > 20:
        return 19.90
    return 4.90
'''
_FIXED_CART = _CART.replace(
    "    return round(sum(prices) * (1 - discount), 2)\n",
    "    # HOTFIX: a discount above 100 % made the total negative\n"
    "    return max(0, round(sum(prices) * (1 - discount), 2))\n",
)
_TEST = """\
from cart import total


def test_a_discount_is_taken_off():
    assert total([10, 20], 0.5) == 15
"""
_FIXED_TEST = (
    _TEST
    + """\


def test_a_total_is_never_negative():
    assert total([10], 1.5) == 0
"""
)
_LABELS = """\
def label(name):
    return name.strip().title()
"""
_FIXED_LABELS = """\
def label(name):
    # HOTFIX: labels above 40 characters stopped the printer
    return name.strip().title()[:40]
"""
_LABELS_TEST = """\
from labels import label


def test_a_long_label_is_cut():
    assert len(label("x" * 60)) == 40
"""
_NEW_LABELS = """\
def label(name, language="en"):
    return translate(name.strip(), language).title()
"""
_REWRITTEN = "\n".join(["import leftpad", "", *(f"RATE_{number} = {number}" for number in range(14)), ""])

_POLICY_FILE = """\
version: 1
roles:
  tech-lead: {teams: [acme/tech-leads], users: [alice]}
policies:
  approvals: {required: [tech-lead]}
"""

_POLL = 0.05

Found = TypeVar("Found")


@dataclass
class Stage:
    """The people and the repository of the stories.

    Attributes:
        tell: takes one line for each step as it happens.
        deadline: seconds to wait for what must come.
        numbers: the pull requests of the stories played, by story.
    """

    sandbox: Sandbox
    alice: Worker
    bob: Worker
    tell: Callable[[str], None]
    deadline: float = 60.0
    numbers: dict[str, int] = field(default_factory=dict)


def set_stage(sandbox: Sandbox, tell: Callable[[str], None] = lambda _line: None, deadline: float = 60.0) -> Stage:
    """Make the people, their organisation and `acme/shop`, with `main` protected by our check."""
    town = Town(sandbox)
    alice, bob = town.person("alice"), town.person("bob")
    town.organization("acme", alice, members=[bob])
    town.team("acme/tech-leads", alice, [alice])
    files = {
        "cart.py": _CART,
        "labels.py": _LABELS,
        "tests/test_cart.py": _TEST,
        "requirements.txt": "requests==2.32.3\n",
        ".github/hotfix.yml": _POLICY_FILE,
    }
    alice.create_repository(REPOSITORY, files)
    alice.collaborate(REPOSITORY, "bob", "push")
    alice.push(REPOSITORY, "develop", {"labels.py": _NEW_LABELS}, "Translate labels")
    checks = {"strict": False, "checks": [{"context": CHECK, "app_id": sandbox.app_id}]}
    alice.protect(REPOSITORY, "main", required_status_checks=checks, enforce_admins=True)
    sandbox.install("acme")
    tell(f"{REPOSITORY} stands at {sandbox.url}/{REPOSITORY}; main requires the check {CHECK!r} from our App")
    return Stage(sandbox, alice, bob, tell, deadline)


def play(stage: Stage) -> None:
    """Play all four stories, one after the other.

    Raises:
        TimeoutError: something that must come didn't within the stage's deadline.
    """
    good_hotfix(stage)
    bad_hotfix(stage)
    conflicting_hotfix(stage)
    no_hotfix(stage)


def good_hotfix(stage: Stage) -> None:
    """A hotfix that is approved, merged and backported."""
    stage.tell("1. A good hotfix: bob pushes a small fix with its test")
    files = {"cart.py": _FIXED_CART, "tests/test_cart.py": _FIXED_TEST}
    number = open_hotfix(stage, "good", files, "Never charge less than nothing")
    wait_for_conclusion(stage, number, "action_required")
    stage.tell(f"   the check on #{number} waits for people: alice, the tech lead, approves")
    stage.alice.approve(REPOSITORY, number)
    wait_for_conclusion(stage, number, "success")
    _merge(stage, "good", "squash")
    backport = wait_for_backport(stage, number)
    stage.tell(f"   backport #{backport['number']} to develop stands: {backport['title']}")


def bad_hotfix(stage: Stage) -> None:
    """A hotfix that breaks all five policies and whose merge is refused."""
    stage.tell("2. A hotfix that breaks all five policies")
    files = {"cart.py": _REWRITTEN, "requirements.txt": "requests==2.32.3\nleftpad==1.0\n"}
    number = open_hotfix(stage, "bad", files, "Rewrite the rates")
    run = wait_for_conclusion(stage, number, "failure")
    stage.tell(f"   the check on #{number} says: {run['output']['title']}")
    try:
        stage.alice.merge(REPOSITORY, number)
        stage.tell(f"   #{number} was merged, which must not be")
    except ApiError as refused:
        stage.tell(f"   the merge is refused: {refused.status} {refused.body['message']}")


def conflicting_hotfix(stage: Stage) -> None:
    """A hotfix whose backport conflicts with what develop made of the same lines."""
    stage.tell("3. A hotfix whose backport conflicts")
    files = {"labels.py": _FIXED_LABELS, "tests/test_labels.py": _LABELS_TEST}
    number = open_hotfix(stage, "conflict", files, "Cut labels that stop the printer")
    wait_for_conclusion(stage, number, "action_required")
    stage.alice.approve(REPOSITORY, number)
    wait_for_conclusion(stage, number, "success")
    _merge(stage, "conflict", "merge")
    backport = wait_for_backport(stage, number)
    stage.tell(f"   draft #{backport['number']} to develop lists the conflicts for a person to resolve")


def no_hotfix(stage: Stage) -> None:
    """A pull request that is nobody's hotfix."""
    stage.tell("4. A pull request that is no hotfix")
    branch = "feature/readme"
    stage.bob.push(REPOSITORY, branch, {"README.md": "# The shop\n"}, "Say what the shop is")
    number = stage.bob.open_pull(REPOSITORY, branch, "main", "Say what the shop is")
    stage.numbers["other"] = number
    wait_for_conclusion(stage, number, "skipped")
    _merge(stage, "other", "rebase")


def open_hotfix(stage: Stage, story: str, files: dict[str, str], title: str) -> int:
    """Have bob push files to a branch of the story's own and open a labelled pull request; its number."""
    branch = f"fix/{story}"
    stage.bob.push(REPOSITORY, branch, files, title)
    number = stage.bob.open_pull(REPOSITORY, branch, "main", title, labels=["hotfix"])
    stage.numbers[story] = number
    stage.tell(f"   #{number} {title!r} is open, labelled hotfix")
    return number


def _merge(stage: Stage, story: str, method: str) -> None:
    number = stage.numbers[story]
    until(stage, f"#{number} can be merged", lambda: _merged(stage, number, method))
    stage.tell(f"   #{number} is merged ({method})")


def _merged(stage: Stage, number: int, method: str) -> bool:
    try:
        stage.alice.merge(REPOSITORY, number, method)
    except ApiError as refused:
        # GitHub computes mergeability in the background, and a check may just be written anew.
        if refused.status != 405:  # noqa: PLR2004
            raise
        return False
    return True


def until(stage: Stage, what: str, look: Callable[[], Found]) -> Found:
    """Look until something is found.

    Raises:
        TimeoutError: the stage's deadline has passed.
    """
    end = time.monotonic() + stage.deadline
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(_POLL)
    raise TimeoutError(f"after {stage.deadline:.0f} s still not: {what}")


def wait_for_conclusion(stage: Stage, number: int, conclusion: str) -> Any:
    """Wait until our check on a pull request's head concludes like that, and return the run."""

    def look() -> Any:
        run = current_run(stage, number)
        return run if run is not None and run["conclusion"] == conclusion else None

    return until(stage, f"the check on #{number} concludes {conclusion}", look)


def current_run(stage: Stage, number: int) -> Any:
    """The newest check run of ours on a pull request's head for its base, None before the first."""
    pull = stage.alice.pull(REPOSITORY, number)
    name = f"hotfix: {pull['base']['ref']}"
    runs = [run for run in stage.alice.check_runs(REPOSITORY, pull["head"]["sha"]) if run["name"] == name]
    return max(runs, key=lambda run: int(run["id"]), default=None)


def wait_for_backport(stage: Stage, number: int) -> Any:
    """Wait until the backport of a pull request is open and the comment on the original tells it."""

    def look() -> Any:
        found = backports(stage, number)
        told = any(f"#{found[0]['number']}" in comment for comment in our_comments(stage, number)) if found else False
        return found[0] if told else None

    return until(stage, f"the backport of #{number} stands and is told", look)


def backports(stage: Stage, number: int) -> list[Any]:
    """The backport pull requests of a pull request to develop, in any state."""
    head = f"acme:hotfix-guard/backport-{number}-to-develop"
    return list(stage.alice.get(f"/repos/{REPOSITORY}/pulls?state=all&base=develop&head={head}"))


def our_comments(stage: Stage, number: int) -> list[str]:
    """The bodies of the App's comments on a pull request."""
    comments = stage.alice.comments(REPOSITORY, number)
    return [str(comment["body"]) for comment in comments if comment["user"]["type"] == "Bot"]


def differences(stage: Stage) -> list[str]:
    """How the end state differs from what the stories must come to; empty when all is well."""
    numbers = stage.numbers
    found = [
        *_expect("the good hotfix", stage, numbers["good"], merged=True, conclusion="success"),
        *_expect("the bad hotfix", stage, numbers["bad"], merged=False, conclusion="failure"),
        *_expect("the conflicting hotfix", stage, numbers["conflict"], merged=True, conclusion="success"),
        *_expect("the other pull request", stage, numbers["other"], merged=True, conclusion="skipped"),
        *_expect_backport(stage, numbers["good"], draft=False),
        *_expect_backport(stage, numbers["conflict"], draft=True),
    ]
    stray = [f"#{numbers[story]} has a backport" for story in ("bad", "other") if backports(stage, numbers[story])]
    return [*found, *stray, *_expect_contents(stage)]


def _expect(what: str, stage: Stage, number: int, *, merged: bool, conclusion: str) -> list[str]:
    pull, run = stage.alice.pull(REPOSITORY, number), current_run(stage, number)
    found = []
    if pull["merged"] is not merged:
        found.append(f"{what} (#{number}) is {'not ' if merged else ''}merged")
    if run is None or run["conclusion"] != conclusion:
        found.append(f"{what} (#{number}) has the conclusion {run and run['conclusion']}, not {conclusion}")
    return found


def _expect_backport(stage: Stage, number: int, *, draft: bool) -> list[str]:
    found = backports(stage, number)
    if len(found) != 1:
        return [f"#{number} has {len(found)} backports to develop, not one"]
    pull, comments = found[0], our_comments(stage, number)
    labels = {label["name"] for label in pull["labels"]}
    wrong = []
    if pull["draft"] is not draft:
        wrong.append(f"backport #{pull['number']} is {'no' if draft else 'a'} draft")
    if ("backport-conflict" in labels) is not draft or "hotfix" in labels or "backport" not in labels:
        wrong.append(f"backport #{pull['number']} has the labels {sorted(labels)}")
    if len(comments) != 1:
        wrong.append(f"#{number} has {len(comments)} comments by the App, not one")
    return wrong


def _expect_contents(stage: Stage) -> list[str]:
    clean, conflicted = (f"hotfix-guard/backport-{stage.numbers[story]}-to-develop" for story in ("good", "conflict"))
    wrong = []
    if stage.alice.file(REPOSITORY, "cart.py", clean) != _FIXED_CART:
        wrong.append(f"{clean} doesn't hold the fixed cart.py")
    if "<<<<<<<" not in stage.alice.file(REPOSITORY, "labels.py", conflicted):
        wrong.append(f"{conflicted} doesn't hold the conflict in labels.py")
    return wrong
