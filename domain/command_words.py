"""The words of a command: split at blanks, with quotes and `--options` as people and their phones write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import HotfixGuardError
from domain.wording import code, shortened

#: More than a reason needs; a comment may have 65,536 characters.
LONGEST = 1_000

#: Opening quotes and what closes each. Phones turn straight quotes into curly ones, each language in its own way.
_DOUBLE, _SINGLE = '"“”„‟', "'\u2018\u2019\u201a"
_CLOSING = {**dict.fromkeys(_DOUBLE, _DOUBLE), **dict.fromkeys(_SINGLE, _SINGLE), "«": "»", "»": "«"}

#: `--NAME`, followed by `=` or blanks; phones make one long dash of two.
_OPTION = re.compile(r"(?:--|[\u2014\u2013])([^\s=]+)(?:\s*=\s*|\s+|$)")
_MOST_SHOWN = 60


class UnclearCommandError(HotfixGuardError):
    """A command that can't be carried out as it is written; the message says in Markdown what to write."""


@dataclass(frozen=True, slots=True)
class Words:
    """A command's argument.

    Attributes:
        plain: the words that belong to no option, in order.
        options: each option's text by its name.
    """

    plain: tuple[str, ...]
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OverrideRequest:
    """What `/hotfix override` asks: which policies, in lower case, and why."""

    policies: tuple[str, ...]
    reason: str


def override_request(argument: str) -> OverrideRequest:
    """Read what follows `/hotfix override`.

    Raises:
        UnclearCommandError: a name, or the reason, is missing, or something else stands there.
    """
    words = split(argument, frozenset({"reason"}))
    names = (name.strip("`").casefold() for word in words.plain for name in word.split(","))
    policies = tuple(dict.fromkeys(name for name in names if name))
    reason = words.options.get("reason", "").strip()
    form = '`/hotfix override POLICY… --reason "REASON"`'
    if not policies:
        raise UnclearCommandError(f"Name the policies, or `all`: {form}.")
    if not reason:
        raise UnclearCommandError(f"Say why: {form}. The reason is kept in the record.")
    if len(reason) > LONGEST:
        raise UnclearCommandError(f"Say it shorter: a reason may have {LONGEST:,} characters, this one has more.")
    return OverrideRequest(policies, reason)


def split(argument: str, known: frozenset[str]) -> Words:
    """Split an argument into words and options.

    Args:
        argument: what follows the command's name, on one line.
        known: the options that may be there, without dashes; each takes a text.

    Raises:
        UnclearCommandError: an unknown or doubled option, one without its text, or a quote that is never closed.
    """
    plain: list[str] = []
    options: dict[str, str] = {}
    rest = argument.strip()
    while rest:
        option = _OPTION.match(rest)
        if option is None:
            word, _, rest = _text(rest)
            plain.append(word)
        else:
            name = option[1].lower()
            _check(name, known, options)
            options[name], rest = _value(name, rest[option.end() :])
    return Words(tuple(plain), options)


def _check(option: str, known: frozenset[str], given: Mapping[str, str]) -> None:
    if option not in known:
        possible = " or ".join(f"`--{name}`" for name in sorted(known))
        raise UnclearCommandError(f"There is no option {code('--' + shortened(option, _MOST_SHOWN))}, only {possible}.")
    if option in given:
        raise UnclearCommandError(f"`--{option}` stands there twice: leave one.")


def _value(option: str, rest: str) -> tuple[str, str]:
    """An option's text and what follows it; several words must be in quotes, or they would pass for policies."""
    if not rest or _OPTION.match(rest):
        raise UnclearCommandError(f'Write a text after `--{option}`: `--{option} "TEXT"`.')
    text, is_quoted, after = _text(rest)
    if after and not is_quoted:
        shown = code(f'--{option} "{shortened(rest, _MOST_SHOWN)}"')
        raise UnclearCommandError(f"Put the text after `--{option}` in quotes: {shown}.")
    return text, after


def _text(rest: str) -> tuple[str, bool, str]:
    """The first word, or what the quotes hold; whether there were quotes; what follows."""
    closing = _CLOSING.get(rest[0])
    if closing is None:
        word, *after = rest.split(maxsplit=1)
        return word, False, "".join(after)
    # A quote inside a quotation, or an apostrophe, is followed by a letter, not by a blank.
    ends = (at for at in range(1, len(rest)) if rest[at] in closing and not rest[at + 1 : at + 2].strip())
    end = next(ends, 0)
    if not end:
        raise UnclearCommandError(f"The quotation that begins with {code(shortened(rest, 20))} isn't closed.")
    return rest[1:end], True, rest[end + 1 :].strip()
