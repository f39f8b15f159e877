"""From two sides of manifests to what changed about dependencies."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from policies.manifests.model import Dependency, Manifest, Relation, Scope

#: What the workspace's own manifest says elsewhere.
_WORKSPACE = "workspace"
#: Folders whose packages are somebody else's, though they lie in the repository.
_FOREIGN = re.compile(r"(?:^|/)(?:vendor|vendored|third[-_]?party|3rdparty|node_modules|deps|libs|external)(?:/|$)")
#: Places where a package is no dependency of what the repository makes.
_ASIDE = frozenset([Scope.FIXTURE, Scope.EXAMPLE, Scope.CI, Scope.CONTAINER])


class Happening(StrEnum):
    """What happened to a dependency."""

    ADDED = "added"
    BUMPED = "bumped"
    REMOVED = "removed"
    MOVED = "moved"
    TRANSITIVE = "transitive"
    SOURCE_CHANGED = "source_changed"


@dataclass(frozen=True, slots=True)
class DependencyChange:
    """One dependency that a change adds, bumps, removes or moves.

    Attributes:
        manifest: the file's path at head.
        before: version at base (for `source_changed` the source, for `moved` the group), "" where there is none.
        after: likewise at head.
        source: where it comes from at head unless the ecosystem's registry.
    """

    change: Happening
    name: str
    purl: str
    manifest: str
    scope: Scope
    before: str = ""
    after: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """A manifest at base and head.

    Attributes:
        scope: what the path says that everything in it is for, None where the groups decide.
        lock: whether it records what a resolver chose.
    """

    path: str
    base: Manifest
    head: Manifest
    scope: Scope | None = None
    lock: bool = False


def compare(manifests: tuple[Sides, ...]) -> tuple[DependencyChange, ...]:
    """What changed, over all manifests: a package that only changes its manifest is moved, not added."""
    product = [sides for sides in manifests if sides.scope not in _ASIDE]
    before = {one.purl for sides in product for one in sides.base.dependencies if _wanted(one)}
    after = {one.purl for sides in product for one in sides.head.dependencies if _wanted(one)}
    own = {purl for sides in manifests for side in (sides.base, sides.head) for purl in side.own}
    found = [change for sides in manifests for change in _of_manifest(sides, before, after) if not _is_own(change, own)]
    locks = {sides.path for sides in manifests if sides.lock}
    declared: dict[str, set[Happening]] = defaultdict(set)
    for change in found:
        if change.manifest not in locks:
            declared[change.purl].add(change.change)
    return tuple(one for one in found if one.manifest not in locks or not _repeats(one, declared.get(one.purl, set())))


def _is_own(change: DependencyChange, own: set[str]) -> bool:
    """Whether what is added is a part of the same repository: no dependency that anybody has to trust anew."""
    if change.change is not Happening.ADDED:
        return False
    kind, _, place = change.source.partition(":")
    if change.source == _WORKSPACE or (change.purl in own and kind in {"", "path"}):
        return True
    if kind != "path" or change.purl.startswith("pkg:generic/"):
        return False
    if place.startswith("workspace:"):
        return True
    return _is_inside(posixpath.dirname(change.manifest), re.sub(r"^(?:file|link|portal):(?://)?", "", place))


def _is_inside(folder: str, place: str) -> bool:
    path = posixpath.normpath(posixpath.join(folder, place))
    written_out = not place.startswith(("/", "~")) and "$" not in place and ":" not in place
    return written_out and path != ".." and not path.startswith("../") and not _FOREIGN.search(path)


def _wanted(one: Dependency) -> bool:
    return one.relation is Relation.DIRECT


def _of_manifest(sides: Sides, before: set[str], after: set[str]) -> Iterator[DependencyChange]:
    base, head = _by_purl(sides.base), _by_purl(sides.head)
    aside = sides.scope in _ASIDE
    for purl, now in head.items():
        was = base.get(purl, ())
        happening, old, new = _arrived(now, purl in before and not aside) if not was else _differs(was, now)
        if happening is not None:
            yield _change(happening, now[0], sides, old, new)
    for purl, was in base.items():
        if purl not in head and (aside or purl not in after or not _wanted(was[0])):
            yield _change(Happening.REMOVED, was[0], sides, _versions(was), "")


def _by_purl(manifest: Manifest) -> Mapping[str, tuple[Dependency, ...]]:
    found: dict[str, tuple[Dependency, ...]] = {}
    for one in manifest.dependencies:
        found[one.purl] = (*found.get(one.purl, ()), one)
    # What is wanted directly speaks for a package that is also pinned.
    return {purl: tuple(sorted(ones, key=_rank)) for purl, ones in found.items()}


def _rank(one: Dependency) -> tuple[bool, bool]:
    return one.relation is not Relation.DIRECT, one.scope is not Scope.PRODUCT


def _arrived(now: tuple[Dependency, ...], elsewhere: bool) -> tuple[Happening, str, str]:
    one = now[0]
    if _wanted(one):
        # A git URL isn't a mere move of what the registry gave.
        moved = elsewhere and not one.source
        return (Happening.MOVED, "", one.group) if moved else (Happening.ADDED, "", _label(now))
    if one.relation is Relation.PINNED and one.source:
        return Happening.SOURCE_CHANGED, "", one.source
    return Happening.TRANSITIVE, "", _label(now)


def _differs(was: tuple[Dependency, ...], now: tuple[Dependency, ...]) -> tuple[Happening | None, str, str]:
    if _wanted(now[0]) and not _wanted(was[0]):
        # `// indirect` that becomes direct is in the build already; a mere pin isn't.
        if was[0].relation is Relation.LOCKED:
            return Happening.MOVED, "indirect", "direct"
        return Happening.ADDED, "", _label(now)
    if not _wanted(now[0]) and _wanted(was[0]):
        locked = now[0].relation is Relation.LOCKED
        return (Happening.MOVED, "direct", "indirect") if locked else (Happening.REMOVED, _versions(was), "")
    old, new = _sources(was), _sources(now)
    if old and new - old:
        return Happening.SOURCE_CHANGED, _listed(old, "registry"), _listed(new, "registry")
    if _versions(was) != _versions(now):
        return Happening.BUMPED, _versions(was), _versions(now)
    groups = _listed({one.group for one in was}), _listed({one.group for one in now})
    return (Happening.MOVED, *groups) if groups[0] != groups[1] else (None, "", "")


def _sources(ones: tuple[Dependency, ...]) -> set[str]:
    return {one.source for one in ones if one.source != _WORKSPACE}


def _versions(ones: tuple[Dependency, ...]) -> str:
    return _listed({one.version for one in ones})


def _label(ones: tuple[Dependency, ...]) -> str:
    return _versions(ones) or ones[0].source


def _listed(words: set[str], empty: str = "") -> str:
    return ", ".join(sorted(word or empty for word in words if word or empty))


def _change(happening: Happening, one: Dependency, sides: Sides, old: str, new: str) -> DependencyChange:
    scope = sides.scope if sides.scope is not None else one.scope
    return DependencyChange(happening, one.name, one.purl, sides.path, scope, old, new, one.source)


def _repeats(change: DependencyChange, declared: set[Happening]) -> bool:
    """Whether a lockfile only records what manifests beside it say of the same package."""
    if change.change is Happening.SOURCE_CHANGED:
        return not declared.isdisjoint({Happening.ADDED, Happening.SOURCE_CHANGED})
    return bool(declared)
