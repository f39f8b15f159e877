from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from domain.finding import Inspection, Outcome
from policies.hotfix_comment import HotfixComment
from tests.builders import Side, a_change

CODE = "total = 1\n"


def inspect(
    files: Mapping[str, tuple[Side, Side]], body: str = "", commits: tuple[str, ...] = ("Fix it",)
) -> Inspection:
    return HotfixComment().inspect(a_change(files, body=body, commits=commits))


def contexts(inspection: Inspection) -> list[str]:
    return [marker["context"] for marker in inspection.facts["markers"]]


def test_an_added_comment_with_a_reason_passes() -> None:
    inspection = inspect({"cart.py": (CODE, "total = 2  # HOTFIX: half cents were rounded up\n")})
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary == "HOTFIX comment at cart.py:1"
    assert inspection.facts == {
        "markers": [{"path": "cart.py", "line": 1, "text": "HOTFIX: half cents were rounded up", "context": "comment"}]
    }


def test_a_marker_that_was_there_before_does_not_count() -> None:
    inspection = inspect({"cart.py": ("# HOTFIX: old\na = 1\n", "# HOTFIX: old\na = 2\n")})
    assert inspection.outcome is Outcome.FAIL
    assert contexts(inspection) == []


def test_the_finding_names_the_line_and_what_to_write_there() -> None:
    inspection = inspect({"README.md": ("a\n", "b\n"), "cart.sql": ("select 1;\n", "select 1;\nselect 2;\n")})
    (finding,) = inspection.findings
    assert (finding.path, finding.line) == ("cart.sql", 2)
    assert finding.remedy == "add a comment here, such as: -- HOTFIX: why this can't wait"


IN_COMMENTS = {
    "a.py": "def f():\n    return 1  # HOTFIX: x\n",
    "a.js": "/* opened\n\n\n\n\n\n HOTFIX: x */\n",
    "a.jsx": "const a = <p>{/* HOTFIX: x */}</p>;\n",
    "a.tsx": "const a = <p>{/* HOTFIX: x */}</p>;\n",
    "a.ts": "let a = `${ /* HOTFIX: x */ 1}`;\n",
    "a.go": "package a // HOTFIX: x\n",
    "A.java": "class A {\n  /**\n   * HOTFIX: x\n   */\n}\n",
    "a.rb": "a = 1 # HOTFIX: x\n",
    "a.rs": "/* a /* nested */ HOTFIX: x */\n",
    "a.c": "#define A 1 // HOTFIX: x\n",
    "a.yml": "a: 1 # HOTFIX: x\n",
    "a.sql": "select 'HOTFIX: a' --HOTFIX: x\n",
    "a.html": "<script>\n// HOTFIX: x\n</script>\n",
    "a.css": "a { /* HOTFIX: x */ }\n",
    "a.vue": "<template><!-- HOTFIX: x --></template>\n",
    "go.mod": "module a // HOTFIX: x\n",
    "requirements.txt": "a==1  # HOTFIX: x\n",
    "Dockerfile": "RUN a \\\n  # HOTFIX: x\n  && b\n",
    "run": "#!/usr/bin/env python3\n# HOTFIX: x\n",
    "bom.py": "\ufeff# HOTFIX: x\r\n",
    "ü.py": "ü = 'ü'; # ü HOTFIX: x\n",
}


@pytest.mark.parametrize("path", IN_COMMENTS)
def test_a_real_comment_is_found_in(path: str) -> None:
    inspection = inspect({path: (None, IN_COMMENTS[path])})
    assert inspection.outcome is Outcome.PASS
    assert inspection.facts["markers"][-1]["text"] == "HOTFIX: x"


