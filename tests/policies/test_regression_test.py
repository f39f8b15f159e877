from collections.abc import Mapping

import pytest

from domain.finding import Inspection, Outcome
from policies.regression_test import RegressionTest
from tests.builders import Side, a_change

FIX: Mapping[str, tuple[Side, Side]] = {"cart.py": ("total = 1\n", "total = 2\n")}


def inspect(files: Mapping[str, tuple[Side, Side]]) -> Inspection:
    return RegressionTest().inspect(a_change(files))


def label(path: str, base: Side, head: Side) -> str:
    return str(inspect({path: (base, head)}).facts["label"])


OLD = "def test_old():\n    assert f(1) == 1\n"


def test_an_added_case_passes_and_is_named() -> None:
    head = f"{OLD}\n\ndef test_rounds():\n    assert total() == 2\n"
    inspection = inspect({**FIX, "tests/test_cart.py": (OLD, head)})
    assert inspection.outcome is Outcome.PASS
    assert inspection.summary == "test_rounds added in tests/test_cart.py"
    assert inspection.facts == {
        "label": "real",
        "cases": [
            {
                "path": "tests/test_cart.py",
                "name": "test_rounds",
                "change": "added",
                "skipped": False,
                "asserts": True,
            }
        ],
    }


def test_without_a_test_the_remedy_names_a_place() -> None:
    inspection = inspect(FIX)
    assert (inspection.outcome, inspection.facts["label"]) == (Outcome.FAIL, "none")
    assert inspection.findings[-1].remedy == "add a test case that fails without the fix, e.g. in tests/test_cart.py"


def test_the_remedy_prefers_a_test_file_that_is_touched_already() -> None:
    inspection = inspect({"cart.go": ("package a\n", "package b\n"), "cart_test.go": (None, "package b\n")})
    assert inspection.findings[-1].remedy == "add a test case that fails without the fix, e.g. in cart_test.go"


PYTHON = [
    ("touched", OLD.replace("== 1", "== 1 + 2"), OLD.replace("== 1", "== (1 + 2)")),
    ("real", OLD.replace("f(1) == 1", "f"), OLD.replace("f(1) == 1", "f()")),
    ("real", OLD, OLD.replace("== 1", "== 2")),
    ("real", OLD, OLD.replace("f(1)", "f(7)")),
    ("real", OLD, OLD.replace("f(1)", "f()")),
    ("real", OLD, f"{OLD}class TestA:\n    async def test_b(self):\n        check_total(1)\n"),
    ("real", OLD, f"{OLD}def help(x):\n    assert x\n\ndef test_b():\n    help(1)\n"),
    ("real", OLD, f"{OLD}import sys\n@pytest.mark.skipif(sys.platform == 'win32', reason='r')\n{OLD}"),
    ("real", f"@pytest.mark.skip\n{OLD}", OLD),
    (
        "real",
        "@pytest.mark.parametrize('x', [1])\ndef test_a(x):\n    assert x\n",
        "@pytest.mark.parametrize('x', [1, 2])\ndef test_a(x):\n    assert x\n",
    ),
    (
        "real",
        "ROWS = [1]\n@pytest.mark.parametrize('x', ROWS)\ndef test_a(x):\n    assert x\n",
        "ROWS = [1, 2]\n@pytest.mark.parametrize('x', ROWS)\ndef test_a(x):\n    assert x\n",
    ),
    (
        "real",
        "class A(TestCase):\n  def test_a(self):\n    with b():\n      c()\n      self.assertTrue(d)\n",
        "class A(TestCase):\n  def test_a(self):\n    with b():\n      c()\n    self.assertTrue(d)\n",
    ),
    ("skipped", OLD, f"@pytest.mark.skip(reason='slow')\n{OLD}"),
    ("skipped", OLD, f"{OLD}@pytest.mark.xfail\ndef test_b():\n    assert 0\n"),
    ("skipped", OLD, f"{OLD}def test_b():\n    pytest.skip('no')\n    assert 0\n"),
    (
        "skipped",
        OLD,
        f"{OLD}@unittest.skip('no')\nclass TestB:\n    x = 1\n\n    def test_b(self):\n        assert 0\n",
    ),
    ("skipped", "pytestmark = pytest.mark.skip\n", f"pytestmark = pytest.mark.skip\n{'#' * 40}\n{OLD}"),
    ("skipped", OLD, f"{OLD}@skipIf(True, 'no')\ndef test_b():\n    assert 0\n"),
    ("renamed", OLD, OLD.replace("test_old", "test_new")),
    ("removed", f"{OLD}def test_b():\n    assert 1\n", OLD),
    ("touched", OLD, f"# a comment\n{OLD}"),
    ("touched", OLD, "def test_old():\n    '''Say more.'''\n    assert f(\n        1,\n    ) == 1  # a comment\n"),
    ("touched", OLD, f"{OLD}def test_b():\n    print('hi')\n"),
    ("touched", OLD, f"{OLD}@pytest.fixture\ndef test_data():\n    assert 1\n"),
    ("touched", f"{OLD}    assert f(2) == 2\n", OLD),
]


