"""The house's own rules of building, as far as they can be read off its files."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from adapters.settings import Settings
from cli.main import COMMANDS, main
from domain.errors import PolicyFileError
from domain.pull_request import PolicyFile
from domain.verdict import EXIT_CODES
from events.parsing import MODELS
from policies import configure
from tests.test_packaging import ROOMS, ROOT, sources

FILES = sources()
CODE = [name for name in FILES if name.endswith(".py")]
HOUSE = [name for name in CODE if name.split("/")[0] in {"app.py", *ROOMS} - {"sandbox"}]
PAGES = [name for name in FILES if name.endswith(".md")]
READ = {".py", ".md", ".toml", ".yml", ".graphql", ".ini", ".mako", ""}

MOST_LINES = 400

#: Words that say nothing of what a thing is. Where one is somebody else's own word, it stands here with the reason.
NOT_OURS = {"rule", "rules", "violation", "violations", "job", "jobs", "util", "utils", "helper", "helpers", "manager"}
EXCUSED = {
    ("policies/manifests/workflows.py", "jobs"): "GitHub's word for the parts of a workflow",
    ("policies/manifests/workflows.py", "_of_job"): "GitHub's word for the parts of a workflow",
    ("policies/manifests/npm.py", "_manager"): "package.json's word for what installs packages",
}

#: Alembic runs its `env.py`; SQLAlchemy knows a partial index only by a call after its class.
ACTING = {"adapters/ledger/migrations/env.py", "adapters/ledger/models.py"}

#: In pieces, so that this file doesn't hold what it forbids.
FORBIDDEN = tuple(
    "".join(pieces)
    for pieces in (
        ("TO", "DO:"),
        ("FIX", "ME"),
        ("XX", "X:"),
        ("pypi", ".org"),
        ("python", "hosted"),
        ("registry.", "npmjs"),
        ("/ro", "ot/"),
        ("../sha", "red"),
        ("unittest", ".mock"),
    )
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def names_in(tree: ast.AST) -> Iterator[str]:
    """Every name that a file gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def words(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def typed_in(block: str) -> list[str]:
    """The lines that a person types: those after a prompt, or all where a block shows none."""
    lines = block.splitlines()
    prompted = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return prompted or lines


def commands_in(page: str) -> Iterator[list[str]]:
    """Every command line of ours in a page's code, as words."""
    blocks = re.findall(r"```(?:console|bash|sh|ini)\n(.*?)```", page, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL))
    lines = [line for block in blocks for line in typed_in(block)] + spans
    for line in lines:
        for part in re.split(r"&&|\|", line.partition("  #")[0]):
            said = part.strip().removeprefix("ExecStart=/opt/hotfix-guard/bin/")
            if said.startswith(("hotfix ", "make ")):
                yield shlex.split(said.rstrip("…").strip())


def told() -> list[tuple[str, list[str]]]:
    return [(page, line) for page in PAGES for line in commands_in(text(page)) if len(line) > 1]