ELSEWHERE = [
    ("a.py", 'a = "# HOTFIX: x"\n', "string"),
    ("a.py", 'def f():\n    """Do.\n\n    # HOTFIX: x\n    """\n', "docstring"),
    ("a.js", "let a = `\n// HOTFIX: x\n`;\n", "string"),
    ("a.jsx", "const a = <p>// HOTFIX: x</p>;\n", "string"),
    ("a.tsx", 'const a = <p title="// HOTFIX: x" />;\n', "string"),
    ("a.go", "package a\n\nvar a = `\n// HOTFIX: x\n`\n", "string"),
    ("A.java", 'class A { String a = """\n  // HOTFIX: x\n  """; }\n', "string"),
    ("a.rb", "a = <<~A\n  # HOTFIX: x\nA\n", "string"),
    ("a.yml", "a: |\n  # HOTFIX: x\n", "string"),
    ("a.html", "<p>HOTFIX: x</p>\n", "prose"),
    ("README.md", "HOTFIX: x\n", "prose"),
    ("a.unheard", "# HOTFIX: x\n", "unsure"),
]


@pytest.mark.parametrize(("path", "text", "context"), ELSEWHERE)
def test_a_marker_elsewhere_is_told_and_does_not_count(path: str, text: str, context: str) -> None:
    inspection = inspect({path: (None, text)})
    assert inspection.outcome is Outcome.FAIL
    assert contexts(inspection) == [context]


def test_a_label_and_an_annotation_in_code_are_no_markers() -> None:
    inspection = inspect({"a.js": (None, "HOTFIX: for (;;) {}\n"), "a.py": (None, "HOTFIX: int = 1\n")})
    assert inspection.outcome is Outcome.FAIL
    assert contexts(inspection) == []


def test_a_file_that_nothing_can_read_is_called_unsure() -> None:
    inspection = inspect({"a.unheard": (None, "# HOTFIX: x\n")})
    assert "unsure" in inspection.summary
    assert "unsure" in inspection.findings[0].message


def test_where_two_readers_disagree_in_broken_code_it_is_unsure() -> None:
    broken = "func f( {\n  a := 'x\n  `\n  // HOTFIX: x\n"
    assert contexts(inspect({"a.go": (None, broken)})) == ["unsure"]


@pytest.mark.parametrize("comment", ["# HOTFIX:", "# HOTFIX: ...", "# hotfix: x", "# NOHOTFIX: x", "# HOTFIX x"])
def test_what_is_not_the_marker_with_a_reason_fails(comment: str) -> None:
    assert inspect({"a.py": (CODE, f"{CODE}{comment}\n")}).outcome is Outcome.FAIL


def test_the_end_of_a_comment_is_no_reason() -> None:
    inspection = inspect({"a.js": (None, "/* HOTFIX: */ let a = 1;\n")})
    assert inspection.outcome is Outcome.FAIL
    assert inspection.findings[0].message == "HOTFIX: gives no reason"


def test_a_marker_in_a_test_does_not_excuse_the_code() -> None:
    files = {"cart.py": (CODE, "total = 2\n"), "tests/test_cart.py": (None, "# HOTFIX: x\n")}
    inspection = inspect(files)
    assert inspection.outcome is Outcome.FAIL
    assert inspection.findings[0].message == "HOTFIX: stands only in a test"


JSON: dict[str, tuple[Side, Side]] = {"limits.json": ('{"a": 1}\n', '{"a": 2}\n'), "a.png": (None, b"\0")}


def test_files_that_hold_no_comments_ask_for_the_reason_in_words() -> None:
    assert inspect(JSON).outcome is Outcome.FAIL
    assert inspect(JSON, body="Fix.\r\n\r\nHOTFIX: the limit was too low\r\n").outcome is Outcome.PASS
    assert inspect(JSON, commits=("Raise it\n\nHOTFIX: the limit was too low",)).outcome is Outcome.PASS


def test_the_words_do_not_count_where_a_comment_is_possible() -> None:
    files: dict[str, tuple[Side, Side]] = {**JSON, "cart.py": (CODE, "total = 2\n")}
    assert inspect(files, body="HOTFIX: the limit was too low").outcome is Outcome.FAIL


def test_a_template_in_the_description_is_no_reason() -> None:
    assert inspect(JSON, body="<!-- write\nHOTFIX: why -->").outcome is Outcome.FAIL


