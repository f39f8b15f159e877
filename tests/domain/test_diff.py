import random

import pytest

from domain.diff import MAX_DIFF_BYTES, FileDiff, FileStatus, Line, parse, reverse
from domain.errors import UnreadableInputError
from tests.builders import Side, a_diff

TEXT = "".join(f"line {number}\n" for number in range(30))


def only(base: Side, head: Side, path: str = "a.py") -> FileDiff:
    (file,) = parse(a_diff({path: (base, head)}))
    return file


def test_lines_carry_their_numbers_on_both_sides() -> None:
    (hunk,) = only("a\nb\nc\n", "a\nB\nc\n").hunks
    assert hunk.lines == (
        Line(" ", "a\n", 1, 1),
        Line("-", "b\n", 2, 0),
        Line("+", "B\n", 0, 2),
        Line(" ", "c\n", 3, 3),
    )


def test_a_missing_newline_at_the_end_is_part_of_the_line() -> None:
    (hunk,) = only("a\nb", "a\nb\n").hunks
    assert [(line.kind, line.text) for line in hunk.lines] == [(" ", "a\n"), ("-", "b"), ("+", "b\n")]


@pytest.mark.parametrize("odd", ["a\rb\n", "a\x0cb\n", "a\x1eb\n", "a\u2028b\n", "a\x85b\n", "a\x1c\x1d\n"])
def test_only_newlines_end_lines(odd: str) -> None:
    file = only("x\n", f"x\n{odd}y\n")
    assert [line.text for line in file.lines() if line.kind == "+"] == [odd, "y\n"]
    assert file.additions == 2


@pytest.mark.parametrize(
    "line",
    [
        "diff --git a/x b/x",
        "-- a/other.py",
        "++ b/other.py",
        "@@ -1 +1 @@",
        "Binary files a/x and b/x differ",
        "\\ No newline at end of file",
        "GIT binary patch",
        "",
        "index 1..2",
        "rename from x",
    ],
)
def test_lines_that_look_like_headers_are_lines(line: str) -> None:
    file = only(f"x\n{line}\nz\n", f"x\n{line}\n{line}\nz\n")
    assert (file.path, file.additions, file.deletions, file.binary) == ("a.py", 1, 0, False)
    file = only(f"{line}\n", None)
    assert (file.path, file.status, file.deletions) == ("a.py", FileStatus.REMOVED, 1)


@pytest.mark.parametrize(
    "path",
    [
        "a b.py",
        "a b/c b/a b",
        'qu"ote.py',
        "tab\t.py",
        "ü.py",
        "back\\slash",
        "new\nline",
        " x ",
        "b/b/b",
        "a",
        "日本/語.py",
    ],
)
@pytest.mark.parametrize(
    ("base", "head"),
    [(None, "x\n"), ("x\n", None), ("x\n", "y\n"), (None, ""), ("", None), (None, b"\0"), (b"\0", b"\1\0")],
)
def test_every_name_is_read_as_it_is(path: str, base: Side, head: Side) -> None:
    file = only(base, head, path)
    assert (file.path, file.previous_path) == (path, "")
    added, removed = base is None, head is None
    assert (file.status is FileStatus.ADDED, file.status is FileStatus.REMOVED) == (added, removed)


@pytest.mark.parametrize(("old", "new"), [("a b", "c d"), ("ü", "ö"), ('"', "\\"), ("a/b c/d", "a/b c/d b/a/b")])
@pytest.mark.parametrize("more", ["", "more\n"])
def test_a_rename_has_both_names(old: str, new: str, more: str) -> None:
    (file,) = parse(a_diff({old: (TEXT, None), new: (None, TEXT + more)}))
    assert (file.status, file.base_path, file.path, file.previous_path) == (FileStatus.RENAMED, old, new, old)
    assert file.additions == bool(more)


