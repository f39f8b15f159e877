"""What a manifest says, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a dependency is for."""

    PRODUCT = "product"
    DEVELOPMENT = "development"
    FIXTURE = "fixture"
    EXAMPLE = "example"
    CI = "ci"
    CONTAINER = "container"


class Relation(StrEnum):
    """How a manifest names a package.

    `DIRECT` wants it, `PINNED` only says which version or source others get (constraints, overrides,
    `dependencyManagement`), `LOCKED` records what a resolver chose.
    """

    DIRECT = "direct"
    PINNED = "pinned"
    LOCKED = "locked"


class UnreadableManifestError(Exception):
    """A manifest can't be read as what its name says.

    Attributes:
        why: one phrase, e.g. "a value is missing".
        line: 1-based line, 0 where unknown.
    """

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


@dataclass(frozen=True, slots=True)
class Dependency:
    """One package that a manifest or lockfile names.

    Attributes:
        name: as people of the ecosystem write it.
        purl: its identity: a package URL without version, the same for every spelling of the name.
        version: the version, range or digest as written, "" where none is.
        source: where it comes from unless the ecosystem's registry: a URL, "path:…", "workspace".
        group: the manifest's own word for its purpose ("devDependencies", "extra docs", "test").
        scope: what that group is for.
    """

    name: str
    purl: str
    version: str = ""
    source: str = ""
    group: str = ""
    scope: Scope = Scope.PRODUCT
    relation: Relation = Relation.DIRECT


@dataclass(frozen=True, slots=True)
class Manifest:
    """One side of a manifest.

    Attributes:
        opaque: the parts that only running the build would tell (a computed list, an included file), as written.
        own: the purls of what the manifest itself describes: who depends on them depends on the repository.
    """

    dependencies: tuple[Dependency, ...] = ()
    opaque: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    @classmethod
    def of(cls, dependencies: Iterable[Dependency], opaque: Iterable[str] = (), own: Iterable[str] = ()) -> Manifest:
        """A manifest from whatever a parser yields, without repetitions."""
        return cls(tuple(dict.fromkeys(dependencies)), frozenset(opaque), frozenset(own))


#: Reads the text of a manifest; raises UnreadableManifestError and nothing else.
Parser = Callable[[str], Manifest]
