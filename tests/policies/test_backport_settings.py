from __future__ import annotations

import time

import pytest

import policies
from domain.backport_plan import Method
from domain.errors import PolicyFileError
from domain.pull_request import PolicyFile
from policies.backport_settings import BackportSettings
from policies.backport_targets import branches_needed, by_label, by_setting
from policies.backport_templates import EXAMPLE, MAX_RENDERED, TemplateFaultError, check, render

BRANCHES = frozenset({"develop", "release/0.9", "release/1.9", "release/1.10", "release/2.0"})


def settings(text: str) -> BackportSettings:
    return policies.configure(PolicyFile(f"version: 1\nbackport: {text}\n", "")).backport


def targets(text: str, base: str = "main", branches: frozenset[str] = BRANCHES) -> list[tuple[str, str]]:
    found = by_setting(settings(text).targets, base, "trunk", branches)
    return [(target.branch, str(target.method)) for target in found]


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("{targets: [develop]}", "main", ["develop"]),
        ("{targets: [develop, main]}", "release/1.9", ["develop", "main"]),
        ("{targets: ['release/*']}", "main", ["release/0.9", "release/1.10", "release/1.9", "release/2.0"]),
        ("{targets: [{releases: 'release/*'}, main]}", "release/1.9", ["release/1.10", "release/2.0", "main"]),
        ("{targets: [{releases: 'release/*', without: ['release/1.*']}]}", "release/1.9", ["release/2.0"]),
        ("{targets: []}", "main", []),
        ("{}", "main", ["develop"]),
    ],
)
def test_the_settings_name_branches_patterns_and_releases(text: str, base: str, expected: list[str]) -> None:
    assert [branch for branch, _ in targets(text, base)] == expected


def test_without_develop_it_is_the_default_branch() -> None:
    assert targets("{}", branches=frozenset()) == [("trunk", "cherry-pick")]


def test_a_target_may_be_merged_back() -> None:
    assert targets("{targets: [{branch: develop, method: merge}]}") == [("develop", str(Method.MERGE))]


def test_only_patterns_need_a_list_of_branches() -> None:
    assert branches_needed(settings("{targets: [develop]}").targets).prefixes == frozenset()
    assert branches_needed(settings("{targets: [develop, 'release/*']}").targets).prefixes == {"release/"}
    assert branches_needed(None).names == {"develop"}


@pytest.mark.parametrize(
    ("label", "branch"),
    [
        ("backport develop", "develop"),
        ("backport-develop", "develop"),
        ("Backport release/1.2", "release/1.2"),
        ("backport-conflict", ""),
        ("backport", ""),
        ("needs backport develop", ""),
    ],
)
def test_a_label_asks_for_the_branch_that_it_captures(label: str, branch: str) -> None:
    found = by_label(settings("{}").labels, (label,), frozenset({"backport", "backport-conflict"}))
    assert [target.branch for target in found.values()] == ([branch] if branch else [])


def test_what_is_shown_of_targets_configures_the_same() -> None:
    text = (
        "{targets: [develop, {branch: main, method: merge}, {releases: 'r/*', without: ['r/0.*']}], auto_merge: squash}"
    )
    file = PolicyFile(f"version: 1\nbackport: {text}\n", "")
    configuration = policies.configure(file)
    assert policies.configure(PolicyFile(policies.show(configuration), "")) == configuration


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{targets: [{}]}", "a target needs either `branch` or `releases`"),
        ("{targets: [{branch: a, releases: b}]}", "a target needs either `branch` or `releases`"),
        ("{labels: [backport]}", "'backport' doesn't say which part is the branch"),
        ("{reviewers: [a b]}", "'a b' is neither a login nor a team"),
        ("{title: '{{ titel }}'}", "the template has a fault: it can't be filled in: 'titel' is undefined"),
        ("{body: '{% include x %}'}", "the template has a fault: line 1: 'include' isn't possible here"),
    ],
)
def test_a_fault_is_told_where_it_stands(text: str, message: str) -> None:
    with pytest.raises(PolicyFileError) as caught:
        settings(text)
    (problem,) = caught.value.problems
    assert problem.message.startswith(message)
    assert problem.line == 2
    assert problem.remedy


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        ("[{{ target }}] {{ title }}", "[develop] Keep the cents"),
        ("{% for each in commits %}{{ each.sha[:7] }} {{ each.subject }}{% endfor %}", "3f2a1c9 Keep the cents"),
        ("{% if milestone %}{{ milestone|upper }}{% else %}none{% endif %}", "1.2.3"),
        ("{{ labels|join(', ') }} by {{ author }}", "hotfix by alice"),
    ],
)
def test_a_template_is_filled_in(template: str, rendered: str) -> None:
    assert render(template, EXAMPLE) == rendered


@pytest.mark.parametrize(
    "template",
    [
        "{{ title.__class__ }}",
        "{{ title['__class__'] }}",
        "{{ title.format(1) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ title|center(1000000000) }}",
        "{{ title|attr('upper') }}",
        "{% set title = title ~ title %}",
        "{% macro x() %}{{ x() }}{% endmacro %}",
        "{% for a in labels %}{% for b in labels %}.{% endfor %}{% endfor %}",
        "{% for a in labels recursive %}{{ loop(labels) }}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ title",
        "{% if %}",
        "(" * 500 + "{{" + "(" * 4000 + "}}",
    ],
)
def test_what_could_reach_out_or_swell_is_no_template_here(template: str) -> None:
    with pytest.raises(TemplateFaultError):
        check(template)


def test_what_a_template_makes_is_bounded_in_room_and_time() -> None:
    values = {**EXAMPLE, "commits": [EXAMPLE["commits"][0]] * 250, "description": "x" * 10_000}
    started = time.process_time()
    assert len(render("{% for each in commits %}{{ description }}{% endfor %}" * 190, values)) == MAX_RENDERED
    assert time.process_time() - started < 5
