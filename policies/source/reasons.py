"""Whether a text is a reason, or what a template and an example put where the reason belongs."""

from __future__ import annotations

from collections.abc import Iterable

import re2

#: Told in lower case, without brackets and punctuation around.
_PLACEHOLDERS = frozenset(
    line.strip()
    for line in """
    reason | reasons | the reason | a reason | and the reason | your reason | some reason | reason here
    reason goes here | your reason here | put reason here | enter reason here | give a reason | write the reason
    short reason | brief reason | hotfix reason | reason for hotfix | reason for the hotfix | reason for this hotfix
    insert reason | insert reason here | add reason | add reason here | add a reason
    why | why this | why here | why it is needed | why this can't wait | why this can't wait for the next release
    explain | explain why | explanation | explanation here | describe | describe why | describe the fix
    describe the reason | description | brief description | short description
    todo | tbd | tba | fixme | wip | xxx | n/a | na | none | nil | null | placeholder | lorem ipsum
    text here | your text | your text here | comment here | your comment | your comment here
    fill in | fill me in | fill this in | change me | changeme | replace me | see above | same as above | ditto
    """.replace("|", "\n").split("\n")
    if line.strip()
)
#: Words that every hotfix could say of itself; a reason has at least one more.
_SAYS_NOTHING = frozenset(
    """
    hotfix hotfixes hot fix fixes fixed fixing fixme bug bugs bugfix bugfixes issue issues problem problems patch
    patched change changes changed update updated todo wip done quick quickly urgent emergency asap now important
    critical temporary temp tmp workaround hack please a an the this it that is was of
    """.split()  # noqa: SIM905
)
#: They point elsewhere without saying where: a number or an address would.
_POINTS_NOWHERE = re2.compile(
    r"(?:please )?see (?:the |this )?(?:above|below|pr|pull request|ticket|issue|description|commit|message|code|diff"
    r"|here|there|docs|comment|comments|title)|as (?:above|below|discussed|agreed)"
)
_AROUND = " \t.,;:!?\u2026-\u2013\u2014_*`'\"<>[](){}$#%/"
#: A whole text in brackets that tells the author what to write: "<…>" always does, the others by their first word.
_BLANK = re2.compile(
    r"(?i)<[^<>]*>|(?:\[|\(|\$?\{+)\s*(?:describe|explain|insert|add|your|brief|short|why|reason|enter|write|put|fill)\b"
    r".*(?:\]|\)|\}+)"
)
_ADDRESS = re2.compile(r"(?i)<?(?:https?://|mailto:)\S+>?")


def is_placeholder(text: str, more: Iterable[str] = ()) -> bool:
    """Whether a text only holds the place of a reason.

    Args:
        text: what stands after the marker's colon; may be empty.
        more: further texts that are no reason; letter case and punctuation around them don't count.
    """
    if _ADDRESS.fullmatch(text.strip()):
        return False
    bare = _bare(text)
    return _BLANK.fullmatch(text.strip()) is not None or bare in _PLACEHOLDERS or bare in {_bare(one) for one in more}


def says_nothing(text: str, marker: str) -> bool:
    """Whether a text says no more than that there is a hotfix, like `HOTFIX: fix` or `HOTFIX: see above`.

    Args:
        text: what stands after the marker's colon.
        marker: the word before it: said twice, it says no more than once.
    """
    bare = _bare(text)
    return _SAYS_NOTHING.union(marker.lower().split()).issuperset(bare.split()) or bool(_POINTS_NOWHERE.fullmatch(bare))


def _bare(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").strip(_AROUND).lower().split())
