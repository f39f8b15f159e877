"""Roles by permission, by choice and by CODEOWNERS, approvals by word of mouth, and threads."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from domain.change import Change, Content, Evidence, Membership, Needs
from domain.entry import Entry, EntryKind
from domain.errors import PolicyFileError
from domain.finding import Inspection, Outcome
from domain.people import Role
from domain.pull_request import Outline, PolicyFile, Review
from domain.surroundings import Thread
from policies import configure
from policies.approvals import Approvals
from policies.code_owners import PLACES
from tests.policies.outlines import HEAD, OLD_HEAD, a_review, an_outline

LEAD = Role("lead", users=("bob",))
ON_CALL = Role("on-call", teams=("acme/on-call",))
KEEPERS = Role("keepers", permission="maintain")
OWNERS = Role("owners", owns_files=True)
CODEOWNERS = "cart.py @bob\n/tax/ @carol @acme/tax\n/docs/ @bob @dana\n"


def spoken(outline: Outline, login: str, **fields: Any) -> Outline:
    """The outline after carol said that somebody approved."""
    entry = Entry(
        EntryKind.VERBAL_APPROVAL,
        "acme/shop",
        12,
        "carol",
        "7",
        outline.pull_request.reviews[-1].submitted_at if outline.pull_request.reviews else a_review("x").submitted_at,
        (login,),
        "by telephone at 3:12",
        HEAD,
        "main",
    )
    return replace(outline, entries=(replace(entry, **fields),))


def inspect(policy: Approvals, outline: Outline, *members: Membership, **evidence: Any) -> Inspection:
    return policy.inspect(Change.of(outline, Evidence(members=frozenset(members), **evidence)))


def by_owners(*reviews: Review, paths: tuple[str, ...], file: str | None = CODEOWNERS, **settings: Any) -> Inspection:
    policy = Approvals(required=(OWNERS, *settings.pop("more", ())), **settings)
    at_base = MappingProxyType({**dict.fromkeys(PLACES), "CODEOWNERS": Content(file) if file is not None else None})
    return inspect(policy, an_outline(*reviews, paths=paths), Membership("acme/tax", "tom"), at_base=at_base)


def messages(inspection: Inspection) -> list[str]:
    return [finding.message for finding in inspection.findings]


def test_a_role_by_permission_takes_whoever_has_at_least_that() -> None:
    policy, outline = Approvals(required=(KEEPERS,)), an_outline(a_review("bob"))
    question = Membership("permission:maintain", "bob")
    assert policy.needs(outline) == Needs(memberships=frozenset({question}))
    assert inspect(policy, outline, question).outcome is Outcome.PASS
    waiting = inspect(policy, outline)
    assert waiting.outcome is Outcome.WAIT
    assert waiting.findings[0].remedy == "ask somebody with maintain permission to approve head aaaaaaa"


def test_of_a_choice_of_roles_any_one_will_do() -> None:
    policy = Approvals(required=(Role.any((LEAD, ON_CALL)),))
    asked = policy.needs(an_outline(a_review("carol"), a_review("bob"))).memberships
    assert asked == {Membership("acme/on-call", "carol")}
    assert inspect(policy, an_outline(a_review("bob"))).outcome is Outcome.PASS
    assert inspect(policy, an_outline(a_review("carol")), *asked).outcome is Outcome.PASS
    waiting = inspect(policy, an_outline(a_review("carol")))
    assert messages(waiting) == ["no approval by lead or on-call yet"]
    assert waiting.findings[0].remedy == "ask one of bob or a member of acme/on-call to approve head aaaaaaa"


def test_one_person_stands_for_two_roles_only_where_the_file_says_so() -> None:
    roles = (LEAD, Role("qa", users=("bob",)))
    assert inspect(Approvals(required=roles), an_outline(a_review("bob"))).outcome is Outcome.WAIT
    assert inspect(Approvals(required=roles, distinct=False), an_outline(a_review("bob"))).outcome is Outcome.PASS


def test_every_owned_file_needs_one_of_its_owners() -> None:
    half = by_owners(a_review("bob"), paths=("cart.py", "tax/rate.py", "README.md"))
    assert half.outcome is Outcome.WAIT
    assert messages(half) == ["no approval by an owner of tax/rate.py yet"]
    assert half.findings[0].remedy == "ask one of carol or a member of acme/tax to approve head aaaaaaa"
    whole = by_owners(a_review("bob"), a_review("tom"), paths=("cart.py", "tax/rate.py", "README.md"))
    assert whole.outcome is Outcome.PASS
    assert whole.facts["given"] == [
        {"role": "an owner of cart.py", "user": "bob"},
        {"role": "an owner of tax/rate.py", "user": "tom"},
    ]


def test_who_owns_files_of_two_lines_stands_for_both() -> None:
    assert by_owners(a_review("bob"), paths=("cart.py", "docs/a.md")).outcome is Outcome.PASS


def test_an_owner_does_not_stand_for_another_role_as_well() -> None:
    assert by_owners(a_review("bob"), paths=("cart.py",), more=(LEAD,)).outcome is Outcome.WAIT
    lead = Role("lead", users=("bob", "eve"))
    assert by_owners(a_review("bob"), a_review("eve"), paths=("cart.py",), more=(lead,)).outcome is Outcome.PASS


def test_owners_that_cannot_be_told_are_never_a_pass() -> None:
    missing = by_owners(a_review("bob"), paths=("cart.py",), file=None)
    assert (missing.outcome, messages(missing)) == (Outcome.FAIL, ["the base branch has no CODEOWNERS"])
    nobody = by_owners(a_review("bob"), paths=("README.md",))
    assert (nobody.outcome, nobody.findings[0].message) == (
        Outcome.FAIL,
        "CODEOWNERS names nobody for any of the changed files",
    )


def test_owners_of_files_that_github_does_not_list_are_never_left_out() -> None:
    outline = an_outline(a_review("bob"), paths=("cart.py",))
    outline = replace(outline, pull_request=replace(outline.pull_request, paths_complete=False))
    at_base = MappingProxyType({**dict.fromkeys(PLACES), "CODEOWNERS": Content(CODEOWNERS)})
    inspection = inspect(Approvals(required=(OWNERS,)), outline, at_base=at_base)
    assert inspection.outcome is Outcome.FAIL
    assert "more than 100 files" in messages(inspection)[0]


def test_roles_that_can_not_all_be_filled_are_refused_only_where_each_takes_a_person_of_its_own() -> None:
    roles = "version: 1\nroles: {lead: {users: [alice]}, on-call: {users: [alice], teams: [acme/on-call]}}\n"
    configure(PolicyFile(f"{roles}policies: {{approvals: {{required: [lead, on-call]}}}}\n", ""))
    configure(PolicyFile(f"{roles}policies: {{approvals: {{required: [lead, lead], distinct: false}}}}\n", ""))
    with pytest.raises(PolicyFileError, match="alice alone can't fill lead and lead"):
        configure(PolicyFile(f"{roles}policies: {{approvals: {{required: [lead, lead]}}}}\n", ""))


def test_the_owning_teams_are_asked_for_the_people_who_had_an_opinion() -> None:
    needs = Approvals(required=(OWNERS,)).needs(an_outline(a_review("bob"), a_review("eve", "COMMENTED")))
    assert needs == Needs(code_owners=frozenset({"bob"}), base_paths=frozenset(PLACES))


def test_an_approval_by_word_of_mouth_lets_through_and_is_owed_in_writing() -> None:
    inspection = inspect(Approvals(required=(LEAD,), verbal=True), spoken(an_outline(), "Bob"))
    assert inspection.outcome is Outcome.DEFER
    assert inspection.summary == "approved by Bob for lead by word of mouth"
    assert messages(inspection) == ["Bob approved by word of mouth, says carol: by telephone at 3:12"]
    assert inspection.facts["given"] == [
        {"role": "lead", "user": "Bob", "told_by": "carol", "how": "by telephone at 3:12"}
    ]


def test_without_the_setting_words_are_worth_nothing() -> None:
    assert inspect(Approvals(required=(LEAD,)), spoken(an_outline(), "bob")).outcome is Outcome.WAIT


def test_a_review_of_the_head_confirms_what_was_said() -> None:
    policy = Approvals(required=(LEAD,), verbal=True)
    assert inspect(policy, spoken(an_outline(a_review("bob")), "bob")).outcome is Outcome.PASS
    older = an_outline(a_review("bob", commit_oid=OLD_HEAD))
    assert inspect(policy, spoken(older, "bob")).outcome is Outcome.DEFER


def test_what_a_person_wrote_against_it_outweighs_what_somebody_says_for_them() -> None:
    policy = Approvals(required=(LEAD,), verbal=True)
    for state in ("CHANGES_REQUESTED", "DISMISSED"):
        assert inspect(policy, spoken(an_outline(a_review("bob", state)), "bob")).outcome is Outcome.WAIT


def test_nobody_with_a_part_in_the_change_approves_it_by_word_of_mouth() -> None:
    policy = Approvals(required=(Role("lead", users=("alice",)),), verbal=True)
    inspection = inspect(policy, spoken(an_outline(), "alice"))
    assert inspection.outcome is Outcome.WAIT
    assert inspection.facts["ignored"] == [{"user": "alice", "why": "opened the pull request"}]


def test_without_roles_words_count_of_whoever_has_write_access() -> None:
    policy, outline = Approvals(verbal=True), spoken(an_outline(), "bob")
    question = Membership("permission:write", "bob")
    assert policy.needs(outline).memberships == {question}
    assert inspect(policy, outline).outcome is Outcome.WAIT
    assert inspect(policy, outline, question).outcome is Outcome.DEFER


def test_threads_must_be_resolved_where_the_file_asks_for_it() -> None:
    policy, outline = Approvals(resolved_threads=True), an_outline(a_review("bob"))
    assert policy.needs(outline).threads
    threads = (Thread("cart.py", 3),)
    waiting = inspect(policy, outline, unresolved_threads=threads)
    assert (waiting.outcome, waiting.findings[0].path, waiting.findings[0].line) == (Outcome.WAIT, "cart.py", 3)
    assert inspect(policy, outline).outcome is Outcome.PASS
    assert inspect(Approvals(), outline, unresolved_threads=threads).outcome is Outcome.PASS
