from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from adapters.database import Database
from adapters.ledger import Ledger
from adapters.ledger.owed import Owed
from domain.errors import UnreadableInputError
from domain.pull_request import PullRequestRef
from domain.record import PullRequestRecord, Push, Release, SavedVerdict, StoredDelivery
from domain.verdict import Conclusion
from handlers import ports

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
REF = PullRequestRef("Acme/Shop", 12)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def a_verdict(**changes: object) -> SavedVerdict:
    values: dict[str, object] = {
        "head_oid": "a" * 40,
        "base": "main",
        "conclusion": Conclusion.FAILURE,
        "is_hotfix": True,
        "fingerprint": "f1",
        "external_id": "hotfix-guard:1:2",
        "report": '{"conclusion": "failure"}',
        "at": NOW,
        "name": "hotfix: main",
    }
    return SavedVerdict(**{**values, **changes})  # type: ignore[arg-type]


def test_the_ledger_is_what_the_handlers_ask_for(database: Database) -> None:
    wanted: ports.Ledger = Ledger(database)
    assert wanted.repositories() == []


def test_a_delivery_comes_back_byte_for_byte(ledger: Ledger) -> None:
    delivery = StoredDelivery("guid-1", "pull_request", bytes(range(256)) * 4096, NOW)
    assert ledger.store_delivery(delivery)
    assert ledger.delivery("guid-1") == delivery


def test_a_second_delivery_with_the_same_guid_is_not_kept(ledger: Ledger) -> None:
    first = StoredDelivery("guid-1", "pull_request", b"first", NOW)
    ledger.store_delivery(first)
    assert not ledger.store_delivery(StoredDelivery("guid-1", "push", b"second", NOW))
    assert ledger.delivery("guid-1") == first


def test_an_unknown_delivery_is_unreadable_input(ledger: Ledger) -> None:
    with pytest.raises(UnreadableInputError, match="no delivery guid-2"):
        ledger.delivery("guid-2")


def test_nothing_is_remembered_of_an_unseen_pull_request(ledger: Ledger) -> None:
    assert ledger.pull_request(REF) == PullRequestRecord()


def test_repository_names_compare_without_case(ledger: Ledger) -> None:
    ledger.save_verdict(REF, a_verdict())
    ledger.save_installation("Acme/Shop", 7)
    assert ledger.pull_request(PullRequestRef("aCME/sHOP", 12)).is_hotfix
    assert ledger.installation("acme/SHOP") == 7
    assert ledger.open_hotfixes("ACME/SHOP") == [12]


def test_a_verdict_without_a_trigger_takes_no_pull_request_out_of_the_lane(ledger: Ledger) -> None:
    ledger.save_verdict(REF, a_verdict())
    ledger.save_verdict(REF, a_verdict(is_hotfix=False, conclusion=Conclusion.SKIPPED))
    assert ledger.pull_request(REF).is_hotfix


def test_a_release_takes_a_pull_request_out_of_the_lane(ledger: Ledger) -> None:
    release = Release("a" * 40, "main", "alice", "wrong lane: \x00\ud800 odd text", NOW)
    ledger.save_verdict(REF, a_verdict())
    ledger.release(REF, release)
    record = ledger.pull_request(REF)
    assert record.release == Release("a" * 40, "main", "alice", "wrong lane: \ufffd? odd text", NOW)
    assert record.is_released("a" * 40, "main")
    assert not record.is_released("b" * 40, "main")
    assert not record.is_released("a" * 40, "lax")
    assert (record.is_held("main"), record.is_held("lax")) == (False, True)


def test_a_verdict_ends_the_release_that_it_knew_and_none_given_meanwhile(ledger: Ledger) -> None:
    known = Release("a" * 40, "main", "alice", "wrong lane", NOW)
    meanwhile = Release("b" * 40, "main", "alice", "wrong lane again", NOW)
    ledger.release(REF, meanwhile)
    ledger.save_verdict(REF, a_verdict(ended=known))
    assert ledger.pull_request(REF).release == meanwhile
    ledger.save_verdict(REF, a_verdict(ended=meanwhile))
    assert ledger.pull_request(REF).release is None
    assert ledger.pull_request(REF).is_held("main")


def test_every_verdict_is_kept_in_order(ledger: Ledger) -> None:
    first, second = a_verdict(), a_verdict(conclusion=Conclusion.SUCCESS, fingerprint="f2", answered=1)
    ledger.save_verdict(REF, first)
    ledger.save_verdict(REF, second)
    assert ledger.verdicts(REF) == [first, second]
    record = ledger.pull_request(REF)
    assert (record.fingerprint, record.fingerprint_at, record.answered) == ("f2", NOW, 1)


def test_asking_again_forgets_the_ground_of_the_verdict(ledger: Ledger) -> None:
    ledger.save_verdict(REF, a_verdict())
    ledger.ask_again(REF, rewrite=False)
    ledger.ask_again(REF, rewrite=True)
    record = ledger.pull_request(REF)
    assert (record.fingerprint, record.asked, record.answered) == ("", 1, 0)


def test_asking_again_works_before_the_first_verdict(ledger: Ledger) -> None:
    ledger.ask_again(REF, rewrite=True)
    assert ledger.pull_request(REF).asked == 1


def test_a_closed_hotfix_is_no_open_one_until_it_is_judged_again(ledger: Ledger) -> None:
    ledger.save_verdict(REF, a_verdict())
    ledger.save_verdict(PullRequestRef("acme/shop", 3), a_verdict())
    ledger.save_verdict(PullRequestRef("acme/shop", 4), a_verdict(is_hotfix=False))
    ledger.close(REF)
    assert ledger.open_hotfixes("acme/shop") == [3]
    ledger.save_verdict(REF, a_verdict())
    assert ledger.open_hotfixes("acme/shop") == [3, 12]