def test_only_removed_lines_ask_for_the_reason_in_words() -> None:
    files: dict[str, tuple[Side, Side]] = {"cart.py": ("a = 1\nb = 2\n", "a = 1\n")}
    assert inspect(files, commits=("HOTFIX: b was wrong",)).outcome is Outcome.PASS


def test_a_file_that_is_not_utf_8_is_an_error_and_no_pass() -> None:
    inspection = inspect({"cart.py": (CODE, b"# HOTFIX: caf\xe9\n")})
    assert inspection.outcome is Outcome.ERROR
    assert "not UTF-8" in inspection.findings[0].message


def test_the_marker_is_text_and_no_pattern() -> None:
    policy = HotfixComment(marker="HOT.FIX (urgent)")
    assert policy.inspect(a_change({"a.py": (None, "# HOT.FIX (urgent): x\n")})).outcome is Outcome.PASS
    assert policy.inspect(a_change({"a.py": (None, "# HOTAFIX (urgent): x\n")})).outcome is Outcome.FAIL


@pytest.mark.parametrize("marker", ["", "HOTFIX:", " HOTFIX", "HOT\nFIX", "x" * 65])
def test_a_marker_that_could_never_be_found_is_refused(marker: str) -> None:
    with pytest.raises(ValidationError):
        HotfixComment(marker=marker)


def test_a_thousand_markers_take_no_longer_than_a_few() -> None:
    text = "".join(f's{n} = "HOTFIX: x"\n' for n in range(20_000))
    assert len(inspect({"a.py": (None, text)}).facts["markers"]) == 100


@pytest.mark.parametrize(
    "reason",
    [
        "reason",
        "TODO",
        "...",
        "<reason>",
        "why",
        "Reason.",
        "[describe the problem]",
        "{{ reason }}",
        "N/A",
        "<why now>",
    ],
)
def test_what_a_template_puts_there_is_no_reason(reason: str) -> None:
    inspection = inspect({"a.py": (CODE, f"{CODE}# HOTFIX: {reason}\n")})
    assert inspection.outcome is Outcome.FAIL
    assert inspect(JSON, body=f"HOTFIX: {reason}").outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "reason",
    [
        "hotfix",
        "Fix",
        "fixed.",
        "bug",
        "bug fix",
        "todo",
        "FIX" + "ME",
        "fix the bug",
        "urgent",
        "urgent hotfix",
        "quick fix",
        "see above",
        "see the ticket",
        "see below",
        "as discussed",
        "(fix)",
    ],
)
def test_what_every_hotfix_could_say_of_itself_is_no_reason(reason: str) -> None:
    assert inspect({"a.py": (CODE, f"{CODE}# HOTFIX: {reason}\n")}).outcome is Outcome.FAIL
    assert inspect(JSON, commits=(f"HOTFIX: {reason}",)).outcome is Outcome.FAIL


def test_the_policy_files_own_marker_said_twice_is_no_reason() -> None:
    change = a_change({"a.py": (CODE, f"{CODE}# RUSH LANE: rush lane\n")})
    assert HotfixComment(marker="RUSH LANE").inspect(change).outcome is Outcome.FAIL


@pytest.mark.parametrize("reason", ["fix rounding", "see #12", "bug 7341", "temporary: upstream is down"])
def test_one_word_of_ones_own_is_a_reason(reason: str) -> None:
    assert inspect({"a.py": (CODE, f"{CODE}# HOTFIX: {reason}\n")}).outcome is Outcome.PASS


@pytest.mark.parametrize("reason", ["TODO list was lost", "<https://example.org/1>", "[OPS-12]", "half cents", "#12"])
def test_a_short_reason_is_a_reason(reason: str) -> None:
    assert inspect({"a.py": (CODE, f"{CODE}# HOTFIX: {reason}\n")}).outcome is Outcome.PASS


def test_our_own_example_copied_is_no_reason() -> None:
    (finding,) = inspect({"a.py": (CODE, "total = 2\n")}).findings
    example = finding.remedy.removeprefix("add a comment here, such as: ")
    copied = inspect({"a.py": (CODE, f"{CODE}{example}\n")})
    assert copied.outcome is Outcome.FAIL
    assert copied.findings[0].message == "HOTFIX: holds the place of a reason: why this can't wait"


