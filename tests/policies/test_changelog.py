from time import process_time

import pytest

from domain.finding import Inspection, Outcome
from policies.changelog import Changelog
from tests.builders import Side, a_change

KEEP = (
    "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A button\n\n### Fixed\n\n{}\n## [1.4.1] - 2026-01-05\n\n"
    "### Fixed\n\n- Older\n{}\n[1.4.1]: https://example.org\n"
)
REST = "Changes\n=======\n\n{}1.4.1 (2026-01-05)\n------------------\n\n* Older\n"
TEXT = "{}1.4.1 2026-01-05\n  * Older\n"
DEBIAN = (
    "{}shop (1.4.1-1) unstable; urgency=low\n\n  * Older\n\n -- A <a@example.org>  Mon, 05 Jan 2026 10:00:00 +0000\n"
)
ENTRY = "- Round half cents once\n"


def inspect(files: dict[str, tuple[Side, Side]], policy: Changelog | None = None) -> Inspection:
    return (policy or Changelog()).inspect(a_change(files))


def keep(unreleased: str, released: str = "") -> dict[str, tuple[Side, Side]]:
    return {"CHANGELOG.md": (KEEP.format("", ""), KEEP.format(unreleased, released))}


@pytest.mark.parametrize(
    ("path", "base", "head"),
    [
        ("CHANGELOG.md", KEEP.format("", ""), KEEP.format(ENTRY, "")),
        ("packages/a/CHANGELOG.md", "", f"## 1.4.2\n\n{ENTRY}"),
        ("CHANGELOG.md", "## v1.4.1\n\n- Old\n", f"## v1.4.2 (2026-01-06)\n\n{ENTRY}\n## v1.4.1\n\n- Old\n"),
        ("CHANGES.rst", REST.format(""), REST.format("1.4.2 (unreleased)\n------------------\n\n* New\n\n")),
        ("HISTORY.txt", TEXT.format(""), TEXT.format("1.4.2 2026-01-06\n  * New\n\n")),
        ("NEWS", TEXT.format(""), TEXT.format("Version 1.4.2\n  * New\n\n")),
        ("debian/changelog", DEBIAN.format(""), DEBIAN.format("shop (1.4.1-2) unstable; urgency=high\n\n  * New\n\n")),
        ("CHANGELOG.md", "## 1.4.2\n\n## 1.4.1 (2026-01-05)\n", f"## 1.4.2\n\n{ENTRY}\n## 1.4.1 (2026-01-05)\n"),
        ("changes/123.bugfix.rst", None, "Round half cents once.\n"),
        (".changeset/brave-cats-run.md", None, '---\n"shop": patch\n---\n\nRound half cents once.\n'),
        ("releasenotes/notes/cents-1a2b.yaml", None, "---\nfixes:\n  - |\n    Round half cents once.\n"),
        ("CHANGES.md", "Plain words\n", "Plain words\nRound half cents once\n"),
    ],
)
def test_an_entry_under_the_right_heading_passes(path: str, base: Side, head: Side) -> None:
    found = inspect({path: (base, head)})
    assert found.findings == ()
    assert found.outcome is Outcome.PASS
    assert found.facts["entries"][0]["path"] == path


def test_a_change_without_an_entry_fails_and_says_where_one_belongs() -> None:
    found = inspect({"a.py": ("a\n", "b\n")}, Changelog(files=("docs/CHANGES.md",), sections=("Fixed",)))
    assert found.outcome is Outcome.FAIL
    assert "docs/CHANGES.md" in found.findings[0].remedy
    assert "section Fixed" in found.findings[0].remedy


def test_an_entry_under_a_released_heading_is_found() -> None:
    found = inspect(keep("", "- Late\n"))
    assert found.outcome is Outcome.FAIL
    (finding,) = found.findings
    assert finding.message == "the entry stands under [1.4.1] - 2026-01-05, which is released already"
    assert finding.remedy == "Move it under [Unreleased]"
    assert KEEP.format("", "- Late\n").splitlines()[finding.line - 1] == "- Late"


def test_new_words_for_an_old_entry_are_let_be_but_are_no_entry() -> None:
    old, new = KEEP.format("", ""), KEEP.format("", "").replace("- Older", "- Much older")
    assert inspect({"CHANGELOG.md": (old, new)}).findings[0].message == "the change adds no entry to a changelog"
    both = KEEP.format(ENTRY, "").replace("- Older", "- Much older")
    assert inspect({"CHANGELOG.md": (old, both)}).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("base", "section"),
    [
        ("## 1.4.1 (2026-01-05)\n\n- Older\n", "### Support for Python 3.12\n\n- Late\n"),
        ("## 1.4.1 (2026-01-05)\n\n- Older\n", "### Development\n\n- Late\n"),
        ("1.4.1 (2026-01-05)\n==================\n\n- Older\n", "\nPython 3.12\n-----------\n\n- Late\n"),
        ("## 1.4.1 (2026-01-05)\n\n- Older\n", "```\n## 1.4.2\n```\n- Late\n"),
    ],
)
def test_a_section_of_a_release_doesnt_pass_for_a_new_release(base: str, section: str) -> None:
    assert inspect({"CHANGELOG.md": (base, base + section)}).outcome is Outcome.FAIL


