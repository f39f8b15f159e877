from dataclasses import replace
from time import process_time

import pytest

from domain.finding import Inspection, Outcome, WaitingOn
from domain.people import Role
from policies.migrations import Irreversible, Migrations
from policies.schema_changes.frameworks import framework_of
from tests.builders import Side, a_change, changed_files
from tests.policies.outlines import a_review, an_outline, judged_on

BACKUP = "Backup: snapshot rds-2026-11-21"
DBA = Role("dba", users=("dana", "erin"))

RAILS = "class A < ActiveRecord::Migration[7.1]\n  def change\n    {}\n  end\nend\n"
DJANGO = (
    "from django.db import migrations\n\n\ndef go(apps, schema_editor):\n    pass\n\n\n"
    "class Migration(migrations.Migration):\n    operations = [{}]\n"
)
ALEMBIC = "from alembic import op\nrevision = 'a'\ndown_revision = 'b'\n\n\ndef upgrade():\n    {}\n\n\n{}"
DOWN = "def downgrade():\n    op.drop_column('a', 'b')\n"
KNEX = "exports.up = function (knex) {{\n  return {};\n}};\n\n{}"
KNEX_DOWN = "exports.down = function (knex) {\n  return knex.schema.dropTable('a');\n};\n"
TYPEORM = (
    "import {{ MigrationInterface, QueryRunner }} from 'typeorm';\nexport class A1 implements MigrationInterface {{\n"
    "  async up(queryRunner: QueryRunner): Promise<void> {{\n    await queryRunner.query(`{}`);\n  }}\n"
    "  async down(queryRunner: QueryRunner): Promise<void> {{\n    {}\n  }}\n}}\n"
)
EF = (
    "public partial class A : Migration {{\n  protected override void Up(MigrationBuilder b) {{\n    {}\n  }}\n"
    "  protected override void Down(MigrationBuilder b) {{\n    {}\n  }}\n}}\n"
)
LARAVEL = "<?php\nreturn new class extends Migration {{\n  public function up(): void {{\n    {}\n  }}\n{}}};\n"
PHP_DOWN = "  public function down(): void {\n    Schema::drop('a');\n  }\n"
GOOSE = "-- +goose Up\n{}\n-- +goose Down\n{}\n"
LIQUI = (
    '<?xml version="1.0"?>\n<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n'
    '<changeSet id="1" author="a">{}</changeSet>\n</databaseChangeLog>\n'
)
ADD = "ALTER TABLE a ADD COLUMN b int;"

REVERSIBLE = [
    ("db/migrate/20260101000000_a.rb", RAILS.format("add_column :a, :b, :string")),
    ("db/migrate/20260101000000_a.rb", RAILS.format("# drop_table :a\n    add_column :a, :b, :string")),
    ("shop/migrations/0002_a.py", DJANGO.format("migrations.AddField('a', 'b', None)")),
    ("shop/migrations/0002_a.py", DJANGO.format("migrations.RunPython(go, migrations.RunPython.noop)")),
    ("shop/migrations/0002_a.py", DJANGO.format("migrations.RunSQL('SELECT 1', reverse_sql='SELECT 2')")),
    ("alembic/versions/a_b.py", ALEMBIC.format("op.add_column('a', 'b')", DOWN)),
    ("alembic/versions/merge.py", ALEMBIC.format("pass", "def downgrade():\n    pass\n")),
    ("migrations/20260101_a.js", KNEX.format("knex.schema.createTable('a')", KNEX_DOWN)),
    ("src/migration/1-A.ts", TYPEORM.format(ADD, "await queryRunner.query(`ALTER TABLE a DROP COLUMN b`);")),
    ("Migrations/20260101_A.cs", EF.format('b.AddColumn<int>("b", "a");', 'b.DropColumn("b", "a");')),
    ("database/migrations/2026_01_01_a.php", LARAVEL.format("Schema::create('a');", PHP_DOWN)),
    ("db/20260101_a.sql", GOOSE.format(ADD, "ALTER TABLE a DROP COLUMN b;")),
    ("db/migrations/20260101_a.sql", f"-- migrate:up\n{ADD}\n-- migrate:down\nDROP TABLE a;\n"),
    ("src/main/resources/db/migration/V2__a.sql", f"{ADD}\n-- drop table a\nALTER TABLE a DROP CONSTRAINT c;\n"),
    ("prisma/migrations/20260101_a/migration.sql", ADD),
    ("drizzle/0001_a.sql", ADD),
    ("priv/repo/migrations/1_a.exs", "def change do\n  alter table(:a) do\n    add :b, :string\n  end\nend\n"),
    ("db/changelog/db.changelog.xml", LIQUI.format("<addColumn tableName='a'/>")),
    ("db/changelog/a.sql", f"--liquibase formatted sql\n--changeset a:1\n{ADD}\n--rollback ALTER TABLE a DROP b;\n"),
]

