"""The policy `version-bump`: what goes out has a number of its own, and it is the next one."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from domain.change import Change, ChangedFile, Needs
from domain.finding import Facts, Finding, Inspection, Level
from domain.pull_request import Outline
from policies.attributes import FilePattern, globs
from policies.base import LEVEL, Policy, judged, unreadable
from policies.file_kinds import FileKind, is_example, is_fixture, kind_of
from policies.manifests.model import UnreadableManifestError
from policies.versions.places import Format, Found, any_version, format_of, line_of
from policies.versions.steps import Part, parse, step, wanted

_ANY = Format("", any_version)
_MOST = 20

#: Lockfiles that hold the version of the product itself.
_LOCKS = MappingProxyType({"package.json": "package-lock.json", "Cargo.toml": "Cargo.lock"})


@dataclass(frozen=True, slots=True)
class _Bump:
    """One place whose version the change touches; `before` is "" where it is new."""

    path: str
    place: str
    before: str
    after: str
    line: int
    python: bool
    follows: str


class VersionBump(Policy):
    """Ask for exactly one step of the product's version, the same in every file that holds it.

    Looked at are VERSION, package.json, pyproject.toml (project and Poetry), setup.cfg and setup.py, `__version__`,
    Cargo.toml, pom.xml (its own version, not the parent's), Gradle builds and properties, composer.json, gemspecs and
    version.rb, mix.exs, .NET projects, Chart.yaml, pubspec.yaml and sbt builds, wherever the change touches their
    version, but for tests, examples and vendored code. In a repository of many packages each one that is bumped is
    judged alone, and one bump is enough; the files of one folder have to agree, and package-lock.json and Cargo.lock
    with the manifest beside them. A version that a build takes from a tag is written nowhere: leave this policy off
    then.

    Why: two builds under one number can't be told apart at night, and a minor version promises more than a fix.
    Passes: 1.4.1 becomes 1.4.2 in package.json and in package-lock.json.
    Fails: no version changed, 1.4.1 became 1.5.0, or the lockfile still says 1.4.1.
    Remedy: write the version that the finding names into the file that it names.
    """

    name: ClassVar[str] = "version-bump"

    level: Level = Field(Level.OFF, description=LEVEL)
    part: Part = Field(Part.PATCH, description="The part of the version that goes up by one; those after it become 0.")
    files: tuple[FilePattern, ...] = Field(
        (),
        description="Where the version stands, as patterns like those of .gitignore; with some, no other file is "
        "looked at and each that is named without a wildcard must be bumped.",
    )
    post_releases: bool = Field(False, description="Whether a PEP 440 post-release (`1.4.1.post1`) will do as well.")

    def needs(self, outline: Outline) -> Needs:
        """The files, and the lockfiles of the manifests among them: one that is forgotten is out of step."""
        pull_request = outline.pull_request
        paths = pull_request.paths
        # At the desk, and beyond the paths that GitHub lists, only the root's can be asked for beforehand.
        unknown = () if paths and pull_request.paths_complete else tuple(_LOCKS)
        return Needs(files=True, other_paths=frozenset(lock for path in (*paths, *unknown) for lock in _locks(path)))

    def inspect(self, change: Change) -> Inspection:
        """Compare the versions at base and head."""
        if change.evidence.diff_problem:
            finding = Finding(change.evidence.diff_problem, remedy="split the pull request, then push again")
            return unreadable((finding,), "the diff can't be judged", _facts(()))
        bumps: list[_Bump] = []
        closed: list[Finding] = []
        for file in change.files:
            form = self._format(file)
            if form is not None:
                try:
                    bumps += _bumps(file, form)
                except UnreadableManifestError as error:
                    closed.append(_unreadable(file.path, error))
        bumps += _forgotten(change, bumps)
        changed = tuple(one for one in bumps if one.before and one.before != one.after)
        if closed:
            return unreadable(tuple(closed), "a version can't be read", _facts(changed))
        findings = (*self._wrong(changed), *_disagreeing(bumps, changed), *self._missing(changed, bumps))
        return judged(findings[:_MOST], _summary(changed), _facts(changed))

    def _format(self, file: ChangedFile) -> Format | None:
        if self.files:
            return (format_of(file.path) or _ANY) if globs(self.files).match_file(file.path) else None
        aside = kind_of(file.path) in {FileKind.TEST, FileKind.VENDORED, FileKind.DOCS, FileKind.GENERATED}
        return None if aside or is_fixture(file.path) or is_example(file.path) else format_of(file.path)

    def _wrong(self, changed: tuple[_Bump, ...]) -> Iterator[Finding]:
        for one in changed:
            if one.follows:
                continue
            base, head = parse(one.before, python=one.python), parse(one.after, python=one.python)
            if not one.after or base is None or head is None:
                bad = one.after if base is not None else one.before
                what = f"{bad!r} is no version" if bad else f"the version {one.before} is gone"
                yield Finding(f"{one.path}: {what}", one.path, one.line, self._remedy(one))
                continue
            taken = step(base, head)
            if taken != f"a {self.part} bump" and not (self.post_releases and taken == "a post-release"):
                asked = f"a hotfix takes one {self.part} step"
                message = f"{one.path} goes from {one.before} to {one.after}: {taken}, and {asked}"
                yield Finding(message, one.path, one.line, self._remedy(one))

    def _remedy(self, one: _Bump) -> str:
        base = parse(one.before, python=one.python)
        if base is None:
            return f"write a version such as 1.4.2 into {one.path}"
        return f"set {wanted(base, self.part)} in {one.path}"

    def _missing(self, changed: tuple[_Bump, ...], bumps: list[_Bump]) -> Iterator[Finding]:
        done = {one.path for one in changed if not one.follows}
        named = [path for path in self.files if not set(path) & set("*?[!")]
        for path in named:
            if not any(globs((path,)).match_file(one) for one in done):
                yield Finding(f"{path} keeps its version", remedy=f"raise the {self.part} version in {path} by one")
        if done or named:
            return
        known = next((one for one in bumps if one.before and not one.follows), None)
        remedy = (
            self._remedy(known)
            if known
            else f"raise the {self.part} version by one where it is written (package.json, pyproject.toml, VERSION, …)"
        )
        yield Finding("no file's version is bumped", known.path if known else "", known.line if known else 0, remedy)


def _bumps(file: ChangedFile, form: Format) -> Iterator[_Bump]:
    base, head = _read(file, form, at_base=True), _read(file, form, at_base=False)
    text = file.head.text if file.head is not None and file.head.text is not None else ""
    # A file that is removed takes its version along; a new one has none to compare with.
    for place in () if file.head is None else {**base, **head}:
        before, after = base.get(place, ""), head.get(place, "")
        line = max(line_of(text, after), 1) if after else 1
        yield _Bump(file.path, place, before, after, line, form.python, form.follows)


def _locks(path: str) -> tuple[str, ...]:
    """Where a manifest's lockfile may be: beside it, and for a crate of a workspace at the root."""
    folder, name = posixpath.split(path)
    lock = _LOCKS.get(name)
    if lock is None:
        return ()
    return tuple(dict.fromkeys((posixpath.join(folder, lock), *([lock] if name == "Cargo.toml" else []))))


def _forgotten(change: Change, bumps: list[_Bump]) -> Iterator[_Bump]:
    touched = {file.path for file in change.files}
    for path in sorted({lock for one in bumps for lock in _locks(one.path)} - touched):
        content = change.evidence.others.get(path)
        form = format_of(path)
        if content is None or content.text is None or form is None:
            continue
        try:
            found = form.read(content.text)
        except UnreadableManifestError:
            # It isn't part of the change: whoever broke it answers for it.
            continue
        for place, version in found.items():
            yield _Bump(path, place, version, version, max(line_of(content.text, version), 1), False, form.follows)


def _read(file: ChangedFile, form: Format, *, at_base: bool) -> Found:
    side = file.base if at_base else file.head
    if side is None:
        return {}
    if side.text is None:
        raise UnreadableManifestError(side.unreadable or "it is no text")
    try:
        return form.read(side.text)
    except UnreadableManifestError as error:
        # What was broken at base is mended here; nobody can say from which version, so it is none of a bump.
        if at_base and file.head is not None:
            return {}
        raise error from None


def _disagreeing(bumps: list[_Bump], changed: tuple[_Bump, ...]) -> Iterator[Finding]:
    """Files of one folder that were at one version and aren't any more, and lockfiles out of step."""
    for one in (one for one in changed if not one.follows):
        for other in bumps:
            if other.after != one.after and other.before == one.before and _belong(one, other):
                message = f"{other.path} says {other.after or 'nothing'} and {one.path} says {one.after}"
                yield Finding(message, other.path, other.line, f"set {one.after} in {other.path}")
    yield from _at_odds([one for one in changed if not one.follows])


def _belong(one: _Bump, other: _Bump) -> bool:
    """Whether another place has to hold the version of a manifest that is bumped."""
    beside = posixpath.dirname(one.path) == posixpath.dirname(other.path)
    if other.follows == "Cargo.toml":
        return one.place == other.place
    if other.follows:
        return beside and other.follows == posixpath.basename(one.path)
    return beside and other.before == other.after


def _at_odds(changed: list[_Bump]) -> Iterator[Finding]:
    first: dict[tuple[str, str], _Bump] = {}
    for one in changed:
        known = first.setdefault((posixpath.dirname(one.path), one.before), one)
        if known.after != one.after:
            message = f"{known.path} says {known.after} and {one.path} says {one.after}"
            yield Finding(message, one.path, one.line, "write the same version into both")


def _unreadable(path: str, error: UnreadableManifestError) -> Finding:
    message = f"{path} can't be read, so nobody can say which version it has: {error.why}"
    return Finding(message, path, error.line, "Mend the file")


def _summary(changed: tuple[_Bump, ...]) -> str:
    steps = dict.fromkeys(f"{one.before} → {one.after or 'nothing'} in {one.path}" for one in changed)
    return ", ".join(list(steps)[:3]) + (" and more" if len(steps) > 3 else "") or "no version bumped"  # noqa: PLR2004


def _facts(changed: tuple[_Bump, ...]) -> Facts:
    """`bumps` names each place with its version at base and head."""
    bumps = [{"path": one.path, "place": one.place, "before": one.before, "after": one.after} for one in changed]
    return {"bumps": bumps}
