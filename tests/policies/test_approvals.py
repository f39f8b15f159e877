from dataclasses import replace
from typing import Any

import pytest

from domain.change import Membership, Needs
from domain.finding import Inspection, Outcome, WaitingOn
from domain.people import Role
from domain.pull_request import Outline, Review, Signature
from policies.approvals import Approvals
from policies.reviewing import Standing, match
from tests.builders import ALICE, a_change
from tests.policies.outlines import (
    GITHUB,
    HEAD,
    OLD_HEAD,
    a_commit_by,
    a_person,
    a_review,
    an_outline,
    judged_on,
)

BOB, CAROL = a_person("bob"), a_person("carol")
NOBODY = Signature("Norman", "norman@laptop.local")
TECH_LEAD = Role("tech-lead", users=("bob",), teams=("acme/tech-leads",))
QA = Role("qa", users=("bob", "dana"))


def inspect(outline: Outline, *required: Role, members: tuple[Membership, ...] = ()) -> Inspection:
    return Approvals(required=required).inspect(judged_on(outline, members))


def outcome(*reviews: Review, **fields: Any) -> Outcome:
    return inspect(an_outline(*reviews, **fields)).outcome


def ignored(inspection: Inspection) -> dict[str, str]:
    return {entry["user"]: entry["why"] for entry in inspection.facts["ignored"]}


def messages(inspection: Inspection) -> list[str]:
    return [finding.message for finding in inspection.findings]


def test_an_approval_by_somebody_with_write_access_passes() -> None:
    inspection = inspect(an_outline(a_review("bob")))
    assert inspection.outcome is Outcome.PASS
    assert inspection.findings == ()
    assert inspection.facts == {
        "required": ["write access"],
        "given": [{"role": "write access", "user": "bob"}],
        "ignored": [],
    }


def test_without_approval_it_waits_on_people_and_says_whom_to_ask_for_what() -> None:
    inspection = inspect(an_outline())
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.PEOPLE)
    (finding,) = inspection.findings
    assert finding.message == "no approval by a person with write access yet"
    assert finding.remedy == "ask one person with write access who has no part in the change to approve head aaaaaaa"


def test_at_the_desk_approvals_are_left_to_github() -> None:
    assert Approvals().inspect(a_change()).outcome is Outcome.SKIP


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        ([a_review("bob"), a_review("bob", "DISMISSED")], Outcome.WAIT),
        ([a_review("bob"), a_review("bob", "COMMENTED")], Outcome.PASS),
        ([a_review("bob"), a_review("bob", "PENDING")], Outcome.PASS),
        ([a_review("bob", "COMMENTED")], Outcome.WAIT),
        ([a_review("bob", "PENDING")], Outcome.WAIT),
        ([a_review("bob"), a_review("bob", "CHANGES_REQUESTED")], Outcome.WAIT),
        ([a_review("bob", "CHANGES_REQUESTED"), a_review("bob")], Outcome.PASS),
        ([a_review("bob", "CHANGES_REQUESTED"), a_review("bob", "DISMISSED")], Outcome.WAIT),
        ([a_review("bob", "DISMISSED"), a_review("bob")], Outcome.PASS),
        ([a_review("Bob"), a_review("bob", "DISMISSED")], Outcome.WAIT),
        ([a_review("bob", "CHANGES_REQUESTED"), a_review("carol")], Outcome.WAIT),
    ],
)
def test_the_newest_opinion_of_each_person_counts(reviews: list[Review], expected: Outcome) -> None:
    assert outcome(*reviews) is expected


def test_reviews_are_ordered_by_their_time_and_not_by_their_place_in_the_answer() -> None:
    outline = an_outline(a_review("bob"), a_review("bob", "DISMISSED"))
    backwards = tuple(reversed(outline.pull_request.reviews))
    turned = replace(outline, pull_request=replace(outline.pull_request, reviews=backwards))
    assert inspect(turned).outcome is Outcome.WAIT


def test_a_dismissed_approval_does_not_bring_an_older_one_back() -> None:
    inspection = inspect(an_outline(a_review("bob"), a_review("bob"), a_review("bob", "DISMISSED")))
    assert inspection.outcome is Outcome.WAIT
    assert ignored(inspection) == {"bob": "the review was dismissed"}


@pytest.mark.parametrize(
    ("oid", "why"),
    [(OLD_HEAD, "approved ccccccc, but the head is aaaaaaa now"), ("", "approved an unknown commit, but the head is")],
)
def test_an_approval_of_another_head_is_none(oid: str, why: str) -> None:
    inspection = inspect(an_outline(a_review("bob", commit_oid=oid)))
    assert inspection.outcome is Outcome.WAIT
    assert ignored(inspection)["bob"].startswith(why)


