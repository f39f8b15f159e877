"""No new dependencies in a hotfix."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, ClassVar

from pydantic import Field, field_validator

from domain.change import Change, ChangedFile, Needs
from domain.finding import Finding, Inspection
from domain.pull_request import Outline
from policies.base import Policy, judged, unreadable
from policies.manifests.arrivals import arrivals
from policies.manifests.comparison import DependencyChange, Happening, compare
from policies.manifests.model import Scope
from policies.manifests.purl_globs import compiled
from policies.manifests.sides import CATALOG, UnreadableFile, read
from policies.manifests.vendored import VENDORED, vendored

_JUDGED_SCOPES = frozenset([Scope.PRODUCT, Scope.DEVELOPMENT])
_NAMED = 3
_REMEDY = "Mend the fault without it, and bring it in by a pull request on the development branch"


class Dependencies(Policy):
    """Keep new dependencies out of a hotfix.

    Manifests and lockfiles are parsed as they stand at base and at head and compared package by package. Added
    packages and packages that come from another place than before (from a git URL instead of the registry) fail,
    for the product and its development alike, and so do new submodules and packages committed into the repository:
    archives, new folders of `vendor/` and `third_party/`, a new `jquery.min.js`. Bumps, removals, moves between groups,
    what a lockfile records besides, changed files of a vendored package and the way back from a fork to the registry
    pass. The manifests of fixtures, templates and examples, CI's actions and container images are shown and don't fail.
    A manifest that can't be read is an error, never a pass.

    Why: a new dependency brings code that nobody has reviewed into production, under time pressure.
    Passes: `requests` goes from 2.31.0 to 2.32.4, because 2.31.0 has the fault.
    Fails: `left-pad` is added to package.json.
    Remedy: mend the fault without it, or have it allowed by the policy file on base.
    """

    name: ClassVar[str] = "dependencies"

    allow: tuple[str, ...] = Field(
        (),
        description="Packages from their ecosystem's registry that may be added, as package URLs without version; "
        '`*` stands for anything: `"pkg:pypi/requests"`, `"pkg:npm/@acme/*"`.',
    )

    development: bool = Field(True, description="Whether packages that only development needs count.")
    source_changes: bool = Field(
        True, description="Whether a package that comes from another place than before counts."
    )
    transitive: bool = Field(False, description="Whether packages count that only a lockfile or a pin names anew.")
    moved: bool = Field(False, description="Whether packages count that change their group or their manifest.")
    ci_actions: bool = Field(False, description="Whether new actions and images of workflows count.")
    container_images: bool = Field(False, description="Whether new base images of containers count.")
    fixtures: bool = Field(False, description="Whether the manifests of fixtures, templates and examples count.")

    @field_validator("allow")
    @classmethod
    def _are_purls(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            compiled(pattern)
        return value

    def needs(self, outline: Outline) -> Needs:  # noqa: ARG002 - the same for every pull request
        """The files, and the version catalog that Gradle's build files refer to."""
        return Needs(files=True, other_paths=frozenset([CATALOG]))

    def inspect(self, change: Change) -> Inspection:
        """Compare the manifests of both sides."""
        if change.evidence.diff_problem:
            finding = Finding(
                f"The manifests can't be compared: {change.evidence.diff_problem}", remedy="Split the change"
            )
            return unreadable((finding,), "the diff can't be read", _facts((), ()))
        reading = read(change.files, change.evidence.others)
        changes = _together(compare(reading.sides), (*arrivals(change.files), *vendored(change.files)))
        failing = tuple(one for one in changes if self._fails(one))
        findings = (*_findings(failing, change), *map(_unread, reading.unreadable))
        facts = _facts(changes, reading.unreadable)
        if reading.unreadable:
            return unreadable(findings, _unread_summary(reading.unreadable, failing), facts)
        return judged(findings, _summary(changes, failing), facts)

    def _fails(self, one: DependencyChange) -> bool:
        if one.scope not in self._scopes() or one.change not in self._happenings():
            return False
        # The allow-list speaks of the registry's package: the same name from another place is another package.
        if one.change is Happening.SOURCE_CHANGED:
            # Back from a fork to the registry's release is no harm; a private folder's name in the registry may be.
            return bool(one.source) or not one.before or "path:" in one.before
        elsewhere = one.source and not one.source.startswith("path:")
        return bool(elsewhere) or not any(_matches(pattern, one.purl) for pattern in self.allow)

    def _scopes(self) -> set[Scope]:
        return {Scope.PRODUCT} | {
            scope
            for scope, counts in (
                (Scope.DEVELOPMENT, self.development),
                (Scope.CI, self.ci_actions),
                (Scope.CONTAINER, self.container_images),
                (Scope.FIXTURE, self.fixtures),
                (Scope.EXAMPLE, self.fixtures),
            )
            if counts
        }

    def _happenings(self) -> set[Happening]:
        return {Happening.ADDED} | {
            happening
            for happening, counts in (
                (Happening.SOURCE_CHANGED, self.source_changes),
                (Happening.TRANSITIVE, self.transitive),
                (Happening.MOVED, self.moved),
            )
            if counts
        }


