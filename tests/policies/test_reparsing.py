"""A head's syntax tree made from its base's is the very tree that a fresh parse gives."""

import random

import pytest

from domain.diff import FileDiff, FileStatus, Hunk, Line
from policies.source import grammars
from policies.source.grammars import Source
from policies.source.readers import suite_of, suites_of
from policies.source.reparsing import reparse
from tests.builders import changed_files

PYTHON = "".join(
    f"def test_{n}():\n    value = '''text\n{n}'''\n    assert f({n}) == (  # why\n        {n})\n\n" for n in range(30)
)
C = "".join(f'/* {n}\n */\nint f{n}(void) {{\n  return g({n}, "a");\n}}' + "\n" * (n < 29) for n in range(30))
JAVA = "class A {\n" + "".join(f'@Test\nvoid t{n}() {{\n  f("{n}");\n}}\n' for n in range(30)) + "}"
GO = "package a\n" + "".join(f"func Test{n}(t *testing.T) {{\n\tx := `a\nb`\n\tt.Log(x, {n})\n}}\n" for n in range(30))
JAVASCRIPT = "".join(f"it('{n}', () => {{\n  expect(f(`${{{n}}}`)).toBe(/x{n}/)\n}})\n" for n in range(30))
SAMPLES = {
    "Python": ("test_a.py", PYTHON),
    "Go": ("a_test.go", GO),
    "JavaScript": ("a.test.js", JAVASCRIPT),
    "C": ("test_a.c", C),
    "Java": ("ATest.java", JAVA),
}


def shape(source: Source | None) -> list[tuple[str, int, int]]:
    assert source is not None
    found, stack = [], [source.root]
    while stack:
        node = stack.pop()
        found.append((node.type, node.start_byte, node.end_byte))
        stack.extend(node.children)
    return found


def shuffled(text: str, seed: int) -> str:
    """A text with some lines gone, doubled or swapped: mostly still a program, sometimes not."""
    draw = random.Random(seed)
    lines = text.split("\n")
    for _ in range(draw.randint(1, 5)):
        at = draw.randrange(len(lines) - 1)
        lines[at : at + 1] = draw.choice([[], [lines[at]] * 2, [lines[at + 1]], ["", "# ü\t", lines[at]]])
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("language", SAMPLES)
def test_a_tree_from_the_base_is_the_tree_of_a_fresh_parse(language: str, seed: int) -> None:
    path, base = SAMPLES[language]
    head = shuffled(base, seed)
    (file,) = changed_files({path: (base, head)})
    before = grammars.parse(language, base)
    assert before is not None
    assert shape(reparse(before, language, head, file.diff)) == shape(grammars.parse(language, head))
    assert shape(before) == shape(grammars.parse_bytes(language, base.encode()))


def test_a_diff_that_does_not_fit_the_texts_is_not_believed() -> None:
    before = grammars.parse("Go", GO)
    assert before is not None
    lines = (Line("-", "package a\n", 1, 0), Line("+", "package b\n", 0, 1))
    head = GO.replace("Test29", "Test_y")
    for hunks in ((Hunk(1, 1, 1, 1, lines),), (Hunk(9_000, 1, 9_000, 1, lines),), ()):
        diff = FileDiff("a_test.go", FileStatus.MODIFIED, hunks=hunks)
        assert shape(reparse(before, "Go", head, diff)) == shape(grammars.parse("Go", head))


def test_both_sides_of_a_file_are_read_as_each_alone() -> None:
    base, head = PYTHON, PYTHON.replace("f(7) ==", "g(7) ==")
    (file,) = changed_files({"test_a.py": (base, head)})
    old, new = suites_of(file)
    assert (old, new) == (suite_of("test_a.py", base), suite_of("test_a.py", head))
