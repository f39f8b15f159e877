"""What the readers of test cases tell apart, language by language."""

# ruff: noqa: E501 - a row holds both sides of a file
from collections.abc import Mapping

import pytest

from domain.finding import Inspection
from policies.regression_test import RegressionTest
from tests.builders import Side, a_change


def inspect(files: Mapping[str, tuple[Side, Side]], policy: RegressionTest | None = None) -> Inspection:
    return (policy or RegressionTest()).inspect(a_change(files))


def label(path: str, base: Side, head: Side) -> str:
    return str(inspect({path: (base, head)}).facts["label"])


RUST = "fn add(a: i32) -> i32 { a }\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn adds() { assert_eq!(add(1), 1); }\n}\n"
NEW_RUST = "    #[test]\n    fn new() { assert!(add(2) == 2); }\n}\n"
DOCS = "/// Adds.\n///\n/// ```\n/// assert_eq!(add(1), 1);\n/// ```\npub fn add(a: i32) -> i32 { a }\n"
RUST_CASES = [
    ("real", RUST, RUST.replace("}\n", "", 0)[:-2] + NEW_RUST),
    ("real", RUST, RUST.replace("add(1), 1", "add(3), 3")),
    ("real", RUST, RUST[:-2] + NEW_RUST.replace("#[test]", "#[tokio::test(flavor = \"multi_thread\")]").replace("fn", "async fn")),
    ("real", RUST, RUST[:-2] + NEW_RUST.replace("#[test]", "#[test_log::test]")),
    ("real", RUST, RUST[:-2] + NEW_RUST.replace("#[test]", "#[rstest]\n    #[case(1)]").replace("new()", "new(#[case] a: i32)")),
    ("real", RUST, RUST[:-2] + "    #[test]\n    #[should_panic]\n    fn boom() { add(9); }\n}\n"),
    ("real", RUST, RUST[:-2] + NEW_RUST.replace("#[test]", "#[cfg(not(windows))]\n    #[test]")),
    ("real", RUST.replace("#[test]", "#[test]\n    #[ignore]"), RUST),
    ("skipped", RUST, RUST[:-2] + NEW_RUST.replace("#[test]", "#[test]\n    #[ignore = \"slow\"]")),
    ("skipped", RUST, RUST.replace("#[test]", "#[test]\n    #[ignore]")),
    ("skipped", RUST, RUST.replace("#[test]", "#[cfg(not(miri))]\n    #[test]")),
    ("skipped", RUST, RUST.replace("#[test]", "#[test]\n    #[cfg_attr(miri, ignore)]")),
    ("skipped", RUST, RUST[:-2] + NEW_RUST.replace("#[test]", "#[cfg(any())]\n    #[test]")),
    ("renamed", RUST, RUST.replace("adds()", "sums()")),
    ("removed", RUST[:-2] + NEW_RUST, RUST),
    ("none", RUST, RUST.replace("i32 { a }", "i32 { a + 1 }")),
    ("none", RUST, RUST.replace("assert_eq!(add(1), 1);", "// why\n        assert_eq!(\n            add(1),\n            1,\n        );")),
    ("doctest", DOCS, DOCS.replace("add(1), 1", "add(2), 2")),
    ("skipped", "pub fn add() {}\n", DOCS.replace("```\n/// assert", "```ignore\n/// assert")),
    ("none", "pub fn add() {}\n", DOCS.replace("```\n/// assert", "```text\n/// assert")),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), RUST_CASES)
def test_rust_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("src/add.rs", base, head) == expected


def test_a_macro_that_makes_cases_is_read_in_tests_only() -> None:
    head = 'rgtest!(r1, |dir: Dir| { eqnice!("a", dir.run()); });\n'
    assert label("tests/regression.rs", "", head) == "real"
    assert label("src/lib.rs", "", head) == "none"