IRREVERSIBLE = [
    ("db/migrate/20260101000000_a.rb", RAILS.format("drop_table :a"), "drops a table"),
    ("db/migrate/20260101000000_a.rb", RAILS.format("remove_column :a, :b, :string"), "drops a column"),
    ("db/migrate/20260101000000_a.rb", RAILS.format("execute 'UPDATE a SET b = 1'"), "can turn around"),
    (
        "db/migrate/20260101000000_a.rb",
        (
            "class A < ActiveRecord::Migration[7.1]\n  def up\n    add_column :a, :b\n  end\n\n  def down\n"
            "    raise ActiveRecord::IrreversibleMigration\n  end\nend\n"
        ),
        "says itself",
    ),
    (
        "db/migrate/20260101000000_a.rb",
        "class A < ActiveRecord::Migration[7.1]\n  def up\n    add_column :a, :b\n  end\nend\n",
        "no way back",
    ),
    ("shop/migrations/0002_a.py", DJANGO.format("migrations.RunPython(go)"), "without reverse_code"),
    ("shop/migrations/0002_a.py", DJANGO.format("migrations.RunSQL('SELECT 1')"), "without reverse_sql"),
    ("shop/migrations/0002_a.py", DJANGO.format("migrations.RemoveField('a', 'b')"), "drops a column"),
    ("shop/migrations/0002_a.py", DJANGO.format("migrations.DeleteModel('a')"), "drops a table"),
    ("alembic/versions/a_b.py", ALEMBIC.format("op.add_column('a', 'b')", "def downgrade():\n    pass\n"), "empty"),
    ("alembic/versions/a_b.py", ALEMBIC.format("op.add_column('a', 'b')", ""), "no downgrade"),
    ("alembic/versions/a_b.py", ALEMBIC.format("op.drop_column('a', 'b')", DOWN), "drops a column"),
    ("alembic/versions/a_b.py", ALEMBIC.format("op.execute('DELETE FROM a')", DOWN), "deletes rows"),
    ("migrations/20260101_a.js", KNEX.format("knex.schema.dropTable('a')", KNEX_DOWN), "drops a table"),
    ("migrations/20260101_a.js", KNEX.format("knex.schema.createTable('a')", ""), "no way back"),
    ("migrations/20260101_a.js", KNEX.format("knex('a').insert({})", "exports.down = function (knex) {};\n"), "empty"),
    ("src/migration/1-A.ts", TYPEORM.format("DROP TABLE a", "await queryRunner.query(`x`);"), "drops a table"),
    ("src/migration/1-A.ts", TYPEORM.format(ADD, "// nothing"), "empty way back"),
    ("Migrations/20260101_A.cs", EF.format('b.DropTable("a");', 'b.CreateTable("a");'), "drops a table"),
    ("Migrations/20260101_A.cs", EF.format('b.AddColumn<int>("b", "a");', ""), "empty way back"),
    ("database/migrations/2026_01_01_a.php", LARAVEL.format("Schema::create('a');", ""), "no way back"),
    ("database/migrations/2026_01_01_a.php", LARAVEL.format("$t->dropColumn('b');", PHP_DOWN), "drops a column"),
    ("db/20260101_a.sql", GOOSE.format(ADD, "-- nothing"), "empty down part"),
    ("db/20260101_a.sql", f"-- +goose Up\n{ADD}\n", "no down part"),
    ("db/migration/V2__a.sql", "drop table if exists a;", "drops a table"),
    ("db/migration/V2__a.sql", "ALTER TABLE a DROP b;", "drops a column"),
    ("db/migration/V2__a.sql", "/*! TRUNCATE TABLE a */;", "empties a table"),
    ("prisma/migrations/20260101_a/migration.sql", 'ALTER TABLE "a" DROP COLUMN "b";', "drops a column"),
    ("priv/repo/migrations/1_a.exs", "def change do\n  drop table(:a)\nend\n", "drops a table"),
    ("db/changelog/db.changelog.xml", LIQUI.format("<sql>SELECT 1</sql>"), "without a rollback"),
    (
        "db/changelog/db.changelog.xml",
        LIQUI.format("<dropTable tableName='a'/><rollback>x</rollback>"),
        "drops a table",
    ),
    (
        "db/changelog/a.yaml",
        "databaseChangeLog:\n- changeSet:\n    id: 1\n    author: a\n    changes:\n    - delete: {tableName: a}\n",
        "deletes rows",
    ),
    ("db/changelog/a.sql", f"--liquibase formatted sql\n--changeset a:1\n{ADD}\n", "no rollback"),
]


