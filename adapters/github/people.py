"""Accounts and commits as GraphQL tells them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domain.pull_request import Commit, Signature

_BOT = "[bot]"
#: An account's own address for commits ("Email addresses reference").
_BOT_EMAIL = re.compile(r"(?:\d+\+)?(?P<login>[A-Za-z0-9-]+\[bot\])@users\.noreply\.github\.com")
#: The committer of everything that is made on GitHub's pages; GraphQL names no account for it.
_WEB = ("noreply@github.com", "web-flow")


def login_of(actor: Mapping[str, Any] | None) -> str:
    """An account's login as REST spells it ("dependabot[bot]"; GraphQL says "dependabot"), "" where it is gone."""
    if actor is None:
        return ""
    login = str(actor["login"])
    return login + _BOT if is_bot(actor) and not login.endswith(_BOT) else login


def is_bot(actor: Mapping[str, Any] | None) -> bool:
    """Whether the account is a GitHub App's."""
    return actor is not None and (actor["__typename"] == "Bot" or str(actor["login"]).endswith(_BOT))


def commit(told: Mapping[str, Any]) -> Commit:
    """A commit with its author first, then everybody named in a `Co-authored-by` trailer."""
    committer = told["committer"]
    return Commit(
        oid=told["oid"],
        message=told["message"],
        authors=tuple(_signature(author) for author in told["authors"]["nodes"]),
        committer=None if committer is None else _signature(committer),
        parents=tuple(parent["oid"] for parent in told["parents"]["nodes"]),
        authored=told.get("authoredDate", ""),
    )


def _signature(told: Mapping[str, Any]) -> Signature:
    email = told["email"] or ""
    login = told["user"]["login"] if told["user"] else _unlisted(email)
    return Signature(told["name"] or "", email, login)


def _unlisted(email: str) -> str:
    """The login of those accounts that GraphQL leaves out because they are no `User`."""
    if email == _WEB[0]:
        return _WEB[1]
    found = _BOT_EMAIL.fullmatch(email)
    return found["login"] if found else ""
