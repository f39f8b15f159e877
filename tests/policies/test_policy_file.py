import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import FileProblem, PolicyFileError
from domain.finding import Level
from domain.people import Role
from domain.pull_request import PolicyFile
from policies import POLICIES, Configuration, configure, show
from policies.approvals import Approvals
from policies.backport_settings import BackportSettings
from policies.diff_size import DiffSize
from policies.reference import EXAMPLE
from policies.trigger_settings import Triggers

#: Broken policy files, each followed by its faults as "»  line:column message | remedy".
BROKEN = Path(__file__).with_name("broken_policy_files.txt").read_text(encoding="utf-8").split("=====\n")

_BY_DEFAULT = ("diff-size", "hotfix-comment", "regression-test", "dependencies", "approvals")


def read(text: str) -> Configuration:
    return configure(PolicyFile(text, oid="f" * 40))


def faults(text: str | None) -> tuple[FileProblem, ...]:
    with pytest.raises(PolicyFileError) as caught:
        configure(PolicyFile(text, oid="f" * 40))
    return caught.value.problems


def told(fault: FileProblem) -> str:
    return f"» {fault.line}:{fault.column} {fault.message} | {fault.remedy}".rstrip(" |")


@pytest.mark.parametrize("case", BROKEN, ids=range(len(BROKEN)))
def test_every_fault_is_told_at_its_place_with_what_to_write_instead(case: str) -> None:
    lines = case.splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("» "))
    names = ", ".join(policy.name for policy in POLICIES)
    expected = [line.rstrip("\n").replace("{policies}", names) for line in lines if line.startswith("» ")]
    assert [told(fault) for fault in faults(text)] == expected


def test_there_are_enough_broken_files() -> None:
    assert len(BROKEN) > 70


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "version: 1\npolicies:\n\tdiff-size: {}\n",
            "» 3:1 a tab is used for indentation, and YAML allows spaces alone",
        ),
        ("version: 1\n# \x00\n", "» 2:3 the character U+0000 is not allowed in YAML | remove it"),
        ("version: 1\n# é\x1b\n", "» 2:4 the character U+001B is not allowed in YAML | remove it"),
        ("version: 1\n# \ud800\n", "» 2:3 the character U+D800 is not allowed in YAML | remove it"),
        ("version: 1\r\nroles: 5\r\n", "» 2:8 expected keys and values, found the number 5"),
        ("\ufeffversion: 2\n", "» 1:10 expected 1, found the number 2"),
        ("version: 1\nrôles: {}\n", "» 2:1 unknown key 'rôles'; did you mean 'roles'? | write `roles`"),
        ("version: 1\ntriggers: {labels: [é, 5]}\n", "» 2:24 expected text, found the number 5"),
        ("version: 1\n" + "# x\n" * 20_000, "» 0:0 the file is larger than 64 KB"),
        ("version: " + "[" * 60_000, "» 1:29 the file is nested more than 20 levels deep"),
        ("version: " + "{a: " * 6_000, "» 1:83 the file is nested more than 20 levels deep"),
        ("- " * 30_000, "» 1:41 the file is nested more than 20 levels deep"),
        ("[" + "1," * 30_000 + "]", "» 1:20000 the file holds more than 10000 values"),
    ],
)
def test_a_hostile_or_odd_text_is_one_clear_fault(text: str, expected: str) -> None:
    assert told(faults(text)[0]).startswith(expected)


def test_aliases_that_multiply_are_refused_before_they_grow() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 15)]
    started = time.process_time()
    (fault,) = faults("\n".join(lines))
    assert fault.message == "the file holds more than 10000 values"
    assert time.process_time() - started < 1


def test_aliases_that_nest_are_refused_before_they_grow_deep() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 1000))]
    (fault,) = faults("\n".join(lines))
    assert fault.message == "the file is nested more than 20 levels deep"


def test_thousands_of_faults_are_counted_and_not_all_shown() -> None:
    found = faults("version: 1\n" + "".join(f"diff-sizes{n}: 1\n" for n in range(3000)))
    assert len(found) == 101
    assert found[-1].message == "and 2900 more faults, not shown here"


def test_a_long_value_is_cut_in_the_message() -> None:
    (fault,) = faults(f"version: 1\nroles: {'x' * 5000}\n")
    assert len(fault.message) < 120


def test_a_file_that_is_no_text_says_so() -> None:
    assert faults(None)[0].message == "this is no text file (or too large to be read)"


def test_the_error_names_the_source_the_place_and_what_is_wrong() -> None:
    file = PolicyFile("version: 1\nrols: {}\n", oid="", source=".github/hotfix.yml at main (3f2a1c9)")
    with pytest.raises(PolicyFileError) as caught:
        configure(file)
    assert str(caught.value) == (".github/hotfix.yml at main (3f2a1c9):2:1: unknown key 'rols'; did you mean 'roles'?")


def test_without_a_file_every_policy_has_its_defaults() -> None:
    configuration = configure(None)
    assert [type(policy) for policy in configuration.readings[""]] == list(POLICIES)
    assert [policy.name for policy in configuration.policies] == [*_BY_DEFAULT]
    assert configuration.triggers == Triggers(
        labels=("hotfix",), branches=("hotfix/*",), titles=("[HOTFIX]", "HOTFIX:")
    )
    assert configuration.backport == BackportSettings(targets=None)
    assert configuration == read("version: 1\n")


def test_the_example_of_the_reference_configures() -> None:
    configuration = read(EXAMPLE)
    lead = Role("tech-lead", users=("alice",), teams=("acme/tech-leads",))
    assert configuration.roles == {"tech-lead": lead}
    assert configuration.approving_roles == (lead,)
    assert [each.name for each in configuration.backport.targets or ()] == ["develop"]


