"""The policy `migrations`: no change of a database without a way home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field, field_validator

from domain.change import Change, Needs
from domain.finding import Finding, Inspection, Level, Outcome
from domain.pull_request import Outline
from policies.attributes import FilePattern, globs
from policies.base import LEVEL, Policy, unreadable
from policies.description_fields import is_placeholder, named, read
from policies.reviewing import Opinions, Standing, match, opinions, unknown_people
from policies.roles import NamedPeople
from policies.schema_changes.found import Migration, judge, readable
from policies.schema_changes.frameworks import Form, Framework, framework_of

_MOST_NAMED = 20


class Irreversible(StrEnum):
    """What becomes of migrations that can't be taken back."""

    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found about a change with migrations."""

    migrations: tuple[Migration, ...]
    backup: str
    standings: tuple[Standing, ...]
    objecting: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[tuple[str, int, str], ...]:
        return tuple((one.path, line, what) for one in self.migrations for line, what in one.losses)

    def facts(self) -> dict[str, Any]:
        """`migrations` names path and framework, `irreversible` path, line and what, `approvals` role and user."""
        return {
            "migrations": [{"path": one.path, "framework": one.framework} for one in self.migrations],
            "irreversible": [{"path": path, "line": line, "what": what} for path, line, what in self.lost],
            "unreadable": [{"path": one.path, "why": one.unreadable} for one in self.migrations if one.unreadable],
            "backup": self.backup,
            "approvals": [{"role": one.name, "user": one.user} for one in self.standings if one.user],
        }


class Migrations(Policy):
    """Let a database migration through only with a recorded backup, its own approver and a way back.

    Known are the migrations of Rails, Sequel, Django, Alembic, Flyway, Liquibase (XML, YAML, JSON, SQL), Prisma, Knex,
    TypeORM, Sequelize, EF Core, Ecto, golang-migrate, sqlx, goose, dbmate, Diesel, Laravel, Doctrine, Phinx, Drizzle
    and Atlas, all SQL in a folder of migrations, and numbered source files there; tests and documentation are not.
    Irreversible is what loses data (a table, column or rows gone, even with a down migration, for that brings back an
    empty one) and what has no way back where its framework has ways back: a missing or empty down, `RunPython` without
    `reverse_code`, a change set without rollback. By default it is refused: at night nobody can take it back, and a
    column that nobody reads any more can wait for the next release. A migration that can't be read is never passed. At
    the desk approvals are unknown and left to the check run.

    Why: code is rolled back in a minute, a dropped column is restored from a backup that somebody has to have made.
    Passes: a migration that adds a column, with "Backup: snapshot shop-0300" in the description.
    Fails: a migration without a word on the backup, or one that drops a column.
    Remedy: take a backup, name it in the description, ask the approver, and leave what can't be undone to a release.
    """

    name: ClassVar[str] = "migrations"

    level: Level = Field(Level.OFF, description=LEVEL)
    paths: tuple[FilePattern, ...] = Field(
        (), description='Further files that are migrations, as patterns like those of .gitignore, e.g. `"sql/*.sql"`.'
    )
    approvers: tuple[NamedPeople, ...] = Field(
        (), description="The roles of which one person each must approve a change with migrations; with none, nobody."
    )
    backup: str = Field(
        "Backup",
        max_length=64,
        description="The description's field that names the backup, or the beginning of a check box that is ticked. "
        "Empty, no backup is asked for.",
    )
    irreversible: Irreversible = Field(
        Irreversible.REFUSE, description="Whether migrations that can't be taken back are refused or only named."
    )

    @field_validator("backup")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if value and not named(value):
            raise ValueError("expected a field's name such as Backup, or nothing")
        return value

    def needs(self, outline: Outline) -> Needs:
        """The files, and for each person whose opinion could count whether they are in an approving team."""
        found = opinions(outline.pull_request)
        people = frozenset(review.login for review in (*found.approvals, *found.objections)) - {""}
        questions = (role.questions(people) for role in self.approvers)
        return Needs(files=True, memberships=frozenset().union(*questions))

    def inspect(self, change: Change) -> Inspection:
        """Find the migrations, and ask for what they need."""
        if change.evidence.diff_problem:
            finding = Finding(change.evidence.diff_problem, remedy="split the pull request, then push again")
            return unreadable((finding,), "the diff can't be judged", _Judged((), "", ()).facts())
        migrations = tuple(self._migrations(change))
        if not migrations:
            return Inspection(Outcome.PASS, "no database migration", facts=_Judged((), "", ()).facts())
        people = opinions(change.outline.pull_request) if change.outline else None
        found = self._judged(change, migrations, people)
        return self._inspection(change, found, people)

    def _migrations(self, change: Change) -> Iterator[Migration]:
        own = globs(self.paths)
        for file in change.files:
            texts = tuple(text for text in (readable(file.head), readable(file.base)) if text is not None)
            framework = framework_of(file.path, texts)
            if framework is None and file.diff.base_path != file.path:
                framework = framework_of(file.diff.base_path, texts)
            if framework is None and (own.match_file(file.path) or own.match_file(file.diff.base_path)):
                sql = file.path.endswith(".sql")
                framework = Framework("own path", Form.FORWARD_SQL if sql else Form.METHODS, "")
            if framework is not None:
                yield judge(change, file, framework)

    def _judged(self, change: Change, migrations: tuple[Migration, ...], people: Opinions | None) -> _Judged:
        members = change.evidence.members
        backup = _backup(change.body, self.backup) if self.backup else ""
        if people is None:
            return _Judged(migrations, backup, ())
        logins = [review.login for review in people.approvals]
        standings = [
            Standing(role.name, role, tuple(login for login in logins if role.has(login, members)))
            for role in self.approvers
        ]
        objecting = (
            review.login
            for review in people.objections
            if any(role.has(review.login, members) for role in self.approvers)
        )
        return _Judged(migrations, backup, match(standings), tuple(objecting))

    def _inspection(self, change: Change, found: _Judged, people: Opinions | None) -> Inspection:
        closed = tuple(_unreadable(one) for one in found.migrations if one.unreadable)
        failing = (*self._losses(found), *self._backup_missing(found), *self._unknown(change))
        waiting = tuple(self._waiting(change, found, people)) if people else ()
        outcome = Outcome.ERROR if closed else Outcome.FAIL if failing else Outcome.WAIT if waiting else Outcome.PASS
        summary = self._summary(found, desk=change.outline is None)
        return Inspection(outcome, summary, (*closed, *failing, *waiting), found.facts())

    def _losses(self, found: _Judged) -> Iterator[Finding]:
        if self.irreversible is Irreversible.REFUSE:
            remedy = "Leave it to a release with its own plan, or write the way back; data that goes has none"
            for path, line, what in found.lost[:_MOST_NAMED]:
                yield Finding(f"{path} can't be taken back: it {what}", path, line, remedy)

    def _backup_missing(self, found: _Judged) -> Iterator[Finding]:
        if self.backup and not found.backup:
            message = f"the description names no backup, and {_count(found.migrations)} changes the database"
            remedy = f"Take a backup, then write `{self.backup}: ` and its name into the description"
            yield Finding(message, remedy=remedy)

    def _unknown(self, change: Change) -> Iterator[Finding]:
        """Whoever can't be ruled out as an author might be the one who approves."""
        if change.outline is None or not self.approvers:
            return
        pull_request = change.outline.pull_request
        for oid, person in unknown_people(pull_request):
            message = (
                f"commit {oid[:7]} names {person.name} <{person.email}>, whose e-mail belongs to no GitHub account"
            )
            yield Finding(message, remedy=f"Ask {person.name} to add the address to their account; then re-check")
        if not pull_request.commits_complete:
            yield Finding("not all authors are known: there are too many commits", remedy="Squash them, then push")

    def _waiting(self, change: Change, found: _Judged, people: Opinions) -> Iterator[Finding]:
        for login in found.objecting:
            yield Finding(f"{login} requested changes", remedy=f"Settle them and ask {login} for a new review")
        for standing in found.standings:
            if not standing.user:
                able = [*standing.role.users, *standing.role.teams] if standing.role else []
                asked = [name for name in able if name.casefold() not in people.involved]
                remedy = f"Ask {' or '.join(asked[:5]) or 'somebody with the role'} to approve head {change.head[:7]}"
                yield Finding(f"no approval of the migration by {standing.name} yet", remedy=remedy)

    def _summary(self, found: _Judged, *, desk: bool) -> str:
        parts = [_count(found.migrations)]
        if found.lost:
            parts.append(f"{len(found.lost)} irreversible {'step' if len(found.lost) == 1 else 'steps'}")
        if self.backup:
            parts.append(f"backup: {found.backup}" if found.backup else "no backup named")
        if self.approvers:
            given = [f"{one.user} for {one.name}" for one in found.standings if one.user]
            known = f"approved by {', '.join(given)}" if given else "not approved yet"
            parts.append("approvals are known to GitHub alone" if desk else known)
        return "; ".join(parts)


def _count(migrations: tuple[Migration, ...]) -> str:
    return "1 migration" if len(migrations) == 1 else f"{len(migrations)} migrations"


def _backup(body: str, name: str) -> str:
    """What the description says of the backup, "" where it says nothing."""
    described = read(body)
    for box in described.boxes:
        if box.ticked and (named(box.text).startswith(named(name)) or box.section == named(name)):
            return " ".join(box.text.split())[:100]
    found = described.field(name)
    if found is None or is_placeholder(found.value) or _is_unticked(found.value):
        return ""
    return " ".join(found.value.split())[:100]


def _is_unticked(value: str) -> bool:
    return all(line.lstrip("-*+ ").startswith(("[ ]", "[x]", "[X]")) for line in value.splitlines())


def _unreadable(migration: Migration) -> Finding:
    message = f"{migration.path} can't be read, so nobody can say what it does to the database: {migration.unreadable}"
    return Finding(message, migration.path, migration.line, "Mend the file, or take it out of the hotfix")
