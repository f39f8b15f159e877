"""What a hotfix may bring later is on record once it is merged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.entry import EntryKind
from handlers.keep_promises import keep_promises
from tests.handlers.conftest import FIX
from tests.handlers.office import Building, Office, a_building

FILE = """\
version: 1
severities: {P0: {description: down}, P1: {}}
policies:
  approvals: {level: off}
  regression-test: {defer: {severities: [P0], within: 24h}}
"""
UNTESTED = {path: text for path, text in FIX.items() if "test" not in path}


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Building]:
    with a_building(tmp_path_factory.mktemp("building")) as made:
        yield made


@pytest.fixture
def office(building: Building) -> Office:
    made = building.office()
    made.alice.write(made.name, "main", {".github/hotfix.yml": FILE}, "Rules")
    return made


@pytest.mark.parametrize(("label", "owed"), [("P0", 1), ("P1", 0)])
def test_a_merged_hotfix_whose_test_is_deferred_owes_it_on_record_once(office: Office, label: str, owed: int) -> None:
    ref = office.ref(office.proposed(files=UNTESTED, labels=["hotfix", label]))
    office.inspect(ref.number)
    keep_promises(ref, office.desk.ports)
    assert not office.desk.ledger.entries(ref)
    office.alice.merge(office.name, ref.number)
    for _ in range(2):
        keep_promises(ref, office.desk.ports)
    entries = office.desk.ledger.entries(ref)
    assert len(entries) == owed
    for entry in entries:
        assert (entry.kind, entry.subjects, entry.base) == (EntryKind.PROMISE, ("regression-test",), "main")
        assert "a test is due within 24h of the merge" in entry.reason
        assert entry.expires_at == entry.at + timedelta(hours=24)
