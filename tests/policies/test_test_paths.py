import pytest

from policies.source.test_paths import is_test_path

TESTS = """
tests/test_cart.py test_cart.py cart/cart_test.py app/tests.py conftest.py src/acme/tests/data/cart.json
src/cart.test.js src/cart.spec.tsx src/__tests__/cart.js test/cart.js cypress/login.js cart.test.mjs test.js
src/__snapshots__/cart.js.snap cart/cart_test.go cart/testdata/order.json
src/test/java/acme/CartTest.java src/test/resources/cart.xml src/main/java/CartTest.java core/TestCart.java CartIT.java
app/src/androidTest/kotlin/Cart.kt CartSpec.scala tests/it.rs src/cart/tests.rs
spec/models/cart_spec.rb spec/fixtures/cart.yml test/cart_test.rb features/cart.feature
Acme.SharedSpecs/Cart.cs Cart.Specs/RetrySpecs.cs Sources/_CartTestSupport/Assertions.swift test-utils/cart.ts
Acme.Cart.Tests/Rounding.cs src/CartTests.cs Tests/CartTests/Rounding.swift tests/CartTest.php tests/a.phpt
test/cart_test.exs test/cart_test.dart test/lib/cart.dart test/cart.bats src/cart_test.cc cart_unittest.cpp test_cart.c
""".split()  # noqa: SIM905

PRODUCT = """
cart.py src/latest/cart.py contest.py src/attest/cart.go testing.py spec/openapi.yaml docs/spec/protocol.md
src/main/java/acme/Latest.java src/inspect.js src/Contest.cs lib/tester.rb src/respect.rs README.md manifest.json
latest/support.go src/contest-utils.py lib/src/cart_test.dart packages/cart/lib/cart_test.dart
Sources/CartTestSupport/Assertions.swift
protest/march.py greatest.swift specs/README.md
""".split()  # noqa: SIM905


@pytest.mark.parametrize("path", TESTS)
def test_the_places_where_test_runners_look_are_tests(path: str) -> None:
    assert is_test_path(path)


@pytest.mark.parametrize("path", PRODUCT)
def test_a_name_that_only_resembles_test_is_product(path: str) -> None:
    assert not is_test_path(path)
