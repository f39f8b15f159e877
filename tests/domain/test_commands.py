import pytest

from domain.commands import Command, parse


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/hotfix recheck", Command("recheck")),
        ("  /hotfix   RECHECK  ", Command("recheck")),
        ("/hotfix release not urgent any more", Command("release", "not urgent any more")),
        ("Looks odd.\r\n/hotfix recheck\r\nThanks", Command("recheck")),
        ("/hotfix", Command("")),
        ("/hotfix dance", Command("dance")),
    ],
)
def test_a_line_that_starts_with_hotfix_is_a_command(body, command):
    assert parse(body) == command


@pytest.mark.parametrize(
    "body",
    [
        "",
        "please /hotfix recheck",
        "/hotfixes recheck",
        "> /hotfix release because",
        "```\n/hotfix release because\n```",
        "~~~\n/hotfix release because",
        "    /hotfix release because",
        "\t/hotfix release because",
        "`/hotfix recheck`",
    ],
)
def test_quotes_and_code_are_no_commands(body):
    assert parse(body) is None


def test_only_the_first_command_counts():
    assert parse("/hotfix recheck\n/hotfix release x") == Command("recheck")


def test_a_code_block_ends_only_where_its_own_fence_does():
    assert parse("```\n~~~\n/hotfix release x\n```\n/hotfix recheck") == Command("recheck")
