"""How overrides are told: in a verdict, and in the issue in which people look at one again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC
from types import MappingProxyType
from typing import Any

from domain.override import ALL, Override, OverrideState, minute
from domain.wording import code, markdown, shortened

_LONGEST_REASON = 1_000

#: Why an override lets nothing be; completes "alice's override of diff-size (reason) …".
_WHY_NOT = MappingProxyType(
    {
        OverrideState.UNCONFIRMED: "doesn't count yet: a second person who may override has to say /hotfix confirm",
        OverrideState.INVOLVED: "doesn't count: nobody who stands behind it is known to have no part in the change",
        OverrideState.NOT_ALLOWED: "doesn't count: the policy file names nobody who may override",
    }
)


def section(overrides: Iterable[Override]) -> str:
    """The overrides of a verdict as Markdown under a heading of their own, "" where there is nothing to tell."""
    items = [f"- {_sentence(override, code, markdown)}" for override in overrides if _is_told(override)]
    return "\n".join(["### Overrides", "", *items]) if items else ""


def lines(overrides: Iterable[Override]) -> list[str]:
    """The overrides of a verdict in plain sentences."""
    return [_sentence(override, str, str) for override in overrides if _is_told(override)]


def as_data(overrides: Iterable[Override]) -> list[dict[str, Any]]:
    """The overrides of a verdict as JSON values, those included that nothing needed."""
    return [_data(override) for override in overrides]


def _is_told(override: Override) -> bool:
    return override.state is not OverrideState.COUNTS or bool(override.overridden)


def _sentence(override: Override, set_name: Callable[[str], str], set_words: Callable[[str], str]) -> str:
    reason = set_words(shortened(override.reason, _LONGEST_REASON))
    if override.state is OverrideState.COUNTS:
        names = ", ".join(set_name(name) for name in override.overridden)
        until = f", until {minute(override.expires_at)}" if override.expires_at else ""
        return f"{names}: overridden by {set_words(override.people)}{until}: {reason}"
    asked = "everything" if ALL in override.asked else ", ".join(set_name(name) for name in override.asked)
    return f"{set_words(override.login)}'s override of {asked} ({reason}) {_why_not(override, set_name)}"


def _why_not(override: Override, set_name: Callable[[str], str]) -> str:
    if override.state is OverrideState.EXPIRED and override.expires_at:
        return f"expired at {minute(override.expires_at)}"
    if override.state is OverrideState.OUTDATED:
        given_for = f"the head {set_name(override.head_oid[:7])} towards {set_name(override.base)}"
        return f"was given for {given_for} and ended with it; what stands now would need another"
    return _WHY_NOT[override.state]


def _data(override: Override) -> dict[str, Any]:
    return {
        "by": override.login,
        "confirmed_by": override.confirmed_by or None,
        "asked": list(override.asked),
        "overridden": list(override.overridden),
        "reason": override.reason,
        "head": override.head_oid,
        "base": override.base,
        "at": override.at.astimezone(UTC).isoformat(),
        "expires_at": override.expires_at.astimezone(UTC).isoformat() if override.expires_at else None,
        "state": str(override.state),
        "source": override.source,
    }