RSPEC = "RSpec.describe Cart do\n  let(:x) { 1 }\n\n  it 'adds' do\n    expect(total).to eq(x)\n  end\nend\n"
RUBY = [
    ("real", RSPEC, RSPEC.replace("eq(x)", "eq(2)")),
    ("real", RSPEC, RSPEC.replace("{ 1 }", "{ 2 }")),
    ("real", RSPEC, RSPEC[:-4] + "  it { is_expected.to be_valid }\nend\n"),
    ("real", RSPEC, RSPEC[:-4] + "  specify 'b' do\n    x.should == 1\n  end\nend\n"),
    ("real", RSPEC, RSPEC[:-4] + "  it_behaves_like 'a cart'\nend\n"),
    ("real", RSPEC, RSPEC[:-4] + "  context 'b' do\n    it('c') { assert x }\n  end\nend\n"),
    ("real", "", "class CartTest < Minitest::Test\n  def test_a\n    assert_equal 1, total\n  end\nend\n"),
    ("real", "", "class CartTest < ActiveSupport::TestCase\n  test 'a' do\n    assert total\n  end\nend\n"),
    ("real", "[[1, 2]].each do |a, b|\n  it(a) { expect(a).to eq b }\nend\n", "[[1, 2], [2, 3]].each do |a, b|\n  it(a) { expect(a).to eq b }\nend\n"),
    ("skipped", RSPEC, RSPEC.replace("it 'adds'", "xit 'adds'")),
    ("skipped", RSPEC, RSPEC.replace("it 'adds' do", "it 'adds', skip: 'later' do")),
    ("skipped", RSPEC, RSPEC.replace("it 'adds' do", "it 'adds', :pending do")),
    ("skipped", RSPEC, RSPEC.replace("    expect", "    skip 'later'\n    expect")),
    ("skipped", RSPEC, RSPEC.replace("    expect", "    pending 'JRuby' if jruby?\n    expect")),
    ("skipped", RSPEC, RSPEC.replace("RSpec.describe Cart do", "RSpec.describe Cart, skip: true do")[:-4] + "  it('b') { expect(f(1)).to eq 1 }\nend\n"),
    ("skipped", RSPEC, RSPEC[:-4] + "  it 'does b'\nend\n"),
    ("renamed", RSPEC, RSPEC.replace("'adds'", "'sums'")),
    ("removed", RSPEC[:-4] + "  it('b') { expect(f(1)).to eq 1 }\nend\n", RSPEC),
    ("touched", RSPEC, "require 'cart'\n" + RSPEC.replace("    expect", "    # why\n    expect")),
    ("touched", RSPEC, RSPEC.replace("  let", "  before { setup }\n  let")),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), RUBY)
def test_ruby_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("spec/cart_spec.rb", base, head) == expected


def kotlin(*members: str, marks: str = "") -> str:
    return "package a\n\n" + marks + "class CartTest {\n" + "\n".join(members) + "\n}\n"


