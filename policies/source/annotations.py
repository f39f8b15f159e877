"""What the annotations of the JVM's test runners mean: JUnit 4 and 5, kotlin.test, TestNG, jqwik, ArchUnit, Android."""

from __future__ import annotations

import re2

#: JUnit 5 "Annotations", JUnit 4's Theory, jqwik's Property, ArchUnit's ArchTest, TestNG's and kotlin.test's Test.
TESTS = frozenset(
    """
    Test ParameterizedTest RepeatedTest TestFactory TestTemplate Theory Property Example ArchTest CartesianTest
    RetryingTest UiThreadTest ParallelTest
    """.split()  # noqa: SIM905
)
SKIPS = frozenset(["Disabled", "Ignore"])
#: JUnit Pioneer's "Expected-to-Fail Tests", and what projects call their own: a failure passes, as pytest's xfail.
FAILS = re2.compile(r"ExpectedToFail|KnownFailure|\w*(?:FailureExpected|ExpectedFailure)")
#: JUnit 5 "Conditional Test Execution", JUnit Pioneer, Robolectric, kotlin.test's platform annotations.
GUARDS = re2.compile(r"(?:Disabled|Enabled)[A-Z]\w*|Ignore[A-Z]\w*|SdkSuppress|AssumptionsOf\w*|(?:Js|Native|Jvm)Only")
#: What a case is called or how it is listed; none of it can make it fail.
NOISE = frozenset(
    """
    SuppressWarnings Suppress Override Deprecated DisplayName Tag Tags Order Throws JvmName Category OptIn Issue Flaky
    SmallTest MediumTest LargeTest Nullable NonNull VisibleForTesting Description Severity Feature Story
    """.split()  # noqa: SIM905
)