def command_of(line: list[str]) -> tuple[click.Command, list[str]]:
    """The command that a line calls, and the words after it."""
    command: click.Command = main
    rest = line[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        assert found is not None, f"there is no command {rest[0]!r}"
        command, rest = found, rest[1:]
    return command, rest


def test_no_file_is_longer_than_people_like_to_read() -> None:
    assert [name for name in CODE if len(text(name).splitlines()) >= MOST_LINES] == []


def test_no_file_holds_what_must_not_be_published() -> None:
    found = {(name, word) for name in FILES if Path(name).suffix in READ for word in FORBIDDEN if word in text(name)}
    assert found == set()


def test_names_say_what_a_thing_is() -> None:
    empty = {
        (file, name)
        for file in HOUSE
        for name in [Path(file).stem, *names_in(ast.parse(text(file)))]
        if words(name) & NOT_OURS
    }
    assert empty == set(EXCUSED)


def test_the_web_door_reaches_the_outside_through_adapters_alone() -> None:
    imported = set()
    for node in ast.walk(ast.parse(text("app.py"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported & {"subprocess", "github", "requests", "sqlalchemy", "alembic", "dbos", "sandbox"} == set()
    assert {"flask", "adapters", "handlers"} <= imported


def test_nothing_happens_when_a_room_is_imported() -> None:
    """No module calls anything for its effect, but for those that a library tells to."""
    calling = {
        name
        for name in HOUSE
        for node in ast.parse(text(name)).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    }
    assert calling - ACTING == set()


def test_every_command_in_the_pages_exists_with_its_options() -> None:
    ours = [(page, line) for page, line in told() if line[0] == "hotfix"]
    assert len(ours) > 5
    for page, line in ours:
        command, rest = command_of(line)
        known = {option for each in command.params for option in each.opts} | {"--help", "-h", "--version"}
        unknown = [word for word in rest if word.startswith("-") and word.partition("=")[0] not in known]
        assert unknown == [], f"{page}: {shlex.join(line)}"


def test_every_target_exists_and_is_explained() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\.PHONY: (.*)", text("Makefile"))[0].split()) == targets
    called = {line[1] for _, line in told() if line[0] == "make"}
    assert called - targets == set()
    assert {line[1] for page, line in told() if line[0] == "make" and page == "CONTRIBUTING.md"} == targets


def test_every_command_is_in_the_changelog() -> None:
    said = text("CHANGELOG.md")
    assert [command for command in COMMANDS if f"`{command}" not in said and f"`hotfix {command}" not in said] == []


def test_the_contents_of_the_house_in_the_pages_are_those_of_the_folder() -> None:
    drawn = re.findall(r"^([a-z]+(?:/|\.py)) ", text("CONTRIBUTING.md"), re.MULTILINE)
    rooms = {f"{name.split('/')[0]}/" for name in CODE if "/" in name}
    assert set(drawn) == {"app.py", *rooms}


def test_every_event_that_needs_a_subscription_is_in_the_installation_page() -> None:
    (line,) = [line for line in text("docs/install.md").splitlines() if line.startswith("**Events**")]
    by_themselves = {"installation", "installation_repositories", "ping"}
    wanted = {name.replace("_", " ").capitalize() for name in MODELS if name not in by_themselves}
    assert {event.strip() for event in line.partition(":")[2].partition(".")[0].split(",")} == wanted


def test_every_policy_file_in_the_pages_is_valid() -> None:
    shown = [
        (page, block) for page in PAGES for block in re.findall(r"```yaml\n(version:.*?)```", text(page), re.DOTALL)
    ]
    assert {"README.md", "docs/policies.md"} <= {page for page, _ in shown}
    for page, block in shown:
        try:
            configure(PolicyFile(block, "", source=page))
        except PolicyFileError as error:
            pytest.fail(str(error))


def test_the_exit_codes_in_the_pages_are_those_of_the_program() -> None:
    assert {int(code) for code in re.findall(r"\b(\d) \(", text("README.md"))} == {*EXIT_CODES.values()}
    assert {int(code) for code in re.findall(r"\b(\d) [a-z]", str(main.help))} == {*EXIT_CODES.values()}


def test_every_setting_is_in_the_installation_page() -> None:
    page = text("docs/install.md")
    assert [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in page] == []


def test_every_link_between_the_pages_leads_somewhere() -> None:
    broken = {
        (page, link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text(page))
        if not (ROOT / page).parent.joinpath(link).exists()
    }
    assert broken == set()


def test_decisions_are_numbered_without_gaps_and_titled() -> None:
    pages = sorted(name for name in PAGES if name.startswith("docs/decisions/"))
    for number, page in enumerate(pages, start=1):
        assert re.fullmatch(rf"{number:04}-[a-z0-9-]+\.md", Path(page).name), page
        assert text(page).startswith(f"# {number}. "), page
        assert len(text(page).splitlines()) < 60, page


def test_ci_calls_what_the_readme_calls() -> None:
    called = {line.split()[1] for line in text(".ci/run").splitlines() if line.startswith("make ")}
    assert called == {"check", "demo"}
    done = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [
        word for word in ("ruff check", "ruff format --check", "mypy", "lint-imports", "pytest") if word in done.stdout
    ]
