import json
from dataclasses import replace
from time import process_time

import pytest

from domain.change import Content
from domain.finding import Inspection, Level, Outcome
from policies import desk_needs
from policies.version_bump import VersionBump
from policies.versions.steps import Part, parse, step, wanted
from tests.builders import Side, a_change
from tests.policies.outlines import an_outline

POM = (
    "<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>9.0.0</version></parent>"
    "<artifactId>a</artifactId><version>{}</version></project>\n"
)
PLACES = [
    ("VERSION", "{}\n"),
    ("version.txt", "v{}"),
    ("package.json", '{{"name": "a", "version": "{}"}}\n'),
    ("composer.json", '{{"version": "{}"}}\n'),
    ("pyproject.toml", '[project]\nname = "a"\nversion = "{}"\n'),
    ("pyproject.toml", '[tool.poetry]\nname = "a"\nversion = "{}"\n'),
    ("setup.cfg", "[metadata]\nname = a\nversion = {}\n"),
    ("setup.py", "from setuptools import setup\nsetup(name='a', version='{}')\n"),
    ("src/a/__init__.py", '"""A."""\n\n__version__ = "{}"\n'),
    ("Cargo.toml", '[package]\nname = "a"\nversion = "{}"\n'),
    ("Cargo.toml", '[workspace.package]\nversion = "{}"\n'),
    ("pom.xml", POM),
    ("build.gradle", "plugins {{\n}}\nversion = '{}'\n"),
    ("build.gradle.kts", 'version = "{}"\n'),
    ("app/build.gradle", 'android {{\n  defaultConfig {{\n    versionName "{}"\n  }}\n}}\n'),
    ("gradle.properties", "group=a\nversion={}\n"),
    ("a.gemspec", "Gem::Specification.new do |s|\n  s.version = '{}'\nend\n"),
    ("lib/a/version.rb", "module A\n  VERSION = '{}'.freeze\nend\n"),
    ("mix.exs", 'def project do\n  [\n    app: :a,\n    version: "{}"\n  ]\nend\n'),
    ("src/A.csproj", "<Project><PropertyGroup><Version>{}</Version></PropertyGroup></Project>\n"),
    ("charts/a/Chart.yaml", "apiVersion: v2\nname: a\nversion: {}\nappVersion: 3.0.0\n"),
    ("pubspec.yaml", "name: a\nversion: {}\n"),
    ("build.sbt", 'ThisBuild / version := "{}"\n'),
]


def inspect(files: dict[str, tuple[Side, Side]], policy: VersionBump | None = None) -> Inspection:
    return (policy or VersionBump()).inspect(a_change(files))


def bump(template: str, before: str, after: str) -> tuple[Side, Side]:
    return template.format(before), template.format(after)


def lock(version: str) -> str:
    return json.dumps({"name": "a", "version": version, "packages": {"": {"version": version}}})


@pytest.mark.parametrize(("path", "template"), PLACES)
def test_one_patch_step_passes_wherever_it_is_written(path: str, template: str) -> None:
    found = inspect({path: bump(template, "1.4.1", "1.4.2"), "src/a.c": ("a\n", "b\n")})
    assert found.findings == ()
    assert found.outcome is Outcome.PASS
    assert found.facts["bumps"][0]["path"] == path


@pytest.mark.parametrize(("path", "template"), PLACES)
@pytest.mark.parametrize("after", ["1.5.0", "2.0.0", "1.4.3", "1.4.0", "1.4.2-rc.1"])
def test_any_other_step_fails_and_the_right_one_is_told(path: str, template: str, after: str) -> None:
    found = inspect({path: bump(template, "1.4.1", after)})
    assert found.outcome is Outcome.FAIL
    assert found.findings[0].remedy.endswith(f"1.4.2 in {path}")
    assert found.findings[0].line >= 1


def test_a_change_without_a_bump_fails_and_says_what_to_write() -> None:
    assert "package.json" in inspect({"a.py": ("a\n", "b\n")}).findings[0].remedy
    files: dict[str, tuple[Side, Side]] = {"package.json": ('{"version": "1.4.1"}', '{"version": "1.4.1", "a": 1}')}
    assert inspect(files).findings[0].remedy == "set 1.4.2 in package.json"