@pytest.mark.parametrize(("expected", "base", "head"), PYTHON)
def test_python_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("tests/test_cart.py", base, head) == expected


DOCTEST = 'def f(x):\n    """Add one.\n\n    >>> f(1)\n    2\n    """\n    return x + 1\n'


def test_a_doctest_in_product_code_counts() -> None:
    inspection = inspect({"cart.py": (DOCTEST, DOCTEST.replace("f(1)", "f(2)").replace("    2\n", "    3\n"))})
    assert (inspection.outcome, inspection.facts["label"]) == (Outcome.PASS, "doctest")
    assert inspection.facts["cases"][0]["name"] == "f (doctest)"


def test_a_skipped_doctest_does_not_count() -> None:
    assert label("cart.py", "x = 1\n", DOCTEST.replace("f(1)", "f(1)  # doctest: +SKIP")) == "skipped"


def test_code_beside_a_doctest_is_no_doctest() -> None:
    assert label("cart.py", DOCTEST, DOCTEST.replace("x + 1", "x + 2")) == "none"


def test_a_function_named_like_a_test_in_product_code_is_no_case() -> None:
    assert label("database.py", "", "def test_connection():\n    assert ping()\n") == "none"


def test_a_test_case_class_counts_wherever_it_lies() -> None:
    head = "class A(unittest.TestCase):\n    def test_a(self):\n        self.assertTrue(x)\n"
    assert label("cart.py", None, head) == "real"


