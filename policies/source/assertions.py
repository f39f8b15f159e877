"""Whether a test case asserts anything: by its own calls, or by those of functions in its file that it calls."""

from __future__ import annotations

import functools
from collections.abc import Sequence

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

_PREFIXES = ("assert", "expect")

#: Calls that only look like one: a module import of JavaScript, a regular expression's test, a look-up.
_NOT_ALONE = frozenset("require test tests match matches raise".split())  # noqa: SIM905

#: Statements and objects: `assert x`, `assert.equal(…)`, `require.NoError(…)`, `value.should.equal(…)`.
_OBJECTS = frozenset("assert require expect should is qt assertions Assert Assertions verify chai".split())  # noqa: SIM905
_STATEMENTS = frozenset(["assert"])
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

_SPLIT = re2.compile(r"[A-Z]+[a-z0-9]*|[a-z0-9]+")
_MOST_FUNCTIONS = 200


def asserts(suite: Suite, case: Case) -> bool:
    """Whether a case has an assertion, itself or in a function of the same file that it calls."""
    if case.asserts:
        return True
    own = _own(suite, case)
    if _count(suite.language, own):
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
        suite.helping[name] = (_count(suite.language, found) > 0, frozenset(found) & suite.functions.keys())
    return suite.helping[name]


def count(suite: Suite, case: Case) -> int:
    """How many assertions a case has itself."""
    return _count(suite.language, _own(suite, case))


def _own(suite: Suite, case: Case) -> list[str]:
    # An empty token keeps the end of one part from reading on into the next: `@Test` and `(int x)` are no call.
    return [token for node in case.nodes for token in (*suite.own(node), "")]


def _count(language: str, found: Sequence[str]) -> int:
    padded = ["", "", *found, "", "", ""]
    return sum(_at(language, padded, index) for index in range(2, len(padded) - 3))


def _at(language: str, around: Sequence[str], index: int) -> bool:
    before, token, after = around[index - 1], around[index], around[index + 1]
    if not token or not (token[0].isalpha() or token[0] in "_$@"):
        return False
    if after == ".":
        return token in _OBJECTS
    if language in ("Python", "Java") and token in _STATEMENTS:
        return True
    if before == "." and token in _PROPERTIES:
        return True
    if language == "Java" and (token, after) == ("expected", "="):
        return True
    return after in ("(", "<", '"') and _call(around, index)


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
