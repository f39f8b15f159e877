"""What `/hotfix backport …` asks for."""

from __future__ import annotations

from dataclasses import dataclass

from domain.backport_plan import Method, Origin, Target
from domain.wording import code

USAGE = "Say where to: `/hotfix backport BRANCH… [--method merge]`."
_METHOD = "--method"


@dataclass(frozen=True, slots=True)
class BackportOrder:
    """The branches that a command names.

    Attributes:
        targets: where to, in the order of the command.
        why_not: why it can't be understood, in Markdown, or "".
    """

    targets: tuple[Target, ...] = ()
    why_not: str = ""

    @classmethod
    def parse(cls, argument: str) -> BackportOrder:
        """Read what follows `/hotfix backport`."""
        words, method = argument.split(), Method.CHERRY_PICK
        if _METHOD in words:
            at = words.index(_METHOD)
            told = words[at + 1] if at + 1 < len(words) else ""
            if told not in set(Method):
                methods = " or ".join(code(each) for each in Method)
                return cls(why_not=f"`--method` is {methods}, not {code(told)}. {USAGE}")
            method = Method(told)
            del words[at : at + 2]
        if option := next((word for word in words if word.startswith("-")), ""):
            return cls(why_not=f"There is no option {code(option)}. {USAGE}")
        if not words:
            return cls(why_not=USAGE)
        return cls(tuple(Target(branch, method, Origin.COMMAND) for branch in dict.fromkeys(words)))