KT = "    @Test\n    fun `adds up`() {\n        assertEquals(1, total())\n    }"
KT_NEW = "    @Test fun b() = assertThat(total()).isEqualTo(2)"
KOTEST = 'class CartSpec : FunSpec({\n    test("adds") {\n        total() shouldBe 1\n    }\n})\n'
KOTLIN = [
    ("real", kotlin(KT), kotlin(KT, KT_NEW)),
    ("real", kotlin(KT), kotlin(KT.replace("1, total", "2, total"))),
    ("real", kotlin(KT), kotlin(KT, "    @ParameterizedTest\n    @ValueSource(ints = [1, 2])\n    fun c(x: Int) { assertTrue(x > 0) }")),
    ("real", kotlin("    @ParameterizedTest\n    @ValueSource(ints = [1])\n    fun c(x: Int) { check(x) }"), kotlin("    @ParameterizedTest\n    @ValueSource(ints = [1, 2])\n    fun c(x: Int) { check(x) }")),
    ("real", kotlin(KT), kotlin(KT, "    @Nested\n    inner class B {\n" + KT_NEW + "\n    }")),
    ("real", KOTEST, KOTEST.replace("shouldBe 1", "shouldBe 2")),
    ("real", KOTEST, KOTEST.replace("})\n", "    context(\"b\") {\n        test(\"c\") { total() shouldBe 3 }\n    }\n})\n")),
    ("real", "", "class S : StringSpec({\n    \"adds\" { total() shouldBe 1 }\n})\n"),
    ("real", "", "object S : Spek({\n    describe(\"a\") {\n        it(\"b\") { assertThat(x).isTrue() }\n    }\n})\n"),
    ("real", "", "class S : DescribeSpec() {\n    init {\n        describe(\"a\") {\n            it(\"b\") { x shouldBe 1 }\n        }\n    }\n}\n"),
    ("skipped", kotlin(KT), kotlin(KT, KT_NEW.replace("@Test", "@Test @Ignore"))),
    ("skipped", kotlin(KT), kotlin(KT.replace("@Test", "@Test\n    @Disabled(\"later\")"))),
    ("skipped", kotlin(KT), kotlin(KT, marks="@Ignore(\"flaky\")\n")),
    ("skipped", kotlin(KT), kotlin(KT.replace("@Test", "@Test\n    @DisabledOnOs(OS.WINDOWS)"))),
    ("skipped", KOTEST, KOTEST.replace("test(", "xtest(")),
    ("skipped", KOTEST, KOTEST.replace("test(\"adds\")", "test(\"adds\").config(enabled = false)")),
    ("renamed", kotlin(KT), kotlin(KT.replace("adds up", "sums up"))),
    ("removed", kotlin(KT, KT_NEW), kotlin(KT)),
    ("touched", kotlin(KT), kotlin("    private class Team", KT)),
    ("touched", kotlin(KT), kotlin(KT.replace("@Test", "@Suppress(\"x\")\n    @Test"))),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), KOTLIN)
def test_kotlin_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("src/test/kotlin/a/CartTest.kt", base, head) == expected


def csharp(*members: str, marks: str = "") -> str:
    return "namespace Cart.Tests {\n" + marks + "public class CartTests {\n" + "\n".join(members) + "\n}\n}\n"


CS = "  [Fact]\n  public void Adds() {\n    Assert.Equal(1, Total());\n  }"
CS_NEW = "  [Fact]\n  public async Task B() { (await Total()).Should().Be(2); }"
CSHARP = [
    ("real", csharp(CS), csharp(CS, CS_NEW)),
    ("real", csharp(CS), csharp(CS.replace("1, Total", "2, Total"))),
    ("real", csharp(CS), csharp(CS, "  [Theory]\n  [InlineData(1)]\n  public void C(int x) => Assert.True(x > 0);")),
    ("real", csharp("  [Theory]\n  [InlineData(1)]\n  public void C(int x) { Assert.True(x); }"), csharp("  [Theory]\n  [InlineData(1)]\n  [InlineData(2)]\n  public void C(int x) { Assert.True(x); }")),
    ("real", csharp("  [TestCase(1)]\n  public void C(int x) { Assert.That(x); }"), csharp("  [TestCase(1)]\n  [TestCase(3)]\n  public void C(int x) { Assert.That(x); }")),
    ("real", csharp("  public static object[] Rows = { 1 };\n  [TestCaseSource(nameof(Rows))]\n  public void C(int x) { Assert.That(x); }"), csharp("  public static object[] Rows = { 1, 2 };\n  [TestCaseSource(nameof(Rows))]\n  public void C(int x) { Assert.That(x); }")),
    ("real", csharp(CS), csharp(CS, "#if !NET20\n" + CS_NEW.replace("[Fact]", "[Test]") + "\n#endif")),
    ("real", csharp(CS), csharp(CS, "  [TestMethod]\n  [ExpectedException(typeof(E))]\n  public void C() { Total(); }")),
    ("skipped", csharp(CS), csharp(CS, CS_NEW.replace("[Fact]", "[Fact(Skip = \"later\")]"))),
    ("skipped", csharp(CS), csharp(CS.replace("[Fact]", "[Test]\n  [Ignore(\"later\")]"))),
    ("skipped", csharp(CS), csharp(CS, CS_NEW, marks="[Ignore]\n")),
    ("skipped", csharp(CS), csharp("#if NET6\n" + CS + "\n#endif")),
    ("renamed", csharp(CS), csharp(CS.replace("Adds", "Sums"))),
    ("removed", csharp(CS, CS_NEW), csharp(CS)),
    ("touched", csharp(CS), csharp("  [SetUp]\n  public void SetUp() { Reset(); }", CS)),
    ("touched", csharp(CS), csharp(CS.replace("[Fact]", "[Fact]\n  [Trait(\"a\", \"b\")]"))),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), CSHARP)