@pytest.mark.parametrize("line", ["-\n", "- TBD\n", "- \n", "- <what was fixed>\n", "* N/A\n"])
def test_an_empty_bullet_fails(line: str) -> None:
    assert inspect(keep(line)).findings[0].message == "the entry is empty"


def test_a_comment_or_a_mere_heading_is_no_entry() -> None:
    assert inspect(keep("<!--\n- Round half cents once\n-->\n")).outcome is Outcome.FAIL
    assert inspect({"CHANGES.md": ("", "## 1.4.2\n\n### Fixed\n")}).outcome is Outcome.FAIL


def test_an_entry_has_to_stand_in_one_of_the_named_sections() -> None:
    policy = Changelog(sections=("Fixed", "Security"))
    assert inspect(keep(ENTRY), policy).outcome is Outcome.PASS
    elsewhere = {
        "CHANGELOG.md": (KEEP.format("", ""), KEEP.format("", "").replace("- A button\n", f"- A button\n{ENTRY}"))
    }
    assert inspect(elsewhere).outcome is Outcome.PASS
    found = inspect(elsewhere, policy)
    assert found.findings[0].message == "the entry stands under Added, not under Fixed or Security"
    assert found.findings[0].remedy == "Move it under [Unreleased], section Fixed"


def test_a_fragment_has_to_be_of_the_named_kind() -> None:
    policy = Changelog(sections=("Fixed",))
    assert inspect({"changes/1.bugfix.rst": (None, "New.\n")}, policy).outcome is Outcome.PASS
    assert inspect({"changes/1.feature.rst": (None, "New.\n")}, policy).outcome is Outcome.FAIL
    assert inspect({".changeset/a.md": (None, '---\n"a": patch\n---\nNew.\n')}, policy).outcome is Outcome.PASS
    assert inspect({"releasenotes/notes/a.yaml": (None, "features:\n  - New\n")}, policy).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("changes/1.bugfix.rst", "\n"),
        (".changeset/a.md", '---\n"a": patch\n---\n\n'),
        ("releasenotes/notes/a.yaml", "fixes:\n"),
        ("newsfragments/1.fix.md", "<!-- say what -->\n"),
    ],
)
def test_a_fragment_that_says_nothing_fails(path: str, text: str) -> None:
    assert "says nothing" in inspect({path: (None, text)}).findings[0].message


def test_the_templates_own_text_is_no_entry() -> None:
    policy = Changelog(template="Describe the change for users.")
    assert inspect({"changes/1.bugfix.rst": (None, "Describe the change for users\n")}, policy).outcome is Outcome.FAIL


def test_named_files_are_the_only_ones_that_count() -> None:
    policy = Changelog(files=("docs/log.md",))
    assert inspect(keep(ENTRY), policy).outcome is Outcome.FAIL
    assert inspect({"docs/log.md": (None, f"## 1.4.2\n\n{ENTRY}")}, policy).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "text"), [("CHANGELOG.md", b"\x00"), ("CHANGES", b"\xff\xfe"), ("releasenotes/notes/a.yaml", "fixes: [\n")]
)
def test_a_changelog_that_cant_be_read_is_never_a_pass(path: str, text: Side) -> None:
    assert inspect({path: (None, text), "changes/1.bugfix.rst": (None, "New.\n")}).outcome is Outcome.ERROR


@pytest.mark.parametrize(
    "path", ["tests/CHANGELOG.md", "node_modules/a/CHANGELOG.md", "src/news/views.py", "changes/README.md"]
)
def test_other_files_are_no_changelogs(path: str) -> None:
    assert inspect({path: (None, f"## 1.4.2\n\n{ENTRY}")}).outcome is Outcome.FAIL


def test_a_changelog_that_is_removed_holds_no_entry() -> None:
    assert inspect({"CHANGELOG.md": (KEEP.format("", ""), None)}).outcome is Outcome.FAIL


@pytest.mark.parametrize("piece", ["#", "# ", "<!--", "1.", "1.0 ", "= ", "- ", "(", "a.1-", "\t", "version "])
def test_a_hostile_changelog_is_read_in_two_seconds(piece: str) -> None:
    change = a_change({"CHANGELOG.md": ("", piece * (100_000 // len(piece)) + "\n")})
    started = process_time()
    Changelog().inspect(change)
    assert process_time() - started < 2
