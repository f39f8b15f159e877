from domain.diff import FileStatus
from tests.builders import a_change


def test_a_change_holds_both_sides_and_the_lines_between_them() -> None:
    (file,) = a_change({"cart.py": ("a\nb\n", "a\nc\nd\n")}).files
    assert (file.diff.added_lines(), file.diff.removed_lines()) == ({2, 3}, {2})
    assert file.base is not None
    assert file.base.text == "a\nb\n"


def test_git_finds_the_rename_in_a_removed_and_an_added_file() -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    (file,) = a_change({"old ö.py": (text, None), "new.py": (None, text)}).files
    assert (file.status, file.diff.base_path, file.path) == (FileStatus.RENAMED, "old ö.py", "new.py")
    assert file.base is not None
    assert file.base.text == text


def test_a_file_that_is_no_text_is_closed() -> None:
    files = a_change({"a.png": (None, b"\0\1"), "b.txt": (None, b"\xff\n")}).files
    assert [file.head.unreadable for file in files if file.head] == ["binary", "not UTF-8"]
