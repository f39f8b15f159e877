"""The test runners that are known: the ready-made command, its arguments, and how its report is had and read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from adapters.test_runs import reports, texts
from adapters.test_runs.processes import Finished
from domain.proof import Reading

#: From test files, by their path in the folder where the command runs, to the arguments that name them.
Arguments = Callable[[Path, Sequence[str]], tuple[str, ...]]
Reader = Callable[[Finished, Sequence[str]], Reading]

#: What makes a command line more than one command: what is added at its end might then go to another one.
_SHELL = re.compile(r"[|;&<>\n`]|\$\(")


@dataclass(frozen=True, eq=False)
class Runner:
    """A test runner.

    Attributes:
        name: as people call it.
        command: the ready-made command; `{tests}` stands for the arguments.
        words: how it is told in a command that a person wrote.
        read: from its end and its reports to what they say.
        arguments: what `{tests}` becomes.
        appended: options at the command's end that make it write a report to `{report}`.
        inserted: words of the command that are exchanged for others, for the same.
        variables: environment variables, for the same; `{report}` likewise.
        left: patterns of the report files that it leaves in its folder by itself.
        one_at_a_time: whether it takes only one test file.
    """

    name: str
    command: str
    words: re.Pattern[str]
    read: Reader
    arguments: Arguments
    appended: str = ""
    inserted: tuple[str, str] = ("", "")
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    left: tuple[str, ...] = ()
    one_at_a_time: bool = False

    def reporting(self, command: str, report: Path) -> str:
        """The command so that it writes its report, unless a person's shell syntax leaves no safe place for that."""
        if "{report}" in command:
            return command.replace("{report}", shlex.quote(str(report)))
        old, new = self.inserted
        if old and not _SHELL.search(command):
            command = command.replace(old, new, 1)
        if self.appended and not _SHELL.search(command):
            command += " " + self.appended
        return command.replace("{report}", shlex.quote(str(report)))

    def environment(self, report: Path) -> dict[str, str]:
        """The variables that make it write its report."""
        return {name: value.replace("{report}", shlex.quote(str(report))) for name, value in self.variables.items()}


def files(_folder: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Test files as they are; one that looks like an option gets `./` before it."""
    return tuple(f"./{path}" if path.startswith("-") else path for path in tests)


def _packages(_folder: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Go tests packages, which are folders."""
    folders = (str(PurePosixPath(path).parent) for path in tests)
    return tuple(dict.fromkeys(f"./{folder}" if folder != "." else "." for folder in folders))


def _targets(folder: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Cargo's targets ("Cargo Targets"): `tests/NAME.rs` and `tests/NAME/main.rs` are `NAME`, all else is `src/`'s."""
    own = "--lib" if (folder / "src" / "lib.rs").is_file() else "--bins"
    parts = [PurePosixPath(path).parts for path in tests]
    named = [("--test", PurePosixPath(one[1]).stem) if len(one) > 1 and one[0] == "tests" else (own,) for one in parts]
    return tuple(word for words in dict.fromkeys(named) for word in words)


def _classes(tests: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(PurePosixPath(path).stem for path in tests))


def _maven(_folder: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Surefire's `test` takes simple names of classes ("Running a Single Test")."""
    none = ("-DfailIfNoTests=false", "-Dsurefire.failIfNoSpecifiedTests=false")
    return (f"-Dtest={','.join(_classes(tests))}", *none)


def _gradle(_folder: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Gradle's `--tests` ("Test filtering"): a simple name needs no package where a wildcard stands for it."""
    return tuple(word for name in _classes(tests) for word in ("--tests", f"*{name}"))


def _dotnet(_folder: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """`dotnet test --filter` ("Run selective unit tests"): `~` is "contains"."""
    return ("--filter", "|".join(f"FullyQualifiedName~{name}" for name in _classes(tests)))


def _text(read: Callable[[Finished], Reading]) -> Reader:
    return lambda done, _reports: read(done)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s/;&|(]){pattern}(?=$|[\s;&|)])")


_PYTEST_OPTIONS = "--junitxml={report} -o junit_family=xunit2 --continue-on-collection-errors -p hotfix_guard_origins"

_NODE_OPTIONS = (
    "--test --test-reporter=spec --test-reporter-destination=stdout"
    " --test-reporter=junit --test-reporter-destination={report}"
)

#: In the order in which a person's command is searched for their words.
RUNNERS: tuple[Runner, ...] = (
    Runner(
        "pytest",
        "python -m pytest -q {tests}",
        _words(r"(?:pytest|py\.test)"),
        reports.pytest,
        files,
        variables=MappingProxyType({"PYTEST_ADDOPTS": _PYTEST_OPTIONS}),
    ),
    Runner("unittest", "python -m unittest -v {tests}", _words("unittest"), _text(texts.unittest), files),
    Runner(
        "jest",
        "jest --ci --runTestsByPath {tests}",
        _words("jest"),
        reports.jest,
        files,
        appended="--json --outputFile={report}",
    ),
    Runner(
        "vitest",
        "vitest run {tests}",
        _words("vitest"),
        reports.jest,
        files,
        appended="--reporter=default --reporter=json --outputFile.json={report}",
    ),
    Runner(
        "mocha",
        "mocha {tests}",
        _words("_?mocha"),
        reports.mocha,
        files,
        appended="--reporter json --reporter-option output={report}",
    ),
    Runner(
        "node",
        "node --test {tests}",
        _words(r"node(?:\s\S+)*?\s--test"),
        reports.node,
        files,
        inserted=(
            "--test",
            _NODE_OPTIONS,
        ),
    ),
    Runner(
        "go",
        "go test -count=1 {tests}",
        _words(r"go\s+test"),
        reports.go,
        _packages,
        inserted=("go test", "go test -json"),
    ),
    Runner("cargo", "cargo test {tests}", _words(r"cargo(?:\s\+\S+)?\s+test"), _text(texts.cargo), _targets),
    Runner(
        "maven",
        "mvn -B test {tests}",
        _words("mvnw?"),
        reports.built,
        _maven,
        left=("**/target/surefire-reports/TEST-*.xml", "**/target/failsafe-reports/TEST-*.xml"),
    ),
    Runner(
        "gradle",
        "gradle --console=plain test {tests}",
        _words("gradlew?"),
        reports.built,
        _gradle,
        left=("**/build/test-results/**/TEST-*.xml",),
    ),
    Runner(
        "rspec",
        "rspec {tests}",
        _words("rspec"),
        reports.rspec,
        files,
        appended="--format progress --format json --out {report}",
    ),
    Runner(
        "phpunit",
        "phpunit {tests}",
        _words("phpunit"),
        reports.junit,
        files,
        appended="--log-junit {report}",
        one_at_a_time=True,
    ),
    Runner(
        "dotnet",
        "dotnet test {tests}",
        _words(r"dotnet\s+test"),
        reports.trx,
        _dotnet,
        appended='--logger "trx;LogFileName="{report}',
    ),
    Runner("mix", "mix test {tests}", _words(r"mix\s+test"), _text(texts.mix), files),
)

#: A command of which nothing is known but its exit code; with `{report}` in it, its report is JUnit's XML.
UNKNOWN = Runner("", "", re.compile("$^"), reports.junit, files)


def named(name: str) -> Runner:
    """A runner by its name."""
    return next(runner for runner in RUNNERS if runner.name == name)


def told_by(command: str) -> Runner:
    """The runner that a person's command calls, as far as its words tell; `UNKNOWN` where they don't."""
    return next((runner for runner in RUNNERS if runner.words.search(command)), UNKNOWN)