def test_a_binary_file_has_no_hunks_and_says_so() -> None:
    file = only(b"\0a", b"\0b")
    assert (file.binary, file.hunks, file.additions) == (True, (), 0)


def test_a_binary_patch_is_binary() -> None:
    text = (
        "diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZQz00jU!\n\nliteral 1\nIcmZPo00aO5\n\n"
    )
    (file,) = parse(text)
    assert (file.path, file.binary) == ("x", True)


def test_modes_are_told_for_both_sides() -> None:
    text = "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n"
    (file,) = parse(text)
    assert (file.base_mode, file.head_mode, file.mode_changed, file.path) == ("100644", "100755", True, "run")
    assert not only("a\n", "b\n").mode_changed
    assert (only("a\n", "b\n").base_mode, only(None, "b\n").base_mode) == ("100644", "")


@pytest.mark.parametrize(("mode", "link", "module"), [("120000", True, False), ("160000", False, True)])
def test_links_and_submodules_are_known_by_their_mode(mode: str, link: bool, module: bool) -> None:
    (file,) = parse(f"diff --git a/x b/x\nindex 1..2 {mode}\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n")
    assert (file.is_symlink, file.is_submodule) == (link, module)


def test_a_copy_keeps_its_origin() -> None:
    text = "diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n"
    (file,) = parse(text)
    assert (file.status, file.base_path, file.path) == (FileStatus.COPIED, "x", "y")


def test_bytes_that_are_no_utf_8_stay_apart_in_names() -> None:
    text = 'diff --git "a/\\351" "b/\\351"\nold mode 100644\nnew mode 100755\n'
    assert [file.path for file in parse(text + text.replace("351", "350"))] == ["\\xe9", "\\xe8"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<html>502</html>", "no diff in git's format"),
        ("diff --cc a.py\nindex 1,2..3\n--- a/a.py\n+++ b/a.py\n@@@ -1,1 -1,1 +1,1 @@@\n", "combined|can't be read"),
        ("diff --git a/x b/y\nold mode 100644\nnew mode 100755\n", "names a file that can't be told"),
        ("diff --git a/x b/x\nsurprise\n", "can't be read: surprise"),
        ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-1\n+2\n", "can't be read"),
        ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n+3\n", "no hunk|can't be read"),
        (
            "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-1\n+2\n",
            "no hunk|read",
        ),
        ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ nonsense @@\n-1\n", "no hunk"),
        ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n\n", "no hunk"),
    ],
)
def test_what_is_no_whole_diff_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnreadableInputError, match=why):
        parse(text)


def test_a_diff_that_is_too_large_is_refused() -> None:
    with pytest.raises(UnreadableInputError, match="larger than"):
        parse("diff --git a/x b/x\n" + "+" * MAX_DIFF_BYTES)


def test_no_diff_is_no_file() -> None:
    assert parse("") == ()


@pytest.mark.parametrize("seed", range(25))
def test_the_text_at_base_follows_from_head_and_the_hunks(seed: int) -> None:
    dice = random.Random(seed)
    lines = [dice.choice(("a\n", "b\n", "\n", "c\x0c\n", "d\r\n")) for _ in range(dice.randint(0, 60))]
    head = [line for line in lines if dice.random() > 0.1]
    for _ in range(dice.randint(0, 4)):
        head.insert(dice.randint(0, len(head)), dice.choice(("new\n", "b\n")))
    base_text, head_text = "".join(lines).removesuffix(dice.choice(("\n", ""))), "".join(head)
    for file in parse(a_diff({"a.py": (base_text, head_text)})):
        assert reverse(file, head_text) == base_text


def test_hunks_that_dont_fit_the_text_are_refused() -> None:
    with pytest.raises(UnreadableInputError, match=r"a\.py doesn't fit"):
        reverse(only("a\nb\n", "a\nc\n"), "a\nd\n")
    with pytest.raises(UnreadableInputError, match="doesn't fit"):
        reverse(only(TEXT, TEXT + "x\n"), "a\n")
