"""YAML as manifests need it: what is written, bounded, and nothing that PyYAML would make of it besides."""

import contextlib
import itertools
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.manifests import format_of
from policies.manifests.model import UnreadableManifestError
from policies.manifests.reading import yaml_object, yaml_objects

WORDS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=12)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.dictionaries(WORDS, VALUES, max_size=5), flow=st.booleans())
def test_what_is_dumped_is_read_again(data: dict[str, Any], flow: bool) -> None:
    assert yaml_object(yaml.safe_dump(data, default_flow_style=flow)) == data


def test_values_stay_as_they_are_written() -> None:
    text = "a: 1.10\nb: 010\nc: no\non: 2020-01-02\nd: '~'\ne: ~\nf: True\n"
    assert yaml_object(text) == {
        "a": "1.10", "b": "010", "c": "no", "on": "2020-01-02", "d": "~", "e": None, "f": True,
    }  # fmt: skip


def test_aliases_and_merges_are_followed() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\nc: {<<: [{y: 4}, *a]}\nd: *a\ne: {'<<': 5}\n"
    assert yaml_object(text) == {
        "a": {"x": "1", "y": "2"},
        "b": {"x": "1", "y": "3"},
        "c": {"x": "1", "y": "4"},
        "d": {"x": "1", "y": "2"},
        "e": {"<<": "5"},
    }


def test_pnpm_puts_what_it_needs_itself_into_a_document_of_its_own() -> None:
    found = format_of("pnpm-lock.yaml")
    assert found is not None
    text = "---\npackages:\n  '@pnpm/exe@11.0.0': {}\n\n---\nlockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n"
    assert [one.name for one in found.parse(text).dependencies] == ["@pnpm/exe", "a"]
    assert len(yaml_objects(text)) == 2


LETTERS = "abcdefghijklmnopqrstu"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: 1\na: 2\n", "the key 'a' stands twice in one mapping"),
        ("dependencies: {a: 1, 'a': 2}\n", "the key 'a' stands twice in one mapping"),
        ("? [a]\n: 1\n", "a key is no text"),
        ("a: *b\n", "the alias *b means nothing"),
        ("a: &a [*a]\n", "the alias *a means nothing"),
        ("a: &a 1\n---\nb: *a\n", "the alias *a means nothing"),
        ("a: 1\n---\nb: 1\n", "it holds more than one YAML document"),
        ("a: {<<: 1}\n", "a merge key (`<<`) takes mappings alone"),
        ("a: !!python/object/apply:os.system [x]\n", "its tag '!!python/object/apply:os.system' can't be read"),
        ("a: !include x\n", "its tag '!include' can't be read"),
        ("a: [\n", "it is no valid YAML"),
        ("- a\n", "its top is no YAML object"),
        ("a: " + "[" * 200, "it is nested too deeply"),
        ("- " * 200, "it is nested too deeply"),
        ("? " * 200, "it is nested too deeply"),
        ("{a: " * 200, "it is nested too deeply"),
        ("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 90)), "it is nested too deeply"),
    ],
)
def test_what_cant_be_told_for_certain_is_unreadable(text: str, why: str) -> None:
    with pytest.raises(UnreadableManifestError) as caught:
        yaml_object(text)
    assert caught.value.why.startswith(why)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\n" + "".join(f"{n}: &{n} [{f'*{o},' * 9}]\n" for o, n in itertools.pairwise(LETTERS)),
        "a: &a {k: v}\n" + "".join(f"{n}: &{n} {{<<: [{f'*{o},' * 9}]}}\n" for o, n in itertools.pairwise(LETTERS)),
        f"a: &a [{'x,' * 1000}]\nb: [{'*a,' * 100_000}]\n",
        f"a: &a {{{''.join(f'k{n}: v,' for n in range(10_000))}}}\nb: {{<<: [{'*a,' * 100_000}]}}\n",
        "".join(f"k{n}: {n}\n" for n in range(70_000)),
        "a: " + "x" * 900_000,
        "a: '" + "''" * 400_000 + "'",
        'a: "' + "\\u0041" * 140_000 + '"',
        "a: |\n" + " x\n" * 300_000,
        "a: &" + "x" * 900_000 + " 1\n",
        "a: !" + "x" * 900_000 + " 1\n",
        "".join(f"k{n}: &a{n} x\n" for n in range(50_000)),
        "# x\n" * 220_000,
        "a: " + "{},\n" * 200_000,
        "a: [" + "{a: b}, " * 50_000 + "]",
        "a:\n" + "- ? b\n" * 60_000,
        " " * 900_000 + "a: 1",
        "a: x\n" + "\n" * 900_000 + "b: y",
        "%TAG ! tag:x,2000:\n" * 40_000 + "--- a",
        "--- {}\n" * 60_000,
    ],
    ids=range(20),
)
def test_no_yaml_takes_a_second(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(UnreadableManifestError):
        yaml_objects(text)
    assert time.process_time() - started < 1