def test_settings_reach_their_policy_in_the_order_of_the_table() -> None:
    configuration = read("version: 1\npolicies: {approvals: {level: advisory}, diff-size: {fewer_than: 5}}")
    assert [policy.name for policy in configuration.policies] == [*_BY_DEFAULT]
    sizes = [policy for policy in configuration.policies if isinstance(policy, DiffSize)]
    assert [policy.fewer_than for policy in sizes] == [5]
    levels = {policy.name: policy.level for policy in configuration.policies}
    assert levels["approvals"] is Level.ADVISORY


@pytest.mark.parametrize("off", ["off", "'off'", '"off"'])
def test_a_policy_that_is_off_is_left_out(off: str) -> None:
    configuration = read(f"version: 1\npolicies: {{approvals: {{level: {off}}}}}")
    assert not [policy for policy in configuration.policies if isinstance(policy, Approvals)]
    assert "approvals" in configuration.switched_off
    assert configuration.approving_roles == ()


def test_the_words_that_yaml_1_1_takes_for_booleans_are_text() -> None:
    assert read("version: 1\ntriggers: {labels: [no, on, y, Off]}").triggers.labels == ("no", "on", "y", "Off")


def test_a_section_with_nothing_below_it_is_left_out() -> None:
    text = "version: 1\ntriggers:\nroles:\npolicies:\n  # diff-size: {}\nbackport:\n"
    assert read(text) == configure(None)
    assert read("version: 1\npolicies:\n  diff-size:\n") == configure(None)


def test_anchors_and_aliases_work() -> None:
    configuration = read("version: 1\nroles: {a: &people {users: [bob]}, b: *people}\n")
    assert configuration.roles["b"] == Role("b", users=("bob",))


def test_people_and_teams_may_be_written_as_mentions() -> None:
    role = read('version: 1\nroles: {a: {users: ["@bob", mona_acme], teams: ["@acme/leads"]}}').roles["a"]
    assert role == Role("a", users=("bob", "mona_acme"), teams=("acme/leads",))


def test_no_targets_and_unnamed_targets_are_two_things() -> None:
    assert read("version: 1\nbackport: {targets: []}").backport.targets == ()
    assert read("version: 1\nbackport: {}").backport.targets is None


def test_the_digest_is_that_of_the_settings_and_not_of_their_spelling() -> None:
    plain = read("version: 1\npolicies: {diff-size: {fewer_than: 10}}")
    assert plain.digest == configure(None).digest
    assert read("version: 1\npolicies: {diff-size: {fewer_than: 11}}").digest != plain.digest
    assert read("version: 1\npolicies: {diff-size: {level: off}}").digest != plain.digest
    assert len({configure(None).digest for _ in range(3)}) == 1


def test_what_is_shown_configures_the_same() -> None:
    for text in (EXAMPLE, "version: 1\npolicies: {approvals: {level: off}}", "version: 1\nbackport: {targets: []}"):
        configuration = read(text)
        again = read(show(configuration))
        assert again == configuration
        assert again.digest == configuration.digest


quiet = settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: bool(text.strip()))


@quiet
@given(st.lists(texts, max_size=3), st.lists(texts, max_size=3))
def test_any_text_survives_showing_and_reading(labels: list[str], titles: list[str]) -> None:
    before = replace_triggers(configure(None), Triggers(labels=tuple(labels), titles=tuple(titles)))
    assert read(show(before)).triggers == before.triggers


def replace_triggers(configuration: Configuration, triggers: Triggers) -> Configuration:
    return configuration.model_copy(update={"triggers": triggers})


def never_crashes(text: str) -> None:
    problems: tuple[FileProblem, ...] = ()
    try:
        read(text)
    except PolicyFileError as error:
        problems = error.problems
    lines = text.count("\n") + 2
    assert all(fault.message and 0 <= fault.line <= lines for fault in problems)


@quiet
@given(st.text(max_size=200))
def test_any_text_is_a_configuration_or_a_policy_file_error(text: str) -> None:
    never_crashes(text)


@quiet
@given(st.text("abv:[]{}&*!<>-?|#'\"\\ \n\t,1~@%`", max_size=120))
def test_any_soup_of_yaml_signs_is_a_configuration_or_a_policy_file_error(text: str) -> None:
    never_crashes(text)


@quiet
@given(st.data())
def test_a_good_file_with_a_piece_cut_out_and_put_elsewhere_never_crashes(data: st.DataObject) -> None:
    place = st.integers(0, len(EXAMPLE))
    start, end, at = (*sorted([data.draw(place), data.draw(place)]), data.draw(place))
    rest = EXAMPLE[:start] + EXAMPLE[end:]
    never_crashes(rest[:at] + EXAMPLE[start:end] + rest[at:])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
sections = st.dictionaries(st.sampled_from(["labels", "titles", "branches", "targets", "users", "required"]), values)
files = st.fixed_dictionaries(
    {"version": st.just(1)},
    optional={key: values | sections | st.dictionaries(st.sampled_from(["a", "approvals", "diff-size"]), sections)
              for key in ("triggers", "roles", "policies", "backport")},
)  # fmt: skip


@quiet
@given(files)
def test_any_wrong_type_anywhere_is_told_and_never_crashes(file: dict[str, object]) -> None:
    never_crashes(yaml.safe_dump(file))


def test_source_is_told_whatever_the_file() -> None:
    file = replace(PolicyFile("", oid=""), source="here")
    with pytest.raises(PolicyFileError, match=r"^here:1:1: the file is empty"):
        configure(file)