def test_csharp_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("test/Cart.Tests/CartTests.cs", base, head) == expected


def php(*members: str) -> str:
    return "<?php\nclass CartTest extends TestCase\n{\n" + "\n".join(members) + "\n}\n"


PHP_OLD = "    public function testAdds(): void\n    {\n        $this->assertSame(1, total());\n    }"
PROVIDED = "    /**\n     * @dataProvider rows\n     */\n    public function testB($x)\n    {\n        self::assertTrue($x);\n    }\n    public static function rows() { return [[1]]; }"
PHP = [
    ("real", php(PHP_OLD), php(PHP_OLD.replace("(1, total", "(2, total"))),
    ("real", php(PHP_OLD), php(PHP_OLD, PROVIDED)),
    ("real", php(PROVIDED), php(PROVIDED.replace("[[1]]", "[[1], [2]]"))),
    ("real", php(PROVIDED.replace("/**\n     * @dataProvider rows\n     */", "#[DataProvider('rows')]")), php(PROVIDED.replace("[[1]]", "[[1], [2]]").replace("/**\n     * @dataProvider rows\n     */", "#[DataProvider('rows')]"))),
    ("real", php(PHP_OLD), php(PHP_OLD, "    #[Test]\n    public function it_adds() { $this->expectException(E::class); total(); }")),
    ("real", php(PHP_OLD), php(PHP_OLD, "    /** @test */\n    public function it_adds() { $this->assertTrue(total()); }")),
    ("real", "<?php\n", "<?php\nit('adds', function () { expect(total())->toBe(1); });\n"),
    ("real", "<?php\nit('adds', fn ($x) => expect($x)->toBe(1))->with([1]);\n", "<?php\nit('adds', fn ($x) => expect($x)->toBe(1))->with([1, 2]);\n"),
    ("skipped", php(PHP_OLD), php(PHP_OLD, "    public function testB() { $this->markTestSkipped('later'); $this->assertTrue(1); }")),
    ("skipped", php(PHP_OLD), php(PHP_OLD.replace("        $this", "        if (WINDOWS) {\n            $this->markTestSkipped('no');\n        }\n        $this", 1))),
    ("skipped", "<?php\n", "<?php\nit('adds', function () { expect(total())->toBe(1); })->skip();\n"),
    ("skipped", "<?php\n", "<?php\nit('adds')->todo();\n"),
    ("renamed", php(PHP_OLD), php(PHP_OLD.replace("testAdds", "testSums"))),
    ("removed", php(PHP_OLD, PROVIDED), php(PHP_OLD)),
    ("touched", php(PHP_OLD), php("    protected function setUp(): void { reset(); }", PHP_OLD)),
    ("touched", php(PHP_OLD), php("    /** @group slow */", PHP_OLD)),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), PHP)
def test_php_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("tests/CartTest.php", base, head) == expected


