"""The web door: what comes in, what is turned away and how, and that nothing is kept of what was turned away."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

import app
from adapters.settings import MAX_BODY_BYTES
from app import create_app
from cli.service import ServiceProcess
from domain.record import StoredDelivery
from sandbox.server import Sandbox

SECRET = "s3cret"
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
PULL_REQUEST = {
    "action": "opened",
    "number": 7,
    "pull_request": {"number": 7},
    "repository": {"full_name": "acme/shop"},
    "installation": {"id": 1},
}
DELIVERY = {"X-GitHub-Delivery": GUID, "X-GitHub-Event": "pull_request", "Content-Type": "application/json"}


@dataclass
class Shelf:
    """Where deliveries are kept; a broken one keeps none."""

    kept: list[StoredDelivery] = field(default_factory=list)
    broken: bool = False

    def take(self, delivery: StoredDelivery) -> Literal["accepted", "duplicate"]:
        if self.broken:
            raise sqlite3.OperationalError("database or disk is full at /var/lib/hotfix-guard")
        self.kept.append(delivery)
        return "accepted"


@dataclass
class Answer:
    status: int
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


class Door:
    """The door behind the real web server, knocked at over a real connection."""

    def __init__(self, port: int, secret: str, shelf: Shelf) -> None:
        self.port = port
        self.secret = secret
        self.shelf = shelf

    def knock(self, body: bytes, *, path: str = "/webhook", method: str = "POST", **headers: str | None) -> Answer:
        """Send a signed delivery; headers are written with underscores, None leaves one out."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**DELIVERY, "X-Hub-Signature-256": sign(body, self.secret), **changed}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()

    def refuses(self, body: bytes, status: int, word: str, **headers: str | None) -> bool:
        """Whether it turns a delivery away with that status and one sentence, and keeps nothing of it."""
        answer = self.knock(body, path="/webhook", method="POST", **headers)
        assert answer.status == status, answer
        assert word in answer.data["error"]
        assert list(answer.data) == ["error"]
        assert self.shelf.kept == []
        return True


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def payload(**changes: Any) -> bytes:
    return json.dumps({**PULL_REQUEST, **changes}).encode()


def padded(size: int) -> bytes:
    """A payload of exactly that many bytes."""
    bare = len(payload(padding=""))
    return payload(padding="x" * (size - bare))


@pytest.fixture(scope="module")
def open_door() -> Iterator[Door]:
    shelf = Shelf()
    flask = create_app(shelf.take, lambda: "", SECRET)
    server: Any = app.web_server(flask, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, name="web door", daemon=True)
    thread.start()
    yield Door(int(server.effective_port), SECRET, shelf)
    server.trigger.pull_trigger(server.close)
    thread.join(10)


@pytest.fixture
def door(open_door: Door) -> Door:
    open_door.shelf.kept.clear()
    open_door.shelf.broken = False
    return open_door


def test_a_signed_delivery_is_kept_as_it_came(door: Door) -> None:
    answer = door.knock(payload())
    assert (answer.status, answer.data) == (202, {"status": "accepted", "delivery": GUID})
    (kept,) = door.shelf.kept
    assert (kept.guid, kept.event, kept.payload) == (GUID, "pull_request", payload())
    assert kept.received_at.tzinfo is not None


SIGNATURES = {
    "none": None,
    "empty": "",
    "of another secret": sign(payload(), "other"),
    "of another body": sign(b"{}"),
    "old kind": "sha1=" + hmac.new(SECRET.encode(), payload(), hashlib.sha1).hexdigest(),
    "without its kind": sign(payload()).removeprefix("sha256="),
    "cut": sign(payload())[:-1],
    "upper case": sign(payload()).upper(),
    "beyond ascii": "sha256=" + "\xe9" * 64,
}


@pytest.mark.parametrize("which", SIGNATURES)
def test_a_delivery_without_the_right_signature_is_turned_away(which: str, door: Door) -> None:
    assert door.refuses(payload(), 401, "ignature", X_Hub_Signature_256=SIGNATURES[which])


