"""`hotfix ledger`: the record of what people said that counts, for auditors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

import click

from domain.entry import ChainState, Entry, Link
from domain.override import minute
from domain.wording import counted, plain


@click.group(short_help="Check and show the record for auditors.")
def ledger() -> None:
    """Check and show what people said that counts: overrides, confirmations, severities, releases and the like.

    The ledger is found by DATABASE_URL, from the environment or `.env`; no other setting of the service is needed.
    """


@ledger.command(short_help="Prove that no entry was changed.")
@click.argument("repository", metavar="[OWNER/REPO]", required=False)
@click.option(
    "--holds", metavar="HASH", help="A hash noted earlier: the chain has to hold it, so that no end was cut off."
)
def verify(repository: str | None, holds: str | None) -> None:
    """Follow the hash chain of OWNER/REPO's entries, or of every repository's, and name the first that is broken.

    Note the newest hash that is printed somewhere else: only that proves later that the chain's end wasn't cut off.
    Exit code 0 where every chain holds, else 1.
    """
    from adapters.ledger.auditing import audited  # noqa: PLC0415 - the database's library loads only for this command
    from adapters.settings import database_url  # noqa: PLC0415

    if holds and not repository:
        raise click.UsageError("--holds needs the repository whose chain it is")
    with audited(database_url()) as audit:
        states = [audit.verify(name) for name in ([repository] if repository else audit.repositories())]
        missing = holds and not any(link.hash == holds.lower() for link in audit.links(repository or ""))
    for state in states:
        click.echo(_told(state))
    if missing:
        click.echo(f"{repository}: no entry has the hash {plain(holds or '')[:64]}")
    if not states:
        click.echo("no entries")
    sys.exit(1 if missing or any(state.broken for state in states) else 0)


@ledger.command(short_help="Print a repository's entries.")
@click.argument("repository", metavar="OWNER/REPO")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
def show(repository: str, form: str) -> None:
    """Print the entries of OWNER/REPO, oldest first; jsonl is each link with all that its hash rests on."""
    from adapters.ledger.auditing import audited  # noqa: PLC0415 - as above
    from adapters.settings import database_url  # noqa: PLC0415

    with audited(database_url()) as audit:
        if not _print(audit.links(repository), form):
            click.echo(f"{plain(repository)}: no entries", err=form == "jsonl")


def _print(links: Iterable[Link], form: str) -> bool:
    """Print links while they are read; whether there were any."""
    any_found = False
    for link in links:
        any_found = True
        click.echo(_data(link) if form == "jsonl" else _line(link))
    return any_found


def _told(state: ChainState) -> str:
    if state.broken:
        return f"{state.repository}: {state.broken}; {counted(state.length, 'whole entry', 'whole entries')} before it"
    if not state.length:
        return f"{state.repository}: no entries"
    return f"{state.repository}: {counted(state.length, 'entry', 'entries')}, newest {state.newest}"


def _line(link: Link) -> str:
    entry = link.entry
    if entry is None:
        return f"{link.position}  unreadable"
    where = f"#{entry.number}" if entry.number else (entry.head_oid[:7] or "-")
    parts = (minute(entry.at), str(entry.kind), where, entry.login or "-", _said(entry))
    return f"{link.position}  " + "  ".join(plain(part) for part in parts if part)


def _said(entry: Entry) -> str:
    return ": ".join(part for part in (", ".join(entry.subjects), entry.reason) if part)


def _data(link: Link) -> str:
    entry = json.loads(link.entry.canonical) if link.entry else None
    return json.dumps({"position": link.position, "previous": link.previous, "hash": link.hash, "entry": entry})