def _matches(pattern: str, purl: str) -> bool:
    return compiled(pattern).fullmatch(purl) is not None


def _together(
    declared: tuple[DependencyChange, ...], arrived: tuple[DependencyChange, ...]
) -> tuple[DependencyChange, ...]:
    """All changes; what a manifest declares and the repository holds besides is told once."""
    told = {(one.change, one.purl) for one in declared}
    return (*declared, *(one for one in arrived if (one.change, one.purl) not in told))


def _facts(changes: tuple[DependencyChange, ...], missed: tuple[UnreadableFile, ...]) -> dict[str, Any]:
    return {
        "changes": [_fact(one) for one in changes],
        "unreadable": [{"path": one.path, "why": one.why, "line": one.line} for one in missed],
    }


def _fact(one: DependencyChange) -> dict[str, str]:
    return {
        "change": str(one.change),
        "name": one.name,
        "purl": one.purl,
        "manifest": one.manifest,
        "scope": str(one.scope),
        "from": one.before,
        "to": one.after,
    }


def _findings(failing: tuple[DependencyChange, ...], change: Change) -> tuple[Finding, ...]:
    files = {file.path: file for file in change.files}
    return tuple(_finding(one, files.get(one.manifest)) for one in failing)


def _finding(one: DependencyChange, file: ChangedFile | None) -> Finding:
    if one.change is Happening.MOVED:
        message, remedy = _moved(one)
    elif one.change is Happening.SOURCE_CHANGED:
        message = f"Takes {_label(one)} from {one.after or 'the registry'} instead of {one.before or 'the registry'}"
        remedy = "Keep the place where it came from, and change it by a pull request on the development branch"
    else:
        message = f"Adds {_label(one)}" + (f" {one.after}" if one.after else "")
        if one.after == VENDORED:
            message = f"Adds vendored code, {one.name}"
        remedy = f"{_REMEDY}, or have {one.purl} allowed by the policy file"
    return Finding(message, one.manifest, _line(one.name, file), remedy)


def _moved(one: DependencyChange) -> tuple[str, str]:
    """Message and remedy for a package that was there before, in another group or another manifest."""
    groups = f"from {one.before} to {one.after}" if one.before and one.after else f"to {one.after or one.manifest}"
    remedy = "Leave it where it was, and move it by a pull request on the development branch"
    return f"Moves {_label(one)} {groups}", f"{remedy}, or have {one.purl} allowed by the policy file"


def _line(name: str, file: ChangedFile | None) -> int:
    """The added line that names a package, else the first line that does, else none."""
    text = file.head.text if file is not None and file.head is not None else None
    if file is None or text is None:
        return 0
    added = file.diff.added_lines()
    short = name.rpartition(":")[2]  # Maven writes the artifact on a line of its own
    whole = re.compile(rf"(?<![\w.-]){re.escape(short)}(?![\w-])")
    naming = [number for number, line in enumerate(text.split("\n"), 1) if whole.search(line)]
    return next((number for number in naming if number in added), naming[0] if naming else 0)


def _unread(one: UnreadableFile) -> Finding:
    where = f" (line {one.line})" if one.line else ""
    message = f"{one.path} can't be read{where}: {one.why}"
    return Finding(message, one.path, one.line, "Mend the file, or take its change out of the hotfix")


def _ecosystem(one: DependencyChange) -> str:
    return one.purl.removeprefix("pkg:").partition("/")[0]


def _summary(changes: tuple[DependencyChange, ...], failing: tuple[DependencyChange, ...]) -> str:
    if failing:
        return _failing_summary(failing)
    counts = Counter(str(one.change).replace("_", " ") for one in changes if one.scope in _JUDGED_SCOPES)
    counts += Counter(f"{one.change} in {_PLACES[one.scope]}" for one in changes if one.scope in _PLACES)
    counts["allowed"] = counts.pop("added", 0)
    told = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    return f"no new dependencies; {told}" if told else "no new dependencies"


_PLACES = {
    Scope.FIXTURE: "fixtures",
    Scope.EXAMPLE: "examples",
    Scope.CI: "CI",
    Scope.CONTAINER: "container images",
}


def _failing_summary(failing: tuple[DependencyChange, ...]) -> str:
    told: dict[str, dict[str, None]] = {"adds": {}, "moves": {}, "changes the source of": {}}
    verbs = {Happening.MOVED: "moves", Happening.SOURCE_CHANGED: "changes the source of"}
    for one in failing:
        told[verbs.get(one.change, "adds")].setdefault(_label(one))
    return "; ".join(f"{verb} {_list(list(labels))}" for verb, labels in told.items() if labels)


def _label(one: DependencyChange) -> str:
    return f"{one.name} ({_ecosystem(one)})"


def _list(labels: list[str]) -> str:
    more = len(labels) - _NAMED
    return ", ".join(labels[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _unread_summary(missed: tuple[UnreadableFile, ...], failing: tuple[DependencyChange, ...]) -> str:
    paths = list(dict.fromkeys(one.path for one in missed))
    told = f"can't read {_list(paths)}"
    return f"{_failing_summary(failing)}; {told}" if failing else told