JS = "describe('cart', () => {\n  it('adds', () => { expect(f(1)).toBe(1); });\n});\n"
JAVASCRIPT = [
    ("real", JS, JS.replace("toBe(1)", "toBe(2)")),
    ("real", JS, f"{JS}test('b', async () => {{ assert.equal(f(1), 1); }});\n"),
    ("real", "", "test.each([[1, 2]])('%i', (a, b) => { expect(a).toBe(b); });\n"),
    (
        "real",
        "it.each`a\n${1}`('n', ({a}) => { expect(a); });\n",
        "it.each`a\n${1}\n${2}`('n', ({a}) => { expect(a); });\n",
    ),
    (
        "real",
        "const rows = [1];\nit('x', () => rows.map((r) => expect(r).toBe(1)));\n",
        "const rows = [1, 2];\nit('x', () => rows.map((r) => expect(r).toBe(1)));\n",
    ),
    ("real", "", "const test = require('tape');\ntest('a', (t) => { t.equal(1, 1); t.end(); });\n"),
    ("real", "", "import test from 'ava';\ntest.serial('a', t => { t.is(f(1), 1); });\n"),
    ("real", "", "import { test } from 'node:test';\ntest('a', { timeout: 1 }, () => { assert.ok(1); });\n"),
    ("real", "", "tester.run('rule', rule, { valid: ['a'], invalid: [] });\n"),
    ("real", "", "Deno.test('a', () => { assertEquals(1, f(1)); });\n"),
    ("real", "", "Deno.test({ name: 'a', fn() { assertEquals(1, f(1)); } });\n"),
    ("real", "", "it('a', fakeAsync(() => { expect(f(1)); }));\n"),
    ("real", "", "describe.skipIf(ci)('a', () => { it('b', () => { expect(f(1)); }); });\n"),
    ("skipped", JS, JS.replace("it(", "it.skip(")),
    ("skipped", JS, f"{JS}xit('b', () => {{ expect(f(1)); }});\n"),
    ("skipped", JS, f"{JS}test.todo('b');\n"),
    ("skipped", JS, f"{JS}it('b');\n"),
    ("skipped", JS, f"{JS}test.failing('b', () => {{ expect(f(1)); }});\n"),
    ("skipped", JS, f"{JS}test('b', {{ skip: true }}, () => {{ assert(1); }});\n"),
    ("skipped", JS, f"{JS}describe.skip('b', () => {{\n\n\n  it('c', () => {{ expect(f(1)); }});\n}});\n"),
    ("skipped", JS, f"{JS}it('b', function () {{ this.skip(); expect(f(1)); }});\n"),
    ("renamed", JS, JS.replace("'adds'", "'sums'")),
    ("renamed", JS, JS.replace("'cart'", "'basket'")),
    ("removed", f"{JS}it('b', () => {{ expect(f(1)); }});\n", JS),
    ("touched", JS, JS.replace("'", '"').replace(";", "").replace("toBe(1)", "toBe(\n1,\n)")),
    ("touched", JS, f"// HOTFIX: x\n{JS}"),
    ("touched", JS, f"beforeEach(() => {{ expect(f(1)); }});\n{JS}"),
]


@pytest.mark.parametrize(("expected", "base", "head"), JAVASCRIPT)
@pytest.mark.parametrize("path", ["test/cart.js", "src/cart.test.ts", "src/cart.spec.tsx", "__tests__/cart.jsx"])
def test_javascript_cases_are_labelled(path: str, expected: str, base: str, head: str) -> None:
    assert label(path, base, head) == expected


def test_a_nested_javascript_case_is_named_with_its_groups() -> None:
    assert inspect({"a.test.js": (None, JS)}).facts["cases"][0]["name"] == "cart > adds"


def test_a_script_that_asserts_is_one_case() -> None:
    assert (
        label("test/parallel/test-fs.js", "f();\n", "const assert = require('assert');\nassert.strictEqual(f(), 1);\n")
        == "real"
    )


def test_a_regular_expression_is_no_case() -> None:
    assert label("test/support/names.js", None, "if (/a/.test('b')) { assert(1); }\n") == "touched"


@pytest.mark.parametrize("call", ["it.only", "fit", "test.only", "describe.only"])
def test_a_focused_case_is_a_finding(call: str) -> None:
    head = f"{call}('b', () => {{ it('c', () => expect(f(1))); expect(f(1)); }});\n"
    inspection = inspect({"a.test.js": (JS, JS + head)})
    assert inspection.outcome is Outcome.FAIL
    assert "keeps all other test cases from running" in inspection.findings[0].message