def test_a_phpt_file_is_a_case() -> None:
    base = "--TEST--\nadds\n--FILE--\n<?php echo total();\n--EXPECT--\n1\n"
    assert label("tests/total.phpt", None, base) == "real"
    assert label("tests/total.phpt", base, base.replace("adds", "sums")) == "touched"
    assert label("tests/total.phpt", base, base.replace("1\n", "2\n")) == "real"


def swift(*members: str, marks: str = "final class CartTests: XCTestCase") -> str:
    return "import XCTest\n\n" + marks + " {\n" + "\n".join(members) + "\n}\n"


SW = "    func testAdds() throws {\n        XCTAssertEqual(total(), 1)\n    }"
SWIFT = [
    ("real", swift(SW), swift(SW.replace("), 1", "), 2"))),
    ("real", swift(SW), swift(SW, "    func testB() async { XCTFail() }")),
    ("real", swift(SW), swift(SW, "    @Test(\"c\", arguments: [1, 2]) func c(x: Int) { #expect(x > 0) }")),
    ("real", "let expected = \"\"\"\na\n\"\"\"\n" + swift(SW.replace("1)", "expected)")), "let expected = \"\"\"\nb\n\"\"\"\n" + swift(SW.replace("1)", "expected)"))),
    ("real", "", "extension CartTests {\n    func testB() { assertParse(1) }\n}\n"),
    ("real", "", "class S: QuickSpec {\n    override func spec() {\n        describe(\"a\") {\n            it(\"b\") { expect(f(1)).to(equal(1)) }\n        }\n    }\n}\n"),
    ("skipped", swift(SW), swift(SW.replace("        XCT", "        throw XCTSkip(\"later\")\n        XCT"))),
    ("skipped", swift(SW), swift(SW.replace("        XCT", "        try XCTSkipIf(isLinux)\n        XCT"))),
    ("skipped", swift(SW), swift(SW, "    @Test(.disabled(\"later\")) func c() { #expect(total() == 1) }")),
    ("skipped", swift(SW), swift(SW.replace("        XCTAssertEqual(total(), 1)", "        /*\n        XCTAssertEqual(total(), 1)\n        */"))),
    ("renamed", swift(SW), swift(SW.replace("testAdds", "testSums"))),
    ("removed", swift(SW, "    func testB() { XCTFail() }"), swift(SW)),
    ("touched", swift(SW), swift("    override func setUp() { reset() }", SW)),
    ("touched", swift(SW), swift("    struct Row { var a: Int }", SW)),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), SWIFT)
def test_swift_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("Tests/CartTests/CartTests.swift", base, head) == expected


def scala(body: str, base: str = "AnyFunSuite") -> str:
    return f"class CartSuite extends {base} {{\n{body}\n}}\n"


SC = '  test("adds") {\n    assert(total == 1)\n  }\n'
SCALA = [
    ("real", scala(SC), scala(SC.replace("== 1", "== 2"))),
    ("real", scala(SC), scala(SC + "  test(\"b\".tag(Slow)) { assertEquals(1, f(1)) }")),
    ("real", "", scala("  \"A cart\" should \"add\" in { total shouldBe 1 }\n  it should \"sum\" in { total should be (1) }", "AnyFlatSpec")),
    ("real", "", scala("  \"a\" when {\n    \"b\" should {\n      \"c\" in { x mustBe 1 }\n    }\n  }", "AnyWordSpec")),
    ("real", "", scala("  describe(\"a\") {\n    it(\"b\") { assert(x) }\n  }", "AnyFunSpec")),
    ("real", "", "object T extends TestSuite {\n  val tests = Tests {\n    test(\"a\") {\n      test(\"b\") - rw(1, \"x\")\n    }\n  }\n}\n"),
    ("real", "", "object P extends Properties(\"p\") {\n  property(\"a\") = forAll { (x: Int) => x == x }\n}\n"),
    ("real", "", "class T {\n  @Test def adds(): Unit = assertEquals(1, total)\n}\n"),
    ("skipped", scala(SC), scala(SC.replace("test(", "ignore("))),
    ("skipped", scala(SC), scala(SC.replace("\"adds\"", "\"adds\".ignore"))),
    ("skipped", "", scala("  \"a\" should \"b\" ignore { total shouldBe 1 }", "AnyFlatSpec")),
    ("renamed", scala(SC), scala(SC.replace("adds", "sums"))),
    ("removed", scala(SC + "  test(\"b\") { assert(x) }"), scala(SC)),
    ("touched", scala(SC), scala("  val a: List[Int] = List(1)\n" + SC)),
    ("touched", scala(SC), "import munit._\n" + scala(SC)),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), SCALA)
