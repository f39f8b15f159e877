"""How the branches of hotfixes are called: read off an example, and the next free name of that form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_LONGEST_SLUG = 50
_EXAMPLE = re.compile(r"(?P<before>(?:.*/)?[^0-9/]*?)(?P<digits>\d{1,8})(?P<after>[-_.].*)?")
_DATE_DIGITS = 8
#: Where ids stand at a remote, so that none is given twice, not even after its branch is gone.
_IDS = "refs/hotfix-guard/ids/"


def slug(title: str) -> str:
    """A title as part of a branch's name: small ASCII letters, digits and hyphens, never empty."""
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    words = re.findall(r"[a-z0-9]+", "".join(char for char in decomposed if not unicodedata.combining(char)))
    short = ""
    for word in words:
        if short and len(short) + 1 + len(word) > _LONGEST_SLUG:
            break
        short = f"{short}-{word}"[: _LONGEST_SLUG + 1].lstrip("-")
    return short.strip("-") or "fix"


@dataclass(frozen=True, slots=True)
class BranchForm:
    """The form of a branch's name.

    Attributes:
        before: what every name begins with, e.g. "hotfix/".
        width: how many digits the number has, 0 where none is in it.
        is_dated: whether the day stands in place of a number.
        joint: what stands between the number or day and the slug.
    """

    before: str = "hotfix/"
    width: int = 0
    is_dated: bool = False
    joint: str = "-"

    @classmethod
    def like(cls, example: str) -> BranchForm:
        """The form of an example: "hotfix/001-cart" is numbered, "hotfix/20260131-cart" dated, "hotfix/x" neither."""
        found = _EXAMPLE.fullmatch(example)
        if found is None:
            return cls(example.rpartition("/")[0] + "/" if "/" in example else "")
        joint = (found["after"] or "-")[:1]
        digits = len(found["digits"])
        is_dated = digits == _DATE_DIGITS
        return cls(found["before"], 0 if is_dated else digits, is_dated, joint)

    @classmethod
    def beginning_like(cls, example: str) -> BranchForm:
        """The form that keeps an example's first word, too: "fix-" of "fix-cart", "team/fix-" of "team/fix-cart"."""
        found = re.match(r"(?:.*/)?[^/_-]*[_-]", example)
        return cls(found.group() if found else "")

    def name(self, title: str, day: date, taken: Iterable[str]) -> str:
        """The next free name of this form.

        Args:
            title: what the hotfix is about.
            day: today, where the name holds the day.
            taken: names and ids that are given already.
        """
        names = {name.casefold() for name in taken}
        if self.width:
            number = 1 + max((self._number(name) for name in names), default=0)
            return f"{self.before}{number:0{self.width}}{self.joint}{slug(title)}"
        start = f"{day:%Y%m%d}{self.joint}" if self.is_dated else ""
        wanted = f"{self.before}{start}{slug(title)}"
        more = (f"{wanted}-{number}" for number in range(2, len(names) + 3))
        return next(name for name in (wanted, *more) if name.casefold() not in names)

    def is_for(self, name: str, title: str) -> bool:
        """Whether a name of this form, whatever its number or day, says this title."""
        if not name.startswith(self.before):
            return False
        said = rf"(?:\d+{re.escape(self.joint)})?{re.escape(slug(title))}(?:-\d+)?"
        return re.fullmatch(said, name.removeprefix(self.before)) is not None

    def id_of(self, name: str) -> str:
        """The part of a name that nobody else may have: with a number that, else the whole name."""
        return name[: len(self.before)] + f"{self._number(name.casefold()):0{self.width}}" if self.width else name

    def _number(self, name: str) -> int:
        found = re.match(r"\d{1,9}(?!\d)", name.removeprefix(self.before.casefold()))
        return int(found.group()) if found and name.startswith(self.before.casefold()) else 0


def incident_id(day: date, taken: Iterable[str]) -> str:
    """The next free id of an incident, HOTFIX-YYYYMMDD-NNN: the form that the policy `incident` knows by itself."""
    start = f"HOTFIX-{day:%Y%m%d}-"
    numbers = [name.removeprefix(start) for name in taken if name.startswith(start)]
    return f"{start}{1 + max((int(number) for number in numbers if number.isdigit()), default=0):03}"


def id_ref(name: str) -> str:
    """The ref that holds an id at a remote."""
    return f"{_IDS}{name}"


def id_in(ref: str) -> str:
    """The id that a ref holds, "" where it is another ref."""
    return ref.removeprefix(_IDS) if ref.startswith(_IDS) else ""


ID_REFS = f"{_IDS}*"