def test_the_signature_comes_before_everything_that_the_body_says(door: Door) -> None:
    wrong = sign(b"another")
    for body in (b"", b"nonsense", payload(action="unheard-of"), b"[" * 100_000):
        assert door.refuses(body, 401, "ignature", X_Hub_Signature_256=wrong)


BODIES = {
    "empty": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "no UTF-8": b'{"action": "\xff"}',
    "too deep": b'{"action":' * 100_000,
    "an endless number": b'{"action": ' + b"1" * 5_000 + b"}",
    "no repository": json.dumps({"action": "opened", "pull_request": {"number": 7}}).encode(),
    "a repository that is a path": payload(repository={"full_name": "../../etc"}),
    "a number that is none": payload(pull_request={"number": "seven"}),
    "a number below one": payload(pull_request={"number": 0}),
    "no pull request": payload(pull_request=None),
}


@pytest.mark.parametrize("which", BODIES)
def test_a_malformed_body_is_turned_away(which: str, door: Door) -> None:
    assert door.refuses(BODIES[which], 400, "")


HEADERS: dict[str, dict[str, str | None]] = {
    "no delivery": {"X_GitHub_Delivery": None},
    "an empty delivery": {"X_GitHub_Delivery": ""},
    "a delivery that is no GUID": {"X_GitHub_Delivery": "../x"},
    "a delivery without end": {"X_GitHub_Delivery": "a" * 65},
    "no event": {"X_GitHub_Event": None},
}


@pytest.mark.parametrize("which", HEADERS)
def test_a_delivery_must_say_which_it_is(which: str, door: Door) -> None:
    assert door.refuses(payload(), 400, "X-GitHub-Delivery", **HEADERS[which])


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_content_type_is_turned_away_with_what_to_set(kind: str | None, door: Door) -> None:
    assert door.refuses(payload(), 415, "application/json", Content_Type=kind)


def test_a_content_type_may_name_its_charset(door: Door) -> None:
    assert door.knock(payload(), Content_Type="application/json; charset=utf-8").status == 202


@pytest.mark.parametrize(("name", "action"), [("star", "created"), ("pull_request", "locked"), ("../x", "opened")])
def test_what_nobody_handles_is_taken_note_of_and_forgotten(name: str, action: str, door: Door) -> None:
    answer = door.knock(payload(action=action), X_GitHub_Event=name)
    assert (answer.status, answer.body, door.shelf.kept) == (204, b"", [])


def test_a_ping_is_answered_and_not_kept(door: Door) -> None:
    body = json.dumps({"zen": "Keep it logically awesome.", "hook_id": 1, "hook": {}}).encode()
    answer = door.knock(body, X_GitHub_Event="ping")
    assert (answer.status, answer.data, door.shelf.kept) == (200, {"status": "nothing to do"}, [])


def test_a_body_of_exactly_25_mb_comes_in_and_one_byte_more_doesnt(door: Door) -> None:
    assert door.knock(padded(MAX_BODY_BYTES)).status == 202
    assert len(door.shelf.kept.pop().payload) == MAX_BODY_BYTES
    assert door.refuses(padded(MAX_BODY_BYTES + 1), 413, "larger than 26,214,400 bytes")


