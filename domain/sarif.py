"""A verdict in SARIF 2.1.0, the form that code scanning takes ("SARIF support for code scanning")."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from domain.finding import Finding, Outcome
from domain.verdict import PolicyOutcome, Verdict
from domain.wording import plain, shortened

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST = 1_000
#: Code scanning wants a place for everything; what concerns no file concerns the procedure.
_NO_FILE = ".github/hotfix.yml"


def sarif(verdict: Verdict, version: str) -> str:
    """The findings of a verdict as SARIF text.

    Args:
        verdict: what to tell.
        version: the program's version.
    """
    driver = {
        "name": "Hotfix Guard",
        "semanticVersion": version,
        "rules": [_described(policy) for policy in verdict.policies],
    }
    results = [
        _result(policy, finding)
        for policy in verdict.policies
        if policy.needs_attention or policy.outcome is Outcome.WARN
        for finding in policy.findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _described(policy: PolicyOutcome) -> dict[str, Any]:
    return {
        "id": policy.name,
        "shortDescription": {"text": f"The hotfix policy {policy.name}"},
        "help": {"text": f"`hotfix explain {policy.name}` says why it is there, and its settings."},
    }


def _result(policy: PolicyOutcome, finding: Finding) -> dict[str, Any]:
    remedy = f" Next step: {plain(finding.remedy)}." if finding.remedy else ""
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.path or _NO_FILE)}}
    place["region"] = {"startLine": max(finding.line, 1)}
    return {
        "ruleId": policy.name,
        "level": "error" if policy.needs_attention else "warning",
        "message": {"text": shortened(f"{plain(finding.message)}.{remedy}", _LONGEST)},
        "locations": [{"physicalLocation": place}],
    }
