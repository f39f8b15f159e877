"""Which branches a merged hotfix goes to, by the settings and by labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from domain.backport_plan import Method, Origin, Target, releases_from
from policies.patterns import BranchGlob, Pattern, compiled, matches_branch
from policies.texts import BranchName, check_branch_name
from policies.yaml_faults import quoted

_SPECIAL = re.compile(r"[*?\[\\]")
_CAPTURE = "branch"
#: Characters of a branch's name that a label can bring; GitHub's labels end at 50.
_LONGEST_BRANCH = 255


class TargetSettings(BaseModel):
    """One entry of `backport.targets`: a branch, a pattern of branches, or all releases from the base up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: What a setting that takes one is said to take.
    PHRASE: ClassVar[str] = "a branch"

    branch: BranchGlob | None = Field(
        None, description="A branch, or a pattern of branches: `*` stops at a slash, `**` crosses it."
    )
    releases: BranchGlob | None = Field(
        None, description="A pattern of release branches: those newer than the base, in the order of their versions."
    )
    without: tuple[BranchGlob, ...] = Field((), description="Patterns of branches that are no longer supported.")
    method: Method = Field(
        Method.CHERRY_PICK,
        # An entry that may be a text has left JSON behind when it gets here, and with it what strictness allows there.
        strict=False,
        description="`merge` merges the hotfix's branch instead of picking its commits (git-flow).",
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> TargetSettings:
        if (self.branch is None) == (self.releases is None):
            remedy = "write `develop`, `{branch: develop, method: merge}` or `{releases: 'release/*'}`"
            message = "a target needs either `branch` or `releases`"
            raise PydanticCustomError("target", message, {"remedy": remedy})
        return self

    @model_serializer
    def _written(self) -> str | dict[str, Any]:
        told = {"branch": self.branch, "releases": self.releases, "without": list(self.without)}
        told = {key: value for key, value in told.items() if value}
        if self.method is not Method.CHERRY_PICK:
            told["method"] = str(self.method)
        return self.branch if self.branch is not None and list(told) == ["branch"] else told

    @property
    def name(self) -> str:
        """The one branch that is meant, "" where it is a pattern."""
        branch = self.branch or ""
        return "" if _SPECIAL.search(branch) else branch

    @property
    def glob(self) -> str:
        """The pattern that is meant, "" where it is one branch."""
        return "" if self.name else self.branch or self.releases or ""


def _from_name(value: object) -> object:
    """Read an entry that is a text as the branch alone."""
    if isinstance(value, dict):
        return {key: tuple(each) if isinstance(each, list) else each for key, each in value.items()}
    if not isinstance(value, str):
        return value
    if value and not _SPECIAL.search(value):
        check_branch_name(value)
    return {"branch": value}


TargetEntry = Annotated[TargetSettings, BeforeValidator(_from_name, json_schema_input_type=BranchName | dict[str, Any])]


def _check_label(pattern: str) -> str:
    if _CAPTURE not in compiled(pattern).groupindex:
        remedy = "write `(?P<branch>.+)` where the branch stands"
        message = "{pattern} doesn't say which part is the branch"
        raise PydanticCustomError("capture", message, {"pattern": quoted(pattern), "remedy": remedy})
    return pattern


#: A pattern for labels in RE2's syntax, with the branch in a group of that name.
LabelPattern = Annotated[Pattern, AfterValidator(_check_label)]


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches that must be known before the targets can be told.

    Attributes:
        names: branches that may exist or not.
        prefixes: beginnings of names of which every branch counts.
    """

    names: frozenset[str]
    prefixes: frozenset[str]


def branches_needed(targets: tuple[TargetSettings, ...] | None) -> Branches:
    """What to ask of a repository's branches."""
    if targets is None:
        return Branches(frozenset({"develop"}), frozenset())
    return Branches(frozenset(), frozenset(_literal(each.glob) for each in targets if each.glob))


def by_setting(
    targets: tuple[TargetSettings, ...] | None, base: str, default_branch: str, branches: frozenset[str]
) -> Iterator[Target]:
    """The targets that the settings name.

    Args:
        targets: `backport.targets`, None where the file says nothing.
        base: the branch that was merged into.
        default_branch: the repository's default branch.
        branches: the branches that exist, as far as they were asked for.
    """
    if targets is None:
        yield Target("develop" if "develop" in branches else default_branch)
        return
    for each in targets:
        for branch in _branches(each, base, branches):
            if not any(matches_branch(glob, branch) for glob in each.without):
                yield Target(branch, each.method)


def _branches(target: TargetSettings, base: str, branches: frozenset[str]) -> tuple[str, ...]:
    if target.name:
        return (target.name,)
    found = sorted(branch for branch in branches if matches_branch(target.glob, branch))
    return tuple(found) if target.branch else releases_from(base, found, _literal(target.glob))


def _literal(glob: str) -> str:
    special = _SPECIAL.search(glob)
    return glob[: special.start()] if special else glob


def by_label(patterns: tuple[str, ...], labels: tuple[str, ...], ours: frozenset[str]) -> Mapping[str, Target]:
    """The targets that labels name, by the label.

    Letter case of a label's words doesn't count, as on GitHub; a branch's does.

    Args:
        patterns: `backport.labels`.
        labels: the pull request's labels.
        ours: labels that we give ourselves, which ask for nothing.
    """
    found = {}
    for label in labels:
        if label.casefold() in {each.casefold() for each in ours}:
            continue
        for pattern in patterns:
            match = _insensitive(pattern).search(label)
            branch = (match.group(_CAPTURE) or "").strip() if match else ""
            if branch and len(branch) <= _LONGEST_BRANCH:
                found[label] = Target(branch, origin=Origin.LABEL)
                break
    return found


def _insensitive(pattern: str) -> Any:
    return compiled(f"(?i){pattern}")
