"""Markers of known context in one readable file for each type: `comments/<path>.case`.

A marker names itself and what should be found around it: `HOTFIX: p5 string`.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.source import markers
from policies.source.contexts import Context
from policies.source.file_types import file_type
from tests.builders import changed_files

FOLDER = Path(__file__).parent / "comments"
TOLD = re.compile(r"HOTFIX: (\w+) ([a-z]+)")
CASES = {str(path.relative_to(FOLDER)).removesuffix(".case"): path for path in sorted(FOLDER.rglob("*.case"))}


def found(path: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Each marker of a file that a change adds: its name, its expected context and the one found."""
    (file,) = changed_files({path: (None, text)})
    for marker in markers.in_file("HOTFIX", file):
        told = TOLD.match(marker.text)
        assert told, marker
        yield told.group(1), told.group(2), marker.context.value


@pytest.mark.parametrize("path", CASES)
def test_every_marker_is_found_in_its_context(path: str) -> None:
    text = CASES[path].read_text(encoding="utf-8")
    contexts = list(found(path, text))
    assert len(contexts) == text.count("HOTFIX:")
    assert {name: given for name, _, given in contexts} == {name: expected for name, expected, _ in contexts}


@pytest.mark.parametrize("path", CASES)
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(path: str) -> None:
    text = CASES[path].read_text(encoding="utf-8")
    if text.startswith("#!"):
        return
    windows = "\ufeff" + text.replace("\n", "\r\n")
    assert [each for each in found(path, windows) if each[1] != each[2]] == []


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("a.md", "<!-- HOTFIX: a "),
        ("a.md", "- <!-- HOTFIX: a\n"),
        ("a.mdx", "{/* HOTFIX: a "),
        ("a.rst", ".. a\n\n   HOTFIX: x\n"),
        ("a.blade.php", "@php HOTFIX: a "),
        ("a.json", "["),
    ],
)
def test_no_document_or_template_takes_long_to_read(path: str, piece: str) -> None:
    (file,) = changed_files({path: (None, piece * (300_000 // len(piece)) + "\nHOTFIX: z\n")})
    began = time.thread_time()
    markers.in_file("HOTFIX", file)
    assert time.thread_time() - began < 1


def test_the_cases_are_many_and_of_many_types() -> None:
    texts = {path: case.read_text(encoding="utf-8") for path, case in CASES.items()}
    kinds = Counter(file_type(path, text).name for path, text in texts.items())
    assert sum(text.count("HOTFIX:") for text in texts.values()) >= 250
    assert len(kinds) >= 28
    assert {context.value for context in Context} == {
        expected for path, text in texts.items() for _, expected, _ in found(path, text)
    }
