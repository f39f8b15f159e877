"""Which files are database migrations, and of which framework.

Told by path and, where a path says too little, by what the file holds. The paths are the defaults of the frameworks'
own documentation; whatever else lies in a folder of migrations under a number, or is SQL there, counts as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

import re2

from policies.file_kinds import FileKind, kind_of


class Form(StrEnum):
    """How a migration says how to go back."""

    PYTHON = "python"
    METHODS = "methods"
    MARKED_SQL = "marked sql"
    PAIRED_SQL = "paired sql"
    FORWARD_SQL = "forward sql"
    CHANGELOG = "changelog"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Framework:
    """One kind of migration.

    Attributes:
        path: matches somewhere in the path, "" for any path that the ending allows.
        hint: matches somewhere in the text, "" where the path alone says it.
    """

    name: str
    form: Form
    path: str
    hint: str = ""


_FOLDER = r"(?i)(?:^|/)(?:db/)?(?:[\w.-]*migrations?|migrate|alembic/versions|versions|changelogs?)(?:/.*)?/"
_JS = r"\.[cm]?[jt]s$"

FRAMEWORKS: tuple[Framework, ...] = (
    Framework("goose", Form.MARKED_SQL, r"\.sql$", r"(?m)^[ \t]*--[ \t]*\+goose\s+Up\b"),
    Framework("dbmate", Form.MARKED_SQL, r"\.sql$", r"(?m)^[ \t]*--[ \t]*migrate:up\b"),
    Framework("Liquibase", Form.CHANGELOG, r"\.sql$", r"(?im)^[ \t]*--[ \t]*liquibase formatted sql"),
    Framework("Liquibase", Form.CHANGELOG, r"(?i)\.(?:xml|ya?ml|json)$", r"databaseChangeLog\b"),
    Framework("Liquibase", Form.CHANGELOG, r"(?i)(?:liquibase|db[./-]?changelog).*\.(?:xml|ya?ml|json)$"),
    Framework("Diesel", Form.PAIRED_SQL, r"/(?:up|down)\.sql$"),
    Framework("golang-migrate or sqlx", Form.PAIRED_SQL, r"(?:^|/)\d+[^/]*\.(?:up|down)\.sql$"),
    Framework("Prisma", Form.FORWARD_SQL, r"/migrations/[^/]+/migration\.sql$"),
    Framework("Drizzle", Form.FORWARD_SQL, r"(?:^|/)drizzle/(?:.*/)?\d{4,}_[^/]*\.sql$"),
    Framework("Flyway", Form.FORWARD_SQL, r"(?:^|/)(?:[VUB]\d[\d._]*|R)__[^/]+\.sql$"),
    Framework("Flyway", Form.FORWARD_SQL, r"(?:^|/)(?:[VU]\d[\d_]*|R)__\w+\.(?:java|kt)$"),
    Framework("Rails", Form.METHODS, r"(?:^|/)db/(?:\w*migrate|migrations)/[^/]*\.rb$"),
    Framework("Rails", Form.METHODS, r"\.rb$", r"<\s*(?:ActiveRecord::Migration|Sequel\.migration)|^Sequel\.migration"),
    Framework("Django", Form.PYTHON, r"/migrations/[^/]+\.py$", r"migrations\.Migration\b"),
    Framework("Alembic", Form.PYTHON, r"\.py$", r"(?m)^(?:down_revision\b|from alembic import)"),
    Framework("TypeORM", Form.METHODS, _JS, r"\bMigrationInterface\b"),
    Framework("Sequelize", Form.METHODS, _JS, r"\bqueryInterface\b"),
    Framework("Knex", Form.METHODS, _JS, r"\bexports\.up\b.*\bknex|\bup\s*\(\s*knex|import.*\bKnex\b"),
    Framework("EF Core", Form.RECORD, r"(?:^|/)Migrations/[^/]*(?:\.Designer|ModelSnapshot)\.cs$"),
    Framework("EF Core", Form.METHODS, r"\.cs$", r":\s*Migration\b"),
    Framework("Ecto", Form.METHODS, r"(?:^|/)priv/(?:.*/)?migrations/[^/]+\.exs$"),
    Framework("Laravel", Form.METHODS, r"(?:^|/)database/migrations/.*\.php$"),
    Framework("Doctrine", Form.METHODS, r"\.php$", r"(?s)Doctrine\\+Migrations.*AbstractMigration"),
    Framework("Phinx", Form.METHODS, r"\.php$", r"(?s)(?:Phinx|Migrations)\\+.*(?:Abstract|Base)Migration"),
    Framework("goose", Form.METHODS, r"\.go$", r"\bgoose\.AddMigration"),
    Framework("Atlas", Form.RECORD, r"(?:^|/)atlas\.sum$"),
    Framework("SQL", Form.FORWARD_SQL, _FOLDER + r"[^/]+\.sql$"),
    Framework("SQL", Form.FORWARD_SQL, r"(?i)(?:^|/)(?:schema|db)[_-]?(?:updates?|upgrades?|patch(?:es)?)/.*\.sql$"),
    Framework(
        "migration", Form.METHODS, _FOLDER + r"\w*\d{3,}[^/]*\.(?:py|rb|[cm]?[jt]s|php|cs|exs|java|kt|go|scala|groovy)$"
    ),
)

_COMPILED = tuple(
    (one, re2.compile(one.path), re2.compile("(?s)" + one.hint) if one.hint else None) for one in FRAMEWORKS
)
#: Where a file that nobody can read would be taken for a migration.
_LIKELY = re2.compile(_FOLDER + r"[^/]+\.(?:sql|py|rb|[cm]?[jt]s|php|cs|exs|java|kt|go|xml|ya?ml|json)$")
_ASIDE = frozenset([FileKind.TEST, FileKind.DOCS])


def framework_of(path: str, texts: tuple[str, ...]) -> Framework | None:
    """The framework that a changed file is a migration of, None where it is none.

    Args:
        path: at head, or at base for a removed file.
        texts: the file at head and at base, as far as they can be read; without any the path decides alone.
    """
    if PurePosixPath(path).name == "__init__.py" or kind_of(path) in _ASIDE:
        return None
    for framework, matches, hint in _COMPILED:
        if matches.search(path) and (hint is None or any(hint.search(text) for text in texts)):
            return framework
    if not texts and _LIKELY.search(path):
        return Framework("migration", Form.METHODS, "")
    return None