def test_a_body_that_only_claims_to_be_large_is_turned_away_before_it_is_sent(door: Door) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
    connection.putrequest("POST", "/webhook")
    for name, value in {**DELIVERY, "Content-Length": "99999999999"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert door.shelf.kept == []


def test_a_body_in_chunks_is_held_to_the_same_limit(door: Door) -> None:
    def send(body: bytes) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
        chunks = (body[start : start + 1_000_000] for start in range(0, len(body), 1_000_000))
        headers = {**DELIVERY, "X-Hub-Signature-256": sign(body), "Transfer-Encoding": "chunked"}
        with suppress(BrokenPipeError, ConnectionResetError):  # turned away before it had all been sent
            connection.request("POST", "/webhook", chunks, headers, encode_chunked=True)
        try:
            return connection.getresponse().status
        except ConnectionResetError:
            return 413
        finally:
            connection.close()

    assert send(payload()) == 202
    door.shelf.kept.clear()
    assert send(padded(MAX_BODY_BYTES + 10_000_000)) == 413
    assert door.shelf.kept == []


def test_a_delivery_that_cant_be_kept_is_asked_for_again_without_telling_why(door: Door) -> None:
    door.shelf.broken = True
    assert door.refuses(payload(), 503, "deliver it again")
    assert b"/var/lib" not in door.knock(payload()).body
    door.shelf.broken = False
    assert door.knock(payload()).status == 202


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_post_is_taken(method: str, door: Door) -> None:
    assert door.knock(b"", method=method).status == 405


def test_an_unknown_page_is_answered_in_the_same_form(door: Door) -> None:
    answer = door.knock(b"", path="/admin", method="GET")
    assert answer.status == 404
    assert list(answer.data) == ["error"]
    assert door.knock(payload(), path="/webhook/").status == 404


def test_the_health_pages_tell_life_from_readiness() -> None:
    why = ["the database can't be reached"]
    client = create_app(Shelf().take, lambda: why[0], SECRET).test_client()
    assert client.get("/healthz").get_json() == {"status": "alive"}
    sick = client.get("/readyz")
    assert (sick.status_code, sick.get_json()) == (503, {"status": "not ready", "reason": why[0]})
    why[0] = ""
    assert (client.get("/readyz").status_code, client.get("/readyz").get_json()) == (200, {"status": "ready"})


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Door, Path]]:
    """The whole service with its ledger; nobody works off what comes in."""
    folder = tmp_path_factory.mktemp("door")
    with Sandbox.start(folder / "github") as sandbox:
        worker = ServiceProcess(sandbox, folder, arguments=("worker",))
        web = ServiceProcess(sandbox, folder, arguments=("serve", "--web-only"))
        with worker, web:
            yield Door(web.port, sandbox.webhook_secret, Shelf()), folder / "ledger.sqlite3"


def rows(ledger: Path, guid: str) -> int:
    with sqlite3.connect(ledger) as database:
        (count,) = database.execute("SELECT count(*) FROM deliveries WHERE guid = ?", (guid,)).fetchone()
    return int(count)


def test_40_copies_at_once_are_one_row_and_none_is_an_error(service: tuple[Door, Path]) -> None:
    door, ledger = service
    guid = "aaaaaaaa-cc78-11e3-81ab-4c9367dc0958"
    with ThreadPoolExecutor(40) as crowd:
        copies = [crowd.submit(door.knock, payload(), X_GitHub_Delivery=guid) for _ in range(40)]
        answers = [copy.result() for copy in copies]
    assert {answer.status for answer in answers} == {202}
    assert rows(ledger, guid) == 1


def test_nothing_is_stored_of_a_delivery_that_was_turned_away(service: tuple[Door, Path]) -> None:
    door, ledger = service
    guid = "bbbbbbbb-cc78-11e3-81ab-4c9367dc0958"
    unsigned = door.knock(payload(), X_GitHub_Delivery=guid, X_Hub_Signature_256=None)
    malformed = door.knock(payload(pull_request=None), X_GitHub_Delivery=guid)
    unhandled = door.knock(payload(), X_GitHub_Delivery=guid, X_GitHub_Event="star")
    assert (unsigned.status, malformed.status, unhandled.status) == (401, 400, 204)
    assert rows(ledger, guid) == 0
    assert door.knock(payload(), X_GitHub_Delivery=guid).status == 202
    assert rows(ledger, guid) == 1


def test_a_delivery_is_refused_while_the_ledger_cant_be_written(service: tuple[Door, Path]) -> None:
    door, ledger = service
    guid = "cccccccc-cc78-11e3-81ab-4c9367dc0958"
    with sqlite3.connect(ledger, isolation_level=None) as database:
        database.execute("ALTER TABLE deliveries RENAME TO elsewhere")
        refused = door.knock(payload(), X_GitHub_Delivery=guid)
        database.execute("ALTER TABLE elsewhere RENAME TO deliveries")
    assert (refused.status, list(refused.data)) == (503, ["error"])
    assert door.knock(payload(), X_GitHub_Delivery=guid).status == 202
    assert rows(ledger, guid) == 1
