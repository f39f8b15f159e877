from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from domain.change import Change, Evidence, Membership
from domain.finding import Inspection, Level, Outcome, WaitingOn
from domain.people import Role
from domain.pull_request import Outline, Signature
from policies.security import Security
from tests.builders import Side, a_change, changed_files
from tests.policies.outlines import a_commit_by, a_review, an_outline

SECURITY = Role("security", users=("sam",), teams=("acme/security",))
POLICY = Security(level=Level.REQUIRED, required=(SECURITY,))
COMMENT = "total = 2  # SECURITY HOTFIX: CVE-2026-1234, severity: high, impact: carts of others could be read\n"
LABEL = ("Security",)
SAM = a_review("sam")


def inspect(
    outline: Outline,
    added: str = COMMENT,
    policy: Security = POLICY,
    *,
    path: str = "cart.py",
    members: tuple[Membership, ...] = (),
) -> Inspection:
    files: dict[str, tuple[Side, Side]] = {path: ("total = 1\n", added)}
    evidence = Evidence(files=changed_files(files), members=frozenset(members))
    return policy.inspect(Change.of(outline, evidence))


def messages(outline: Outline, added: str = COMMENT, policy: Security = POLICY, path: str = "cart.py") -> list[str]:
    return [finding.message for finding in inspect(outline, added, policy, path=path).findings]


def test_a_hotfix_that_is_no_security_fix_passes_and_asks_for_nothing() -> None:
    outline = an_outline(a_review("bob"), title="Round the total once")
    inspection = inspect(outline, "total = 2\n")
    assert (inspection.outcome, inspection.summary) == (Outcome.PASS, "no security fix")
    assert not POLICY.needs(outline).memberships


def test_a_comment_that_tells_a_security_fix_without_its_label_is_no_way_around_the_approval() -> None:
    outline = an_outline(title="Round the total once")
    inspection = inspect(outline)
    assert inspection.outcome is Outcome.FAIL
    assert (inspection.findings[0].path, inspection.findings[0].line) == ("cart.py", 1)
    assert inspection.findings[0].remedy == "add the label security, or name the advisory's id in the title"
    assert POLICY.needs(outline).files
    assert inspect(outline, "total = 'SECURITY HOTFIX: CVE-2026-1234'\n").outcome is Outcome.PASS


def test_a_security_fix_with_comment_and_approval_passes() -> None:
    inspection = inspect(an_outline(SAM, labels=LABEL))
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary == "a security fix (label Security); approved by sam for security"
    assert inspection.facts == {"security_fix": "label Security", "given": [{"role": "security", "user": "sam"}]}


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Mend CVE-2026-1234"},
        {"title": "mend cve-2026-1234"},
        {"body": "See GHSA-2345-6789-cfgh."},
        {"labels": ("SECURITY",)},
        {"commits": (replace(a_commit_by(Signature("A", "a@x", "alice")), message="CVE-2026-12345"),)},
    ],
)
def test_label_title_description_and_commits_make_it_a_security_fix(fields: dict[str, Any]) -> None:
    assert inspect(an_outline(**fields)).outcome is Outcome.WAIT
    assert POLICY.needs(an_outline(**fields)).files


@pytest.mark.parametrize("title", ["CVE-26-1", "XCVE-2026-1234", "GHSA-aaaa", "securely round"])
def test_what_only_looks_like_an_id_makes_it_none(title: str) -> None:
    assert inspect(an_outline(title=title), "total = 2\n").summary == "no security fix"


def test_an_id_in_the_template_s_comment_makes_it_none() -> None:
    outline = an_outline(body="<!-- name it: CVE-2026-1234 -->")
    assert inspect(outline, "total = 2\n").summary == "no security fix"


def test_a_setting_makes_every_hotfix_a_security_fix() -> None:
    assert inspect(an_outline(SAM), policy=POLICY.model_copy(update={"always": True})).outcome is Outcome.PASS
    assert inspect(an_outline(), policy=POLICY.model_copy(update={"always": True})).outcome is Outcome.WAIT


def test_without_the_role_s_approval_it_waits_for_people() -> None:
    inspection = inspect(an_outline(a_review("bob"), labels=LABEL))
    assert (inspection.outcome, inspection.waiting_on) == (Outcome.WAIT, WaitingOn.PEOPLE)
    assert inspection.findings[0].message == "no approval by security of this security fix yet"


@pytest.mark.parametrize(
    "outline",
    [
        an_outline(a_review("sam", commit_oid="c" * 40), labels=LABEL),
        an_outline(SAM, a_review("sam", "DISMISSED"), labels=LABEL),
        an_outline(SAM, labels=LABEL, last_pusher="sam"),
        an_outline(SAM, labels=LABEL, author="sam"),
    ],
)
def test_an_approval_that_would_not_count_as_one_does_not_count_here(outline: Outline) -> None:
    assert inspect(outline).outcome is Outcome.WAIT


def test_a_member_of_the_role_s_team_may_approve_and_is_asked_about() -> None:
    outline = an_outline(a_review("tina"), labels=LABEL)
    tina = Membership("acme/security", "tina")
    assert POLICY.needs(outline).memberships == {tina}
    assert inspect(outline, members=(tina,)).outcome is Outcome.PASS
    assert inspect(outline).outcome is Outcome.WAIT


def test_two_roles_take_two_people() -> None:
    policy = POLICY.model_copy(update={"required": (SECURITY, Role("lead", users=("sam", "lea")))})
    assert inspect(an_outline(SAM, labels=LABEL), policy=policy).outcome is Outcome.WAIT
    assert inspect(an_outline(SAM, a_review("lea"), labels=LABEL), policy=policy).outcome is Outcome.PASS


