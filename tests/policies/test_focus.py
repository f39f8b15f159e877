import pytest

from domain.diff import Hunk, Line
from domain.finding import Inspection, Outcome
from policies.focus import Focus
from policies.source.churn import blocks_of
from tests.builders import Side, a_change

CART = "".join(
    f"def step_{n}(a, b):\n    total = a + b\n    # note {n}\n    return total * {n}\n\n\n" for n in range(9)
)


def judge(files: dict[str, tuple[Side, Side]], **settings: object) -> Inspection:
    return Focus.model_validate(settings).inspect(a_change(files))


def edited(*swaps: tuple[str, str], text: str = CART) -> str:
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return text


FIX = ("return total * 1\n", "return total * 2\n")


def test_a_fix_passes_with_the_lines_that_it_nests_deeper() -> None:
    nested = edited(
        (
            "    total = a + b\n    # note 1\n    return total * 1\n",
            "    if a:\n        total = a + b\n        # note 1\n        return total * 1\n    return 0\n",
        )
    )
    assert judge({"cart.py": (CART, nested)}).outcome is Outcome.PASS


def test_a_hunk_that_a_formatter_made_fails_and_is_named() -> None:
    head = edited(FIX, ("def step_8(a, b):", "def step_8(\n    a, b\n):"))
    found = judge({"cart.py": (CART, head)})
    assert found.outcome is Outcome.FAIL
    assert found.facts["formatting"] == [{"path": "cart.py", "start": 49, "end": 51}]
    assert found.findings[0].message == "lines 49-51 of cart.py only change formatting"
    assert "git checkout -p bbbbbbbbbbbb -- cart.py" in found.findings[0].remedy
    assert judge({"cart.py": (CART, head)}, formatting=False).outcome is Outcome.PASS


def test_a_single_line_that_a_formatter_made_is_told_in_the_singular() -> None:
    found = judge({"cart.py": (CART, edited(FIX, ("def step_8(a, b):", "def step_8(a,b):")))})
    assert found.findings[0].message == "line 49 of cart.py only changes formatting"


def test_a_variable_that_is_renamed_everywhere_fails() -> None:
    base = "def pay(amount):\n    left = amount\n    return left\n"
    found = judge({"pay.py": (base, base.replace("left", "rest"))})
    assert found.facts["renamed"] == [{"from": "left", "to": "rest", "occurrences": 2}]
    assert found.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "head",
    [
        "def pay(amount, sum):\n    left = sum\n    print(sum)\n    return left\n",
        "def pay(amount, sum):\n    left = amount\n    print(sum)\n    return left\n",
    ],
    ids=["calls something else", "mends one use"],
)
def test_another_name_that_was_there_before_is_a_fix(head: str) -> None:
    base = "def pay(amount, sum):\n    left = amount\n    print(amount)\n    return left\n"
    assert judge({"pay.py": (base, head)}).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "base", "head"),
    [
        ("a.py", "if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n"),
        ("a.js", "function f() {\n  return g();\n}\n", "function f() {\n  return\n  g();\n}\n"),
        ("a.yml", "a:\n  b: 1\n  c: 2\n", "a:\n  b: 1\nc: 2\n"),
        ("a.py", 'a = "x y"\n', 'a = "x  y"\n'),
        ("a.toml", 'a = """\nx\n  y\n"""\n', 'a = """\nx\n    y\n"""\n'),
        ("a.yml", "a: 'x y'\n", "a: 'x  y'\n"),
        ("a.yml", "a: |\n  x\n    y\n", "a: |\n  x\n      y\n"),
        ("a.py", "a = 1\nb = 2\n", "a = 1\n\nb = 2\n"),
        ("a.rb", "puts a [1]\n", "puts a[1]\n"),
        ("a.c", "#define F(x) (x)\n", "#define F (x) (x)\n"),
        ("a.sh", 'echo "$a"b\n', 'echo "$a" b\n'),
        ("a.css", "a .b { c: d }\n", "a.b { c: d }\n"),
        ("Makefile", "all:\n\techo 1\n", "all:\n        echo 1\n"),
    ],
)
def test_whitespace_with_a_meaning_is_no_formatting(path: str, base: str, head: str) -> None:
    assert judge({path: (base, head)}).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "base", "head"),
    [
        ("a.go", "package a\nfunc f() { g(1,2) }\n", "package a\n\nfunc f() {\n\tg(1, 2)\n}\n"),
        ("a.js", "function f(){return 1}\n", "function f() {\n  return 1\n}\n"),
        ("a.java", "class A { int a(){return 1;} }\n", "class A {\n  int a() { return 1; }\n}\n"),
        ("a.rs", "fn a() -> u8 {1}\n", "fn a() -> u8 {\n    1\n}\n"),
        ("a.json", '{"a": [1,2]}\n', '{\n  "a": [1, 2]\n}\n'),
        ("a.py", "f(1,\n  2)\n", "f(1, 2)\n"),
    ],
)
def test_whitespace_without_a_meaning_is_formatting(path: str, base: str, head: str) -> None:
    assert judge({path: (base, head)}).facts["formatting"]


def test_a_comment_far_from_the_fix_is_churn() -> None:
    found = judge({"cart.py": (CART, edited(FIX, ("# note 8", "# remark 8")))})
    assert [one["start"] for one in found.facts["comments"]] == [51]


@pytest.mark.parametrize("comment", ["# HOTFIX: totals were doubled", "# noqa", "# type: ignore"])
def test_the_marker_and_comments_that_tools_obey_may_come(comment: str) -> None:
    assert judge({"cart.py": (CART, edited(FIX, ("# note 8", comment)))}).outcome is Outcome.PASS


def test_a_comment_in_the_declaration_that_is_mended_may_come() -> None:
    assert judge({"cart.py": (CART, edited(FIX, ("# note 1", "# twice")))}).outcome is Outcome.PASS


def test_a_moved_file_fails_and_a_moved_document_passes() -> None:
    found = judge({"src/cart.py": (CART, None), "lib/cart.py": (None, CART)})
    assert found.facts["moved"] == [{"from": "src/cart.py", "to": "lib/cart.py"}]
    assert found.outcome is Outcome.FAIL
    assert judge({"a.md": (CART, None), "docs/a.md": (None, CART)}).outcome is Outcome.PASS


def test_folders_are_counted_below_the_one_that_all_share() -> None:
    files: dict[str, tuple[Side, Side]] = {f"lib/{name}/x/a.py": ("a = 1\n", "a = 2\n") for name in "abc"}
    files["docs/a.md"] = ("a", "b")
    found = judge(files, folders=2)
    assert found.facts["folders"] == ["lib/a", "lib/b", "lib/c"]
    assert found.outcome is Outcome.FAIL
    assert judge(files, folders=3).outcome is judge(files, folders=0).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "base", "head"),
    [
        ("a.py", "def (:\n", "def  (:\n"),
        ("a.py", b"\xff\n", b"\xff \n"),
        ("a.py", b"\0\n", b"\0 \n"),
        ("a.html", "<p>a b</p>\n", "<p>a  b</p>\n"),
        ("a.unknown", "a b\n", "a  b\n"),
        ("a.py", "a = 1", "a = 1\n"),
    ],
)
def test_what_cannot_be_told_is_no_finding(path: str, base: Side, head: Side) -> None:
    assert judge({path: (base, head)}).outcome is Outcome.PASS


def test_the_lines_of_a_hunk_without_context_keep_their_numbers() -> None:
    (block,) = blocks_of(Hunk(5, 1, 4, 0, (Line("-", "x\n", 5, 0),)))
    assert (block.base, block.head) == (5, 5)