def test_further_placeholders_are_refused_by_setting() -> None:
    change = a_change({"a.py": (CODE, f"{CODE}# HOTFIX: (Grund eintragen!)\n")})
    assert HotfixComment().inspect(change).outcome is Outcome.PASS
    assert HotfixComment(placeholders=("grund eintragen",)).inspect(change).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'def f():\n    """HOTFIX: x"""\n'),
        ("a.ex", 'defmodule A do\n  @doc "HOTFIX: x"\nend\n'),
    ],
)
def test_docstrings_count_by_setting_alone(path: str, text: str) -> None:
    change = a_change({path: (None, text)})
    assert HotfixComment().inspect(change).outcome is Outcome.FAIL
    assert HotfixComment(docstrings=True).inspect(change).outcome is Outcome.PASS


def test_a_plain_string_is_no_docstring() -> None:
    change = a_change({"a.py": (None, 'a = "HOTFIX: x"\n')})
    assert HotfixComment(docstrings=True).inspect(change).outcome is Outcome.FAIL


TWO_FILES: dict[str, tuple[Side, Side]] = {
    "a.py": (CODE, f"{CODE}# HOTFIX: half cents\n"),
    "b.py": (CODE, "total = 2\n"),
    "limits.json": ("1\n", "2\n"),
    "tests/test_b.py": (CODE, "total = 2\n"),
    "go.sum": ("a\n", "b\n"),
}


def test_by_file_each_file_that_can_hold_a_comment_needs_one() -> None:
    inspection = HotfixComment(scope="file").inspect(a_change(TWO_FILES))
    assert inspection.outcome is Outcome.FAIL
    assert inspection.summary == "no HOTFIX comment in 1 of 2 files"
    assert [(finding.path, finding.line) for finding in inspection.findings] == [("b.py", 1)]
    both = {**TWO_FILES, "b.py": (CODE, "total = 2  # HOTFIX: half cents\n")}
    assert HotfixComment(scope="file").inspect(a_change(both)).summary == "a HOTFIX comment in each of 2 files"
    assert inspect(TWO_FILES).outcome is Outcome.PASS


def test_by_hunk_each_hunk_with_added_lines_needs_one() -> None:
    base = "".join(f"x{number} = 1\n" for number in range(40))
    one = base.replace("x3 = 1\n", "x3 = 2  # HOTFIX: half cents\n").replace("x20 = 1\n", "x20 = 2\n")
    gone = one.replace("x35 = 1\n", "")
    inspection = HotfixComment(scope="hunk").inspect(a_change({"a.py": (base, gone)}))
    assert inspection.outcome is Outcome.FAIL
    assert inspection.summary == "no HOTFIX comment in 1 of 2 hunks"
    assert [(finding.path, finding.line) for finding in inspection.findings] == [("a.py", 21)]
    marked = gone.replace("x20 = 2\n", "x20 = 2  # HOTFIX: half cents\n")
    assert HotfixComment(scope="hunk").inspect(a_change({"a.py": (base, marked)})).outcome is Outcome.PASS
    assert HotfixComment(scope="file").inspect(a_change({"a.py": (base, gone)})).outcome is Outcome.PASS


@pytest.mark.parametrize("scope", ["pull-request", "file", "hunk"])
def test_the_words_do_for_every_scope_where_no_file_can_hold_a_comment(scope: str) -> None:
    change = a_change(JSON, body="HOTFIX: the limit was too low")
    assert HotfixComment(scope=scope).inspect(change).outcome is Outcome.PASS
    assert HotfixComment(scope=scope).inspect(a_change(JSON)).outcome is Outcome.FAIL


def test_a_marker_in_a_vendored_file_does_not_excuse_the_code() -> None:
    files = {"cart.py": (CODE, "total = 2\n"), "vendor/a.go": (None, "package a // HOTFIX: x\n")}
    inspection = inspect(files)
    assert inspection.outcome is Outcome.FAIL
    assert inspection.findings[0].message == "HOTFIX: stands only in a vendored file"
