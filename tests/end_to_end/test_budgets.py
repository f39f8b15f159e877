from __future__ import annotations

import pytest

from sandbox import stories
from sandbox.server import Sandbox
from sandbox.stories import REPOSITORY, Stage
from tests.adapters.waiting import PATIENCE, wait_until
from tests.end_to_end.conftest import Hire
from tests.end_to_end.crew import Crew
from tests.end_to_end.posting import letters, newest
from tests.end_to_end.watching import healed_once, requests_since, wait_until_settled
from tests.fidelity.town import Receiver

_FIX = {
    "cart.py": "# HOTFIX: nobody could pay\nPAY = True\n",
    "tests/test_pay.py": "import cart\n\n\ndef test_pay():\n    assert cart.PAY\n",
}
_TEAM_ONLY = """\
version: 1
roles:
  tech-lead: {teams: [acme/tech-leads]}
policies:
  approvals: {required: [tech-lead]}
"""


@pytest.fixture
def stage(sandbox: Sandbox, receiver: Receiver) -> Stage:
    sandbox.set_webhook(receiver.url)
    return stories.set_stage(sandbox, deadline=PATIENCE)


class Scene:
    """A service that is told of one thing at a time, and what it asks GitHub then."""

    def __init__(self, stage: Stage, crew: Crew, receiver: Receiver) -> None:
        self.stage, self.crew = stage, crew
        stage.sandbox.set_webhook(receiver.url)
        wait_until(lambda: healed_once(crew.url), "the healers had their first turn")

    def settle(self) -> None:
        wait_until_settled(self.stage.sandbox, self.crew.url)

    def told_of(self, number: int, guid: str = "") -> list[str]:
        """The requests that the newest delivery about a pull request costs."""
        sandbox = self.stage.sandbox
        self.settle()
        mark = len(sandbox.exchanges)
        assert newest(letters(sandbox), number).post(self.crew, guid) == 202
        self.settle()
        return requests_since(sandbox, mark)


def opened(stage: Stage, branch: str, files: dict[str, str], labels: list[str]) -> int:
    stage.bob.push(REPOSITORY, branch, files, "Change")
    return stage.bob.open_pull(REPOSITORY, branch, "main", "Change", labels=labels)


def test_an_evaluation_of_a_hotfix_keeps_to_its_budget(stage: Stage, hire: Hire, receiver: Receiver) -> None:
    number = opened(stage, "fix", _FIX, ["hotfix"])
    scene = Scene(stage, hire(REDELIVER_EVERY="600"), receiver)

    cold = scene.told_of(number)
    unchanged = scene.told_of(number, "unchanged-1")
    stage.alice.approve(REPOSITORY, number)
    reviewed = scene.told_of(number)
    stage.bob.push(REPOSITORY, "fix", {"cart.py": "# HOTFIX: nobody could pay\nPAY = 1\n"})
    pushed = scene.told_of(number)
    stage.alice.edit_pull(REPOSITORY, number, title="Let people pay")
    edited = scene.told_of(number)

    assert stories.current_run(stage, number) is not None
    assert 0 < len(cold) <= 4, cold
    assert 0 < len(unchanged) <= 1, unchanged
    assert 0 < len(reviewed) <= 3, reviewed
    assert 0 < len(pushed) <= 4 + 1, pushed
    assert 0 < len(edited) <= 3, edited


def test_a_role_that_is_a_team_costs_one_request_more(stage: Stage, hire: Hire, receiver: Receiver) -> None:
    stage.alice.create_repository("acme/till", {"cart.py": "PAY = False\n", ".github/hotfix.yml": _TEAM_ONLY})
    stage.alice.collaborate("acme/till", "bob", "push")
    stage.bob.push("acme/till", "fix", _FIX, "Change")
    number = stage.bob.open_pull("acme/till", "fix", "main", "Change", labels=["hotfix"])
    scene = Scene(stage, hire(REDELIVER_EVERY="600"), receiver)

    cold = scene.told_of(number)
    stage.alice.approve("acme/till", number)
    reviewed = scene.told_of(number)

    assert 0 < len(cold) <= 4, cold
    assert 0 < len(reviewed) <= 3 + 1, reviewed
    assert sum("/memberships/" in each for each in reviewed) == 1


def test_what_is_no_hotfix_costs_two_requests_and_one_while_it_stays_as_it_is(
    stage: Stage, hire: Hire, receiver: Receiver
) -> None:
    number = opened(stage, "feature", {"README.md": "# The shop\n"}, [])
    scene = Scene(stage, hire(REDELIVER_EVERY="600"), receiver)

    cold = scene.told_of(number)
    unchanged = scene.told_of(number, "unchanged-1")

    assert stories.current_run(stage, number)["conclusion"] == "skipped"
    assert 0 < len(cold) <= 2, cold
    assert 0 < len(unchanged) <= 1, unchanged