def inspect(files: dict[str, tuple[Side, Side]], body: str = BACKUP, policy: Migrations | None = None) -> Inspection:
    return (policy or Migrations()).inspect(a_change(files, body=body))


def on_github(*reviews: object, body: str = BACKUP) -> Inspection:
    outline = an_outline(*reviews, body=body)  # type: ignore[arg-type]
    files = changed_files({"db/migration/V2__a.sql": (None, ADD)})
    change = judged_on(outline)
    change = replace(change, evidence=replace(change.evidence, files=files))
    return Migrations(approvers=(DBA,)).inspect(change)


@pytest.mark.parametrize(("path", "text"), REVERSIBLE)
def test_a_migration_with_a_way_back_and_a_backup_passes(path: str, text: str) -> None:
    found = inspect({path: (None, text)})
    assert found.findings == ()
    assert found.outcome is Outcome.PASS
    assert [one["path"] for one in found.facts["migrations"]] == [path]


@pytest.mark.parametrize(("path", "text", "expected"), IRREVERSIBLE)
def test_what_cant_be_taken_back_is_refused_and_named_with_its_line(path: str, text: str, expected: str) -> None:
    found = inspect({path: (None, text)})
    assert found.outcome is Outcome.FAIL
    assert any(expected in finding.message for finding in found.findings), found.findings
    assert all(1 <= finding.line <= text.count("\n") + 1 for finding in found.findings)


@pytest.mark.parametrize(("path", "text", "_expected"), IRREVERSIBLE)
def test_what_cant_be_taken_back_is_named_where_it_is_allowed(path: str, text: str, _expected: str) -> None:
    found = inspect({path: (None, text)}, policy=Migrations(irreversible=Irreversible.ALLOW))
    assert found.outcome is Outcome.PASS
    assert found.facts["irreversible"]
    assert "irreversible step" in found.summary


@pytest.mark.parametrize(
    "body", ["", "Backup: ", "Backup: N/A", "Backup: <name>", "- [ ] Backup taken", "### Backup\n"]
)
def test_a_migration_without_a_named_backup_fails(body: str) -> None:
    found = inspect({"db/migration/V2__a.sql": (None, ADD)}, body)
    assert found.outcome is Outcome.FAIL
    assert "`Backup: `" in found.findings[0].remedy


@pytest.mark.parametrize(
    "body", [BACKUP, "- [x] Backup taken", "### Backup\n\nrds-1", "### Backup\n- [x] taken", "|Backup|rds|"]
)
def test_a_backup_is_a_filled_field_or_a_ticked_box(body: str) -> None:
    assert inspect({"db/migration/V2__a.sql": (None, ADD)}, body).outcome is Outcome.PASS


def test_the_field_of_the_backup_has_the_name_that_a_team_gives_it() -> None:
    files: dict[str, tuple[Side, Side]] = {"db/migration/V2__a.sql": (None, ADD)}
    assert inspect(files, "Snapshot: rds-1", Migrations(backup="Snapshot")).outcome is Outcome.PASS
    assert inspect(files, "Backup: rds-1", Migrations(backup="Snapshot")).outcome is Outcome.FAIL
    assert inspect(files, "", Migrations(backup="")).outcome is Outcome.PASS


def test_a_way_forward_without_its_way_back_is_named() -> None:
    up, down = "db/migrations/1_a.up.sql", "db/migrations/1_a.down.sql"
    assert inspect({up: (None, ADD), down: (None, "DROP TABLE a;")}).outcome is Outcome.PASS
    assert "without its way back" in inspect({up: (None, ADD)}).findings[0].message
    assert "empty way back" in inspect({up: (None, ADD), down: (None, "-- none\n")}).findings[0].message
    assert inspect({up: (ADD, ADD + "\n-- more")}).outcome is Outcome.PASS


def test_only_the_change_sets_that_are_new_are_judged() -> None:
    old = LIQUI.format("<dropTable tableName='a'/>")
    new = old.replace(
        "</databaseChangeLog>", '<changeSet id="2" author="a"><addColumn/></changeSet></databaseChangeLog>'
    )
    assert inspect({"db/changelog/db.changelog.xml": (old, new)}).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/migrations/0002_a.py", "from django.db import migrations\nclass (migrations.Migration)"),
        ("db/changelog/db.changelog.xml", "<databaseChangeLog><changeSet>"),
        ("db/changelog/db.changelog.xml", '<!DOCTYPE a [<!ENTITY b "c">]><databaseChangeLog>&b;</databaseChangeLog>'),
        ("db/changelog/a.yaml", "databaseChangeLog: [\n"),
        ("db/changelog/a.yaml", "databaseChangeLog: 3\n"),
        ("db/migration/V2__a.sql", b"\x00binary"),
        ("db/migrate/20260101000000_a.rb", b"\xff\xfe not UTF-8"),
        ("migrations/0001_a.py", b"\x00"),
    ],
)
def test_a_migration_that_cant_be_read_is_never_a_pass(path: str, text: Side) -> None:
    found = inspect({path: (None, text)}, policy=Migrations(irreversible=Irreversible.ALLOW))
    assert found.outcome is Outcome.ERROR
    assert "can't be read" in found.findings[0].message


