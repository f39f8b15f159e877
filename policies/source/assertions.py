"""Whether a test case asserts anything: by its own calls, or by those of functions in its file that it calls."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import re2

from policies.source.cases import Case, Suite, tokens

#: A call asserts when one of these is a word of its name: `assertEqual`, `check_total`, `expectThrows`, `raises`.
_WORDS = frozenset(
    """
    check checks verify verifies verified should
    raises raise throws rejects refute require requires fail fails ensure ensures test tests match matches fnmatch
    snapshot
    """.split()  # noqa: SIM905
)

_PREFIXES = ("assert", "expect", "xct", "refute", "qcompare", "qverify")

#: Calls that only look like one: a module import of JavaScript, a regular expression's test, a look-up.
_NOT_ALONE = frozenset("require test tests match matches raise".split())  # noqa: SIM905

#: Statements and objects: `assert x`, `assert.equal(…)`, `require.NoError(…)`, `value.should.equal(…)`.
_OBJECTS = frozenset("assert require expect should is qt assertions Assert Assertions verify chai".split())  # noqa: SIM905
_STATEMENTS = frozenset(["assert"])
#: Languages whose calls need no parentheses: `assert x`, `total shouldBe 2`, `expect { … }`, `run foo`.
_BARE = frozenset(["Ruby", "Elixir", "Shell", "Scala", "Kotlin", "Perl"])
_BARE_WORDS = frozenset("must wont flunk mustBe verify should raises throws fail check confirm".split())  # noqa: SIM905
#: What follows a word that is only named, as in `expected = 1` or `raises: Error`.
_ONLY_NAMED = frozenset(["=", ".", ",", ")", ":", "]", "}", "=>", "?."])
#: munit's and utest's arrow, ScalaTest's and specs2's comparisons.
_OPERATORS = frozenset(["==>", "===", "=?", "must_=="])
_RUST = frozenset(["panic", "unreachable"])
#: Test::More (Perl): `is $total, 2`.
_PERL = frozenset(
    "ok is isnt like unlike is_deeply cmp_ok isa_ok can_ok pass fail throws_ok dies_ok lives_ok subtest".split()  # noqa: SIM905
)
#: How a shell script fails: by a comparison, or by its exit.
_SHELL = frozenset("diff cmp exit fail die error assert".split())  # noqa: SIM905
_PROPERTIES = frozenset(["should"])

#: What a test runner's own object offers, as `t.Errorf` in Go's testing and `t.deepEqual` in tape and ava.
_RUNNER = re2.compile(r"[a-z]{0,3}[tT]|test|tb|tap|assert|ctx|f")
_RUNNER_METHODS = frozenset(
    """
    Error Errorf Fatal Fatalf Fail FailNow is not deepEqual notDeepEqual equal equals same strictEqual notEqual ok notOk
    true false truthy falsy like regex notRegex snapshot throws throwsAsync doesNotThrow notThrows rejects resolves pass
    fail error ifError match notMatch assert deepEquals strictSame strictDeepEqual looseEqual deepLooseEqual fatal
    """.split()  # noqa: SIM905
)

#: Go: a function that takes the runner and more can fail the test by itself, if its name says that it compares.
_GO_COMPARES = frozenset("test tests run eq equal equals diff compare validate".split())  # noqa: SIM905

#: Calls that can't fail a case, and words that a case needs anyway.
_IDLE = frozenset(
    """
    print println printf puts p log info debug warn sleep wait len pass if for while switch return function func def fun
    do end nil true false null None self this t new echo String str int
    """.split()  # noqa: SIM905
)
_LOGS = frozenset(["def", "fn", "func", "fun", "function"])
_SKIP_WORDS = frozenset(
    """
    skip skipIf skipUnless skipTest importorskip xfail pending Skip Skipf SkipNow markTestSkipped markTestIncomplete
    XCTSkip XCTSkipIf XCTSkipUnless GTEST_SKIP QSKIP SKIP TEST_IGNORE assumeTrue assumeFalse assumeThat assume
    assumeNotNull Assume Assumptions Ignore Inconclusive omit TODO todo cancel
    """.split()  # noqa: SIM905
)

_NAME = re2.compile(r"[\pL_$@][\pL\pN_$@!?]*")
_SPLIT = re2.compile(r"[A-Z]+[a-z0-9]*|[a-z0-9]+")
_MOST_FUNCTIONS = 200


def asserts(suite: Suite, case: Case, extra: frozenset[str] = frozenset()) -> bool:
    """Whether a case has an assertion, itself or in a function of the same file that it calls.

    Args:
        suite: what the case's file holds.
        case: the case.
        extra: further names that assert, as the policy file lists them.
    """
    if case.asserts:
        return True
    own = _own(suite, case)
    if any(_found(suite.language, own)) or (extra and not extra.isdisjoint(own)):
        return True
    seen: set[str] = set()
    waiting = sorted(set(own) & suite.functions.keys())
    while waiting and len(seen) < _MOST_FUNCTIONS:
        name = waiting.pop()
        seen.add(name)
        does, calls = _function(suite, name)
        if does:
            return True
        waiting += sorted(calls - seen - set(waiting))
    return False


def _function(suite: Suite, name: str) -> tuple[bool, frozenset[str]]:
    """Whether a function of the file asserts by itself, and the others of the file that it names."""
    if name not in suite.helping:
        found = tokens(suite.source, suite.functions[name])
        suite.helping[name] = (any(_found(suite.language, found)), frozenset(found) & suite.functions.keys())
    return suite.helping[name]


def count(suite: Suite, case: Case) -> int:
    """How many assertions a case has itself."""
    return _count(suite.language, _own(suite, case))


def exercises(suite: Suite, case: Case) -> bool:
    """Whether a case calls anything that may fail: code that throws fails a case that asserts nothing."""
    own = ["", *_own(suite, case), ""]
    bare = suite.language in _BARE
    for before, token, after in zip(own, own[1:], own[2:], strict=False):
        named = bool(token) and (token[0].isalpha() or token[0] in "_$") and token not in _IDLE and before not in _LOGS
        if named and (after in ("(", "<", "!") or (bare and after not in _ONLY_NAMED and token.islower())):
            return True
    return any("(" in word for word in case.words)


def skip_words(suite: Suite, case: Case) -> int:
    """How many of a case's words skip it, on whatever condition."""
    return sum(token in _SKIP_WORDS for token in _own(suite, case))


