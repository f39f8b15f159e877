import time

import pytest

from policies.description_fields import MAX_CHARACTERS, is_placeholder, named, read

BODY = """\
Intro words.

<!-- Severity: P9 is only the template's comment -->
**Severity:** P0 <!-- one of P0, P1 -->
**Incident**: `INC-12`
Backup:

```
Severity: P7
```

> Severity: P8

## 2. Root cause (required) <!-- tell us -->

The database ran **full**.

### Steps

| Owner | alice |
|---|---|
| Started | 10:00 |

## Checks

- [x] Tested on staging
- [ ] Told the stakeholders
  - [X] by mail
- Ticket: OPS-1
"""


def value(body: str, name: str) -> str | None:
    found = read(body).field(name)
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("**Severity:** P0", "P0"),
        ("**Severity**: P0", "P0"),
        ("Severity: P0", "P0"),
        ("- Severity: P0", "P0"),
        ("* **Severity:** `P0`", "P0"),
        ("| Severity | P0 |\n|---|---|\n| x | y |", "P0"),
        ("| a | b |\n|---|---|\n| **Severity** | P0 |", "P0"),
        ("| Severity | P0 |", "P0"),
        ("### Severity\n\nP0\n", "P0"),
        ("**Severity**\nP0", "P0"),
        ("**Severity:**\n\nP0\n\n---\nmore", "P0"),
        ("Severity:\n- P0", "P0"),
        ("Severity: _No response_\n\n### Severity\n\nP0", "P0"),
        ("SEVERITY (P0, P1): P0", "P0"),
        ("🔥 Severity: P0", "P0"),
        ("Severity:\r\nP0\r\n", "P0"),
        ("<details>\nSeverity: P0\n</details>", "P0"),
        ("Severity:", ""),
        ("- Severity:\n- P0", ""),
        ("Severity:\n\nP0 is what it should be", ""),
        ("### Severity\n\n### Next\n\nP0", ""),
        ("Severity: <!-- P0 -->", ""),
        ("Severity:P0", None),
        ("```\nSeverity: P0\n```", None),
        ("    Severity: P0", None),
        ("> Severity: P0", None),
        ("<!--\nSeverity: P0\n-->", None),
        ("", None),
    ],
)
def test_a_field_is_found_in_every_way_that_people_write_one(body: str, expected: str | None) -> None:
    assert value(body, "severity") == expected


def test_a_whole_description_is_told_apart() -> None:
    found = read(BODY)
    assert (value(BODY, "severity"), value(BODY, "incident"), value(BODY, "ticket")) == ("P0", "INC-12", "OPS-1")
    assert (value(BODY, "owner"), value(BODY, "started")) == ("alice", "10:00")
    assert [(box.text, box.ticked, box.section) for box in found.boxes] == [
        ("Tested on staging", True, "checks"),
        ("Told the stakeholders", False, "checks"),
        ("by mail", True, "checks"),
    ]
    lines = BODY.splitlines()
    assert all(box.text in lines[box.line - 1] for box in found.boxes)
    assert all(one.name in lines[one.line - 1] for one in found.all_fields)


def test_a_section_holds_what_stands_below_it_without_comments_and_quotes() -> None:
    section = read(BODY).section("root cause")
    assert section is not None
    assert section.heading == "2. Root cause (required)"
    assert section.text.startswith("The database ran **full**.")
    assert "Owner" in section.text
    assert "tell us" not in section.heading
    assert read(BODY).section("nothing of the kind") is None


def test_a_code_block_is_a_sections_code_and_no_text() -> None:
    section = read("## Rollback\n```\ngit revert HEAD\n```\n").section("Rollback")
    assert section is not None
    assert (section.text, section.code) == ("", "git revert HEAD")


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "_No response_", "TBD", "**todo**", "N/A", "<what and why>", "…", "...", "<!-- all\ncomment -->"),
        *("- ", "- TBD\n- <…>", "\u200b", "&nbsp;", "<!-- never closed", "none", "[fill in]"),
    ],
)
def test_what_only_holds_a_place_is_a_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text", ["P0", "snapshot rds-2026", "TBD\nbut we know this", "<https://example.org/a>", "none left"]
)
def test_words_are_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)


def test_the_templates_own_text_is_a_placeholder() -> None:
    template = "## Impact\n\nWho is hit, and how hard?\n\nSeverity: P0 / P1\n"
    assert is_placeholder("who is hit, and how hard", template)
    assert is_placeholder("P0 / P1", template)
    assert not is_placeholder("Everybody in Europe", template)


def test_not_applicable_is_an_answer_where_it_may_be() -> None:
    assert not is_placeholder("N/A", not_applicable=False)
    assert is_placeholder("TBD", not_applicable=False)


def test_names_are_compared_without_their_dress() -> None:
    assert named("## **2. Root  Cause** (required):") == named("root cause")
    assert named("🚑 Backup*") == "backup"


@pytest.mark.parametrize(
    "piece",
    [
        "a: b\n",
        "**a**\n",
        "- [x] a: b\n",
        "|a|b|\n",
        "# a\n",
        "> ",
        "<!--",
        "- ",
        "`",
        "[",
        "a:",
        "(",
        "**",
        "<a ",
        "# a  b ",
    ],
)
def test_a_hostile_description_is_read_in_a_second(piece: str) -> None:
    started = time.process_time()
    found = read(piece * (MAX_CHARACTERS // len(piece)))
    found.field("a")
    is_placeholder(piece * (MAX_CHARACTERS // len(piece)), piece * 1000)
    assert time.process_time() - started < 2


def test_what_lies_beyond_githubs_length_is_not_read() -> None:
    found = read("x" * MAX_CHARACTERS + "\n\nSeverity: P0")
    assert found.truncated
    assert found.field("severity") is None
