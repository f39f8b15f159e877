"""The dependencies policy on whole changes: what is added, what only looks like it, what can't be read."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from domain.change import Change, ChangedFile, Content, Evidence
from domain.diff import FileDiff, FileStatus
from domain.finding import Inspection, Outcome
from policies.dependencies import Dependencies
from tests.builders import Side, a_change


def inspected(files: dict[str, tuple[Side, Side]], **settings: Any) -> Inspection:
    return Dependencies(**settings).inspect(a_change(files))


def happened(inspection: Inspection) -> list[tuple[str, str]]:
    return [(one["change"], one["name"]) for one in inspection.facts["changes"]]


def package(**groups: Any) -> str:
    return json.dumps(groups, indent=2)


def test_the_docstrings_pass_and_fail() -> None:
    passes = inspected({"requirements.txt": ("requests==2.31.0\n", "requests==2.32.4\n")})
    fails = inspected({"package.json": (package(), package(dependencies={"left-pad": "^1.3.0"}))})
    assert (passes.outcome, passes.summary) == (Outcome.PASS, "no new dependencies; 1 bumped")
    assert (fails.outcome, fails.summary) == (Outcome.FAIL, "adds left-pad (npm)")


def test_the_facts_have_the_shape_that_other_tools_read() -> None:
    found = inspected({"package.json": (package(), package(devDependencies={"@acme/x": "1"}))})
    assert found.facts == {
        "changes": [
            {
                "change": "added",
                "name": "@acme/x",
                "purl": "pkg:npm/%40acme/x",
                "manifest": "package.json",
                "scope": "development",
                "from": "",
                "to": "1",
            }
        ],
        "unreadable": [],
    }
    json.dumps(found.facts)


def test_a_finding_stands_on_the_line_that_adds_the_package() -> None:
    found = inspected({"go.mod": ("module x\n", "module x\n\nrequire (\n\texample.org/a v1.0.0\n)\n")})
    assert [(one.path, one.line) for one in found.findings] == [("go.mod", 4)]


def test_a_change_without_manifests_passes() -> None:
    found = inspected({"a.py": ("import a\n", "import left_pad\n")})
    assert (found.outcome, found.summary, happened(found)) == (Outcome.PASS, "no new dependencies", [])


@pytest.mark.parametrize(
    ("path", "base", "head", "expected"),
    [
        ("requirements.txt", "slack_sdk==1\n", "slack-sdk==1\n", []),
        ("go.mod", "module x\nrequire a.b/c v1.0.0\n", "module x\nrequire a.b/c/v2 v2.0.0\n", [("bumped", "a.b/c/v2")]),
        ("go.mod", "module x\n", "module x\nrequire a.b/c v1.0.0 // indirect\n", [("transitive", "a.b/c")]),
        ("go.mod", "module x\nrequire a.b/c v1 // indirect\n", "module x\nrequire a.b/c v1\n", [("moved", "a.b/c")]),
        ("go.sum", "", "a.b/c v1.0.0 h1:abc=\n", []),
        ("composer.json", '{"require":{}}', '{"require":{"php":">=8","ext-json":"*"}}', []),
        ("package.json", package(devDependencies={"a": "1"}), package(dependencies={"a": "1"}), [("moved", "a")]),
        ("package.json", package(dependencies={"a": "1"}), package(), [("removed", "a")]),
        ("package.json", package(), package(overrides={"b": "2"}), [("transitive", "b")]),
        ("package.json", '{"dependencies": {"a": "x/y#1"}}', '{"dependencies": {"a": "1"}}', [("source_changed", "a")]),
        (".github/workflows/ci.yml", "jobs: {}\n", "jobs: {a: {steps: [{uses: x/y@v1}]}}\n", [("added", "x/y")]),
        ("Dockerfile", "FROM a:1\n", "FROM b:1\n", [("added", "b"), ("removed", "a")]),
        ("examples/web/package.json", package(), package(dependencies={"a": "1"}), [("added", "a")]),
        ("tests/fixtures/app/package.json", package(), package(dependencies={"a": "1"}), [("added", "a")]),
    ],
)  # fmt: skip
def test_what_is_no_new_dependency_passes(path: str, base: str, head: str, expected: list[tuple[str, str]]) -> None:
    found = inspected({path: (base, head)})
    assert (found.outcome, happened(found)) == (Outcome.PASS, expected)


@pytest.mark.parametrize(
    ("path", "base", "head"),
    [
        ("package.json", package(dependencies={"a": "^1"}), package(dependencies={"a": "git+https://example.org/a.git"})),
        ("package.json", package(dependencies={"a": "^1"}), package(dependencies={"a": "acme/a#main"})),
        ("package.json", package(dependencies={"a": "^1"}), package(dependencies={"a": "file:../a"})),
        ("package.json", package(), package(resolutions={"a": "https://example.org/a.tgz"})),
        ("requirements.txt", "a==1\n", "a @ git+https://example.org/a.git@1\n"),
        ("pyproject.toml", '[project]\ndependencies=["a"]\n', '[project]\ndependencies=["a"]\n[tool.uv.sources]\na={git="https://example.org/a"}\n'),
        ("Cargo.toml", '[dependencies]\na="1"\n', '[dependencies]\na={git="https://example.org/a"}\n'),
        ("go.mod", "module x\nrequire a.b/c v1\n", "module x\nrequire a.b/c v1\nreplace a.b/c => e.f/c v1\n"),
        ("Gemfile", "gem 'a'\n", "gem 'a', git: 'https://example.org/a.git'\n"),
    ],
)  # fmt: skip
def test_a_package_from_another_place_fails(path: str, base: str, head: str) -> None:
    found = inspected({path: (base, head)})
    assert (found.outcome, [one for one, _ in happened(found)]) == (Outcome.FAIL, ["source_changed"])


def test_an_npm_alias_is_the_package_that_it_installs() -> None:
    before, after = package(dependencies={"a": "^1"}), package(dependencies={"a": "npm:evil@^1"})
    found = inspected({"package.json": (before, after)})
    assert found.outcome is Outcome.FAIL
    assert ("added", "pkg:npm/evil") in [(one["change"], one["purl"]) for one in found.facts["changes"]]


def test_a_package_that_changes_its_manifest_is_moved() -> None:
    setup = "from setuptools import setup\nsetup(install_requires=['requests>=2'])\n"
    found = inspected(
        {"setup.py": (setup, None), "pyproject.toml": (None, '[project]\ndependencies=["requests>=2"]\n')}
    )
    assert (found.outcome, happened(found)) == (Outcome.PASS, [("moved", "requests")])


def test_a_package_that_moves_is_told_as_moved_and_not_as_added() -> None:
    groups: dict[str, tuple[Side, Side]] = {
        "package.json": (package(devDependencies={"a": "1"}), package(dependencies={"a": "1"}))
    }
    found = inspected(groups, moved=True)
    assert (found.outcome, found.summary) == (Outcome.FAIL, "moves a (npm)")
    assert found.findings[0].message == "Moves a (npm) from devDependencies to dependencies"
    assert found.findings[0].remedy.startswith("Leave it where it was")
    setup = "from setuptools import setup\nsetup(install_requires=['requests>=2'])\n"
    project = '[project]\ndependencies=["requests>=2", "b"]\n'
    files: dict[str, tuple[Side, Side]] = {"setup.py": (setup, None), "pyproject.toml": (None, project)}
    found = inspected(files, moved=True)
    assert found.summary == "adds b (pypi); moves requests (pypi)"


def test_a_fixture_that_becomes_a_manifest_brings_its_packages_along() -> None:
    text = package(name="app", dependencies={"a": "1", "b": "1"})
    found = inspected({"tests/fixtures/app/package.json": (text, None), "package.json": (None, text)})
    assert found.outcome is Outcome.FAIL
    assert {"a", "b"} == {name for change, name in happened(found) if change == "added"}


def test_a_lockfile_alone_adds_transitive_packages() -> None:
    lock = {"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}}
    more = {"lockfileVersion": 3, "packages": lock["packages"] | {"node_modules/@b/c": {"version": "2.0.0"}}}  # type: ignore[operator]
    found = inspected({"package-lock.json": (json.dumps(lock), json.dumps(more))})
    assert (found.outcome, happened(found)) == (Outcome.PASS, [("transitive", "@b/c")])


def test_what_a_manifest_says_its_lockfile_repeats() -> None:
    lock = {"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}
    found = inspected(
        {
            "package.json": (package(dependencies={}), package(dependencies={"a": "^1"})),
            "package-lock.json": ('{"lockfileVersion": 3, "packages": {"": {}}}', json.dumps(lock)),
        }
    )
    assert happened(found) == [("added", "a")]


def test_a_lockfile_that_takes_a_package_from_a_git_url_fails() -> None:
    def lock(resolved: str) -> str:
        return json.dumps({"packages": {"node_modules/a": {"version": "1.0.0", "resolved": resolved}}})

    before, after = lock("https://registry.example.org/a/-/a-1.0.0.tgz"), lock("git+ssh://git@example.org/a.git#1")
    found = inspected({"package-lock.json": (before, after)})
    assert (found.outcome, happened(found)) == (Outcome.FAIL, [("source_changed", "a")])


@pytest.mark.parametrize(
    ("allow", "outcome"),
    [
        (("pkg:npm/@acme/*",), Outcome.PASS),
        (("pkg:npm/%40acme/x",), Outcome.PASS),
        (("pkg:npm/@acme/y", "pkg:pypi/*"), Outcome.FAIL),
    ],
)
def test_the_allow_list_speaks_purl(allow: tuple[str, ...], outcome: Outcome) -> None:
    files: dict[str, tuple[Side, Side]] = {"package.json": (package(), package(dependencies={"@acme/x": "1"}))}
    assert inspected(files, allow=allow).outcome is outcome


def test_an_allowed_name_from_a_git_url_fails() -> None:
    files: dict[str, tuple[Side, Side]] = {"requirements.txt": ("", "requests @ git+https://example.org/x.git\n")}
    assert inspected(files, allow=("pkg:pypi/requests",)).outcome is Outcome.FAIL


@pytest.mark.parametrize("pattern", ["requests", "pkg:pypi", "pkg:pypi/", "pkg:pypi/requests@2.0", "pkg:npm/@a/b@1"])
def test_an_entry_that_allows_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        Dependencies(allow=(pattern,))


def test_a_hostile_pattern_takes_linear_time() -> None:
    policy = Dependencies(allow=("pkg:npm/" + "*a" * 100,))
    head = package(dependencies={"a" * 200 + "b": "1"})
    assert policy.inspect(a_change({"package.json": (package(), head)})).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("path", "head", "line"),
    [
        ("package.json", '{\n"dependencies": {\n', 3),
        ("package.json", '{"a":1}\n<<<<<<< HEAD\n', 2),
        ("package.json", '{"dependencies": {"a": "1", "a": "2"}}', 0),
        ("package.json", '{"dependencies": ["a"]}', 0),
        ("pyproject.toml", "[project]\nname=\n", 2),
        ("requirements.txt", "a\n===\n", 2),
        ("go.mod", "module x\nrequires a v1\n", 2),
        ("pom.xml", "<project>\n<dependencies>\n</project>", 3),
        ("pom.xml", '<!DOCTYPE x [<!ENTITY a "b">]><project>&a;</project>', 0),
        ("setup.py", "setup(\n", 1),
        ("Package.swift", 'let a = Package(dependencies: [\n.package(url: "https://example.org/a"\n', 2),
        ("bun.lockb", b"\0\1", 0),
        ("package.json", b"\xff\xfe", 0),
    ],
)  # fmt: skip
def test_a_manifest_that_cant_be_read_is_an_error(path: str, head: Side, line: int) -> None:
    found = inspected({path: (None, head)})
    assert (found.outcome, [one.path for one in found.findings]) == (Outcome.ERROR, [path])
    assert found.facts["unreadable"][0]["path"] == path
    assert found.findings[0].line == line


def test_a_broken_fixture_blocks_nobody() -> None:
    assert inspected({"tests/fixtures/broken/package.json": (None, "{")}).outcome is Outcome.PASS


def test_a_removed_manifest_adds_nothing_whatever_it_held() -> None:
    assert inspected({"mix.exs": ("defmodule A do\nend\n", None)}).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "base", "head"),
    [
        ("setup.py", "setup(install_requires=['a'])\n", "setup(install_requires=read('r'))\n"),
        ("requirements.txt", "a\n", "a\n-r more.txt\n"),
        ("requirements.txt", "a\n", "--extra-index-url https://example.org/simple\na\n"),
        ("build.gradle", "dependencies {\n}\n", "dependencies {\n  implementation someList\n}\n"),
        ("Gemfile", "gem 'a'\n", "gem 'a'\ngem name\n"),
    ],
)
def test_what_only_running_the_build_would_tell_is_an_error(path: str, base: str, head: str) -> None:
    assert inspected({path: (base, head)}).outcome is Outcome.ERROR


def test_a_computed_part_that_stays_the_same_blocks_nobody() -> None:
    text = "def read():\n    return open('r').read().split()\nsetup(version='{}', install_requires=read())\n"
    assert inspected({"setup.py": (text.format("1"), text.format("2"))}).outcome is Outcome.PASS
    other = text.replace("'r'", "'other'")
    assert inspected({"setup.py": (text, other)}).outcome is Outcome.ERROR


def test_an_included_file_that_is_changed_too_is_read() -> None:
    found = inspected(
        {"requirements.txt": ("a\n", "a\n-r requirements/more.txt\n"), "requirements/more.txt": (None, "b\n")}
    )
    assert (found.outcome, happened(found)) == (Outcome.FAIL, [("added", "b")])


def test_a_diff_that_cant_be_judged_is_an_error() -> None:
    change = replace(a_change(), evidence=Evidence(diff_problem="more than 300 files changed"))
    assert Dependencies().inspect(change).outcome is Outcome.ERROR


def test_an_accessor_is_the_package_of_the_unchanged_catalog() -> None:
    change = a_change(
        {"app/build.gradle.kts": ("dependencies {\n}\n", "dependencies {\n  implementation(libs.okio.core)\n}\n")}
    )
    catalog = Content('[libraries]\nokio-core = { module = "com.squareup.okio:okio", version = "3.0" }\n')
    change = replace(change, evidence=replace(change.evidence, others={"gradle/libs.versions.toml": catalog}))
    found = Dependencies().inspect(change)
    assert found.facts["changes"][0]["purl"] == "pkg:maven/com.squareup.okio/okio"


def test_a_new_submodule_is_a_new_dependency() -> None:
    diff = FileDiff("third/lib", FileStatus.ADDED, head_mode="160000")
    change = replace(a_change(), evidence=Evidence(files=(ChangedFile(diff, None, Content.closed("submodule")),)))
    found = Dependencies().inspect(change)
    assert (found.outcome, happened(found)) == (Outcome.FAIL, [("added", "third/lib")])


def test_a_submodule_that_moves_on_passes() -> None:
    diff = FileDiff("third/lib", FileStatus.MODIFIED, base_mode="160000", head_mode="160000")
    closed = Content.closed("submodule")
    change = replace(a_change(), evidence=Evidence(files=(ChangedFile(diff, closed, closed),)))
    assert Dependencies().inspect(change).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "head", "name"),
    [("node_modules/@a/b/package.json", '{"name": "@a/b"}', "@a/b"), ("lib/evil.jar", b"PK\0\1", "evil.jar")],
)
def test_a_package_committed_into_the_repository_is_a_new_dependency(path: str, head: Side, name: str) -> None:
    found = inspected({path: (None, head)})
    assert (found.outcome, happened(found)) == (Outcome.FAIL, [("added", name)])


def test_the_same_change_gets_the_same_answer() -> None:
    change: Change = a_change({"package.json": (package(), package(dependencies={"b": "1", "a": "1"}))})
    assert Dependencies().inspect(change) == Dependencies().inspect(change)


POM = "<project><groupId>g</groupId><artifactId>b</artifactId>"


@pytest.mark.parametrize(
    "files",
    [
        {"web/package.json": (package(), package(dependencies={"a": "workspace:*"}))},
        {"a/Cargo.toml": ("", '[dependencies]\nb = {path = "../b"}\n')},
        {
            "a/pom.xml": (None, "<project><groupId>g</groupId><artifactId>a</artifactId></project>"),
            "b/pom.xml": (
                f"{POM}</project>",
                f"{POM}<dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency></dependencies></project>",
            ),
        },
    ],
)
def test_a_part_of_the_same_repository_is_no_new_dependency(files: dict[str, tuple[Side, Side]]) -> None:
    found = inspected(files)
    assert (found.outcome, happened(found)) == (Outcome.PASS, [])


@pytest.mark.parametrize("place", ["file:../a", "file:third_party/a", "file:/opt/a"])
def test_a_package_from_a_foreign_folder_is_a_new_dependency(place: str) -> None:
    found = inspected({"package.json": (package(), package(dependencies={"a": place}))})
    assert (found.outcome, happened(found)) == (Outcome.FAIL, [("added", "a")])


def test_repairing_a_broken_manifest_adds_nothing_but_what_is_new() -> None:
    broken = '{"dependencies": {"a": "1" "b": "2"}}'
    repaired = inspected({"package.json": (broken, package(dependencies={"a": "1", "b": "2"}))})
    smuggled = inspected({"package.json": (broken, package(dependencies={"a": "1", "b": "2", "c": "3"}))})
    assert repaired.outcome is Outcome.PASS
    assert (smuggled.outcome, happened(smuggled)) == (Outcome.FAIL, [("added", "c")])


def test_a_lockfile_of_several_megabytes_is_read_and_other_files_are_not() -> None:
    lock = package(packages={f"node_modules/p{number}": {"version": "1" * 80} for number in range(12_000)})
    assert len(lock) > 1_000_000
    assert inspected({"package-lock.json": ("{}", lock)}).outcome is Outcome.PASS
    assert inspected({"package.json": ("{}", " " * 1_000_001 + "{}")}).outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("settings", "path", "base", "head"),
    [
        ({"ci_actions": True}, ".github/workflows/ci.yml", "jobs: {}\n", "jobs: {a: {steps: [{uses: x/y@v1}]}}\n"),
        ({"container_images": True}, "Dockerfile", "FROM a:1\n", "FROM b:1\n"),
        ({"fixtures": True}, "examples/web/package.json", package(), package(dependencies={"a": "1"})),
        ({"transitive": True}, "go.mod", "module x\n", "module x\nrequire a.b/c v1.0.0 // indirect\n"),
        ({"moved": True}, "package.json", package(devDependencies={"a": "1"}), package(dependencies={"a": "1"})),
    ],
)
def test_a_setting_makes_more_count(settings: dict[str, bool], path: str, base: str, head: str) -> None:
    assert inspected({path: (base, head)}).outcome is Outcome.PASS
    assert inspected({path: (base, head)}, **settings).outcome is Outcome.FAIL


def test_a_setting_makes_less_count() -> None:
    development = {"package.json": (package(), package(devDependencies={"a": "1"}))}
    forked = {"package.json": (package(dependencies={"a": "^1"}), package(dependencies={"a": "acme/a#main"}))}
    assert inspected(development, development=False).outcome is Outcome.PASS
    assert inspected(forked, source_changes=False).outcome is Outcome.PASS
