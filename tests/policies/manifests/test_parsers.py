"""Each format's parser: what it finds, and that nothing but its own error ever comes out of it."""

import contextlib
import itertools
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.manifests import FORMATS, format_of
from policies.manifests.model import Manifest, Relation, Scope, UnreadableManifestError

SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())
PIECES = ["", "[", "]", "{", "}", '"', "'", "\n", "null", "1", "${a}", ": ", "<a>", "\\", "#", "@", "- "]


def sample(folder: Path) -> tuple[str, str]:
    """The path and text of a sample: one manifest a folder, beside the purls that it is known to name."""
    found = next(folder.rglob("*.sample"))
    return str(found.relative_to(folder)).removesuffix(".sample"), found.read_text()


def parsed(path: str, text: str) -> Manifest:
    found = format_of(path)
    assert found is not None
    return found.parse(text)


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda one: one.name)
def test_a_parser_finds_every_package(folder: Path) -> None:
    expected = (folder / "purls.expected").read_text().split()
    assert sorted({one.purl for one in parsed(*sample(folder)).dependencies}) == expected


@pytest.mark.parametrize("path", ["go.sum", "src/app.py", "package.py", "my-package.json.md", "requirements.py"])
def test_other_files_are_no_manifests(path: str) -> None:
    assert format_of(path) is None


def test_groups_tell_the_product_from_its_development() -> None:
    manifest = parsed("package.json", '{"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}}')
    assert {one.name: one.scope for one in manifest.dependencies} == {"a": Scope.PRODUCT, "b": Scope.DEVELOPMENT}


def test_a_managed_version_is_a_pin() -> None:
    one = "<dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency></dependencies>"
    text = f"<project><dependencyManagement>{one}</dependencyManagement></project>"
    assert [one.relation for one in parsed("pom.xml", text).dependencies] == [Relation.PINNED]


def test_a_local_replacement_is_a_source() -> None:
    manifest = parsed("go.mod", "module x\nrequire a.b/c v1\nreplace a.b/c v1 => ../c\n")
    assert [(one.name, one.source) for one in manifest.dependencies] == [("a.b/c", "path:../c")]


LOOP = (
    "<project><properties><a>${b}${b}</a><b>${a}${a}</b></properties><parent><groupId>${a}</groupId></parent></project>"
)
LETTERS = "abcdefghijklmnopqrstu"
PAIRS = tuple(itertools.pairwise(LETTERS))
BOMB = "a: &a [x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in PAIRS)
MERGE_BOMB = "a: &a {k: v}\n" + "".join(f"{new}: &{new} {{<<: [*{old}, *{old}, *{old}]}}\n" for old, new in PAIRS)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pnpm-lock.yaml", BOMB),
        ("pnpm-lock.yaml", MERGE_BOMB),
        ("pnpm-lock.yaml", "[" * 5000),
        ("package.json", '{"a":' * 5000),
        ("package.json", '{"dependencies": ' + "[" * 100_000 + "]" * 100_000 + "}"),
        ("package.json", '{"a": 1' + "0" * 10_000 + "}"),
        ("pyproject.toml", "a = " + "[" * 5000),
        ("pom.xml", "<a>" * 5000),
        ("setup.py", "setup(install_requires=" + "(" * 5000),
        ("setup.py", "setup(install_requires=" + "-" * 50_000 + "1)"),
        ("setup.py", "\0"),
        ("pom.xml", LOOP),
    ],
)  # fmt: skip
def test_a_hostile_manifest_is_unreadable_and_nothing_worse(path: str, text: str) -> None:
    with pytest.raises(UnreadableManifestError):
        parsed(path, text)


READABLE = [one for one in FORMATS if one.parser is not None]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(text=st.text(max_size=300))
@pytest.mark.parametrize("number", range(len(READABLE)), ids=[one.title for one in READABLE])
def test_no_text_makes_a_parser_crash(number: int, text: str) -> None:
    try:
        READABLE[number].parse(text)
    except UnreadableManifestError:
        return


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda one: one.name)
def test_no_mutilation_makes_a_parser_crash(folder: Path) -> None:
    path, text = sample(folder)
    chance = random.Random(path + text)
    for _ in range(150):
        start = chance.randrange(len(text))
        piece = chance.choice(PIECES)
        broken = text[:start] + piece + text[start + chance.randrange(6) :]
        try:
            parsed(path, broken)
        except UnreadableManifestError:
            continue


@pytest.mark.parametrize(
    ("path", "text"),
    [("build.gradle", "\n" * 100_000), ("pyproject.toml", "a." * 100_000), ("Gemfile", "gem 'a', '1', " * 8_000)],
)
def test_repetition_takes_linear_time(path: str, text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(UnreadableManifestError):
        parsed(path, text)
    assert time.process_time() - started < 2  # before, 5 s and minutes
