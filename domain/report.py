"""How a verdict is told: as a check run, as JSON, on a terminal, as Markdown. Pure; every wording lives here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain import override_report
from domain.check_run import MAX_TEXT, Action, Annotation, CheckRun
from domain.finding import Finding, Level, Outcome
from domain.verdict import Conclusion, PolicyOutcome, Verdict
from domain.wording import cell, code, counted, markdown, plain, shortened

#: The version of the JSON report; a change that breaks readers counts it up.
SCHEMA = 1

RECHECK = Action("Re-check", "Judge this pull request afresh", "recheck")

#: So that a thousand findings don't drown the first; the JSON report has them all.
MAX_FINDINGS_SHOWN = 20
MAX_ANNOTATIONS = 200
_MAX_MESSAGE = 1_000

SYMBOLS = MappingProxyType(
    {
        Outcome.PASS: "✅",
        Outcome.FAIL: "❌",
        Outcome.WARN: "⚠️",
        Outcome.WAIT: "⏳",
        Outcome.DEFER: "🕓",
        Outcome.SKIP: "⏭️",
        Outcome.ERROR: "🛑",
    }
)


def check_run(name: str, head_oid: str, verdict: Verdict) -> CheckRun:
    """The check run that tells a verdict.

    Args:
        name: the run's name, e.g. "hotfix: main".
        head_oid: the commit it belongs to.
        verdict: what to tell.
    """
    return CheckRun(
        name=name,
        head_oid=head_oid,
        conclusion=verdict.conclusion,
        title=title(verdict),
        summary=_cut(_summary(verdict)),
        text=_cut(_details(verdict)),
        annotations=_annotations(verdict),
        actions=(RECHECK,),
    )


def title(verdict: Verdict) -> str:
    """The verdict in one short line."""
    if verdict.conclusion is Conclusion.SKIPPED:
        return "Not a hotfix"
    if not verdict.policies:
        return "GitHub can't be read"
    needing = sum(policy.needs_attention for policy in verdict.policies)
    total = len(verdict.policies)
    if needing:
        verb = "needs" if needing == 1 else "need"
        return f"{needing} of {counted(total, 'policy', 'policies')} {verb} attention"
    overridden = sum(policy.override is not None for policy in verdict.policies)
    warnings = sum(policy.outcome is Outcome.WARN for policy in verdict.policies) - overridden
    notes = [
        *([f"{overridden} overridden"] if overridden else []),
        *([counted(warnings, "warning")] if warnings else []),
    ]
    return ", ".join([f"{counted(total - overridden, 'policy', 'policies')} satisfied", *notes])


_NEXT: MappingProxyType[Conclusion, str] = MappingProxyType(
    {
        Conclusion.SUCCESS: "Nothing stands in the way of this hotfix: it may be merged.",
        Conclusion.FAILURE: "This pull request can't be merged yet. Take the next steps below; "
        "it is judged again by itself.",
        Conclusion.ACTION_REQUIRED: "The change itself is fine; people have to act before it may be merged.",
        Conclusion.IN_PROGRESS: "Not judged to the end yet; this is tried again by itself.",
        Conclusion.TIMED_OUT: "GitHub couldn't be read for too long. This is no fault of the change: "
        "press Re-check, or push again.",
        Conclusion.SKIPPED: "The hotfix policies don't apply to this pull request.",
    }
)


#: What is said at the desk and in workflows, where nothing judges again by itself.
_NEXT_ANYWHERE: Mapping[Conclusion, str] = MappingProxyType(
    {
        **_NEXT,
        Conclusion.FAILURE: "This change can't be merged yet. Take the next steps below, then judge it again.",
        Conclusion.SKIPPED: "The hotfix policies don't apply to this change.",
    }
)


def _summary(verdict: Verdict, next_steps: Mapping[Conclusion, str] = _NEXT) -> str:
    parts = [next_steps[verdict.conclusion]]
    if verdict.reason:
        parts.append(markdown(verdict.reason[:1].upper() + verdict.reason[1:]) + ".")
    if verdict.policies:
        parts.append(table(verdict))
    if told := override_report.section(verdict.overrides):
        parts.append(told)
    return "\n\n".join(parts)


def table(verdict: Verdict) -> str:
    """Each policy's outcome, evidence and next step as a Markdown table."""
    rows = ["| Policy | Outcome | Evidence | Next step |", "| --- | --- | --- | --- |"]
    rows += [_row(policy) for policy in verdict.policies]
    return "\n".join(rows)


def _row(policy: PolicyOutcome) -> str:
    outcome = f"{SYMBOLS[policy.outcome]} {policy.outcome}"
    if policy.level is Level.ADVISORY:
        outcome += " (advisory)"
    steps = dict.fromkeys(finding.remedy for finding in policy.findings if finding.remedy)
    step = next(iter(steps), "")
    more = f" (and {len(steps) - 1} more below)" if len(steps) > 1 else ""
    return f"| {cell(policy.name)} | {outcome} | {_said(policy.summary)} | {_said(_sentence(step))}{more} |"


def _said(text: str) -> str:
    return markdown(shortened(text, _MAX_MESSAGE)) or "-"


def _sentence(text: str) -> str:
    """A plain phrase as the beginning of a sentence; a file's or a package's name keeps its case."""
    word = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if word.isalpha() and word.islower() else text


def _details(verdict: Verdict) -> str:
    sections = [_section(policy) for policy in verdict.policies if policy.findings]
    return "\n\n".join(sections)