GO = "package a\n\nfunc TestOld(t *testing.T) {\n\tif f(1) != 1 {\n\t\tt.Error()\n\t}\n}\n"
GO_TABLE = """package a

var rows = []struct{ in, out int }{{1, 1}}

func TestRows(t *testing.T) {
	for _, row := range rows {
		t.Run("x", func(t *testing.T) { require.Equal(t, row.out, f(row.in)) })
	}
}
"""
GO_CASES = [
    ("real", GO, GO.replace("f(1)", "f(2)")),
    ("real", GO, f"{GO}func (s *Suite) TestB() {{ s.Equal(1, 1); s.Require().True(x) }}\n"),
    ("real", GO_TABLE, GO_TABLE.replace("{1, 1}}", "{1, 1}, {2, 2}}")),
    ("real", GO, f"{GO}func ExampleB() {{\n\tfmt.Println(1)\n\t// Output: 1\n}}\n"),
    ("real", GO, f"{GO}func FuzzB(f *testing.F) {{ f.Fuzz(func(t *testing.T, a int) {{ checkIt(t, a) }}) }}\n"),
    ("real", GO, f"{GO}func TestB(t *testing.T) {{\n\tif testing.Short() {{\n\t\tt.Skip()\n\t}}\n\tt.Fatal()\n}}\n"),
    ("real", GO, f'{GO}var _ = Describe("a", func() {{ It("b", func() {{ Expect(f(1)).To(Equal(1)) }}) }})\n'),
    ("skipped", GO, f'{GO}func TestB(t *testing.T) {{\n\tt.Skip("later")\n\tt.Fatal()\n}}\n'),
    ("skipped", GO, f'{GO}var _ = XDescribe("a", func() {{ It("b", func() {{ Expect(f(1)).To(Equal(1)) }}) }})\n'),
    ("renamed", GO, GO.replace("TestOld", "TestNew")),
    ("removed", f"{GO}func TestB(t *testing.T) {{ t.Fatal() }}\n", GO),
    ("touched", GO, GO.replace("\t", "    ")),
    ("touched", GO, f"{GO}func Testify() {{ assert.True(t, x) }}\nfunc TestMain(m *testing.M) {{ m.Run() }}\n"),
    ("touched", GO, f"{GO}func TestB(t *testing.T) {{ println(1) }}\n"),
]


@pytest.mark.parametrize(("expected", "base", "head"), GO_CASES)
def test_go_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("cart/cart_test.go", base, head) == expected


def java(*methods: str, before: str = "", extends: str = "") -> str:
    body = "\n\n".join(f"  {method}" for method in methods)
    return f"package a;\n\n{before}\nclass CartTest {extends}{{\n{body}\n}}\n"


ADDS = "@Test void adds() { assertEquals(1, f(1)); }"
NEW = "@Test void rounds() { assertThat(f(2)).isEqualTo(2); }"
JAVA = [
    ("real", java(ADDS), java(ADDS, NEW)),
    ("real", java(ADDS), java(ADDS.replace("f(1)", "f(3)"))),
    ("real", java(ADDS), java(ADDS, "@ParameterizedTest @ValueSource(ints = {1}) void b(int i) { verify(i); }")),
    ("real", java("@Test void a() { f(); }"), java("@Test(expected = A.class) void a() { f(); }")),
    (
        "real",
        java(
            '@MethodSource("rows") @ParameterizedTest void a(int i) { check(i); }',
            "static int[] rows() { return x(1); }",
        ),
        java(
            '@MethodSource("rows") @ParameterizedTest void a(int i) { check(i); }',
            "static int[] rows() { return x(2); }",
        ),
    ),
    (
        "real",
        java(extends="extends TestCase "),
        java("public void testA() { assertTrue(x); }", extends="extends TestCase "),
    ),
    ("real", java(ADDS), java(ADDS, "@Nested class Inner { @Test void b() { fail(); } }")),
    ("real", java(ADDS), java(ADDS, "@Test @DisabledOnOs(OS.MAC) void b() { fail(); }")),
    ("skipped", java(ADDS), java(ADDS, f"@Disabled {NEW}")),
    ("skipped", java(ADDS, before='@Disabled("x")'), java(ADDS, NEW, before='@Disabled("x")')),
    (
        "skipped",
        java(ADDS, before="@Ignore"),
        java(ADDS, "@Nested class B { @Test void b() { fail(); } }", before="@Ignore"),
    ),
    ("skipped", java(ADDS), java(ADDS, "@Test(enabled = false) public void b() { fail(); }")),
    ("renamed", java(ADDS), java(ADDS.replace("adds", "sums"))),
    ("removed", java(ADDS, NEW), java(ADDS)),
    ("touched", java(ADDS), java("// why", ADDS)),
    ("touched", java(ADDS), java(ADDS, "@BeforeEach void setUp() { assertTrue(x); }")),
    ("touched", java(ADDS), java(ADDS, "@Test void b() { int x = 1; }")),
]


