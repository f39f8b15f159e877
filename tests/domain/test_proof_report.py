import json

from domain import proof_report
from domain.check_run import MAX_TEXT
from domain.proof import Attempt, Proof, Ran, Reading, cant_run, decide
from domain.verdict import Conclusion

RED = Reading(Ran.FAILED, "assert 1 == 2", ("test_total",), frozenset())
GREEN = Reading(Ran.PASSED, passed=frozenset({"test_total"}))


def a_proof(base: Reading = RED, head: Reading = GREEN, output: str = "1 failed\n") -> Proof:
    on_base, on_head = (Attempt(base, 0.5, 1, output),), (Attempt(head, 0.25, 0, output),)
    return Proof(
        decide(on_base, on_head),
        "b" * 40,
        "a" * 40,
        ("tests/test_cart.py",),
        ("tests/conftest.py",),
        ("python -m pytest -q tests/test_cart.py",),
        on_base,
        on_head,
        ("something to know",),
        0.125,
    )


def test_a_proof_is_told_on_one_screen() -> None:
    assert proof_report.as_text(a_proof()) == (
        "hotfix prove: proven\n"
        "Why: test_total fails without the fix: assert 1 == 2, and not with it.\n"
        "\n"
        "  tests: tests/test_cart.py\n"
        "  laid over base beside them: tests/conftest.py\n"
        "  command: python -m pytest -q tests/test_cart.py\n"
        "  base bbbbbbb, head aaaaaaa\n"
        "  without the fix: failed (0.5 s)\n"
        "  with the fix: passed (0.2 s)\n"
        "  note: something to know\n"
    )


def test_what_the_tests_printed_is_shown_where_it_helps() -> None:
    told = proof_report.as_text(a_proof(base=GREEN, output="\x1b[31mred\x1b[0m\n  indented\n"))
    assert "hotfix prove: test passes without the fix\n" in told
    assert "Next: assert what the fix makes true" in told
    assert "The end of what the tests printed without the fix:\n" in told
    assert "\x1b" not in told
    assert "  |   indented" in told


def test_json_tells_everything() -> None:
    found = json.loads(proof_report.as_json(a_proof()))
    assert (found["verdict"], found["exit_code"], found["red_to_green"]) == ("proven", 0, ["test_total"])
    assert found["without_fix"][0]["ran"] == "failed"
    assert found["with_fix"][0]["output"] == "1 failed\n"


def test_the_check_run_is_named_for_the_policy_and_succeeds_for_a_proof_alone() -> None:
    run = proof_report.check_run(a_proof())
    assert (run.name, run.head_oid, run.conclusion) == ("hotfix-proof", "a" * 40, Conclusion.SUCCESS)
    assert "test\\_total fails without the fix" in run.summary
    assert "| without the fix | 1 | failed |" in run.text
    for proof in (a_proof(base=GREEN), a_proof(head=RED), Proof(cant_run("no", "do"), "b" * 40, "a" * 40)):
        assert proof_report.check_run(proof).conclusion is Conclusion.FAILURE


def test_hostile_output_neither_breaks_out_of_its_fence_nor_passes_githubs_limit() -> None:
    output = "```\n````\n</details> @everyone\n" + "x" * 100_000
    run = proof_report.check_run(a_proof(base=GREEN, output=output))
    assert len(run.text) < MAX_TEXT
    assert run.text.rstrip().endswith("```\n\n</details>")
    hostile = Reading(Ran.BROKEN, "@everyone | [x](http://evil.example)")
    assert "@everyone" not in proof_report.as_markdown(a_proof(base=hostile)).split("\n")[0]