@pytest.mark.parametrize(
    "path",
    [
        "tests/migrations/0001_a.py",
        "docs/migrations/1.md",
        "shop/migrations/__init__.py",
        "src/migrations/index.ts",
        "a.py",
        "migrations/README.md",
    ],
)
def test_other_files_are_no_migrations(path: str) -> None:
    found = inspect({path: (None, "drop_table\n")}, "")
    assert (found.outcome, found.summary) == (Outcome.PASS, "no database migration")


def test_further_paths_are_migrations_by_setting() -> None:
    policy = Migrations(paths=("ops/*.sql",))
    assert inspect({"ops/fix.sql": (None, "DELETE FROM a;")}, BACKUP, policy).outcome is Outcome.FAIL
    assert inspect({"ops/fix.sql": (None, "DELETE FROM a;")}).summary == "no database migration"
    with pytest.raises(ValueError, match="matches nothing"):
        Migrations(paths=("# no",))


def test_a_migration_that_is_removed_is_irreversible() -> None:
    assert "is removed" in inspect({"db/migration/V2__a.sql": (ADD, None)}).findings[0].message


def test_the_approver_is_waited_for_and_told() -> None:
    found = on_github(a_review("bob"))
    assert (found.outcome, found.waiting_on) == (Outcome.WAIT, WaitingOn.PEOPLE)
    assert found.findings[0].remedy == "Ask dana or erin to approve head aaaaaaa"
    approved = on_github(a_review("dana"))
    assert approved.outcome is Outcome.PASS
    assert approved.facts["approvals"] == [{"role": "dba", "user": "dana"}]


def test_an_approver_who_requests_changes_blocks() -> None:
    found = on_github(a_review("dana"), a_review("erin", "CHANGES_REQUESTED"))
    assert found.outcome is Outcome.WAIT
    assert "erin requested changes" in found.findings[0].message


def test_a_missing_backup_outweighs_a_missing_approval() -> None:
    assert on_github(body="").outcome is Outcome.FAIL


def test_at_the_desk_the_backup_is_judged_and_approvals_are_left_to_github() -> None:
    policy = Migrations(approvers=(DBA,))
    found = inspect({"db/migration/V2__a.sql": (None, ADD)}, policy=policy)
    assert found.outcome is Outcome.PASS
    assert "approvals are known to GitHub alone" in found.summary
    assert inspect({"db/migration/V2__a.sql": (None, ADD)}, "", policy).outcome is Outcome.FAIL


def test_only_teams_of_people_with_an_opinion_are_asked_about() -> None:
    policy = Migrations(approvers=(Role("dba", teams=("acme/dba",)),))
    questions = policy.needs(an_outline(a_review("dana"), a_review("zoe", "COMMENTED"))).memberships
    assert {(one.team, one.login) for one in questions} == {("acme/dba", "dana")}


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("db/migrate/1_a.rb", "", "Rails"),
        ("a/migrations/0001_x.py", "class Migration(migrations.Migration):", "Django"),
        ("migrations/versions/x.py", "down_revision = None", "Alembic"),
        ("migrations/1.js", "module.exports = { up: (queryInterface) => 1 }", "Sequelize"),
        ("migrations/1.php", "use Phinx\\Migration\\AbstractMigration;", "Phinx"),
        ("migrations/V1.php", "use Doctrine\\Migrations\\AbstractMigration;", "Doctrine"),
        ("migrations/20260101_a/up.sql", "", "Diesel"),
        ("Migrations/A.Designer.cs", "", "EF Core"),
        ("migrations/atlas.sum", "", "Atlas"),
        ("migrations/20260101.sql", "", "SQL"),
    ],
)
def test_frameworks_are_told_apart(path: str, text: str, name: str) -> None:
    found = framework_of(path, (text,))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "piece", ["drop ", "alter table ", "'", "/*", "(", "def down", "up(", "{", "delete from ", " ", "--"]
)
@pytest.mark.parametrize("path", ["db/migration/V1__a.sql", "db/migrate/1_a.rb", "migrations/001_a.js"])
def test_a_hostile_migration_is_judged_in_two_seconds(path: str, piece: str) -> None:
    text = piece * (100_000 // len(piece))
    change = a_change({path: (None, text)})
    started = process_time()
    Migrations().inspect(change)
    assert process_time() - started < 2
