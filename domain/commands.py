"""What a comment asks of us: one `/hotfix …` line, read literally."""

from __future__ import annotations

from dataclasses import dataclass

_PREFIX = "/hotfix"

#: The commands that exist, each with what it does.
COMMANDS = {
    "recheck": "`/hotfix recheck` judges the pull request afresh",
    "backport": "`/hotfix backport BRANCH… [--method merge]` carries it to more branches, after the merge or now",
    "release": "`/hotfix release REASON` takes it out of the hotfix lane",
    "severity": "`/hotfix severity NAME REASON` tells how grave the incident is",
    "approved-by": "`/hotfix approved-by @PERSON HOW AND WHEN` passes on an approval by word of mouth",
    "override": '`/hotfix override POLICY… --reason "REASON"` lets the named policies, or `all`, be for this head',
    "confirm": "`/hotfix confirm` stands behind the overrides of this head, where two people must",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a comment.

    Attributes:
        name: the word after `/hotfix`, lower case, "" where there is none.
        argument: the rest of the line.
    """

    name: str
    argument: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is such a command."""
        return self.name in COMMANDS


def parse(body: str) -> Command | None:
    """The first line of a comment that starts with `/hotfix`, outside quotes and code blocks; None without one."""
    fence = ""
    for line in body.splitlines():
        stripped = line.strip()
        if stripped.startswith(fence or ("```", "~~~")):
            fence = "" if fence else stripped[:3]
        indented = line.startswith(("    ", "\t"))
        if fence or indented or not (stripped + " ").startswith(_PREFIX + " "):
            continue
        name, _, argument = stripped.removeprefix(_PREFIX).strip().partition(" ")
        return Command(name.lower(), argument.strip())
    return None