def test_a_parents_version_in_a_pom_is_not_its_own() -> None:
    files: dict[str, tuple[Side, Side]] = {
        "pom.xml": (POM.format("1.4.1"), POM.format("1.4.1").replace("9.0.0", "9.0.1"))
    }
    assert inspect(files).outcome is Outcome.FAIL


def test_a_lockfile_has_to_keep_step() -> None:
    manifest = bump('{{"version": "{}"}}', "1.4.1", "1.4.2")
    assert (
        inspect({"package.json": manifest, "package-lock.json": (lock("1.4.1"), lock("1.4.2"))}).outcome is Outcome.PASS
    )
    behind = inspect({"package.json": manifest, "package-lock.json": (lock("1.4.1"), lock("1.4.1") + "\n")})
    assert behind.findings[0].remedy == "set 1.4.2 in package-lock.json"
    alone = inspect({"package-lock.json": (lock("1.4.1"), lock("1.4.2"))})
    assert "no file's version is bumped" in alone.findings[0].message


def test_a_lockfile_that_the_change_forgets_is_out_of_step() -> None:
    change = a_change({"web/package.json": bump('{{"version": "{}"}}', "1.4.1", "1.4.2")})
    others = {"web/package-lock.json": Content(lock("1.4.1"))}
    found = VersionBump().inspect(replace(change, evidence=replace(change.evidence, others=others)))
    assert found.findings[0].path == "web/package-lock.json"
    assert VersionBump().needs(an_outline(paths=("web/package.json", "a.py"))).other_paths == {"web/package-lock.json"}


def test_a_crate_s_forgotten_lockfile_is_out_of_step_beside_it_and_at_the_root() -> None:
    change = a_change({"crates/a/Cargo.toml": bump('[package]\nname = "a"\nversion = "{}"\n', "1.4.1", "1.4.2")})
    others = {"Cargo.lock": Content('[[package]]\nname = "a"\nversion = "1.4.1"\n')}
    found = VersionBump().inspect(replace(change, evidence=replace(change.evidence, others=others)))
    assert [finding.remedy for finding in found.findings] == ["set 1.4.2 in Cargo.lock"]
    asked = VersionBump().needs(an_outline(paths=("crates/a/Cargo.toml",))).other_paths
    assert asked == {"crates/a/Cargo.lock", "Cargo.lock"}


def test_at_the_desk_the_root_s_lockfiles_are_looked_at() -> None:
    assert desk_needs((VersionBump(level=Level.REQUIRED),)).other_paths == {"package-lock.json", "Cargo.lock"}


def test_cargo_lock_has_to_name_the_package_as_it_is_now() -> None:
    manifest = bump('[package]\nname = "a"\nversion = "{}"\n', "1.4.1", "1.4.2")
    package = '[[package]]\nname = "{}"\nversion = "{}"\n'
    old = package.format("a", "1.4.1") + package.format("other", "1.4.1")
    kept = package.format("a", "1.4.2") + package.format("other", "1.4.1")
    assert inspect({"crates/a/Cargo.toml": manifest, "Cargo.lock": (old, kept)}).outcome is Outcome.PASS
    assert inspect({"crates/a/Cargo.toml": manifest, "Cargo.lock": (old, old + "\n")}).outcome is Outcome.FAIL


def test_files_of_one_folder_have_to_agree() -> None:
    toml = '[project]\nversion = "{}"\n'
    apart = inspect({"VERSION": bump("{}\n", "1.4.1", "1.4.2"), "pyproject.toml": bump(toml, "1.4.1", "1.4.3")})
    assert any("write the same version" in finding.remedy for finding in apart.findings)
    kept = (toml.format("1.4.1"), toml.format("1.4.1") + 'name = "a"\n')
    behind = inspect({"VERSION": bump("{}\n", "1.4.1", "1.4.2"), "pyproject.toml": kept})
    assert [finding.remedy for finding in behind.findings] == ["set 1.4.2 in pyproject.toml"]


def test_packages_of_one_repository_are_judged_alone() -> None:
    template = '{{"version": "{}"}}'
    files = {
        "packages/a/package.json": bump(template, "1.4.1", "1.4.2"),
        "packages/b/package.json": bump(template, "3.0.0", "3.0.1"),
    }
    assert inspect(files).outcome is Outcome.PASS
    files["packages/b/package.json"] = bump(template, "3.0.0", "3.1.0")
    assert [finding.path for finding in inspect(files).findings] == ["packages/b/package.json"]


