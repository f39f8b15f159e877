"""The description of a hotfix from its start to its pull request: one Markdown file, its title on top."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.wording import plain

_LONGEST_TITLE = 256


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a pull request will say.

    Attributes:
        title: its title, one line.
        body: its description in Markdown.
    """

    title: str
    body: str

    @classmethod
    def parse(cls, text: str) -> HandOver:
        """Read what `text` wrote, whatever a person made of it since."""
        first, _, rest = text.lstrip("\ufeff\n").partition("\n")
        if not first.startswith("# "):
            return cls("", text.strip() + "\n")
        return cls(plain(first.removeprefix("# "))[:_LONGEST_TITLE], rest.strip() + "\n")

    def text(self) -> str:
        """The file."""
        return f"# {plain(self.title)}\n\n{self.body}"


def filled(template: str, facts: Mapping[str, str]) -> str:
    """A template with what is known already: in its own fields, else above everything else.

    Args:
        template: a description's template, "" for none.
        facts: values by the names of fields; empty ones say nothing.
    """
    text, above = template, []
    for name, value in facts.items():
        if not value:
            continue
        line = f"**{name}:** {plain(value)}"
        field = re.compile(rf"^[ \t]*(?:[-*+][ \t]+)?\*\*{re.escape(name)}:\*\*.*$", re.MULTILINE | re.IGNORECASE)
        if field.search(text):
            text = field.sub(lambda _, line=line: line, text, count=1)  # type: ignore[misc]
        else:
            above.append(line)
    # A blank line between two fields keeps them from flowing into one line.
    return "\n\n".join(part for part in ["  \n".join(above), text.strip()] if part) + "\n"
