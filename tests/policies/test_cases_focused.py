"""Focus markers, skips far from the hunk, and what strangers' repositories taught the readers of test cases."""

# ruff: noqa: E501 - a row holds both sides of a file
import time

import pytest

from tests.builders import Side
from tests.policies.test_cases_by_language import inspect, label

FOCUSED = [
    ("a.test.js", "it('a', () => { expect(f()).toBe(1); });\n", "it.only('a', () => { expect(f()).toBe(1); });\n"),
    ("a.test.ts", "describe('a', () => { it('b', () => { expect(f(1)); }); });\n", "fdescribe('a', () => { it('b', () => { expect(f(1)); }); });\n"),
    ("a.test.mjs", "test('a', () => { assert(f()); });\n", "test('a', { only: true }, () => { assert(f()); });\n"),
    ("tests/rule.js", "tester.run('a', rule, { valid: [{ code: 'x' }], invalid: [] });\n", "tester.run('a', rule, { valid: [{ code: 'x', only: true }], invalid: [] });\n"),
    ("spec/a_spec.rb", "RSpec.describe A do\n  it('a') { expect(f(1)).to eq 1 }\nend\n", "RSpec.describe A do\n  it('a', focus: true) { expect(f(1)).to eq 1 }\nend\n"),
    ("spec/b_spec.rb", "RSpec.describe A do\n  it('a') { expect(f(1)).to eq 1 }\nend\n", "RSpec.describe A do\n  it('a', :focus) { expect(f(1)).to eq 1 }\nend\n"),
    ("spec/c_spec.rb", "describe A do\n  it('a') { expect(f(1)).to eq 1 }\nend\n", "fdescribe A do\n  it('a') { expect(f(1)).to eq 1 }\nend\n"),
    ("test/a_test.rb", "class ATest < Minitest::Test\n  def test_a\n    assert f\n  end\nend\n", "class ATest < Minitest::Test\n  focus\n  def test_a\n    assert f\n  end\nend\n"),
    ("a_test.go", 'package a\n\nvar _ = Describe("a", func() { It("b", func() { Expect(f(1)).To(Equal(1)) }) })\n', 'package a\n\nvar _ = Describe("a", func() { FIt("b", func() { Expect(f(1)).To(Equal(1)) }) })\n'),
    ("b_test.go", 'package a\n\nvar _ = Describe("a", func() { It("b", func() { Expect(f(1)).To(Equal(1)) }) })\n', 'package a\n\nvar _ = Describe("a", func() { It("b", Focus, func() { Expect(f(1)).To(Equal(1)) }) })\n'),
    ("src/test/kotlin/ASpec.kt", 'class ASpec : DescribeSpec({\n    describe("a") {\n        it("b") { x shouldBe 1 }\n    }\n})\n', 'class ASpec : DescribeSpec({\n    describe("a") {\n        fit("b") { x shouldBe 1 }\n    }\n})\n'),
    ("src/test/kotlin/BSpec.kt", 'class BSpec : FunSpec({\n    test("b") { x shouldBe 1 }\n})\n', 'class BSpec : FunSpec({\n    test("f:b") { x shouldBe 1 }\n})\n'),
    ("tests/ATest.php", "<?php\nit('adds', function () { expect(f())->toBe(1); });\n", "<?php\nit('adds', function () { expect(f())->toBe(1); })->only();\n"),
    ("Tests/ASpec.swift", 'class S: QuickSpec {\n    override func spec() {\n        it("b") { expect(f(1)).to(equal(1)) }\n    }\n}\n', 'class S: QuickSpec {\n    override func spec() {\n        fit("b") { expect(f(1)).to(equal(1)) }\n    }\n}\n'),
    ("src/test/scala/ASuite.scala", 'class A extends munit.FunSuite {\n  test("a") {\n    assert(f)\n  }\n}\n', 'class A extends munit.FunSuite {\n  test("a".only) {\n    assert(f)\n  }\n}\n'),
    ("test/a_test.exs", 'defmodule ATest do\n  use ExUnit.Case\n  test "a" do\n    assert f()\n  end\nend\n', 'defmodule ATest do\n  use ExUnit.Case\n  @tag :only\n  test "a" do\n    assert f()\n  end\nend\n'),
    ("test/a.bats", '@test "a" {\n  run f\n}\n', '# bats test_tags=bats:focus\n@test "a" {\n  run f\n}\n'),
    ("tests/test_a.py", "def test_a():\n    assert f()\n", "@pytest.mark.only\ndef test_a():\n    assert f()\n"),
    ("features/a.feature", "Feature: a\n\n  Scenario: b\n    Then c\n", "Feature: a\n\n  @only\n  Scenario: b\n    Then c\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "base", "head"), FOCUSED, ids=[row[0] for row in FOCUSED])
def test_a_focus_marker_of_every_ecosystem_is_a_finding(path: str, base: str, head: str) -> None:
    findings = inspect({path: (base, head)}).findings
    assert any("keeps all other test cases from running" in finding.message for finding in findings)
    assert not any("keeps all other" in finding.message for finding in inspect({path: (head, head + "\n\n")}).findings)


FAR = "\n" * 60
CLASSES = [
    ("src/test/java/ATest.java", f"@Disabled\nclass ATest {{{FAR}%s}}\n", "@Test void b() { fail(); }\n"),
    ("src/test/kotlin/ATest.kt", f"@Ignore\nclass ATest {{{FAR}%s}}\n", "    @Test fun b() { fail() }\n"),
    ("tests/ATests.cs", f"[Ignore(\"later\")]\npublic class ATests {{{FAR}%s}}\n", "  [Test] public void B() { Assert.Fail(); }\n"),
    ("tests/test_a.py", f"@unittest.skip('later')\nclass TestA:\n    x = 1\n{FAR}%s", "    def test_b(self):\n        assert f()\n"),
    ("a.test.js", f"describe.skip('a', () => {{{FAR}%s}});\n", "it('b', () => { expect(f()).toBe(1); });\n"),
    ("spec/a_spec.rb", f"xdescribe A do{FAR}%send\n", "  it('b') { expect(f(1)).to eq 1 }\n"),
    ("a_test.go", f'package a\n\nvar _ = PDescribe("a", func() {{{FAR}%s}})\n', 'It("b", func() { Expect(f(1)).To(Equal(1)) })\n'),
    ("tests/ATest.php", f"<?php\nclass ATest extends TestCase {{\n    protected function setUp(): void {{ $this->markTestSkipped('later'); }}{FAR}%s}}\n", "    public function testB() { $this->assertTrue(f()); }\n"),
    ("Tests/ATests.swift", f"#if false\nclass ATests: XCTestCase {{{FAR}%s}}\n#endif\n", "    func testB() { XCTFail() }\n"),
    ("src/test/scala/ATest.scala", f"@Ignore class ATest extends AnyFunSuite {{{FAR}%s}}\n", '  test("b") { assert(f) }\n'),
    ("test/a_test.exs", f"defmodule ATest do\n  use ExUnit.Case\n  @moduletag :skip\n{FAR}%send\n", '  test "b" do\n    assert f()\n  end\n'),
    ("tests/a.rs", f"#[cfg(any())]\nmod tests {{{FAR}%s}}\n", "    #[test]\n    fn b() { assert!(f()); }\n"),
    ("tests/a_test.cc", f"#if 0{FAR}%s#endif\n", "TEST(A, B) { EXPECT_EQ(1, f()); }\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "case"), CLASSES, ids=[row[0] for row in CLASSES])
def test_a_case_in_a_class_that_is_skipped_far_above_does_not_count(path: str, text: str, case: str) -> None:
    assert label(path, text % "", text % case) == "skipped"


def test_junit_3_methods_count_below_a_base_class_of_the_projects_own() -> None:
    base = "class CartTest extends BaseMapTest {\n  public void testAdds() { assertEquals(1, f(1)); }\n}\n"
    assert label("src/test/java/CartTest.java", base, base.replace("f(1)", "f(2)")) == "real"
    member = "  public void testData() { assertNotNull(f()); }\n}\n"
    assert label("src/test/java/CartTest.java", base, base.removesuffix("}\n") + member) == "real"
    annotated = base.replace("public", "@Test public")
    assert label("src/test/java/CartTest.java", annotated, annotated.removesuffix("}\n") + member) == "touched"


@pytest.mark.parametrize("mark", ["@ExpectedToFail", '@ExpectedToFail("#1")', "@AcmeTestFailureExpected"])
def test_a_case_that_is_expected_to_fail_is_no_regression_test(mark: str) -> None:
    java = f"class CartTest {{\n  {mark} @Test void a() {{ assertEquals(1, f()); }}\n}}\n"
    assert label("src/test/java/CartTest.java", None, java) == "skipped"
    assert (
        label("src/test/kotlin/CartTest.kt", None, f"class A {{\n    {mark} @Test fun a() {{ f() }}\n}}\n") == "skipped"
    )


@pytest.mark.parametrize("mark", ["    #[RequiresPhp('>=8.2')]\n", "    /** @requires PHP 8.2 */\n"])
def test_a_requirement_that_a_php_case_gains_is_a_skip(mark: str) -> None:
    text = "<?php\nclass CartTest extends TestCase\n{\n%s    public function testA() { $this->assertTrue(f()); }\n}\n"
    assert label("tests/CartTest.php", text % "", text % mark) == "skipped"
    assert label("tests/CartTest.php", text % mark, text % "") == "real"


def test_another_condition_in_place_of_one_is_neither_a_skip_nor_a_test() -> None:
    text = "@pytest.mark.skipif({}, reason='x')\ndef test_a():\n    assert f()\n"
    assert label("tests/test_a.py", text.format("WINDOWS"), text.format("LINUX")) == "touched"


def test_swift_cases_between_conditions_run_again_once_these_are_gone() -> None:
    text = "final class A: XCTestCase {\n    func testB() { XCTFail() }\n}\n"
    assert label("Tests/A.swift", f"#if false\n{text}#endif\n", text) == "real"
    assert label("Tests/A.swift", text, f"#if os(Linux)\n{text}#endif\n") == "skipped"
    assert label("Tests/A.swift", f"#if os(Linux)\n{text}#endif\n", f"#if os(macOS)\n{text}#endif\n") == "touched"


def test_a_renamed_file_of_unchanged_cases_is_a_rename() -> None:
    text = 'class A {\n  test("a") {\n    assert(f)\n  }\n}\n'
    files: dict[str, tuple[Side, Side]] = {
        "src/test/scala/ASpec.scala": (text, None),
        "src/test/scala/ASuite.scala": (None, text),
    }
    assert inspect(files).facts["label"] == "renamed"


ELIXIR = 'defmodule ATest do\n  use ExUnit.Case\n  @query "a"\n  test "a" do\n    assert f(@query)\n  end\n%send\n'
MORE = '  @query "b"\n  test "b" do\n    assert g(@query)\n  end\n'


def test_an_elixir_case_has_the_attribute_that_was_set_last_before_it() -> None:
    assert label("test/a_test.exs", ELIXIR % MORE, ELIXIR % "") == "removed"
    assert label("test/a_test.exs", ELIXIR % MORE, ELIXIR % MORE.replace('"b"', '"c"', 1)) == "real"


def test_thousands_of_elixir_cases_that_name_a_changing_attribute_are_read_quickly() -> None:
    body = "".join(f'  @a {n}\n  test "{n}", do: assert(@a)\n' for n in range(4_000))
    started = time.process_time()
    assert label("test/a_test.exs", None, f"defmodule ATest do\n  use ExUnit.Case\n{body}end\n") == "real"
    assert time.process_time() - started < 5


def test_an_elixir_case_on_one_line_runs_and_one_without_a_body_does_not() -> None:
    text = "defmodule ATest do\n  use ExUnit.Case\n  %s\nend\n"
    assert label("test/a_test.exs", None, text % 'test "a", do: assert(f() == 1)') == "real"
    assert label("test/a_test.exs", None, text % 'test "a"') == "skipped"


def test_an_elixir_spec_is_a_case() -> None:
    head = 'defmodule ATest do\n  use ExSpec\n  context "a" do\n    it "b" do\n      assert f()\n    end\n  end\nend\n'
    assert label("test/a_test.exs", None, head) == "real"


def test_ginkgos_specs_in_an_init_function_are_cases() -> None:
    base = 'package a\n\nfunc init() {\n\tDescribe("a", func() { It("b", func() { Expect(f(1)).To(Equal(1)) }) })\n}\n'
    assert label("a_test.go", base, base.replace("Equal(1)", "Equal(2)")) == "real"


def test_qunits_older_asynchronous_cases_count() -> None:
    base = "asyncTest('a', 1, function () { ok(f(1)); start(); });\n"
    assert label("test/test.js", base, base.replace("f(1)", "f(2)")) == "real"


def test_laws_that_are_checked_are_cases() -> None:
    base = 'class ASuite extends DisciplineSuite {\n  checkAll("A", MonadTests[A].monad[Int, Int, Int])\n}\n'
    more = '  checkAll("B", MonadTests[B].monad[Int, Int, Int])\n}\n'
    assert label("src/test/scala/ASuite.scala", base, base.removesuffix("}\n") + more) == "real"
    assert label("src/test/scala/ASuite.scala", base, base.replace("Monad", "Applicative")) == "real"
