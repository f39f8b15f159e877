"""Other people's code that comes as files, without a manifest."""

from typing import Any

import pytest

from domain.finding import Inspection, Outcome
from policies.dependencies import Dependencies
from tests.builders import Side, a_change

FIX: dict[str, tuple[Side, Side]] = {"app.py": ("a = 1\n", "a = 2\n")}


def inspect(files: dict[str, tuple[Side, Side]], **settings: Any) -> Inspection:
    return Dependencies(**settings).inspect(a_change({**FIX, **files}))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("static/jquery.min.js", "static/jquery"),
        ("static/jquery-3.7.1.min.js", "static/jquery"),
        ("vendor/left-pad/index.js", "vendor/left-pad"),
        ("vendor/left-pad/a.test.js", "vendor/left-pad"),
        ("vendor/assets/javascripts/chosen.js", "vendor/assets/javascripts/chosen"),
        ("vendor/github.com/acme/pad/pad.go", "vendor/github.com/acme/pad"),
        ("third_party/zlib-1.3/inflate.c", "third_party/zlib"),
    ],
)
def test_new_code_of_other_people_is_a_new_dependency(path: str, name: str) -> None:
    found = inspect({path: (None, "x = 1;\n")})
    assert (found.outcome, found.summary) == (Outcome.FAIL, f"adds {name} (generic)")
    assert found.findings[0].message == f"Adds vendored code, {name}"
    assert found.findings[0].path == path
    assert "have pkg:generic/" in found.findings[0].remedy


def test_a_package_of_many_files_is_told_once() -> None:
    found = inspect({f"vendor/pad/{name}.js": (None, f"{name};\n") for name in "abc"})
    assert [one["name"] for one in found.facts["changes"]] == ["vendor/pad"]


OLD, NEW = "".join(f"old {n};\n" for n in range(20)), "".join(f"new {n};\n" for n in range(20))


@pytest.mark.parametrize(
    "files",
    [
        {"vendor/pad/index.js": ("1;\n", "2;\n")},
        {"vendor/pad/index.js": ("1;\n", "2;\n"), "vendor/pad/more.js": (None, "3;\n")},
        {"static/jquery-3.4.1.min.js": (OLD, None), "static/jquery-3.7.1.min.js": (None, NEW)},
        {"third_party/zlib-1.2/a.c": (OLD, None), "third_party/zlib-1.3/a.c": (None, NEW)},
        {"third_party/zlib/fix.patch": (None, "a\n"), "vendor/README.md": (None, "a\n")},
        {"src/cart.js": (None, OLD), "static/cart.min.js": (None, NEW)},
        {"dist/app.min.js": (None, NEW)},
        {"src/vendor/payout.py": (None, NEW)},
        {"tests/static/jquery.min.js": (None, NEW)},
        {"docs/static/jquery.min.js": (None, NEW)},
        {"go.mod": ("module x\n", "module x\n\n"), "vendor/github.com/acme/pad/pad.go": (None, NEW)},
    ],
)
def test_code_that_was_there_before_or_is_ones_own_is_no_new_dependency(files: dict[str, tuple[Side, Side]]) -> None:
    assert inspect(files).outcome is Outcome.PASS


def test_vendored_code_is_allowed_by_its_purl() -> None:
    files: dict[str, tuple[Side, Side]] = {"static/jquery.min.js": (None, "x;\n")}
    assert inspect(files, allow=("pkg:generic/static/jquery",)).outcome is Outcome.PASS
