"""Everything that the policies need beyond the outline, fetched at once and pinned by SHA."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from adapters.github.branch_points import ComparisonReader
from adapters.github.cache import Cache
from adapters.github.client import RepositoryClient
from adapters.github.contents import ContentReader
from adapters.github.memberships import MembershipReader
from adapters.github.problems import message_of, refusal
from adapters.github.standing import StandingReader
from adapters.github.transport import DIFF, Request
from domain import diff
from domain.change import ChangedFile, Content, Evidence, Membership, Needs
from domain.diff import FileDiff, FileStatus
from domain.errors import UnreadableInputError
from domain.folders import beside
from domain.pull_request import Outline
from domain.surroundings import BranchPoint
from policies.code_owners import CodeOwners

#: GitHub's own limit for a diff ("Compare two commits").
MAX_FILES = 300

_NO_COMMON_ANCESTOR = "no common ancestor"
_NOT_FOUND, _NOT_ACCEPTABLE, _UNPROCESSABLE = 404, 406, 422
#: A parsed diff takes about this many times its text.
_DIFF_WEIGHT = 12


@dataclass(frozen=True, slots=True)
class _Diff:
    files: tuple[FileDiff, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceReader:
    """Reads what the policies need about pull requests of one repository."""

    client: RepositoryClient
    contents: ContentReader
    memberships: MembershipReader
    standing: StandingReader
    comparisons: ComparisonReader
    cache: Cache

    def fetch(self, outline: Outline, needs: Needs) -> Evidence:
        """Answer all needs at once.

        Raises:
            GitHubTroubleError: GitHub can't be read just now.
            NotPermittedError: a permission is missing.
        """
        base, head = outline.pull_request.base_oid, outline.pull_request.head_oid
        found = self._diff(base, head) if needs.files else _Diff()
        nested = beside(needs.other_paths, (path for file in found.files for path in (file.path, file.base_path)))
        others = needs.other_paths.union(nested)
        paths = {file.path for file in found.files if _is_read(file)} | others
        read = self.contents.read({(head, path) for path in paths} | {(base, path) for path in needs.base_paths})
        contents = {path: read[head, path] for path in paths}
        point = self._branch_point(base, head, needs)
        at_base = MappingProxyType({path: read[base, path] for path in sorted(needs.base_paths)})
        standing = self.standing.read(outline.pull_request, needs, point.oid if point else "")
        return Evidence(
            files=tuple(_changed(file, contents) for file in found.files),
            diff_problem=found.problem,
            members=self.memberships.holding(needs.memberships | _of_owners(outline, needs, at_base)),
            others=MappingProxyType({path: contents[path] for path in sorted(others)}),
            merge_base=point.oid if point else "",
            at_base=at_base,
            permissions=self.memberships.permissions(needs.permissions),
            checks=standing.checks,
            deployments=standing.deployments,
            issues=standing.issues,
            unresolved_threads=standing.threads,
            branch_point=replace(point, tags=standing.tags) if point else None,
        )

    def _branch_point(self, base: str, head: str, needs: Needs) -> BranchPoint | None:
        """Where the change left base, without tags; without an id where they have no history in common."""
        if not needs.branch_point and not needs.other_branches:
            return None
        found = self.comparisons.of(base, head)
        if found is None:
            return BranchPoint("", is_tip=False)
        foreign = MappingProxyType(dict(self.comparisons.foreign(found, head, needs.other_branches)))
        return BranchPoint(found.merge_base, found.merge_base == base, foreign=foreign)

    def _diff(self, base_oid: str, head_oid: str) -> _Diff:
        """What head changes since it left base: three dots, or others' commits on base would look like removals."""
        key = (self.client.name, base_oid, head_oid)
        kept: _Diff | None = self.cache.get(key)
        if kept is not None:
            return kept
        request = Request("GET", f"{self.client.path}/compare/{base_oid}...{head_oid}", accept=DIFF)
        answer = self.client.send(request, frozenset({_NOT_FOUND, _NOT_ACCEPTABLE, _UNPROCESSABLE}))
        if answer.status == _NOT_FOUND and _NO_COMMON_ANCESTOR not in answer.text.lower():
            raise refusal(str(request), answer.status, answer.headers, answer.text)
        if answer.status in {_NOT_FOUND, _NOT_ACCEPTABLE, _UNPROCESSABLE}:
            found = _Diff(problem=_no_diff(answer.status, message_of(answer.text)))
        else:
            found = _parsed(answer.text)
        self.cache.put(key, found, _DIFF_WEIGHT * len(answer.text))
        return found


def _of_owners(outline: Outline, needs: Needs, at_base: Mapping[str, Content | None]) -> frozenset[Membership]:
    """Which teams to ask for, where that depends on what CODEOWNERS says of the changed files."""
    if not needs.code_owners:
        return frozenset()
    teams = CodeOwners.among(at_base).teams(outline.pull_request.paths)
    return frozenset(Membership(team, login) for team in teams for login in needs.code_owners)


def _no_diff(status: int, said: str) -> str:
    if status == _NOT_FOUND:
        return "the pull request and its base branch have no history in common"
    return f"GitHub gives no diff of this pull request, because it is too large: {said}"


def _parsed(text: str) -> _Diff:
    try:
        files = diff.parse(text)
    except UnreadableInputError as error:
        return _Diff(problem=str(error))
    if len(files) > MAX_FILES:
        return _Diff(problem=f"the pull request changes {len(files)} files, more than the {MAX_FILES} that can be read")
    return _Diff(files)


def _is_read(file: FileDiff) -> bool:
    """Whether the file's head is worth a look: it exists and may be text."""
    return file.status is not FileStatus.REMOVED and not _closed(file)


def _closed(file: FileDiff) -> str:
    if file.is_submodule:
        return "submodule"
    if file.is_symlink:
        return "symbolic link"
    return "binary" if file.binary else ""


def _changed(file: FileDiff, contents: Mapping[str, Content | None]) -> ChangedFile:
    has_base = file.status is not FileStatus.ADDED
    has_head = file.status is not FileStatus.REMOVED
    if why := _closed(file):
        closed = Content.closed(why)
        return ChangedFile(file, closed if has_base else None, closed if has_head else None)
    if not has_head:
        return ChangedFile(file, _at_base(file, Content("")), None)
    head = contents[file.path] or Content.closed("not to be found at head")
    return ChangedFile(file, _at_base(file, head) if has_base else None, head)


def _at_base(file: FileDiff, head: Content) -> Content:
    """The base side, from the head side and the hunks between them: no second fetch, and each proves the other."""
    if head.text is None:
        return head
    if any("\N{REPLACEMENT CHARACTER}" in line.text for line in file.lines()) and not _says_so(file, head.text):
        return Content.closed("not UTF-8")
    try:
        return Content(diff.reverse(file, head.text))
    except UnreadableInputError as error:
        return Content.closed(str(error))


def _says_so(file: FileDiff, head: str) -> bool:
    """Whether the replacement characters stand in the file itself, and on no line that only base has."""
    removed = any("\N{REPLACEMENT CHARACTER}" in line.text for line in file.lines() if line.kind == "-")
    return not removed and "\N{REPLACEMENT CHARACTER}" in head
