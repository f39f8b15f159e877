"""A proof told to people and programs: at the terminal, as JSON, in Markdown, and as the check run `hotfix-proof`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from domain.check_run import MAX_TEXT, CheckRun
from domain.proof import CHECK, Attempt, Proof, ProofVerdict, Ran
from domain.verdict import Conclusion
from domain.wording import cell, code, counted, markdown, plain, shortened

_SHORT = 7
_SIDES = ("without the fix", "with the fix")
_MOST_PATHS = 10
_TERMINAL_LINES = 25
#: Two outputs, fences and what stands around them stay below GitHub's limit.
_MOST_OUTPUT = 20_000
_MOST_TITLE = 200

_TITLES = {
    ProofVerdict.PROVEN: "Proven: red without the fix, green with it",
    ProofVerdict.PASSES_WITHOUT: "The test passes without the fix",
    ProofVerdict.FAILS_WITH: "The test fails with the fix",
    ProofVerdict.FLAKY: "The test is flaky",
    ProofVerdict.CANT_RUN: "The test can't be run",
}


def check_run(proof: Proof) -> CheckRun:
    """The check run that the policy `proof` asks for; all but a proof is a failure, for it is asked as a gate."""
    conclusion = Conclusion.SUCCESS if proof.verdict is ProofVerdict.PROVEN else Conclusion.FAILURE
    title = shortened(f"{_TITLES[proof.verdict]}", _MOST_TITLE)
    summary, _, text = as_markdown(proof).partition("\n\n")
    return CheckRun(CHECK, proof.head, conclusion, title, summary, shortened(text, MAX_TEXT))


def as_text(proof: Proof) -> str:
    """One screen for a terminal: what it comes to, what to do, and what the tests printed where that helps."""
    lines = [f"hotfix prove: {proof.verdict}", *_sentences(proof), "", *(f"  {line}" for line in _facts(proof))]
    for side, attempt in _telling(proof):
        lines += ["", f"The end of what the tests printed {side}:", *_tail(attempt.output, _TERMINAL_LINES)]
    return "\n".join(lines) + "\n"


def as_json(proof: Proof) -> str:
    """Everything, for programs; names that are published stay."""
    found = {
        "verdict": proof.verdict.value,
        "exit_code": proof.exit_code,
        "why": proof.decision.why,
        "remedy": proof.decision.remedy,
        "base": proof.base,
        "head": proof.head,
        "tests": list(proof.tests),
        "support": list(proof.support),
        "commands": list(proof.commands),
        "red_to_green": list(proof.decision.red),
        "without_fix": [_attempt(attempt) for attempt in proof.on_base],
        "with_fix": [_attempt(attempt) for attempt in proof.on_head],
        "notes": list(proof.notes),
        "overhead_seconds": round(proof.overhead, 3),
    }
    return json.dumps(found, indent=2)


def as_markdown(proof: Proof) -> str:
    """For a step summary: its first paragraph alone says what it comes to."""
    remedy = f" **Next:** {markdown(proof.decision.remedy)}." if proof.decision.remedy else ""
    icon = "✅" if proof.verdict is ProofVerdict.PROVEN else "❌"
    parts = [f"{icon} **{_TITLES[proof.verdict]}**: {markdown(proof.decision.why)}.{remedy}"]
    if table := _table(proof):
        parts.append("\n".join(table))
    parts.append("\n".join(f"- {_marked(line)}" for line in _facts(proof)))
    for side, attempt in _telling(proof):
        parts.append(_details(f"What the tests printed {side}", attempt.output))
    return "\n\n".join(parts) + "\n"


def _sentences(proof: Proof) -> Iterator[str]:
    yield f"Why: {plain(proof.decision.why)}."
    if proof.decision.remedy:
        yield f"Next: {plain(proof.decision.remedy)}."


def _facts(proof: Proof) -> Iterator[str]:
    yield f"tests: {_paths(proof.tests)}"
    if proof.support:
        yield f"laid over base beside them: {_paths(proof.support)}"
    yield from (f"command: {plain(command)}" for command in proof.commands)
    yield f"base {proof.base[:_SHORT]}, head {proof.head[:_SHORT]}"
    for side, attempts in _sides(proof):
        yield f"{side}: {', '.join(_told(attempt) for attempt in attempts)}"
    yield from (f"note: {plain(note)}" for note in proof.notes)


def _sides(proof: Proof) -> Iterator[tuple[str, Sequence[Attempt]]]:
    yield from ((side, runs) for side, runs in zip(_SIDES, (proof.on_base, proof.on_head), strict=True) if runs)


def _told(attempt: Attempt) -> str:
    return f"{attempt.reading.ran} ({attempt.seconds:.1f} s)"


def _paths(paths: Sequence[str]) -> str:
    shown = ", ".join(plain(path) for path in paths[:_MOST_PATHS])
    more = len(paths) - _MOST_PATHS
    return f"{shown} and {counted(more, 'more', 'more')}" if more > 0 else shown or "none"


def _telling(proof: Proof) -> Iterator[tuple[str, Attempt]]:
    """The output that helps to understand the verdict: of the first run on each side that isn't as it should be."""
    wanted = {_SIDES[0]: {Ran.FAILED}, _SIDES[1]: {Ran.PASSED}}
    for side, attempts in _sides(proof):
        odd = next((attempt for attempt in attempts if attempt.reading.ran not in wanted[side]), None)
        if odd is not None and odd.output.strip():
            yield side, odd


def _tail(output: str, lines: int) -> Iterator[str]:
    yield from (f"  | {_line(line)}" for line in output.rstrip().splitlines()[-lines:])


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "ran": attempt.reading.ran.value,
        "why": attempt.reading.why,
        "failed": list(attempt.reading.failed),
        "seconds": round(attempt.seconds, 3),
        "exit_code": attempt.exit_code,
        "output": attempt.output,
    }


def _table(proof: Proof) -> list[str]:
    rows = [
        f"| {side} | {number} | {attempt.reading.ran} | {cell(attempt.reading.why) if attempt.reading.why else ''} "
        f"| {attempt.seconds:.1f} s |"
        for side, attempts in _sides(proof)
        for number, attempt in enumerate(attempts, start=1)
    ]
    return ["| Side | Run | Result | Why | Time |", "| --- | --- | --- | --- | --- |", *rows] if rows else []


def _marked(fact: str) -> str:
    what, _, rest = fact.partition(": ")
    return f"{what}: {code(rest)}" if what in ("tests", "command", "laid over base beside them") else markdown(fact)


def _details(summary: str, output: str) -> str:
    shown = "\n".join(_line(line) for line in output[-_MOST_OUTPUT:].rstrip().splitlines())
    fence = "`" * max(3, 1 + _longest_run(shown))
    return f"<details><summary>{summary}</summary>\n\n{fence}text\n{shown}\n{fence}\n\n</details>"


def _line(line: str) -> str:
    """One line of an output without control characters, its indentation kept."""
    return line[: len(line) - len(line.lstrip(" "))] + plain(line)


def _longest_run(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    return longest
