"""Whether a test case only asserts what is always so, like `assert True`: no fault of the program can make it fail."""

from __future__ import annotations

from collections.abc import Iterator

import re2
from tree_sitter import Node

from policies.source.cases import Case, Suite

#: Whose trees tell names from literals. In a shell a bare word may be a command, and a text case has no tree.
_LANGUAGES = frozenset(
    """
    Python JavaScript TypeScript TSX Go Java Kotlin C# PHP Ruby Rust Swift Scala Elixir C C++
    """.split()  # noqa: SIM905
)

#: Names that bring nothing of the program into a case: assertions of the test libraries, told one by one because
#: `assert_invoice` is a function of the program's own; what prints; the runner; types of literals. What always fails,
#: as `fail()`, is left out: the test run tells it.
_IDLE = frozenset(
    """
    assert assert_ assertTrue assertFalse assertEqual assertEquals assertNotEqual assertNotEquals assertIs assertIsNot
    assertIsNone assertIsNotNone assertNull assertNotNull assertSame assertNotSame assertThat assertIn assertNotIn
    assert_true assert_false assert_equal assert_not_equal assert_nil assert_eq assert_ne debug_assert debug_assert_eq
    assert_same assert_that refute refute_equal refute_nil pass
    expect to be not_to to_not eq eql equal equals not is isnt be_true be_truthy be_falsey be_nil
    toBe toEqual toStrictEqual toBeTruthy toBeFalsy toBeTrue toBeFalse toBeDefined toBeUndefined toBeNull toBeNil
    toBeGreaterThan toBeLessThan toHaveLength toContain toBeOneOf toBeInstanceOf
    ok notOk strictEqual notStrictEqual deepEqual deepStrictEqual notEqual same truthy falsy assertions
    isTrue isFalse isEqualTo isNotEqualTo isNull isNotNull isNotZero isZero isSameAs shouldBe shouldEqual
    Assert Assertions Assertion Truth True False Equal Equals NotEqual Nil NotNil NoError AreEqual AreNotEqual AreSame
    IsTrue IsFalse IsNull IsNotNull Null NotNull That Is EqualTo Same Pass Should Be BeTrue BeFalse BeNil
    Expect To NotTo ToNot Ω Error Errorf Fatal Fatalf
    XCTAssert XCTAssertTrue XCTAssertFalse XCTAssertEqual XCTAssertNotEqual XCTAssertNil XCTAssertNotNil
    EXPECT_TRUE EXPECT_FALSE EXPECT_EQ EXPECT_NE ASSERT_TRUE ASSERT_FALSE ASSERT_EQ ASSERT_NE SUCCEED CHECK REQUIRE
    CHECK_FALSE REQUIRE_FALSE CHECK_EQ TEST_ASSERT TEST_ASSERT_TRUE TEST_ASSERT_EQUAL TEST_PASS static_assert
    Test testing T TB B unittest TestCase chai async done
    console log info debug warn print println printf puts p System out err fmt Log Logf Println Printf Print Console
    WriteLine Write Debug Helper Parallel var_dump
    self this cls t tb s g true false null nil None undefined NULL nullptr NaN Some Ok String string int Int bool
    Boolean boolean Bool void Void Unit char float double long Integer Object object any str
    number Fact Run
    """.split()  # noqa: SIM905
)
#: testify's object, which in other languages loads a module; Rust's mark.
_IDLE_IN = {"Go": frozenset(["require"]), "Rust": frozenset(["test"])}

_NAME = re2.compile(r"[\pL_$@][\pL\pN_$@!?]*")
_ASSIGNS = frozenset(["=", ":="])
#: What a leaf of text is called by the grammars; what is put into a text is a node of another kind.
_TEXT = re2.compile(r"string|str_text|escape|char|heredoc|quoted_content|text_content|atom|symbol|regex")


def is_trivial(suite: Suite, case: Case) -> bool:
    """Whether a case holds nothing but assertions and prints of literals, and of variables that stand for literals.

    A case that names anything else, be it a function, a fixture or a module, isn't: that it runs through may be what it
    tests. So isn't one whose language isn't known here.

    Args:
        suite: what the case's file holds.
        case: the case.
    """
    if case.asserts or case.words or not case.nodes or suite.language not in _LANGUAGES:
        return False
    if any(not node.child_count for node in case.nodes):
        return False  # `it(name, run)`: what the case does stands elsewhere
    idle = _IDLE | _IDLE_IN.get(suite.language, frozenset())
    leaves = [leaf for node in case.nodes for leaf in _leaves(node)]
    texts = [suite.source.of(leaf) for leaf in leaves]
    own = set(_assigned(texts))
    named = (text for leaf, text in zip(leaves, texts, strict=True) if leaf.is_named and not _is_text(leaf))
    return all(name in idle or name in own for name in named if _NAME.match(name))


def _assigned(texts: list[str]) -> Iterator[str]:
    """The names that get a value here, which is looked at by itself: `n = 1`, `n := 1`, `n: int = 1`."""
    for index, text in enumerate(texts):
        typed = texts[index + 1 : index + 2] == [":"]
        after = texts[index + 3 :][:1] if typed else texts[index + 1 :][:1]
        if not _ASSIGNS.isdisjoint(after) and (not index or texts[index - 1] != "."):
            yield text


def _leaves(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type.endswith("comment"):
            continue
        if current.child_count:
            stack += reversed(current.children)
        else:
            yield current


def _is_text(leaf: Node) -> bool:
    parent = leaf.parent
    within = parent is not None and parent.type.endswith(("string", "string_literal"))
    return within or _TEXT.search(leaf.type) is not None
