from types import MappingProxyType

import pytest

from domain.change import Content
from policies.code_owners import CodeOwners, Owners

FILE = """\
# Whoever is named last counts.
*                 @acme/everybody
*.js              @js-owner # and a remark
/build/logs/      @doctocat
docs/*            docs@example.org @octocat
apps/             @octocat @acme/apps
/scripts/         @doctocat @octocat
/apps/github
**/logs           @logger
!apps/kept        @nobody
[a-c].txt         @nobody
with\\ space.md    @spacer
"""


def among(**files: str | None) -> CodeOwners:
    content = {path: Content(text) if text is not None else Content.closed("binary") for path, text in files.items()}
    return CodeOwners.among(MappingProxyType({"docs/CODEOWNERS": None, **content}))


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("readme", Owners((), ("acme/everybody",))),
        ("src/deep/index.js", Owners(("js-owner",))),
        ("build/logs/today", Owners(("logger",))),
        ("src/build/logs/today", Owners(("logger",))),
        ("docs/getting-started.md", Owners(("octocat",))),
        ("docs/build-app/troubleshooting.md", Owners((), ("acme/everybody",))),
        ("apps/a/b", Owners(("octocat",), ("acme/apps",))),
        ("deep/apps/a", Owners(("octocat",), ("acme/apps",))),
        ("apps/github/x", Owners()),
        ("apps/kept", Owners(("octocat",), ("acme/apps",))),
        ("scripts/run", Owners(("doctocat", "octocat"))),
        ("b.txt", Owners((), ("acme/everybody",))),
        ("with space.md", Owners(("spacer",))),
    ],
)
def test_the_last_line_that_means_a_file_names_its_owners(path: str, owners: Owners) -> None:
    assert among(CODEOWNERS=FILE).of(path) == owners


def test_the_first_place_that_holds_a_file_counts() -> None:
    owners = among(**{".github/CODEOWNERS": "* @first\n", "CODEOWNERS": "* @second\n"})
    assert (owners.path, owners.of("a")) == (".github/CODEOWNERS", Owners(("first",)))


def test_without_a_file_nobody_owns_anything() -> None:
    assert among() == CodeOwners()


def test_a_file_that_is_no_text_says_so() -> None:
    assert among(CODEOWNERS=None).unreadable == "binary"


def test_a_pattern_that_makes_others_hang_is_read_at_once() -> None:
    assert among(CODEOWNERS="*a" * 60 + "*b @x\n").of("a" * 4_000) == Owners()
