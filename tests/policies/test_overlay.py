from policies.source.overlay import overlay
from policies.source.splicing import spliced
from tests.builders import a_change

TEST = "def test_total():\n    assert total(1) == {}\n"


def test_test_files_are_run_and_what_belongs_to_them_is_laid_beside() -> None:
    found = overlay(
        a_change(
            {
                "cart.py": ("a\n", "b\n"),
                "tests/test_cart.py": (TEST.format(1), TEST.format(2)),
                "tests/conftest.py": (None, "import pytest\n"),
                "tests/fixtures/prices.json": (None, "{}\n"),
                "package.json": ("{}\n", '{"a": 1}\n'),
            }
        )
    )
    assert found.tests == ("tests/test_cart.py",)
    assert found.support == ("tests/conftest.py", "tests/fixtures/prices.json")
    assert (found.removed, found.mixed, found.inseparable) == ((), {}, ())


def test_a_test_file_that_moved_leaves_its_old_place() -> None:
    text = "".join(f"def test_{number}():\n    assert total({number}) == {number}\n\n\n" for number in range(9))
    change = a_change({"tests/test_old.py": (text, None), "tests/test_new.py": (None, text + TEST.format(2))})
    found = overlay(change)
    assert found.tests == ("tests/test_new.py",)
    assert found.removed == ("tests/test_old.py",)


def test_a_removed_test_file_is_taken_away() -> None:
    found = overlay(a_change({"tests/test_cart.py": (TEST.format(1), None), "cart.py": ("a\n", "b\n")}))
    assert (found.tests, found.removed) == ((), ("tests/test_cart.py",))


def test_a_test_in_a_language_that_nobody_reads_is_run_for_its_name() -> None:
    found = overlay(a_change({"cart_test.zig": (None, 'test "total" {}\n')}))
    assert found.tests == ("cart_test.zig",)


def test_a_doctest_in_the_source_can_not_be_told_from_the_fix() -> None:
    before = 'def total(x):\n    """Add.\n\n    >>> total(1)\n    1\n    """\n    return x\n'
    found = overlay(a_change({"cart.py": (before, before.replace("    1\n", "    2\n"))}))
    assert found.inseparable == ("cart.py",)
    assert found.to_run == ()


RUST = """pub fn total(x: u32) -> u32 {{
    {}
}}

#[cfg(test)]
mod tests {{
    use super::*;

    #[test]
    fn adds() {{
        assert_eq!(total(1), {});
    }}
}}
"""


def test_rusts_test_module_is_laid_into_bases_source() -> None:
    found = overlay(a_change({"src/lib.rs": (RUST.format("x", 1), RUST.format("x * 2", 2))}))
    assert found.mixed == {"src/lib.rs": RUST.format("x", 2)}
    assert found.to_run == ("src/lib.rs",)


def test_a_new_test_module_comes_to_the_end_of_bases_source() -> None:
    base = "pub fn total(x: u32) -> u32 {\n    x\n}\n"
    text = spliced(base, RUST.format("x * 2", 2), [10])
    assert text is not None
    assert text.startswith(base)
    assert "assert_eq!(total(1), 2)" in text
    assert "x * 2" not in text


def test_a_rust_test_outside_of_a_test_module_can_not_be_told_from_the_fix() -> None:
    base = "pub fn total(x: u32) -> u32 {\n    x\n}\n"
    head = base.replace("    x\n", "    x * 2\n") + "\n#[test]\nfn adds() {\n    assert_eq!(total(1), 2);\n}\n"
    found = overlay(a_change({"src/lib.rs": (base, head)}))
    assert (found.mixed, found.inseparable) == ({}, ("src/lib.rs",))


def test_a_source_whose_test_module_stays_the_same_is_none_of_the_tests() -> None:
    found = overlay(a_change({"src/lib.rs": (RUST.format("x", 1), RUST.format("x + 0", 1))}))
    assert (found.mixed, found.inseparable) == ({}, ())
