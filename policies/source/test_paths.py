"""Which files are tests, told by their path alone.

The names are the defaults of the test runners themselves: pytest ("Conventions for Python test discovery"), Jest
(`testMatch`), Vitest (`include`), AVA ("Test files"), `go help test`, Maven Surefire and Failsafe (`includes`),
Gradle's source sets, Cargo ("Package layout"), RSpec and Minitest, PHPUnit (`*Test.php`), `mix help test`,
Swift packages (`Tests/`), bats and GoogleTest's own tree.
"""

from __future__ import annotations

import functools
from pathlib import PurePosixPath

import re2

#: Every file below a folder of one of these names belongs to the tests, fixtures and data included.
_FOLDERS = frozenset(
    """
    test tests __tests__ __test__ __mocks__ __snapshots__ __fixtures__ testdata test-data test_data testfixtures
    testsuite testsuites unittests unit_tests integration_tests integration-tests integration_test e2e e2e-tests cypress
    type-tests type_tests typetests androidtest androidunittest commontest jvmtest integrationtest functionaltest
    """.split()  # noqa: SIM905
)

#: Folders that hold tests in some ecosystems and something else in others (`spec/openapi.yaml`): code alone counts.
_CODE_FOLDERS = frozenset(["spec", "specs", "t", "features"])
_CODE_SUFFIXES = frozenset(
    """
    .rb .js .jsx .mjs .cjs .ts .tsx .mts .cts .coffee .t .pl .py .lua .php .cr .ex .exs .feature .kt .groovy .scala .sh
    """.split()  # noqa: SIM905
)
_CODE_FOLDER_DATA = ("spec/fixtures/", "spec/support/", "spec/factories/")

#: A project of tests by .NET's and Swift's custom: `Acme.Cart.Tests/Rounding.cs`, `Tests/CartTests/Rounding.swift`.
_PROJECT = re2.compile(
    r"(?:.+[._-])?(?:(?:[Uu]nit|[Ii]ntegration|[Ff]unctional)[._-]?)?[Tt]ests?|\w+(?:Unit|UI)?Tests|(?:.+[._-])?\w*Specs"
)

#: What tests share, by Swift's, Rust's and Go's custom: `Sources/_CartTestSupport/Assertions.swift`.
_SUPPORT = re2.compile(r"(?i)[\w-]*test[_-]?(?:support|utils?|helpers?)")

#: A source set of Gradle's Android and multiplatform plugins: `src/jvmTest/kotlin/…`, `src/testFixtures/java/…`.
_SOURCE_SET = re2.compile(r"(?:^|/)src/(?:\w*Test|test\w*)/")
#: Product code by the build tools' own layout: what lies below it may well be called `test` (`lib/plug/test.ex`).
_PRODUCT = re2.compile(
    r"^(?:.*/)?src/(?:main|\w+Main)/|^lib/.*\.(?:ex|rb)$|^(?:.*/)?(?:bin|scripts?|ci|\.ci|tools?)/[^/]*\.(?:sh|bash)$"
    r"|^(?:.*/)?lib/.*\.dart$"
)
#: The one name that is a test's even beside product code.
_INLINE = re2.compile(r".*Tests?\.(?:java|kt|scala|groovy)")

_NAMES = tuple(
    re2.compile(pattern)
    for pattern in (
        r"test_.*\.py|.*_tests?\.py|tests?\.py|conftest\.py",
        r".*[._-](?:test|tests|spec|e2e|cy|test-d)\.(?:js|jsx|mjs|cjs|ts|tsx|mts|cts|vue|svelte|coffee)",
        r"(?:test|tests|spec)\.(?:js|jsx|mjs|cjs|ts|tsx|mts|cts)|test[.-].*\.(?:js|mjs|cjs|ts)",
        r".*_test\.go",
        r".*(?:Test|Tests|TestCase|IT|ITCase|Spec|Specs)\.(?:java|kt|kts|groovy|scala)|Test[A-Z0-9]\w*\.(?:java|kt)",
        r"(?:.*_)?tests?\.rs",
        r".*_(?:spec|test)\.(?:rb|cr)|test_.*\.rb|.*\.feature",
        r".*(?:Tests?|Specs)\.(?:cs|fs|vb)|.*Tests?\.swift|.*(?:Test|Cest|Spec)\.php|.*\.phpt",
        r".*_test\.exs|.*\.bats|.*_(?:test|spec)\.(?:dart|lua)|.*_test\.(?:sh|bash|zig|nim|clj|cljc|cljs|erl|ml|hs)",
        r".*[_-](?:test|tests|unittest|unittests)\.(?:c|cc|cpp|cxx|h|hpp|m|mm)|test[_-].*\.(?:c|cc|cpp|cxx|sh|R|r|jl)",
        r".*Tests?\.(?:c|cc|cpp|cxx|mm|m)|tests?\.(?:c|cc|cpp|cxx)|.*_SUITE\.erl|.*Spec\.hs",
        r".*\.(?:snap|golden)",
    )
)


@functools.lru_cache(maxsize=4096)
def is_test_path(path: str) -> bool:
    """Whether a repository path names a test file or something that belongs to the tests (fixture, snapshot).

    Args:
        path: slash-separated and relative to the repository's root.
    """
    product = _PRODUCT.match(path)
    folders = PurePosixPath(path[: product.end()] if product else path).parts[:-1]
    if product:
        named = bool(_INLINE.fullmatch(PurePosixPath(path).name))
        may_be_one = "src/" in product.group() or path.endswith(".dart")
        return may_be_one and (named or _in_test_folder(path, folders))
    return _in_test_folder(path, folders) or has_test_name(path)


def has_test_name(path: str) -> bool:
    """Whether the file's own name is that of a test, wherever it lies: `cart_test.go`, but not `tests/data.go`."""
    name = PurePosixPath(path).name
    return any(pattern.fullmatch(name) for pattern in _NAMES)


def _in_test_folder(path: str, folders: tuple[str, ...]) -> bool:
    if any(folder.lower() in _FOLDERS or _is_support(folder, folders) for folder in folders):
        return True
    if _SOURCE_SET.search(path):
        return True
    if any(data in path for data in _CODE_FOLDER_DATA):
        return True
    suffix = PurePosixPath(path).suffix
    if suffix in _CODE_SUFFIXES and any(folder in _CODE_FOLDERS for folder in folders):
        return True
    return suffix in {".cs", ".fs", ".vb", ".swift", ".resx"} and any(_PROJECT.fullmatch(folder) for folder in folders)


def _is_support(folder: str, folders: tuple[str, ...]) -> bool:
    """Whether a folder holds what tests share; below `Sources/` Swift publishes it, unless `_` begins its name."""
    is_published = "Sources" in folders and not folder.startswith("_")
    return _SUPPORT.fullmatch(folder) is not None and not is_published