def test_a_request_for_changes_blocks_whatever_head_it_was_made_on() -> None:
    inspection = inspect(an_outline(a_review("carol", "CHANGES_REQUESTED", commit_oid=OLD_HEAD), a_review("bob")))
    assert inspection.outcome is Outcome.WAIT
    assert messages(inspection) == ["carol requested changes"]


def test_a_passer_by_can_neither_approve_nor_block() -> None:
    reviews = (a_review("eve", can_push=False), a_review("mallory", "CHANGES_REQUESTED", can_push=False))
    inspection = inspect(an_outline(*reviews))
    assert ignored(inspection) == {"eve": "has no write access"}
    assert messages(inspection) == ["no approval by a person with write access yet"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"author": "Bob"}, "opened the pull request"),
        ({"commits": (a_commit_by(BOB),)}, "wrote commit aaaaaaa"),
        ({"commits": (a_commit_by(ALICE, committer=BOB),)}, "committed aaaaaaa"),
        ({"commits": (a_commit_by(ALICE, BOB),)}, "co-wrote commit aaaaaaa"),
        ({"commits": (a_commit_by(ALICE), a_commit_by(BOB, oid=OLD_HEAD))}, "wrote commit ccccccc"),
        ({"last_pusher": "bob"}, "pushed last"),
        (
            {"commits": (a_commit_by(ALICE, Signature("B", "1234+bob@users.noreply.github.com")),)},
            "co-wrote commit aaaaaaa",
        ),
        ({"commits": (a_commit_by(Signature("B", "bob@users.noreply.github.com")),)}, "wrote commit aaaaaaa"),
    ],
)
def test_nobody_with_a_part_in_the_change_approves_it(fields: dict[str, Any], why: str) -> None:
    inspection = inspect(an_outline(a_review("bob"), **fields))
    assert inspection.outcome is Outcome.WAIT
    assert ignored(inspection) == {"bob": why}


def test_githubs_own_committer_is_no_unknown_person() -> None:
    assert outcome(a_review("bob"), commits=(a_commit_by(ALICE, committer=GITHUB),)) is Outcome.PASS
    assert outcome(a_review("bob"), commits=(a_commit_by(ALICE, committer=replace(GITHUB, login="web-flow")),)) is (
        Outcome.PASS
    )


