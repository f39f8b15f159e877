"""Sections of options, as setup.cfg and .gitmodules have them.

The standard library's configparser takes minutes over long runs of spaces and over many lines without a value; this
reads line by line. The form is that of Python's "Supported INI File Structure"; git's is nearly the same.
"""

from __future__ import annotations

from policies.manifests.model import UnreadableManifestError

_DEFAULT = "DEFAULT"
_WHAT = "it is no valid configuration file"

Sections = dict[str, dict[str, str]]


def sections(text: str, *, repeats: bool = False) -> Sections:
    """Every section's options by their names in lower case; what stands under DEFAULT counts for all.

    Args:
        text: what to read.
        repeats: whether a section or option may come again (the last counts), as git has it; there may then be an
            option behind a section's name.

    Raises:
        UnreadableManifestError: a line is neither a section nor an option, or something comes twice.
    """
    reader = _Reader(repeats)
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(line, number)
    return reader.result()


class _Reader:
    def __init__(self, repeats: bool) -> None:
        self._repeats = repeats
        self._found: dict[str, dict[str, list[str]]] = {}
        self._section: dict[str, list[str]] | None = None
        self._value: list[str] | None = None
        self._indent = 0

    def take(self, line: str, number: int) -> None:
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            return
        indent = len(line) - len(line.lstrip())
        if self._value is not None and indent > self._indent:
            self._value.append(stripped)
            return
        self._indent = indent
        if stripped.startswith("["):
            self._begin(stripped, number)
        else:
            self._option(stripped, number)

    def _begin(self, line: str, number: int) -> None:
        # git's names stand in quotation marks; Python takes the last bracket of the line.
        name, end, rest = (
            line[1:].partition('"]' if '"' in line else "]") if self._repeats else line[1:].rpartition("]")
        )
        rest = rest.strip()
        if not end or not name or (name in self._found and not self._repeats):
            raise UnreadableManifestError(_WHAT, number)
        self._section = self._found.setdefault(name, {})
        self._value = None
        if rest and rest[0] not in "#;":
            if not self._repeats:
                raise UnreadableManifestError(_WHAT, number)
            self._option(rest, number)

    def _option(self, line: str, number: int) -> None:
        at = min((place for place in (line.find("="), line.find(":")) if place >= 0), default=0)
        name = line[:at].strip().lower()
        if self._section is None or not name or (name in self._section and not self._repeats):
            raise UnreadableManifestError(_WHAT, number)
        self._value = self._section[name] = [line[at + 1 :].strip()]

    def result(self) -> Sections:
        joined = {name: {key: "\n".join(value) for key, value in one.items()} for name, one in self._found.items()}
        common = joined.pop(_DEFAULT, {})
        return {name: {**common, **one} for name, one in joined.items()}
