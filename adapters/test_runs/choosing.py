"""Which commands run the changed tests: a person's, or the ready-made one that the repository calls for."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from adapters.test_runs.runners import Runner, files, named, told_by
from domain.errors import UnreadableInputError

_LARGEST = 1_000_000
_REMEDY = 'name one: --test-command "… {tests}"'
_SCRIPTS = frozenset([".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"])
_JVM = frozenset([".java", ".kt", ".kts", ".scala", ".groovy"])
_DOTNET = frozenset([".cs", ".fs", ".vb"])
_PYTEST_FILES = ("pytest.ini", ".pytest.ini", "conftest.py")
_PYTHON_FILES = ("pyproject.toml", "tox.ini", "setup.cfg", "noxfile.py", "Makefile")
_IMPORTS_PYTEST = re.compile(r"^\s*(?:import|from)\s+pytest\b", re.MULTILINE)
_IMPORTS_UNITTEST = re.compile(r"^\s*(?:import|from)\s+unittest\b", re.MULTILINE)
_IMPORTS_NODE = re.compile(r"""(?:from|require\()\s*['"]node:test['"]""")
#: Runners of package.json, in the order in which one is chosen where several are there.
_NODE_RUNNERS = ("vitest", "jest", "mocha")


@dataclass(frozen=True)
class Command:
    """One command line that runs tests.

    Attributes:
        text: the command with the arguments in it.
        folder: where it runs, relative to the worktree's root; "" for the root itself.
    """

    runner: Runner
    text: str
    folder: str = ""

    @property
    def told(self) -> str:
        """As a person would type it at the repository's root."""
        return f"cd {shlex.quote(self.folder)} && {self.text}" if self.folder else self.text


def from_person(root: Path, command: str, tests: Sequence[str]) -> tuple[Command, ...]:
    """A person's command: `{tests}` becomes what its runner calls the tests, `{files}` their paths.

    Args:
        root: the worktree.
        command: the command as it was given; where it names no tests it is run as it is.
        tests: the test files.
    """
    runner = told_by(command)
    return (Command(runner, _filled(runner, command, root, tests)),)


def ready_made(root: Path, tests: Sequence[str]) -> tuple[Command, ...]:
    """The commands for the tests' ecosystems, as far as the worktree tells which runner its projects use.

    Raises:
        UnreadableInputError: for one of the tests there is no ready-made command.
    """
    found: dict[tuple[Runner, str, str], list[str]] = {}
    for path in tests:
        runner, folder, command = _project(root, path)
        found.setdefault((runner, folder, command), []).append(path)
    return tuple(
        Command(runner, _filled(runner, command, root / folder, part), folder)
        for (runner, folder, command), paths in found.items()
        for part in _parts(runner, [_inside(folder, path) for path in paths])
    )


def _parts(runner: Runner, paths: list[str]) -> list[list[str]]:
    return [[path] for path in paths] if runner.one_at_a_time else [paths]


def _filled(runner: Runner, command: str, folder: Path, tests: Sequence[str]) -> str:
    command = command.replace("{files}", shlex.join(files(folder, tests)))
    return command.replace("{tests}", shlex.join(runner.arguments(folder, tests)))


def _inside(folder: str, path: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path


def _project(root: Path, path: str) -> tuple[Runner, str, str]:
    """The runner of a test file, the folder of its project, and the command."""
    suffix = PurePosixPath(path).suffix
    if suffix == ".py":
        runner = _python(root, path)
        return runner, "", runner.command if shutil.which("python") else f"python3{runner.command[len('python') :]}"
    if suffix in _SCRIPTS:
        return _javascript(root, path)
    for suffixes, files_, name in _BY_FILE:
        if suffix in suffixes and (folder := _nearest(root, path, files_)) is not None:
            runner = named(name)
            return runner, folder, _own_program(root, folder, runner)
    raise UnreadableInputError(f"no ready-made command is known for {path}: {_REMEDY}")


#: suffixes | the files of which the nearest one tells the project | runner
_BY_FILE: tuple[tuple[frozenset[str], tuple[str, ...], str], ...] = (
    (frozenset([".go"]), ("go.mod",), "go"),
    (frozenset([".rs"]), ("Cargo.toml",), "cargo"),
    (_JVM, ("pom.xml",), "maven"),
    (_JVM, ("settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts"), "gradle"),
    (frozenset([".rb"]), (".rspec", "Gemfile", "Rakefile", "spec/spec_helper.rb"), "rspec"),
    (frozenset([".php"]), ("phpunit.xml", "phpunit.xml.dist", "composer.json"), "phpunit"),
    (_DOTNET, ("*.csproj", "*.fsproj", "*.vbproj"), "dotnet"),
    (frozenset([".exs"]), ("mix.exs",), "mix"),
)

#: The program that a project brings along, by the runner's name, and what it stands for in the command.
_OWN = {
    "maven": (("mvnw", "mvn", "./mvnw"),),
    "gradle": (("gradlew", "gradle", "./gradlew"),),
    "phpunit": (("vendor/bin/phpunit", "phpunit", "vendor/bin/phpunit"), ("bin/phpunit", "phpunit", "bin/phpunit")),
    "rspec": (("Gemfile.lock", "rspec", "bundle exec rspec"), ("bin/rspec", "rspec", "bin/rspec")),
}


def _own_program(root: Path, folder: str, runner: Runner) -> str:
    for file, said, instead in _OWN.get(runner.name, ()):
        if (root / folder / file).is_file():
            return runner.command.replace(said, instead, 1)
    return runner.command


def _python(root: Path, path: str) -> Runner:
    text = _read(root / path)
    if _IMPORTS_PYTEST.search(text):
        return named("pytest")
    folders = [root / folder for folder in _upwards(path)]
    has_files = any((folder / name).is_file() for folder in folders for name in _PYTEST_FILES)
    says_so = any("pytest" in _read(root / name) for name in _PYTHON_FILES) or any(
        "pytest" in _read(file) for file in sorted(root.glob("*requirements*.txt"))
    )
    if _IMPORTS_UNITTEST.search(text) and not has_files and not says_so:
        return named("unittest")
    return named("pytest")


def _javascript(root: Path, path: str) -> tuple[Runner, str, str]:
    if _IMPORTS_NODE.search(_read(root / path)):
        runner = named("node")
        return runner, _nearest(root, path, ("package.json",)) or "", runner.command
    for folder in _upwards(path):
        package = _package(root / folder / "package.json")
        known = {name for part in ("devDependencies", "dependencies") for name in package.get(part) or ()}
        script = str((package.get("scripts") or {}).get("test", ""))
        name = next((one for one in _NODE_RUNNERS if one in known or re.search(rf"\b{one}\b", script)), "")
        if name:
            return named(name), folder, named(name).command
        if "node --test" in script:
            return named("node"), folder, named("node").command
    raise UnreadableInputError(f"package.json names no test runner that is known for {path}: {_REMEDY}")


def _package(file: Path) -> dict[str, dict[str, object]]:
    try:
        found = json.loads(_read(file) or "{}")
    except (ValueError, RecursionError):
        return {}
    parts = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in parts if isinstance(value, dict)}


def _nearest(root: Path, path: str, names: Sequence[str]) -> str | None:
    """The nearest folder above a file that holds one of some files, "" for the root, None where none does."""
    for folder in _upwards(path):
        if any(next((root / folder).glob(name), None) for name in names):
            return folder
    return None


def _upwards(path: str) -> Iterator[str]:
    for folder in PurePosixPath(path).parents:
        yield "" if str(folder) == "." else str(folder)


def _read(file: Path) -> str:
    """A file of the worktree, "" where it is none to be read; a link may lead anywhere."""
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST:
        return ""
    return file.read_text(encoding="utf-8", errors="replace")
