"""Which approvals fill which roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.change import PERMISSION, Change, Membership
from domain.finding import Finding
from domain.people import Role
from policies.code_owners import PLACES, CodeOwners, Owners
from policies.reviewing import WRITE_ACCESS, Opinions, Standing, match


def written_out(roles: Sequence[Role], change: Change) -> tuple[tuple[Role, ...], tuple[Finding, ...]]:
    """The roles with the code owners of the changed files by name, and why that can't be done where it can't.

    Files of the same owners make one role. Where somebody who approved owns files of several, these are one role too:
    nobody has to find two people where one owns both.
    """
    if not any(role.owns_files for role in roles):
        return tuple(roles), ()
    owners = CodeOwners.among(change.evidence.at_base)
    paths = change.outline.pull_request.paths if change.outline else ()
    if problem := _unknown_files(change) or _unknown_owners(owners, paths):
        return tuple(role for role in roles if not role.owns_files), (problem,)
    found = _owning(owners, paths)
    return tuple(each for role in roles for each in (found if role.owns_files else (role,))), ()


def stand(
    roles: Sequence[Role], found: Opinions, members: frozenset[Membership], *, distinct: bool
) -> tuple[Standing, ...]:
    """For each role the people who could stand for it, and the one who does; without roles one with write access."""
    if not roles:
        return match([Standing(WRITE_ACCESS, None, tuple(_writers(found, members)))])
    logins = [review.login for review in found.approvals]
    able = [Standing(role.name, role, tuple(one for one in logins if role.has(one, members))) for role in roles]
    able = _joined(able)
    return match(able) if distinct else tuple(replace(one, user=next(iter(one.able), "")) for one in able)


def too_few(roles: Sequence[Role]) -> str:
    """Why roles that name their people can never each have one of their own, "" where they can."""
    closed = [role for role in roles if all(one.users and not one.teams and not one.permission for one in role.simple)]
    able = [Standing(role.name, role, tuple(dict.fromkeys(map(str.casefold, _users(role))))) for role in closed]
    if all(one.user for one in match(able)):
        return ""
    names = " and ".join(role.name for role in closed)
    people = ", ".join(dict.fromkeys(user for one in able for user in one.able))
    return (
        f"each role takes a person of its own, and {people} alone can't fill {names}: "
        "name more people, or write `distinct: false`"
    )


def _users(role: Role) -> Iterator[str]:
    return (user for one in role.simple for user in one.users)


def _writers(found: Opinions, members: frozenset[Membership]) -> Iterator[str]:
    for review in found.approvals:
        # GitHub tells of a reviewer's access; of somebody who wrote nothing we had to ask.
        if review.can_push or Membership(f"{PERMISSION}write", review.login) in members:
            yield review.login


def _unknown_files(change: Change) -> Finding | None:
    if change.outline is None or change.outline.pull_request.paths_complete:
        return None
    message = "the pull request changes more than 100 files, so not all of their owners are known"
    return Finding(message, remedy="split it, to 100 files or fewer")


def _unknown_owners(owners: CodeOwners, paths: Sequence[str]) -> Finding | None:
    if owners.unreadable:
        return Finding(f"{owners.path} can't be read: {owners.unreadable}", remedy=f"mend {owners.path}")
    if not owners.path:
        return Finding("the base branch has no CODEOWNERS", remedy=f"add {PLACES[0]} to the base branch")
    if any(owners.of(path) != Owners() for path in paths):
        return None
    message = f"{owners.path} names nobody for any of the changed files"
    return Finding(message, remedy=f"give them owners in {owners.path} on the base branch: @people or @org/teams")


@dataclass(frozen=True, slots=True)
class _Share(Role):
    """The owners of some of the changed files; `paths` says of which."""

    paths: tuple[str, ...] = ()


def _owning(owners: CodeOwners, paths: Sequence[str]) -> tuple[Role, ...]:
    shares: dict[Owners, list[str]] = {}
    for path in paths:
        if (owned_by := owners.of(path)) != Owners():
            shares.setdefault(owned_by, []).append(path)
    return tuple(
        _Share(_called(tuple(files)), each.users, each.teams, paths=tuple(files)) for each, files in shares.items()
    )


def _called(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"an owner of {paths[0]}{more}"


def _joined(standings: list[Standing]) -> list[Standing]:
    """Let whoever owns most stand for all of it at once."""
    shares = [each for each in standings if isinstance(each.role, _Share)]
    joined: list[Standing] = []
    while shares:
        logins = dict.fromkeys(login for share in shares for login in share.able)
        best = max(logins, key=lambda login: sum(login in share.able for share in shares), default="")
        taken = [share for share in shares if best in share.able] or shares[:1]
        joined.append(_together(taken))
        shares = [share for share in shares if share not in taken]
    return [*(each for each in standings if not isinstance(each.role, _Share)), *joined]


def _together(shares: list[Standing]) -> Standing:
    if len(shares) == 1:
        return shares[0]
    paths = tuple(path for share in shares if isinstance(share.role, _Share) for path in share.role.paths)
    able = tuple(login for login in shares[0].able if all(login in share.able for share in shares))
    return Standing(_called(paths), Role(_called(paths)), able)
