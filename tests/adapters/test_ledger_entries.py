"""The entries stand in one chain a repository: none twice, none changed afterwards without being noticed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.database import Database
from adapters.ledger import Ledger
from domain.entry import NOTHING_BEFORE, Entry, EntryKind, link_hash
from domain.pull_request import PullRequestRef

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
REF = PullRequestRef("Acme/Shop", 12)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def an_entry(source: str = "101", **changes: object) -> Entry:
    made = Entry(
        EntryKind.OVERRIDE,
        "Acme/Shop",
        12,
        "alice",
        source,
        NOW,
        subjects=("diff-size", "focus"),
        reason="The shop is down “now”",
        head_oid="a" * 40,
        base="main",
        expires_at=NOW + timedelta(hours=24),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_entry_comes_back_as_it_was_given(ledger: Ledger) -> None:
    assert ledger.add_entry(an_entry())
    assert list(ledger.entries(REF)) == [an_entry()]
    assert ledger.entries(PullRequestRef("acme/shop", 12))[0].repository == "acme/shop"
    assert list(ledger.entries(PullRequestRef("Acme/Shop", 13))) == []


def test_the_same_source_and_kind_is_the_same_entry(ledger: Ledger) -> None:
    assert ledger.add_entry(an_entry())
    assert not ledger.add_entry(an_entry(reason="said again", login="mallory"))
    assert not ledger.add_entry(an_entry(repository="ACME/shop"))
    assert ledger.add_entry(an_entry(kind=EntryKind.RELEASE))
    assert ledger.add_entry(an_entry(repository="acme/other"))
    assert [entry.kind for entry in ledger.entries(REF)] == [EntryKind.OVERRIDE, EntryKind.RELEASE]


def test_each_link_holds_the_hash_of_the_one_before(ledger: Ledger) -> None:
    ledger.add_entry(an_entry("1"))
    ledger.add_entry(an_entry("2", repository="acme/other"))
    ledger.add_entry(an_entry("3"))
    first = link_hash(NOTHING_BEFORE, an_entry("1").storable)
    state = ledger.verify("acme/Shop")
    assert (state.length, state.newest, state.broken) == (2, link_hash(first, an_entry("3").storable), "")


def test_text_that_databases_refuse_leaves_the_chain_whole(ledger: Ledger) -> None:
    assert ledger.add_entry(an_entry(reason="nul \x00 and \ud800", subjects=("\ud83d", "x\x00")))
    assert ledger.verify("acme/shop").broken == ""
    assert not ledger.add_entry(an_entry(reason="nul \x00 and \ud800", subjects=("\ud83d", "x\x00")))


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("UPDATE entries SET reason = 'another' WHERE position = 2", "entry 2: it isn't what was written"),
        ("UPDATE entries SET login = 'mallory' WHERE position = 3", "entry 3: it isn't what was written"),
        ("UPDATE entries SET hash = 'f' WHERE position = 1", "entry 1: it isn't what was written"),
        ("UPDATE entries SET kind = 'pardon' WHERE position = 1", "entry 1: this version of Hotfix Guard can't read"),
        ("UPDATE entries SET subjects = '{' WHERE position = 1", "entry 1: this version of Hotfix Guard can't read"),
        ("DELETE FROM entries WHERE position = 2", "entry 2: it is missing"),
        ("DELETE FROM entries WHERE position = 1", "entry 1: it is missing"),
    ],
)
def test_whatever_is_changed_afterwards_is_found_at_the_first_link_that_it_breaks(
    ledger: Ledger, database: Database, tampering: str, told: str
) -> None:
    for source in ("1", "2", "3"):
        ledger.add_entry(an_entry(source))
    with database.write() as session:
        session.connection().exec_driver_sql(tampering)
    state = ledger.verify("acme/shop")
    assert state.broken.startswith(told)
    assert state.length == int(told[6]) - 1


def test_many_that_append_at_once_make_one_chain(ledger: Ledger, database: Database) -> None:
    added: list[bool] = []

    def append(worker: int) -> None:
        own = Ledger(Database(database.url.render_as_string(hide_password=False)))
        added.extend(own.add_entry(an_entry(str(number))) for number in (worker, 100, 101))

    threads = [threading.Thread(target=append, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert added.count(True) == 6
    state = ledger.verify("acme/shop")
    assert (state.length, state.broken) == (6, "")


def test_an_entry_expires_at_its_moment() -> None:
    ends = NOW + timedelta(hours=24)
    assert not an_entry().has_expired(ends - timedelta(seconds=1))
    assert an_entry().has_expired(ends)
    assert not an_entry(expires_at=None).has_expired(ends + timedelta(days=9999))