def test_a_commit_of_a_bot_has_a_known_author() -> None:
    bot = Signature("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
    assert outcome(a_review("bob"), commits=(a_commit_by(bot, committer=GITHUB),)) is Outcome.PASS


@pytest.mark.parametrize(
    "commit", [a_commit_by(NOBODY), a_commit_by(ALICE, committer=NOBODY), a_commit_by(ALICE, NOBODY)]
)
def test_an_author_without_an_account_fails_whoever_approved(commit: Any) -> None:
    inspection = inspect(an_outline(a_review("bob"), commits=(commit,)))
    assert inspection.outcome is Outcome.FAIL
    (finding,) = inspection.findings
    assert finding.message.startswith("commit aaaaaaa names Norman <norman@laptop.local>, whose e-mail belongs to no")
    assert finding.remedy.startswith("ask Norman to add norman@laptop.local to their account")


def test_an_unknown_person_is_named_once() -> None:
    commits = (a_commit_by(NOBODY), a_commit_by(NOBODY, oid=OLD_HEAD))
    assert len(inspect(an_outline(a_review("bob"), commits=commits)).findings) == 1


def test_more_commits_than_github_tells_of_fail_closed() -> None:
    inspection = inspect(an_outline(a_review("bob"), commits_complete=False))
    assert inspection.outcome is Outcome.FAIL
    assert "more than 100 commits" in messages(inspection)[0]


@pytest.mark.parametrize("review", [a_review("ci", is_bot=True), a_review("github-actions[bot]")])
def test_a_bot_does_not_approve(review: Review) -> None:
    inspection = inspect(an_outline(review))
    assert inspection.outcome is Outcome.WAIT
    assert list(ignored(inspection).values()) == ["a bot doesn't review for people"]


def test_a_bot_that_requests_changes_does_not_block_people() -> None:
    assert outcome(a_review("bob"), a_review("lint[bot]", "CHANGES_REQUESTED", is_bot=True)) is Outcome.PASS


def test_an_approval_by_an_account_that_is_gone_is_none() -> None:
    inspection = inspect(an_outline(a_review("")))
    assert ignored(inspection) == {"ghost": "the account is gone"}


def test_a_required_role_is_given_by_a_user_or_a_member_with_or_without_write_access() -> None:
    assert inspect(an_outline(a_review("BOB", can_push=False)), TECH_LEAD).outcome is Outcome.PASS
    member = (Membership("acme/tech-leads", "carol"),)
    assert inspect(an_outline(a_review("carol", can_push=False)), TECH_LEAD, members=member).outcome is Outcome.PASS


def test_a_missing_role_names_everybody_who_could_give_it() -> None:
    role = Role("tech-lead", users=("bob", "alice", "carol"), teams=("acme/tech-leads",))
    (finding,) = inspect(an_outline(), role).findings
    assert finding.message == "no approval by tech-lead yet"
    assert finding.remedy == "ask one of bob, carol or a member of acme/tech-leads to approve head aaaaaaa"


def test_a_role_that_the_author_alone_has_needs_more_people() -> None:
    (finding,) = inspect(an_outline(), Role("owner", users=("alice",))).findings
    assert finding.remedy == "nobody is left who could: name more people under `roles: owner` on the base branch"


def test_an_approval_without_any_required_role_is_told_so() -> None:
    inspection = inspect(an_outline(a_review("eve")), TECH_LEAD)
    assert inspection.outcome is Outcome.WAIT
    assert ignored(inspection) == {"eve": "has none of the required roles"}


def test_one_person_does_not_stand_for_two_roles() -> None:
    inspection = inspect(an_outline(a_review("bob")), TECH_LEAD, QA)
    assert inspection.outcome is Outcome.WAIT
    assert messages(inspection) == ["no approval by qa yet (bob already stands for tech-lead)"]
    assert inspection.findings[0].remedy == "ask dana to approve head aaaaaaa"
    assert inspection.facts["given"] == [{"role": "tech-lead", "user": "bob"}]


def test_people_are_matched_so_that_as_many_roles_as_possible_are_filled() -> None:
    anybody = Role("anybody", users=("bob", "dana"))
    inspection = inspect(an_outline(a_review("bob"), a_review("dana")), anybody, Role("lead", users=("bob",)))
    assert inspection.facts["given"] == [{"role": "anybody", "user": "dana"}, {"role": "lead", "user": "bob"}]
    assert inspection.outcome is Outcome.PASS


def test_a_role_required_twice_takes_two_people() -> None:
    assert inspect(an_outline(a_review("bob")), QA, QA).outcome is Outcome.WAIT
    assert inspect(an_outline(a_review("bob"), a_review("dana")), QA, QA).outcome is Outcome.PASS


def test_a_required_role_blocks_by_requesting_changes_even_without_write_access() -> None:
    reviews = (a_review("bob"), a_review("dana", "CHANGES_REQUESTED", can_push=False))
    assert messages(inspect(an_outline(*reviews), TECH_LEAD, QA)) == [
        "dana requested changes",
        "no approval by qa yet (bob already stands for tech-lead)",
    ]


def test_matching_finds_the_chain_of_swaps() -> None:
    able = [("a", "b"), ("a", "c"), ("b", "d"), ("a",)]
    users = [standing.user for standing in match([Standing(str(n), None, names) for n, names in enumerate(able)])]
    assert users == ["b", "c", "d", "a"]


def test_teams_are_asked_only_about_people_whose_opinion_could_count() -> None:
    outline = an_outline(
        a_review("alice"),
        a_review("bob"),
        a_review("carol"),
        a_review("dana", commit_oid=OLD_HEAD),
        a_review("eve", "CHANGES_REQUESTED", can_push=False),
        a_review("frank", "CHANGES_REQUESTED"),
        a_review("ci[bot]", is_bot=True),
        a_review("", "CHANGES_REQUESTED", can_push=False),
    )
    needs = Approvals(required=(TECH_LEAD,)).needs(outline)
    assert needs == Needs(
        memberships=frozenset({Membership("acme/tech-leads", "carol"), Membership("acme/tech-leads", "eve")})
    )
    assert Approvals().needs(outline) == Needs()


def test_what_passes_and_fails_by_the_docstring_does() -> None:
    assert outcome(a_review("bob", commit_oid=HEAD)) is Outcome.PASS
    assert outcome(a_review("alice")) is Outcome.WAIT
    assert outcome(a_review("bob", commit_oid=OLD_HEAD)) is Outcome.WAIT
