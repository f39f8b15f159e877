"""A slice of what `make fuzz` runs by the hundred thousand, and the faults that it found, each by its text."""

import time

import pytest

from domain import diff
from domain.errors import UnreadableInputError
from domain.finding import Outcome
from domain.pull_request import PolicyFile
from policies import configure, show
from policies.manifests import FORMATS, format_of
from tests.fuzzing.manifests import NO_PLANT, inspected
from tests.fuzzing.running import KINDS, Slice, run
from tests.fuzzing.seeds import PLANT, SEEDS, Seed


@pytest.mark.parametrize("kind", KINDS)
def test_fuzzed_cases_neither_crash_nor_hang_nor_pass(kind: str) -> None:
    told = run(Slice(kind, 1, 0, 120))
    assert told.cases == 120
    assert told.failures == ()


def test_every_format_has_a_seed() -> None:
    seeded = {found.title for seed in SEEDS if (found := format_of(seed.path))}
    assert seeded == {one.title for one in FORMATS if one.parser is not None}


@pytest.mark.parametrize("seed", [one for one in SEEDS if one.path not in NO_PLANT], ids=lambda seed: seed.path)
def test_what_a_seed_adds_is_found(seed: Seed) -> None:
    assert PLANT in str(inspected(seed.path, seed.base, seed.head).facts["changes"]).lower()
    assert inspected(seed.path, seed.head, seed.head).outcome is Outcome.PASS


FOUND = [
    ("Gemfile.lock", "GEM\n\tremote: https://rubygems.org/\n\tspecs:\n\t\tzzplant (1.0.0)\n"),
    ("Gemfile.lock", "GEM\n   remote: https://rubygems.org/\n   specs:\n     zzplant (1.0.0)\n"),
    ("Gemfile.lock", "GEM\n  specs: \t\n    zzplant (1.0.0) \t\n"),
    ("Gemfile.lock", "\ufeff\ufeffGEM\n  specs:\n    zzplant (1.0.0)\n"),
    ("paket.lock", "NUGET\n  remote: https://api.nuget.org/v3/index.json\n\tZzPlant (1.0)\n"),
    ("paket.lock", "NUGET\n    remote: x\n        ZzPlant (1.0)\n"),
    ("yarn.lock", '# yarn lockfile v1\n \n zzplant@^3.0.0:\n   version "3.0.0"\n'),
    ("yarn.lock", '# yarn lockfile v1\r\rzzplant@^3.0.0:\r  version "3.0.0"\r'),
    ("vendor/modules.txt", "# a.b/c v1\na.b/c\n # a.b/zzplant v1.0.0\n ## explicit\n"),
    ("vendor/modules.txt", "#\xa0a.b/zzplant\xa0v1.0.0\n##\xa0explicit\n"),
    ("shop.opam", ' depends: [\n   "zzplant"\n ]\n'),
    ("shop.opam", 'depends: [\n  "zzplant\u200b"\n]\n'),
    ("deps.edn", '{:deps {org.acme/zzplant\ufeff {:mvn/version "1.0"}}}\n'),
    ("build.zig.zon", '.{ .dependencies = .{ .zzplant\u200b = .{ .url = "https://example.org" } } }\n'),
    ("mix.lock", '%{\n  "zzplant\u200b": {:hex, :zzplant\u200b, "1.0.0", "abc", [:mix], [], "hexpm", "def"},\n}\n'),
    ("shop.nimble", 'version = "1.0"\rrequires "zzplant >= 1.0"\r'),
    ("main.tf", 'module "z" {\r  source = "acme/zzplant/aws"\r}\r'),
    ("setup.cfg", "[options]\rinstall_requires =\r    zzplant\r"),
    ("shop.cabal", "library\n  build-depends:\n\t  base >=4\n\t, zzplant\n"),
    ("charts/requirements.yaml", "\ufeffdependencies:\n  - name: zzplant\n"),
    ("charts/requirements.yaml", "  dependencies:\n  - name: zzplant\n"),
    ("DESCRIPTION", "Package: a\nImports:\n    zzplant\n\nPackage: a\nImports: b\n"),
    ("DESCRIPTION", "Package: a\n Imports:\n     zzplant\n"),
    ("DESCRIPTION", "Package: a\nImports: \n\n    zzplant\n"),
    ("DESCRIPTION", "Package: a\nImports: b, zzplant%\n"),
    ("cabal.project", "packages: .\n \n source-repository-package\n   location: https://example.org/zzplant.git\n"),
    ("src/Shop.csproj", "zzplant"),
    ("src/Shop.csproj", '<!-- <PackageReference Include="ZzPlant" />'),
    (".gitmodules", '[submodule "z"] path = zzplant\n  url = https://example.org/z.git\n'),
    ("Makefile.PL", "WriteMakefile(PREREQ_PM => {'Acme::ZzPlant' => 0,\n"),
    ("setup.cfg", "[DEFAULT]\ninstall_requires = zzplant\n[options]\nname = a\n"),
]


@pytest.mark.parametrize(("path", "head"), FOUND)
def test_what_fuzzing_found_passes_no_more(path: str, head: str) -> None:
    (seed,) = (one for one in SEEDS if one.path == path)
    assert inspected(path, seed.base, head).outcome in {Outcome.FAIL, Outcome.ERROR}
    assert inspected(path, None, head).outcome in {Outcome.FAIL, Outcome.ERROR}


SLOW = [
    ("setup.cfg", "[options]\na" + " " * 60_000 + "b\n"),
    ("setup.cfg", "[options]\n" + "[x\n" * 60_000),
    (".gitmodules", '[submodule "a"]\n' + "x\n" * 60_000),
    ("DESCRIPTION", "\n" * 60_000 + "Package"),
    ("cabal.project", "source-repository-package\n" + "\n" * 60_000),
    ("main.tf", 'module "a" {\n' + "\n" * 60_000 + "}"),
    ("deps.edn", "a." * 30_000),
    ("build.sbt", "a." * 30_000),
    ("mix.exs", "\n" * 60_000),
]


@pytest.mark.parametrize(("path", "text"), SLOW)
def test_what_took_long_takes_no_second(path: str, text: str) -> None:
    began = time.process_time()
    inspected(path, "", text)
    assert time.process_time() - began < 1


def test_a_diff_that_takes_back_the_newline_of_no_line_is_refused() -> None:
    text = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b\n"
    with pytest.raises(UnreadableInputError):
        diff.parse(text)


def test_an_expression_of_many_terms_is_unreadable_and_no_crash() -> None:
    head = "setup(install_requires=f() + " + "-(" * 85 + "1" + ")" * 85 + " + " + "a + " * 500 + "b)"
    assert inspected("setup.py", "", head).outcome is Outcome.ERROR
    terms = "(" * 90 + "1" + ")" * 90 + " + 1" * 900
    assert inspected("conanfile.py", "", f"class A:\n    requires = {terms}\n").outcome is Outcome.ERROR


def test_a_path_that_nobody_can_check_out_is_refused() -> None:
    with pytest.raises(UnreadableInputError):
        diff.parse(f"diff --git a/{'d/' * 3_000}x b/{'d/' * 3_000}x\nold mode 100644\nnew mode 100755\n")


def test_patterns_without_an_example_are_shown_and_read_again() -> None:
    found = configure(PolicyFile("version: 1\npolicies: {title: {level: required, patterns: ['x.*']}}\n", oid="f" * 40))
    assert configure(PolicyFile(show(found), oid="f" * 40)).digest == found.digest
