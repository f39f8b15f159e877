"""What auditors can prove without the service and without its secrets."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.database import Database
from adapters.ledger import Ledger
from adapters.ledger.auditing import audited
from adapters.ledger.migrate import migrate
from domain.entry import Entry, EntryKind
from domain.errors import UnreadableInputError
from tests.cli.program import Done, hotfix, is_refused

AT = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with entries of two repositories; tests copy it."""
    file = tmp_path_factory.mktemp("kept") / "ledger.sqlite"
    migrate(f"sqlite:///{file}")
    database = Database(f"sqlite:///{file}")
    book = Ledger(database)
    for number, reason in enumerate(("the shop\nis \x1b[31mdown", "still down", "at last"), start=1):
        book.add_entry(Entry(EntryKind.OVERRIDE, "Acme/Shop", 12, "alice", str(number), AT, ("all",), reason))
    book.add_entry(Entry(EntryKind.MERGED_AROUND, "acme/till", 0, "", "f" * 40, AT, head_oid="f" * 40, base="main"))
    database.close()
    return file


def ask(*arguments: str, kept: Path) -> Done:
    return hotfix("ledger", *arguments, cwd=kept.parent, variables={"DATABASE_URL": f"sqlite:///{kept}"})


def test_whole_chains_are_told_with_the_hash_to_note(kept: Path) -> None:
    done = ask("verify", kept=kept)
    assert (done.code, done.err) == (0, "")
    shop, till = done.out.splitlines()
    assert shop.startswith("acme/shop: 3 entries, newest ")
    assert till.startswith("acme/till: 1 entry, newest ")
    assert ask("verify", "Acme/Shop", "--holds", shop.rpartition(" ")[2], kept=kept).code == 0


def test_the_first_broken_entry_is_named(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(kept.read_bytes())
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE entries SET reason = 'nothing' WHERE repository = 'acme/shop' AND position = 2")
    done = ask("verify", "acme/shop", "--holds", "f" * 64, kept=copy)
    broken, cut = done.out.splitlines()
    assert (done.code, broken) == (1, "acme/shop: entry 2: it isn't what was written; 1 whole entry before it")
    assert cut == f"acme/shop: no entry has the hash {'f' * 64}"


def test_entries_are_shown_for_people_and_for_machines(kept: Path) -> None:
    lines = ask("show", "acme/shop", kept=kept).out.splitlines()
    assert lines[0] == "1  2026-05-04 10:30 UTC  override  #12  alice  all: the shop is  [31mdown"
    links = [json.loads(line) for line in ask("show", "acme/shop", "--format", "jsonl", kept=kept).out.splitlines()]
    assert [link["position"] for link in links] == [1, 2, 3]
    assert links[1]["previous"] == links[0]["hash"]
    assert links[0]["entry"]["reason"] == "the shop\nis \x1b[31mdown"


def test_what_is_no_ledger_is_refused_in_one_sentence_and_not_made(kept: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "no.sqlite"
    assert is_refused(ask("verify", kept=nowhere), "there is no ledger at", "DATABASE_URL")
    assert not nowhere.exists()
    with pytest.raises(UnreadableInputError, match="another version's"), audited(f"sqlite:///{_other(tmp_path)}"):
        pass
    text = tmp_path / "text.sqlite"
    text.write_text("no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(UnreadableInputError, match="can't be read"), audited(f"sqlite:///{text}"):
        pass


def test_a_repository_without_entries_is_no_fault(kept: Path) -> None:
    done = ask("show", "acme/nothing", kept=kept)
    assert (done.code, done.out) == (0, "acme/nothing: no entries\n")


def _other(folder: Path) -> Path:
    file = folder / "other.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE entries (a)")
    return file
