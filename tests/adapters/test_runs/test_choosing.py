from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.test_runs.choosing import from_person, ready_made
from adapters.test_runs.runners import RUNNERS, UNKNOWN, named, told_by
from domain.errors import UnreadableInputError


def a_project(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def commands(root: Path, files: Mapping[str, str], *tests: str) -> list[str]:
    found = ready_made(a_project(root, {**dict.fromkeys(tests, ""), **files}), tests)
    return [command.told.replace("python3 ", "python ") for command in found]


VITEST = '{"devDependencies": {"vitest": "^2"}}'

#: files of the project | test files | the commands
READY_MADE: list[tuple[dict[str, str], tuple[str, ...], list[str]]] = [
    ({"pytest.ini": ""}, ("tests/test_a.py",), ["python -m pytest -q tests/test_a.py"]),
    ({"tests/test_a.py": "import unittest\n"}, ("tests/test_a.py",), ["python -m unittest -v tests/test_a.py"]),
    (
        {"tests/test_a.py": "import unittest\n", "pyproject.toml": "[tool.pytest.ini_options]\n"},
        ("tests/test_a.py",),
        ["python -m pytest -q tests/test_a.py"],
    ),
    ({"package.json": VITEST}, ("test/a.test.ts",), ["vitest run test/a.test.ts"]),
    ({"package.json": '{"devDependencies": {"jest": "29"}}'}, ("a.test.js",), ["jest --ci --runTestsByPath a.test.js"]),
    ({"package.json": '{"scripts": {"test": "mocha"}}'}, ("test/a.js",), ["mocha test/a.js"]),
    ({"package.json": '{"scripts": {"test": "node --test"}}'}, ("test/a.js",), ["node --test test/a.js"]),
    (
        {"package.json": VITEST, "test/a.mjs": "import test from 'node:test'\n"},
        ("test/a.mjs",),
        ["node --test test/a.mjs"],
    ),
    (
        {"package.json": VITEST, "packages/a/package.json": "{}"},
        ("packages/a/a.test.ts",),
        ["vitest run packages/a/a.test.ts"],
    ),
    (
        {"package.json": "{}", "packages/a/package.json": VITEST},
        ("packages/a/a.test.ts",),
        ["cd packages/a && vitest run a.test.ts"],
    ),
    ({"go.mod": ""}, ("a_test.go", "b/b_test.go", "b/c_test.go"), ["go test -count=1 . ./b"]),
    ({"sub/go.mod": ""}, ("sub/a_test.go",), ["cd sub && go test -count=1 ."]),
    ({"Cargo.toml": "", "src/lib.rs": ""}, ("tests/a.rs", "src/b.rs"), ["cargo test --test a --lib"]),
    (
        {"pom.xml": ""},
        ("src/test/java/org/A.java", "src/test/java/B.java"),
        ["mvn -B test -Dtest=A,B -DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false"],
    ),
    (
        {"build.gradle.kts": "", "gradlew": ""},
        ("src/test/kotlin/A.kt",),
        ["./gradlew --console=plain test --tests '*A'"],
    ),
    ({"Gemfile": ""}, ("spec/a_spec.rb",), ["rspec spec/a_spec.rb"]),
    ({"Gemfile.lock": "", "Gemfile": ""}, ("spec/a_spec.rb",), ["bundle exec rspec spec/a_spec.rb"]),
    (
        {"composer.json": "{}", "vendor/bin/phpunit": ""},
        ("tests/ATest.php", "tests/BTest.php"),
        ["vendor/bin/phpunit tests/ATest.php", "vendor/bin/phpunit tests/BTest.php"],
    ),
    (
        {"A.Tests/A.Tests.csproj": ""},
        ("A.Tests/CartTests.cs",),
        ["cd A.Tests && dotnet test --filter 'FullyQualifiedName~CartTests'"],
    ),
    ({"mix.exs": ""}, ("test/a_test.exs",), ["mix test test/a_test.exs"]),
    (
        {"go.mod": "", "package.json": VITEST},
        ("a_test.go", "a.test.ts"),
        ["go test -count=1 .", "vitest run a.test.ts"],
    ),
]


@pytest.mark.parametrize(("files", "tests", "expected"), READY_MADE)
def test_the_repository_tells_which_command_runs_its_tests(
    tmp_path: Path, files: dict[str, str], tests: tuple[str, ...], expected: list[str]
) -> None:
    assert commands(tmp_path, files, *tests) == expected


def test_every_runner_has_a_ready_made_command_that_is_chosen_somewhere() -> None:
    chosen = " ".join(command for _, _, expected in READY_MADE for command in expected)
    assert [runner.name for runner in RUNNERS if not runner.words.search(chosen)] == []


@pytest.mark.parametrize("tests", ["a.test.js", "a_test.zig", "a_test.go"])
def test_where_no_command_is_known_the_option_is_named(tmp_path: Path, tests: str) -> None:
    with pytest.raises(UnreadableInputError, match="--test-command"):
        commands(tmp_path, {"package.json": "[]"}, tests)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("pytest -q {tests}", "pytest"),
        ("python3 -m pytest {tests}", "pytest"),
        (".venv/bin/pytest {tests}", "pytest"),
        ("python -m unittest {tests}", "unittest"),
        ("npx jest {tests}", "jest"),
        ("node_modules/.bin/vitest run {tests}", "vitest"),
        ("cd web && npx mocha {tests}", "mocha"),
        ("node --enable-source-maps --test {tests}", "node"),
        ("go test -race {tests}", "go"),
        ("cargo +nightly test", "cargo"),
        ("./mvnw -o test {tests}", "maven"),
        ("./gradlew test {tests}", "gradle"),
        ("bundle exec rspec {tests}", "rspec"),
        ("vendor/bin/phpunit {tests}", "phpunit"),
        ("dotnet test {tests}", "dotnet"),
        ("mix test {tests}", "mix"),
    ],
)
def test_a_persons_command_tells_its_runner(command: str, name: str) -> None:
    assert told_by(command).name == name


@pytest.mark.parametrize("command", ["make test", "npm test", "./jest-like.sh", "tox", ""])
def test_a_command_that_nobody_knows_is_judged_by_its_exit_code(command: str) -> None:
    assert told_by(command) is UNKNOWN


def test_file_names_are_quoted_for_the_shell(tmp_path: Path) -> None:
    (command,) = from_person(tmp_path, "pytest {tests}", ["tests/a b;$(touch x).py", "-x.py"])
    assert command.text == "pytest 'tests/a b;$(touch x).py' ./-x.py"


def test_files_stay_paths_where_a_runner_calls_its_tests_otherwise(tmp_path: Path) -> None:
    (command,) = from_person(tmp_path, "echo {files} && go test {tests}", ["a/b_test.go"])
    assert command.text == "echo a/b_test.go && go test ./a"


def test_a_report_is_asked_for_where_that_is_safe(tmp_path: Path) -> None:
    report = tmp_path / "r"
    assert named("jest").reporting("jest a.js", report) == f"jest a.js --json --outputFile={report}"
    assert named("go").reporting("go test ./a", report) == "go test -json ./a"
    assert named("jest").reporting("jest a.js | tee log", report) == "jest a.js | tee log"
    assert UNKNOWN.reporting("make test REPORT={report}", report) == f"make test REPORT={report}"
