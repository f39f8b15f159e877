"""The wording, held against golden texts: read them as an engineer at 3 a.m. would."""

import json

import pytest

from domain import report
from domain.check_run import MAX_TEXT
from domain.finding import Finding, Inspection, Level, Outcome
from domain.verdict import Conclusion, PolicyOutcome, Verdict
from domain.wording import code, markdown, plain

SIZE = PolicyOutcome.of(
    "diff-size",
    Level.REQUIRED,
    Inspection(
        Outcome.FAIL,
        "12 lines changed, fewer than 10 allowed",
        (
            Finding("cart.py changes 9 lines", "cart.py", 3, "move the clean-up to a pull request on develop"),
            Finding("tax.py changes 3 lines", "tax.py"),
        ),
        {"counted": 12},
    ),
)
COMMENT = PolicyOutcome.of(
    "hotfix-comment", Level.REQUIRED, Inspection(Outcome.PASS, "HOTFIX comment at cart.py:2", (), {"markers": []})
)
ADVICE = PolicyOutcome.of(
    "dependencies",
    Level.ADVISORY,
    Inspection(Outcome.FAIL, "adds left-pad (npm)", (Finding("left-pad is new", "package.json", 7),)),
)


def test_the_check_run_says_what_to_do_next():
    run = report.check_run("hotfix: main", "a" * 40, Verdict.of((SIZE, COMMENT, ADVICE)))
    assert run.title == "1 of 3 policies needs attention"
    assert run.conclusion is Conclusion.FAILURE
    assert run.summary == (
        "This pull request can't be merged yet. Take the next steps below; it is judged again by itself.\n\n"
        "| Policy | Outcome | Evidence | Next step |\n"
        "| --- | --- | --- | --- |\n"
        "| `diff-size` | ❌ fail | 12 lines changed, fewer than 10 allowed "
        "| Move the clean-up to a pull request on develop |\n"
        "| `hotfix-comment` | ✅ pass | HOTFIX comment at cart.py:2 | - |\n"
        "| `dependencies` | ⚠️ warn (advisory) | adds left-pad (npm) | - |"
    )
    assert run.text.startswith("### ❌ diff-size\n\n- `cart.py:3`: cart.py changes 9 lines\n  - **Next step:** Move")
    assert [(each.path, each.start_line, each.level) for each in run.annotations] == [
        ("cart.py", 3, "failure"),
        ("package.json", 7, "warning"),
    ]
    assert [action.label for action in run.actions] == ["Re-check"]


@pytest.mark.parametrize(
    ("verdict", "title"),
    [
        (Verdict.of((COMMENT,)), "1 policy satisfied"),
        (Verdict.of((COMMENT, ADVICE)), "2 policies satisfied, 1 warning"),
        (Verdict.of((SIZE, SIZE, COMMENT)), "2 of 3 policies need attention"),
        (Verdict.not_a_hotfix("no trigger label, branch or title is on it"), "Not a hotfix"),
        (Verdict(Conclusion.TIMED_OUT, (), "it doesn't answer"), "GitHub can't be read"),
    ],
)
def test_the_title_says_it_in_one_line(verdict, title):
    assert report.title(verdict) == title


def test_the_terminal_gets_one_line_a_policy_with_its_findings_below():
    assert report.as_text(Verdict.of((SIZE, COMMENT))) == (
        "✗ diff-size       fail   12 lines changed, fewer than 10 allowed\n"
        "    cart.py:3: cart.py changes 9 lines\n"
        "      → move the clean-up to a pull request on develop\n"
        "    tax.py: tax.py changes 3 lines\n"
        "✓ hotfix-comment  pass   HOTFIX comment at cart.py:2\n"
        "\n"
        "failure: 1 of 2 policies needs attention\n"
    )


def test_the_json_report_has_the_published_shape():
    told = json.loads(report.as_json(Verdict.of((SIZE,)), base="b", merge_base="m", head="h"))
    assert told == {
        "schema": 1,
        "conclusion": "failure",
        "base": "b",
        "merge_base": "m",
        "head": "h",
        "policies": [
            {
                "name": "diff-size",
                "outcome": "fail",
                "level": "required",
                "summary": "12 lines changed, fewer than 10 allowed",
                "findings": [
                    {
                        "message": "cart.py changes 9 lines",
                        "path": "cart.py",
                        "line": 3,
                        "remedy": "move the clean-up to a pull request on develop",
                    },
                    {"message": "tax.py changes 3 lines", "path": "tax.py", "line": 0, "remedy": ""},
                ],
                "facts": {"counted": 12},
            }
        ],
    }


HOSTILE = "a|b`c`<img src=x onerror=alert(1)> @octocat [x](http://evil) \x1b[31m\u202e\n# no heading"


def test_untrusted_text_can_not_leave_its_place_in_markdown():
    finding = Finding(HOSTILE, HOSTILE, 1, HOSTILE)
    policy = PolicyOutcome.of("diff-size", Level.REQUIRED, Inspection(Outcome.FAIL, HOSTILE, (finding,)))
    run = report.check_run("hotfix: main", "a" * 40, Verdict.of((policy,)))
    row = run.summary.splitlines()[-1]
    assert row.startswith("| `diff-size` |")
    assert row.replace("\\|", "").count("|") == 5
    for text in (run.summary, run.text):
        outside_code = text.replace(code(f"{HOSTILE}:1"), "")
        assert "<img" not in outside_code.replace("\\<img", "")
        assert "@octocat" not in outside_code
        assert "\x1b" not in text
        assert "\n# no heading" not in text


def test_a_code_span_holds_any_backticks():
    assert code("a`b``c") == "```a`b``c```"
    assert code("`a`") == "`` `a` ``"
    assert code("") == "` `"


def test_terminals_get_no_control_characters():
    assert plain("a\x1b]0;title\x07b\r\nc\u202ed") == "a ]0;title b c d"


def test_links_are_shown_and_not_made():
    assert markdown("see https://example.org") == "see https\u200b://example.org"


def test_a_thousand_findings_fit_into_what_github_takes():
    findings = tuple(Finding("ü" * 900, f"file{number}.py", 1, "step " + "é" * 900) for number in range(1000))
    policies = tuple(
        PolicyOutcome.of(f"policy-{index}", Level.REQUIRED, Inspection(Outcome.FAIL, "x" * 70_000, findings))
        for index in range(9)
    )
    run = report.check_run("hotfix: main", "a" * 40, Verdict.of(policies))
    assert len(run.summary.encode()) <= MAX_TEXT
    assert len(run.text.encode()) <= MAX_TEXT
    assert run.text.endswith("GitHub shows no more than 65,535 characters.")
    assert len(run.annotations) == report.MAX_ANNOTATIONS
