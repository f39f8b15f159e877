"""The files with which a repository begins."""

from __future__ import annotations

from dataclasses import dataclass

TEMPLATE = ".github/pull_request_template.md"
FORM = ".github/ISSUE_TEMPLATE/hotfix-incident.yml"

#: GitHub Docs, "Syntax for issue forms".
_FORM = """\
name: Hotfix incident
description: Something in production is broken and can't wait for the next release.
title: "HOTFIX-YYYYMMDD-NNN: "
body:
  - type: textarea
    id: impact
    attributes:
      label: Impact
      description: Who can't do what, and since when?
    validations:
      required: true
  - type: textarea
    id: rollback
    attributes:
      label: Rollback plan
      description: How is the fix taken back if it makes things worse?
"""


@dataclass(frozen=True, slots=True)
class Starter:
    """What is known before anything is written.

    Attributes:
        policy_path: where the policy file lives.
        policy_file: its text.
        template: the pull request template that it expects, "" where it expects none.
    """

    policy_path: str
    policy_file: str
    template: str = ""


def starter_files(starter: Starter) -> dict[str, str]:
    """The files by their paths, in the order in which they are written: the policy file last, for it has teeth."""
    template = {TEMPLATE: starter.template} if starter.template else {}
    return {**template, FORM: _FORM, starter.policy_path: starter.policy_file}