@pytest.mark.parametrize(("expected", "base", "head"), JAVA)
def test_java_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("src/test/java/a/CartTest.java", base, head) == expected


def test_an_inline_java_test_in_product_code_counts() -> None:
    assert label("src/main/java/a/Cart.java", java(ADDS), java(ADDS, NEW)) == "real"


def test_a_case_moved_to_another_file_is_only_renamed() -> None:
    files: dict[str, tuple[Side, Side]] = {
        "tests/test_a.py": (f"{OLD}def test_b():\n    assert 1\n", "def test_b():\n    assert 1\n"),
        "tests/test_c.py": ("import x\n", f"import x\n{OLD}"),
    }
    assert inspect(files).facts["label"] == "renamed"


def test_a_renamed_test_file_keeps_its_cases() -> None:
    text = OLD + "".join(f"\n\ndef test_{n}():\n    assert f({n})\n" for n in range(9))
    head = text.replace("f(8)", "f(88)")
    inspection = inspect({"tests/test_a.py": (text, None), "tests/test_b.py": (None, head)})
    assert [(case["name"], case["change"]) for case in inspection.facts["cases"]] == [("test_8", "changed")]


@pytest.mark.parametrize("path", ["tests/data/cart.json", "src/__snapshots__/a.js.snap", "cart/testdata/a.go"])
def test_a_fixture_or_snapshot_alone_is_no_test(path: str) -> None:
    assert label(path, "a\n", "b\n") == "touched"


def test_a_test_file_that_is_not_utf_8_is_an_error_and_no_pass() -> None:
    inspection = inspect({"tests/test_cart.py": (OLD, OLD.encode() + b"# caf\xe9\n")})
    assert inspection.outcome is Outcome.ERROR
    assert "not UTF-8" in inspection.findings[0].message


def test_an_unreadable_file_does_not_hide_a_real_case_elsewhere() -> None:
    files: dict[str, tuple[Side, Side]] = {"tests/test_a.py": ("", b"\xe9"), "tests/test_b.py": (None, OLD)}
    assert inspect(files).outcome is Outcome.PASS


def test_a_byte_order_mark_and_carriage_returns_change_no_case() -> None:
    assert label("tests/test_a.py", OLD, "\ufeff" + OLD.replace("\n", "\r\n")) == "touched"


def test_code_nested_ten_thousand_deep_is_read() -> None:
    deep = f"def test_deep():\n    assert {'(' * 10_000}f(1){')' * 10_000}\n"
    assert label("tests/test_a.py", OLD, OLD + deep) == "real"


def test_a_syntax_tree_too_large_to_walk_is_an_error_and_no_pass() -> None:
    head = f"rows = [{'1,' * 320_000}]\n{OLD}"
    inspection = inspect({"tests/test_a.py": (None, head)})
    assert inspection.outcome is Outcome.ERROR
    assert "too large" in inspection.findings[0].message


def test_a_long_chain_of_calls_is_walked_once() -> None:
    assert label("a.test.js", JS, f"{JS}a{'.b()' * 20_000};\n") == "touched"


def test_many_cases_that_share_a_table_are_compared_by_its_digest() -> None:
    rows = f"ROWS = [{'1, ' * 5_000}]\n"
    cases = "".join(f"def test_{n}():\n    assert f(ROWS, {n})\n" for n in range(500))
    inspection = inspect({"tests/test_a.py": (rows + cases, rows.replace("1", "2", 1) + cases)})
    assert len(inspection.facts["cases"]) == 500


def test_findings_are_capped_and_facts_are_not() -> None:
    head = "".join(f"def test_{n}():\n    x = {n}\n" for n in range(200))
    inspection = inspect({"tests/test_a.py": (None, head)})
    assert (len(inspection.findings), len(inspection.facts["cases"])) == (51, 200)