def test_the_earlier_sight_of_a_head_counts(ledger: Ledger) -> None:
    later, earlier = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
    assert ledger.see_head(REF, "a" * 40, "main", NOW) == NOW
    assert ledger.see_head(REF, "a" * 40, "main", later) == NOW
    assert ledger.see_head(REF, "a" * 40, "main", earlier) == earlier
    assert ledger.see_head(REF, "b" * 40, "main", later) == later
    assert ledger.see_head(REF, "a" * 40, "develop", later) == later


def test_times_come_back_in_utc_from_any_zone(ledger: Ledger) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-7)))
    seen = ledger.see_head(REF, "a" * 40, "main", there)
    assert seen == NOW
    assert ledger.see_head(REF, "a" * 40, "main", NOW).tzinfo == UTC


def test_an_installation_that_left_serves_nothing(ledger: Ledger) -> None:
    ledger.save_installation("Acme/Shop", 7)
    ledger.save_installation("acme/tools", 2**40)
    ledger.save_installation("acme/shop", 0)
    assert ledger.repositories() == ["acme/tools"]
    assert (ledger.installation("acme/shop"), ledger.installation("acme/tools")) == (0, 2**40)


def test_an_answer_is_recalled_while_it_is_new_enough(ledger: Ledger) -> None:
    ledger.remember("team:a", "no", NOW - timedelta(minutes=9))
    ledger.remember("team:a", "yes", NOW)
    assert ledger.recall("team:a", NOW - timedelta(minutes=5)) == "yes"
    assert ledger.recall("team:a", NOW) is None
    assert ledger.recall("team:b", NOW - timedelta(minutes=5)) is None


def test_pruning_keeps_what_is_still_owed_and_the_record(ledger: Ledger, database: Database) -> None:
    old = NOW - timedelta(days=5)
    owed = Owed(database, lambda: old)
    owed.intake(StoredDelivery("owed", "push", b"", old))
    ledger.store_delivery(StoredDelivery("done", "push", b"", old))
    ledger.store_delivery(StoredDelivery("new", "push", b"", NOW))
    ledger.save_verdict(REF, a_verdict(at=old))
    ledger.prune(NOW - timedelta(days=4))
    assert [ledger.delivery(guid).guid for guid in ("owed", "new")] == ["owed", "new"]
    assert len(ledger.verdicts(REF)) == 1
    with pytest.raises(UnreadableInputError):
        ledger.delivery("done")


def a_push(login: str, at: datetime = NOW, ref: str = "refs/heads/fix") -> Push:
    return Push("Acme/Shop", ref, "a" * 40, login, at)


def test_the_newest_push_of_a_commit_names_the_pusher_in_whatever_order_they_are_told(ledger: Ledger) -> None:
    assert ledger.note_push(a_push("bob", NOW))
    assert not ledger.note_push(a_push("bob", NOW))
    assert not ledger.note_push(a_push("alice", NOW - timedelta(hours=1)))
    assert ledger.pusher("acme/shop", "a" * 40, ["refs/heads/fix"]) == "bob"
    assert ledger.note_push(a_push("carol", NOW + timedelta(hours=1)))
    assert ledger.pusher("acme/shop", "a" * 40, ["refs/heads/fix"]) == "carol"
    assert ledger.pusher("acme/shop", "a" * 40, ["refs/heads/other"]) == ""


def test_open_pull_requests_are_found_by_the_head_that_was_judged(ledger: Ledger) -> None:
    ledger.save_verdict(REF, a_verdict())
    ledger.save_verdict(PullRequestRef("acme/shop", 3), a_verdict(head_oid="b" * 40))
    assert ledger.headed_by("acme/shop", "a" * 40) == [12]
    ledger.close(REF)
    assert ledger.headed_by("acme/shop", "a" * 40) == []


def test_a_branch_is_watched_from_where_it_was_first_seen_and_goes_on_from_where_it_was_examined(
    ledger: Ledger,
) -> None:
    assert ledger.seen_tip("Acme/Shop", "main") == ""
    ledger.see_branch("Acme/Shop", "main", "a" * 40)
    ledger.see_branch("acme/shop", "main", "b" * 40)
    assert ledger.seen_tip("acme/shop", "main") == "a" * 40
    ledger.save_tip("acme/shop", "main", "c" * 40)
    ledger.see_branch("acme/shop", "Main", "d" * 40)
    assert (ledger.seen_tip("acme/shop", "main"), ledger.seen_tip("acme/shop", "Main")) == ("c" * 40, "d" * 40)
    assert sorted(ledger.watched_branches("ACME/shop")) == ["Main", "main"]
    assert ledger.watched_branches("acme/other") == []


def test_the_newest_verdict_on_a_head_towards_a_base_is_found(ledger: Ledger) -> None:
    assert ledger.verdict_on(REF, "a" * 40, "main") is None
    for verdict in (
        a_verdict(),
        a_verdict(conclusion=Conclusion.SUCCESS),
        a_verdict(base="next"),
        a_verdict(head_oid="b" * 40),
    ):
        ledger.save_verdict(REF, verdict)
    found = ledger.verdict_on(REF, "a" * 40, "main")
    assert found is not None
    assert (found.conclusion, found.base, found.head_oid) == (Conclusion.SUCCESS, "main", "a" * 40)