def test_the_role_s_request_for_changes_blocks_and_a_passer_by_s_does_not() -> None:
    policy = POLICY.model_copy(update={"required": (Role("security", users=("sam", "sue")),)})
    blocked = an_outline(SAM, a_review("sue", "CHANGES_REQUESTED"), labels=LABEL)
    assert inspect(blocked, policy=policy).outcome is Outcome.WAIT
    passer_by = an_outline(SAM, a_review("eve", "CHANGES_REQUESTED"), labels=LABEL)
    assert inspect(passer_by, policy=policy).outcome is Outcome.PASS


def test_an_author_whom_nobody_knows_might_be_the_one_who_approves() -> None:
    nobody = Signature("Norman", "norman@laptop.local")
    assert inspect(an_outline(SAM, labels=LABEL, commits=(a_commit_by(nobody),))).outcome is Outcome.FAIL
    assert inspect(an_outline(SAM, labels=LABEL, commits_complete=False)).outcome is Outcome.FAIL


def test_the_comment_s_fields_may_stand_below_it() -> None:
    added = "# SECURITY HOTFIX: GHSA-2345-6789-cfgh\n# Severity: high\n# Impact: carts of others\ntotal = 2\n"
    assert inspect(an_outline(SAM, labels=LABEL), added).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("total = 2\n", "no added comment begins with SECURITY HOTFIX:"),
        (COMMENT.replace("CVE-2026-1234", "CVE-YYYY-NNNN"), "SECURITY HOTFIX: names no advisory"),
        (COMMENT.replace("high", ""), "SECURITY HOTFIX: doesn't say Severity"),
        (COMMENT.replace("carts of others could be read", "TBD"), "SECURITY HOTFIX: doesn't say Impact"),
        (COMMENT.split(",", maxsplit=1)[0] + "\n", "SECURITY HOTFIX: doesn't say Severity or Impact"),
        (COMMENT.replace("# ", '"""').rstrip() + '"""\n', "SECURITY HOTFIX: "),
        (COMMENT.replace("# SEC", "# INSEC"), "no added comment begins with SECURITY HOTFIX:"),
    ],
)
def test_a_comment_that_lacks_something_is_no_comment(added: str, said: str) -> None:
    (message,) = messages(an_outline(SAM, labels=LABEL), added)
    assert message.startswith(said)
    assert inspect(an_outline(SAM, labels=LABEL), added).outcome is Outcome.FAIL


def test_a_comment_in_a_test_is_none_for_the_product() -> None:
    assert messages(an_outline(SAM, labels=LABEL), path="tests/test_cart.py")


def test_where_no_file_can_hold_a_comment_a_commit_message_does() -> None:
    message = "Mend\n\nSECURITY HOTFIX: CVE-2026-1234\nSeverity: high\nImpact: carts of others\n"
    commit = replace(a_commit_by(Signature("A", "a@x", "alice")), message=message)
    outline = an_outline(SAM, labels=LABEL, commits=(commit,))
    assert inspect(outline, '{"total": 2}\n', path="cart.json").outcome is Outcome.PASS
    assert inspect(outline, "total = 2\n").outcome is Outcome.FAIL


def test_an_empty_marker_asks_for_no_comment() -> None:
    policy = POLICY.model_copy(update={"marker": ""})
    assert inspect(an_outline(SAM, labels=LABEL), "total = 2\n", policy).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "body",
    [
        "## Proof of concept\n\nSend two.",
        "### 2. Steps to Reproduce\n",
        "**Exploit:** send two",
        "Attack vector: network",
        "| Payload | x |\n|---|---|\n| a | b |",
        "> ## PoC\n> send two",
        "Send this:\n\n```\nGET /cart?id=2\n```",
        "Send this:\n\n    GET /cart?id=2",
        "> ```\n> GET /\n> ```",
    ],
)
def test_details_in_the_description_fail(body: str) -> None:
    inspection = inspect(an_outline(SAM, labels=LABEL, body=body))
    assert inspection.outcome is Outcome.FAIL
    assert "private advisory" in inspection.findings[0].remedy


@pytest.mark.parametrize(
    "body", ["Carts of others could be read. No exploit is known.", "<!-- ## Exploit -->", "**Impact:** all carts"]
)
def test_a_description_without_details_passes(body: str) -> None:
    assert inspect(an_outline(SAM, labels=LABEL, body=body)).outcome is Outcome.PASS


def test_code_blocks_are_allowed_where_a_setting_says_so() -> None:
    policy = POLICY.model_copy(update={"code_blocks": True})
    assert inspect(an_outline(SAM, labels=LABEL, body="```\nx\n```"), policy=policy).outcome is Outcome.PASS


def test_a_diff_that_can_not_be_judged_is_no_pass() -> None:
    change = Change.of(an_outline(SAM, labels=LABEL), Evidence(diff_problem="more than 300 files"))
    assert POLICY.inspect(change).outcome is Outcome.ERROR


def test_the_desk_judges_the_comment_and_leaves_the_approval_to_github() -> None:
    files: dict[str, tuple[Side, Side]] = {"cart.py": ("total = 1\n", COMMENT)}
    assert POLICY.inspect(a_change(files)).outcome is Outcome.SKIP
    assert POLICY.inspect(a_change(files, title="Mend CVE-2026-1234")).outcome is Outcome.SKIP
    assert POLICY.inspect(a_change(title="Mend CVE-2026-1234")).outcome is Outcome.FAIL


def test_settings_that_could_never_be_met_are_refused() -> None:
    with pytest.raises(ValidationError, match="no role is named"):
        Security(level=Level.REQUIRED)
    with pytest.raises(ValidationError, match="expected words such as SECURITY HOTFIX"):
        Security(marker="SECURITY:")
    with pytest.raises(ValidationError, match="is no name"):
        Security(comment_fields=("",))