def test_scala_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("src/test/scala/CartSuite.scala", base, head) == expected


EX = 'defmodule CartTest do\n  use ExUnit.Case\n\n  test "adds" do\n    assert total() == 1\n  end\nend\n'
ELIXIR = [
    ("real", EX, EX.replace("== 1", "== 2")),
    ("real", EX, EX[:-4] + "  describe \"b\" do\n    test \"c\", %{x: x} do\n      assert_raise E, fn -> x end\n    end\n  end\nend\n"),
    ("real", EX, EX[:-4] + "  property \"c\" do\n    check all x <- integer(), do: assert x == x\n  end\nend\n"),
    ("real", "for x <- [1] do\n  test \"a #{x}\" do\n    assert x\n  end\nend\n", "for x <- [1, 2] do\n  test \"a #{x}\" do\n    assert x\n  end\nend\n"),
    ("skipped", EX, EX.replace("  test", "  @tag :skip\n  test")),
    ("skipped", EX, EX.replace("  test", "  @tag skip: \"later\"\n  test")),
    ("skipped", EX, EX.replace("  use ExUnit.Case\n", "  use ExUnit.Case\n  @moduletag :skip\n")),
    ("skipped", EX, EX[:-4] + "  test \"later\"\nend\n"),
    ("renamed", EX, EX.replace("\"adds\"", "\"sums\"")),
    ("removed", EX[:-4] + "  test \"b\" do\n    assert 1\n  end\nend\n", EX),
    ("touched", EX, EX.replace("  test", "  setup do\n    :ok\n  end\n\n  test")),
    ("touched", EX, EX[:-4] + "\n  defp help, do: 1\nend\n"),
    ("doctest", EX, EX[:-4] + "  doctest Cart\nend\n"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "base", "head"), ELIXIR)
def test_elixir_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("test/cart_test.exs", base, head) == expected


def test_an_example_in_elixir_documentation_is_a_doctest() -> None:
    base = (
        'defmodule Cart do\n  @doc """\n  Adds.\n\n      iex> Cart.add(1)\n      1\n  """\n  def add(x), do: x\nend\n'
    )
    assert label("lib/cart.ex", base, base.replace("add(1)\n      1", "add(2)\n      2")) == "doctest"
    assert label("lib/cart.ex", base, base.replace("do: x", "do: x + 1")) == "none"


BATS = '@test "adds" {\n  run total 1\n  [ "$status" -eq 0 ]\n}\n'
SHELL = [
    ("real", "test/cart.bats", BATS, BATS.replace("total 1", "total 2")),
    ("real", "test/cart.bats", BATS, BATS + '\n@test "b" {\n  run total <<OUT\n}\nOUT\n  assert_success\n}\n'),
    ("skipped", "test/cart.bats", BATS, BATS.replace("  run", "  skip later\n  run")),
    ("skipped", "test/cart.bats", BATS, BATS.replace("  run", "  if mac; then skip; fi\n  run")),
    ("renamed", "test/cart.bats", BATS, BATS.replace("adds", "sums")),
    ("removed", "test/cart.bats", BATS + '@test "b" {\n  run b\n}\n', BATS),
    ("touched", "test/cart.bats", BATS, "setup() {\n  cd /\n}\n" + BATS),
    ("real", "t/t0001-cart.sh", "", "test_expect_success 'adds' '\n  total 1\n'\n"),
    ("skipped", "t/t0001-cart.sh", "", "test_expect_failure 'adds' '\n  total 1\n'\n"),
    ("real", "tests/cart_test.sh", "", 'testAdds() {\n  assertEquals 1 "$(total)"\n}\n'),
    ("none", "bin/test-release.sh", "a\n", "b\n"),
]


