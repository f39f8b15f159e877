"""What people type at 3 a.m., on keyboards and on phones, is read as they meant it or answered clearly."""

from __future__ import annotations

import pytest

from domain.command_words import LONGEST, OverrideRequest, UnclearCommandError, override_request

DOWN = OverrideRequest(("diff-size",), "the shop is down")


@pytest.mark.parametrize(
    "argument",
    [
        'diff-size --reason "the shop is down"',
        'diff-size --reason="the shop is down"',
        "diff-size --reason 'the shop is down'",
        '--reason "the shop is down" diff-size',
        'Diff-Size --REASON  =  "the shop is down"  ',
        "diff-size --reason “the shop is down”",
        "diff-size —reason “the shop is down”",
        "diff-size \u2013reason=„the shop is down“",
        "diff-size --reason ”the shop is down”",
        "diff-size --reason «the shop is down»",
        "`diff-size`, diff-size --reason \u2018the shop is down\u2019",
    ],
)
def test_the_reason_is_read_as_keyboards_and_phones_write_it(argument: str) -> None:
    assert override_request(argument) == DOWN


def test_several_policies_may_be_named_with_and_without_commas() -> None:
    for written in ("diff-size focus all", "diff-size, focus,all", "diff-size,focus , all"):
        assert override_request(f"{written} --reason x").policies == ("diff-size", "focus", "all")


def test_apostrophes_and_quotes_inside_a_quotation_belong_to_it() -> None:
    assert override_request("all --reason 'it's on fire'").reason == "it's on fire"
    assert override_request('all --reason "they say "stop"-gap only"').reason == 'they say "stop"-gap only'


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("", "Name the policies, or `all`"),
        ('--reason "x"', "Name the policies, or `all`"),
        ("diff-size", "Say why"),
        ('diff-size --reason ""', "Say why"),
        ('diff-size --reason "  "', "Say why"),
        ("diff-size --reason", "Write a text after `--reason`"),
        ("diff-size --reason=", "Write a text after `--reason`"),
        ("diff-size --reason --reason x", "Write a text after `--reason`"),
        (
            "diff-size --reason the shop is down",
            'Put the text after `--reason` in quotes: `--reason "the shop is down"`',
        ),
        ('diff-size --reason "the shop', "The quotation that begins with `\"the shop` isn't closed"),
        ('diff-size --reason "a" --reason "b"', "stands there twice"),
        ('diff-size --force --reason "a"', "There is no option `--force`, only `--reason`"),
        ('diff-size --reason:"a"', 'There is no option `--reason:"a"`'),
        (f'diff-size --reason "{"x" * (LONGEST + 1)}"', "may have 1,000 characters"),
    ],
)
def test_what_is_unclear_is_answered_with_what_to_write(argument: str, told: str) -> None:
    with pytest.raises(UnclearCommandError) as raised:
        override_request(argument)
    assert told in str(raised.value)