def _own(suite: Suite, case: Case) -> list[str]:
    # An empty token keeps the end of one part from reading on into the next: `@Test` and `(int x)` are no call.
    own = [token for node in case.nodes for token in (*suite.own(node), "")]
    return own or list(case.words)


def _count(language: str, found: Sequence[str]) -> int:
    return sum(_found(language, found))


def _found(language: str, found: Sequence[str]) -> Iterator[bool]:
    """Whether a token asserts, for each that may."""
    padded = ["", "", *found, "", "", ""]
    return (_at(language, padded, index) for index, token in enumerate(found, 2) if _may(language, token))


@functools.lru_cache(maxsize=16_384)
def _may(language: str, token: str) -> bool:
    """Whether a token asserts in some surroundings; most don't in any, and they come by the hundred thousand."""
    if language == "Scala" and token in _OPERATORS:
        return True
    if token in _SKIP_WORDS or not _NAME.fullmatch(token):
        return False
    words = _words(token)
    known = token in _OBJECTS | _PROPERTIES | _STATEMENTS | _RUST | _PERL | _SHELL | _RUNNER_METHODS | {"expected"}
    return known or bool(words & (_WORDS | _BARE_WORDS | _GO_COMPARES)) or any(map(_begins, words))


def _begins(word: str) -> bool:
    return word.startswith(_PREFIXES)


def _at(language: str, around: Sequence[str], index: int) -> bool:
    before, token, after = around[index - 1], around[index], around[index + 1]
    if language == "Scala" and token in _OPERATORS:
        return True
    in_string = before == after == '"'
    if in_string:
        return False
    if after == ".":
        return token in _OBJECTS
    if before == "." and token in _PROPERTIES:
        return True
    return _states(language, token, after) or (_opens(language, after) and _call(around, index))


def _states(language: str, token: str, after: str) -> bool:
    """Whether a word asserts by itself: a statement, an annotation's `expected =`, or a call without parentheses."""
    if language in ("Python", "Java") and token in _STATEMENTS:
        return True
    if language == "Rust":
        return after == "!" and token in _RUST
    if language == "Java":
        return (token, after) == ("expected", "=")
    return language in _BARE and after not in _ONLY_NAMED and _bare(language, token)


def _opens(language: str, after: str) -> bool:
    """Whether a word is called."""
    if language in _BARE:
        return after not in _ONLY_NAMED
    return after in ("(", "<", '"') or (language == "Rust" and after == "!")


def _bare(language: str, token: str) -> bool:
    """Whether a word asserts without parentheses."""
    if (language == "Perl" and token in _PERL) or (language == "Shell" and token in _SHELL):
        return True
    words = _words(token)
    return bool(words & _BARE_WORDS) or any(word.startswith(_PREFIXES) and word != "expected" for word in words)


@functools.lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _SPLIT.findall(name))


def _call(around: Sequence[str], index: int) -> bool:
    token = around[index]
    if around[index - 1] in (".", "?.") and token in _RUNNER_METHODS and _RUNNER.fullmatch(around[index - 2]):
        return True
    if around[index - 1] == "@":
        return False
    words = _words(token)
    if token not in _NOT_ALONE and (words & _WORDS or any(word.startswith(_PREFIXES) for word in words)):
        return True
    takes_runner = around[index + 2] in ("t", "tb") and around[index + 3] == ","
    return takes_runner and bool(words & _GO_COMPARES)
