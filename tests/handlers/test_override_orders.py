"""Commands come late, twice and out of order, and we may die between any two steps: the record holds each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.entry import Entry
from domain.pull_request import PullRequestRef
from events.models import IssueCommentEvent
from handlers.answer_command import answer_command
from handlers.inspect_hotfix import inspect_hotfix
from handlers.review_override import review_override
from sandbox.scenario import Worker
from tests.handlers.conftest import FIX
from tests.handlers.desk import Desk, a_desk
from tests.handlers.office import Building, Office, a_building

FILE = """\
version: 1
roles: {lead: {users: [alice, carol]}}
severities: {P0: {description: down, within: 2h}, P1: {}}
policies:
  approvals: {level: off}
  severity: {level: advisory}
  diff-size: {fewer_than: {P0: 50, default: 10}}
override: {roles: [lead], confirmed: true, expires: 2h}
"""
BIG = {**FIX, "cart.py": FIX["cart.py"] + "".join(f"RATE_{number} = {number}\n" for number in range(30))}
OVERRIDE = '/hotfix override diff-size --reason "down"'


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    with a_building(tmp_path_factory.mktemp("building")) as made:
        yield made


@dataclass
class Case:
    """A hotfix that is too large, and a desk with a clock to turn."""

    office: Office
    desk: Desk
    number: int
    ahead: timedelta = timedelta()

    @property
    def ref(self) -> PullRequestRef:
        return PullRequestRef(self.office.name, self.number)

    def now(self) -> datetime:
        # A head must be older than the comment on it, and GitHub's times have no fraction of a second.
        return datetime.now(UTC) + self.ahead - timedelta(seconds=2)

    def said(self, person: Worker, words: str) -> IssueCommentEvent:
        """A comment, as the webhook tells it; nobody delivered it yet."""
        comment = person.comment(self.office.name, self.number, words)
        return IssueCommentEvent.model_validate(
            {
                "action": "created",
                "repository": {"full_name": self.office.name, "id": 1},
                "issue": {"number": self.number, "pull_request": {}},
                "comment": comment,
            }
        )

    def deliver(self, *events: IssueCommentEvent) -> None:
        for event in events:
            answer_command(event, self.desk.ports, self.now())

    def judged(self) -> Any:
        inspect_hotfix(self.ref, self.desk.ports)
        return self.office.check(self.number, "hotfix: main")

    def entries(self) -> list[Entry]:
        return list(self.desk.ledger.entries(self.ref))


@pytest.fixture
def case(building: Building, tmp_path: Any) -> Case:
    office = building.office()
    office.alice.write(office.name, "main", {".github/hotfix.yml": FILE}, "Rules")
    holder: list[Case] = []
    desk = a_desk(building.sandbox, tmp_path, lambda _github: holder[0].now())
    case = Case(office, desk, office.proposed(files=BIG))
    holder.append(case)
    inspect_hotfix(case.ref, desk.ports)
    return case


def test_doubled_and_reordered_deliveries_make_one_entry_each(case: Case) -> None:
    override, confirm = case.said(case.office.alice, OVERRIDE), case.said(case.office.carol, "/hotfix confirm")
    case.deliver(confirm, override, override, confirm, override)
    assert [(str(entry.kind), entry.login) for entry in case.entries()] == [
        ("confirmation", "carol"),
        ("override", "alice"),
    ]
    assert case.judged()["conclusion"] == "success"
    assert case.desk.ledger.verify(case.office.name).broken == ""


def test_a_confirmation_stands_behind_nothing_that_was_given_after_it(case: Case) -> None:
    confirm = case.said(case.office.carol, "/hotfix confirm")
    override = case.said(case.office.alice, OVERRIDE)
    later = override.comment.model_copy(update={"created_at": override.comment.created_at + timedelta(seconds=1)})
    case.deliver(confirm, override.model_copy(update={"comment": later}))
    run = case.judged()
    assert run["conclusion"] == "failure"
    assert "doesn't count yet: a second person" in run["output"]["summary"]


def test_an_override_ends_when_its_time_is_over(case: Case) -> None:
    case.deliver(case.said(case.office.alice, OVERRIDE), case.said(case.office.carol, "/hotfix confirm"))
    assert case.judged()["conclusion"] == "success"
    ((flow, key, delay),) = case.desk.wanted.later
    assert (flow, key) == ("inspect", str(case.ref))
    assert 7_195 < delay < 7_210
    case.ahead = timedelta(seconds=delay)
    run = case.judged()
    assert run["conclusion"] == "failure"
    assert "alice's override of `diff-size` (down) expired at " in run["output"]["summary"]


def test_a_comment_on_an_earlier_head_overrides_nothing_of_the_newer_one(case: Case) -> None:
    override = case.said(case.office.alice, OVERRIDE)
    case.office.bob.push(case.office.name, "fix/cents", {"cart.py": BIG["cart.py"] + "x = 1\n"}, "More")
    case.ahead = timedelta(seconds=5)
    case.deliver(override)
    assert case.entries() == []
    assert "newer than your comment" in case.office.ours(case.number)[0]


def test_a_delivery_that_comes_again_after_a_push_isnt_refused_for_it(case: Case) -> None:
    override = case.said(case.office.alice, OVERRIDE)
    case.deliver(override)
    case.office.bob.push(case.office.name, "fix/cents", {"cart.py": BIG["cart.py"] + "x = 1\n"}, "More")
    case.ahead = timedelta(seconds=5)
    case.deliver(override)
    assert case.office.ours(case.number) == []
    assert "and ended with it" in case.judged()["output"]["summary"]


ANSWERS = {
    "/hotfix override diffsize --reason x": "There is no policy `diffsize`. Did you mean `diff-size`?",
    "/hotfix override xyz --reason x": "There are: `severity`, `title`",
    "/hotfix override diff-size": "Say why",
    "/hotfix override": "Name the policies, or `all`",
    "/hotfix severity P9 x": "There is no severity `P9` here. There are: `P0` (`down`), `P1`.",
    "/hotfix severity": "Say which severity",
}


def test_what_cant_be_done_is_answered_with_what_can(case: Case) -> None:
    case.deliver(*(case.said(case.office.alice, words) for words in ANSWERS))
    said = case.office.ours(case.number)
    assert [told for answer, told in zip(said, ANSWERS.values(), strict=True) if told not in answer] == []
    assert case.entries() == []


def test_people_without_the_right_are_told_who_has_it(case: Case) -> None:
    case.deliver(case.said(case.office.bob, OVERRIDE), case.said(case.office.bob, "/hotfix confirm"))
    override, confirm = case.office.ours(case.number)
    assert "Only somebody with the role lead may override" in override
    assert "Only somebody with the role lead may confirm" in confirm
    assert case.entries() == []


def test_the_only_person_behind_an_override_has_no_part_in_the_change(case: Case) -> None:
    alone = FILE.replace("[alice, carol]", "[alice, bob]").replace("confirmed: true, ", "")
    case.office.alice.write(case.office.name, "main", {".github/hotfix.yml": alone}, "One is enough")
    case.deliver(case.said(case.office.bob, OVERRIDE))
    assert "no part in the change" in case.office.ours(case.number)[0]
    case.deliver(case.said(case.office.alice, OVERRIDE))
    assert case.judged()["conclusion"] == "success"


def test_where_no_role_is_named_nobody_may_and_is_told_how_to_allow_it(case: Case) -> None:
    case.office.alice.write(case.office.name, "main", {".github/hotfix.yml": FILE.partition("override")[0]}, "None")
    case.deliver(case.said(case.office.alice, OVERRIDE))
    assert "`override: {roles: [ROLE]}`" in case.office.ours(case.number)[0]
    assert case.entries() == []


def test_the_newest_severity_that_was_told_by_command_counts(case: Case) -> None:
    first = case.said(case.office.bob, "/hotfix severity p1 it is only the search")
    second = case.said(case.office.alice, "/hotfix severity P0 nobody can pay")
    case.office.bob.label(case.office.name, case.number, "P1")
    case.deliver(second, first, second)
    run = case.judged()
    assert run["conclusion"] == "success"
    assert "P0 (down, within 2h), told by alice's command: nobody can pay; label P1 says P1" in run["output"]["summary"]


def test_a_release_is_kept_among_the_entries(case: Case) -> None:
    release = case.said(case.office.alice, "/hotfix release it can wait")
    case.deliver(release, release)
    (entry,) = case.entries()
    head = case.office.alice.pull(case.office.name, case.number)["head"]["sha"]
    assert (str(entry.kind), entry.login, entry.reason, entry.head_oid) == ("release", "alice", "it can wait", head)
    assert case.judged()["conclusion"] == "skipped"


def test_a_broken_policy_file_cant_be_overridden(case: Case) -> None:
    case.office.alice.write(case.office.name, "main", {".github/hotfix.yml": FILE + "more: {}\n"}, "Break it")
    case.deliver(case.said(case.office.alice, '/hotfix override all --reason "down"'))
    assert "and that can't be overridden" in case.office.ours(case.number)[0]
    assert case.judged()["conclusion"] == "failure"


def test_the_issue_is_opened_once_however_often_we_die(case: Case) -> None:
    case.deliver(case.said(case.office.alice, OVERRIDE), case.said(case.office.carol, "/hotfix confirm"))
    review_override(case.ref, case.desk.ports)
    case.judged()
    case.office.alice.merge(case.office.name, case.number)
    for _ in range(2):
        review_override(case.ref, case.desk.ports)
    assert len(_issues(case)) == 1


def test_a_merge_before_the_verdict_was_kept_is_reviewed_too(case: Case) -> None:
    case.deliver(case.said(case.office.alice, OVERRIDE))
    case.office.alice.merge(case.office.name, case.number)
    review_override(case.ref, case.desk.ports)
    (issue,) = _issues(case)
    assert "`diff-size`: overridden by @alice at " in issue["body"]


def test_an_override_that_nothing_needed_is_no_matter_for_a_review(case: Case) -> None:
    case.deliver(case.said(case.office.alice, '/hotfix override hotfix-comment --reason "in case"'))
    case.deliver(case.said(case.office.carol, "/hotfix confirm"))
    run = case.judged()
    assert "overridden" not in run["output"]["summary"]
    case.office.alice.merge(case.office.name, case.number)
    review_override(case.ref, case.desk.ports)
    assert _issues(case) == []


def _issues(case: Case) -> list[Any]:
    found = case.office.alice.get(f"/repos/{case.office.name}/issues?state=all")
    return [each for each in found if "pull_request" not in each]