def _section(policy: PolicyOutcome) -> str:
    shown = policy.findings[:MAX_FINDINGS_SHOWN]
    lines = [f"### {SYMBOLS[policy.outcome]} {markdown(policy.name)}", ""]
    lines += [_item(finding) for finding in shown]
    if len(policy.findings) > len(shown):
        lines.append(f"- … and {counted(len(policy.findings) - len(shown), 'more finding')}")
    return "\n".join(lines)


def _item(finding: Finding) -> str:
    where = f"{code(location(finding))}: " if finding.path else ""
    remedy = f"\n  - **Next step:** {_said(_sentence(finding.remedy))}" if finding.remedy else ""
    return f"- {where}{_said(_sentence(finding.message))}{remedy}"


def location(finding: Finding) -> str:
    """Where a finding is, as "path:line" or "path"."""
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def _annotations(verdict: Verdict) -> tuple[Annotation, ...]:
    found = (
        _annotation(policy, finding)
        for policy in verdict.policies
        for finding in policy.findings
        if finding.path and finding.line
    )
    return tuple(found)[:MAX_ANNOTATIONS]


def _annotation(policy: PolicyOutcome, finding: Finding) -> Annotation:
    level = "failure" if policy.needs_attention else "warning"
    message = _sentence(finding.message) + (f"\nNext step: {_sentence(finding.remedy)}" if finding.remedy else "")
    return Annotation(finding.path, finding.line, finding.line, level, shortened(message, _MAX_MESSAGE), policy.name)


def _cut(text: str) -> str:
    # GitHub counts its limit in characters; bytes are never fewer, so this holds either way.
    if len(text.encode()) <= MAX_TEXT:
        return text
    note = "\n\n… cut here: GitHub shows no more than 65,535 characters."
    return text.encode()[: MAX_TEXT - len(note.encode())].decode(errors="ignore").rpartition("\n")[0] + note


def as_data(verdict: Verdict, *, base: str, merge_base: str, head: str) -> dict[str, Any]:
    """The report as JSON values, in the published shape (`schema` 1)."""
    return {
        "schema": SCHEMA,
        "conclusion": str(verdict.conclusion),
        "base": base,
        "merge_base": merge_base,
        "head": head,
        **({"reason": verdict.reason} if verdict.reason else {}),
        "policies": [_policy_data(policy) for policy in verdict.policies],
        **({"overrides": override_report.as_data(verdict.overrides)} if verdict.overrides else {}),
    }


def _policy_data(policy: PolicyOutcome) -> dict[str, Any]:
    return {
        "name": policy.name,
        "outcome": str(policy.outcome),
        "level": str(policy.level),
        "summary": policy.summary,
        "findings": [
            {"message": each.message, "path": each.path, "line": each.line, "remedy": each.remedy}
            for each in policy.findings
        ],
        "facts": dict(policy.facts),
        **({"without_override": str(policy.without_override)} if policy.without_override else {}),
    }


def as_json(verdict: Verdict, *, base: str, merge_base: str, head: str) -> str:
    """The report as JSON text, one value a line."""
    data = as_data(verdict, base=base, merge_base=merge_base, head=head)
    return json.dumps(data, indent=2, ensure_ascii=False)


def as_markdown(verdict: Verdict) -> str:
    """The report as Markdown: what the check run shows, in words that hold where nobody opened a pull request, too."""
    parts = [f"## {markdown(title(verdict))}", _summary(verdict, _NEXT_ANYWHERE), _details(verdict)]
    return "\n\n".join(part for part in parts if part) + "\n"


_MARKS = MappingProxyType(
    {
        Outcome.PASS: "✓",
        Outcome.FAIL: "✗",
        Outcome.WARN: "!",
        Outcome.WAIT: "…",
        Outcome.DEFER: "→",
        Outcome.SKIP: "-",
        Outcome.ERROR: "✗",
    }
)


def as_text(verdict: Verdict, most: int = MAX_FINDINGS_SHOWN) -> str:
    """The report for a terminal: one line a policy, its findings below, the conclusion last.

    Args:
        verdict: what to tell.
        most: so many findings of a policy are shown.
    """
    width = max((len(policy.name) for policy in verdict.policies), default=0)
    lines: list[str] = []
    for policy in verdict.policies:
        advisory = " (advisory)" if policy.level is Level.ADVISORY else ""
        head = (
            f"{_MARKS[policy.outcome]} {policy.name:<{width}}  {policy.outcome:<5}  {plain(policy.summary)}{advisory}"
        )
        lines.append(head.rstrip())
        for finding in policy.findings[:most]:
            lines += _text_finding(finding)
        if len(policy.findings) > most:
            lines.append(f"    … and {counted(len(policy.findings) - most, 'more finding')}")
    if verdict.overrides:
        lines += ["", *(f"! {plain(said)}" for said in override_report.lines(verdict.overrides))]
    reason = f" ({plain(verdict.reason)})" if verdict.reason else ""
    return "\n".join([*lines, "", f"{verdict.conclusion}: {title(verdict)}{reason}"]).lstrip("\n") + "\n"


def _text_finding(finding: Finding) -> list[str]:
    where = f"{plain(location(finding))}: " if finding.path else ""
    lines = [f"    {where}{plain(finding.message)}"]
    return [*lines, f"      → {plain(finding.remedy)}"] if finding.remedy else lines