@pytest.mark.parametrize(("expected", "path", "base", "head"), SHELL)
def test_shell_cases_are_labelled(expected: str, path: str, base: str, head: str) -> None:
    assert label(path, base, head) == expected


GTEST = "TEST(Cart, Adds) {\n  EXPECT_EQ(1, total());\n}\n"
CATCH = 'TEST_CASE("adds", "[cart]") {\n  SECTION("one") {\n    REQUIRE(total() == 1);\n  }\n}\n'
CPP = [
    ("real", GTEST, GTEST.replace("(1,", "(2,")),
    ("real", GTEST, GTEST + "TEST_F(CartTest, B) { ASSERT_TRUE(x); }\n"),
    ("real", GTEST, "namespace n {\n" + GTEST.replace("(1,", "(2,") + "}\n"),
    ("real", GTEST, GTEST + "INSTANTIATE_TEST_SUITE_P(A, CartTest, ::testing::Values(1, 2));\n"),
    ("real", CATCH, CATCH.replace("  }\n}", '  }\n  SECTION("two") { CHECK(total() == 2); }\n}')),
    ("real", "", "BOOST_AUTO_TEST_CASE(adds) { BOOST_CHECK_EQUAL(total(), 1); }\n"),
    ("real", "", "void CartTest::testAdds() { QCOMPARE(total(), 1); }\n"),
    ("skipped", GTEST, GTEST.replace("Adds", "DISABLED_Adds").replace("(1,", "(2,")),
    ("skipped", GTEST, GTEST.replace("  EXPECT", '  GTEST_SKIP() << "later";\n  EXPECT')),
    ("skipped", CATCH, CATCH.replace("[cart]", "[.]")),
    ("skipped", GTEST, "#if 0\n" + GTEST.replace("(1,", "(2,") + "#endif\n"),
    ("renamed", GTEST, GTEST.replace("Adds", "Sums")),
    ("removed", GTEST + CATCH, GTEST),
    ("touched", GTEST, "#include <cart.h>\n" + GTEST),
    ("touched", GTEST, "int help() { return 1; }\n" + GTEST),
]


@pytest.mark.parametrize(("expected", "base", "head"), CPP)
def test_cpp_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("tests/cart_test.cc", base, head) == expected


UNITY = "static void adds(void)\n{\n    TEST_ASSERT_EQUAL(1, total());\n}\n\nint main(void)\n{\n    RUN_TEST(adds);\n    return 0;\n}\n"
C = [
    ("real", UNITY, UNITY.replace("(1,", "(2,")),
    ("real", UNITY, UNITY.replace("int main", "static void b_should_add(void) { assert_int_equal(1, 2); }\nint main")),
    ("real", "", "START_TEST(adds)\n{\n    ck_assert_int_eq(total(), 1);\n}\nEND_TEST\n"),
    ("real", "", "Test(cart, adds) {\n    cr_assert(total() == 1);\n}\n"),
    ("real", "", "int main(void)\n{\n    assert(total() == 1);\n    return 0;\n}\n"),
    ("skipped", UNITY, UNITY.replace("    TEST_ASSERT", "    TEST_IGNORE();\n    TEST_ASSERT")),
    ("renamed", UNITY, UNITY.replace("adds", "sums")),
    ("touched", UNITY, "#include <x.h>\n" + UNITY),
]


@pytest.mark.parametrize(("expected", "base", "head"), C)
def test_c_cases_are_labelled(expected: str, base: str, head: str) -> None:
    assert label("tests/cart_tests.c", base, head) == expected