def test_a_post_release_passes_by_setting_alone() -> None:
    files = {"pyproject.toml": bump('[project]\nversion = "{}"\n', "1.4.1", "1.4.1.post1")}
    assert inspect(files).outcome is Outcome.FAIL
    assert inspect(files, VersionBump(post_releases=True)).outcome is Outcome.PASS


def test_another_part_is_asked_for_by_setting() -> None:
    files = {"VERSION": bump("{}\n", "1.4.1", "1.5.0")}
    assert inspect(files, VersionBump(part=Part.MINOR)).outcome is Outcome.PASS
    assert inspect(files, VersionBump(part=Part.MAJOR)).findings[0].remedy == "set 2.0.0 in VERSION"


def test_named_files_are_the_only_ones_and_must_be_bumped() -> None:
    policy = VersionBump(files=("app/release.cfg",))
    release = bump('app_version = "{}"\n', "1.4.1", "1.4.2")
    assert inspect({"app/release.cfg": release, "VERSION": ("1.0.0", "9.0.0")}, policy).outcome is Outcome.PASS
    missing = inspect({"VERSION": ("1.0.0", "1.0.1")}, policy)
    assert missing.findings[0].message == "app/release.cfg keeps its version"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", "{"),
        ("pyproject.toml", "[project"),
        ("pom.xml", "<project>"),
        ("pom.xml", '<!DOCTYPE a [<!ENTITY b "c">]><project/>'),
        ("VERSION", ""),
        ("VERSION", b"\x00"),
        ("Chart.yaml", "version: ["),
        ("Cargo.lock", "package = 3\n"),
        ("setup.cfg", "[metadata"),
    ],
)
def test_a_version_that_cant_be_read_is_never_a_pass(path: str, text: Side) -> None:
    assert inspect({path: ("1.4.1\n", text), "a/VERSION": ("1.0.0", "1.0.1")}).outcome is Outcome.ERROR


@pytest.mark.parametrize("path", ["tests/VERSION", "examples/a/package.json", "node_modules/a/package.json"])
def test_what_isnt_the_product_isnt_bumped(path: str) -> None:
    template = '{{"version": "{}"}}' if path.endswith("json") else "{}"
    assert inspect({path: bump(template, "1.4.1", "1.4.2")}).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("1.4.1", "1.4.2", "a patch bump"),
        ("v1.4.1", "v1.4.2", "a patch bump"),
        ("1.4", "1.4.1", "a patch bump"),
        ("1.4.2-rc.1", "1.4.2", "a patch bump"),
        ("1.4.1", "1.4.2+5", "a patch bump"),
        ("1.4.9", "1.4.10", "a patch bump"),
        ("1.4.1", "1.4.1.1", "a build bump"),
        ("1.4.1", "1.5.1", "a minor bump by more than one step"),
        ("1.4.1", "1.4.0", "a downgrade"),
        ("1.4.1", "v1.4.2", "a change of the version's form"),
        ("1.4.1", "1.4.1+7", "a change of build metadata"),
        ("1.4.1", "1.4.1", "the same version"),
    ],
)
def test_steps_have_names(before: str, after: str, expected: str) -> None:
    base, head = parse(before, python=False), parse(after, python=False)
    assert base is not None
    assert head is not None
    assert step(base, head) == expected


def test_the_next_version_keeps_the_form() -> None:
    for before, after in [("v1.4.1", "v1.4.2"), ("1.4", "1.4.1"), ("1!1.4.1", "1!1.4.2"), ("1.4.2-rc.1", "1.4.2")]:
        base = parse(before, python=False)
        assert base is not None
        assert wanted(base, Part.PATCH) == after
    assert parse("latest", python=False) is None
    assert parse("1.4.x!", python=True) is None


@pytest.mark.parametrize(
    "path", ["VERSION", "setup.py", "build.gradle", "a.gemspec", "mix.exs", "package.json", "x.sbt"]
)
@pytest.mark.parametrize("piece", ["version ", "version=", " ", "1.", "'", "version = '"])
def test_a_hostile_file_is_read_in_two_seconds(path: str, piece: str) -> None:
    change = a_change({path: ("1.0.0\n", piece * (100_000 // len(piece)))})
    started = process_time()
    VersionBump(files=("*",)).inspect(change)
    assert process_time() - started < 2
