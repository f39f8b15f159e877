"""A sandbox for each test, and the people of acme."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest

from sandbox import Sandbox
from sandbox.scenario import Client, Town, Worker

SHOP = "acme/shop"
EVERYTHING = {
    "administration": "write",
    "checks": "write",
    "contents": "write",
    "deployments": "write",
    "issues": "write",
    "members": "read",
    "pull_requests": "write",
    "statuses": "write",
}


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(tmp_path) as running:
        yield running


@dataclass(frozen=True)
class Shop:
    """The repository acme/shop: Alice administers, Bob may write, Carol is a stranger; the App is installed."""

    sandbox: Sandbox
    alice: Worker
    bob: Worker
    carol: Worker
    installation: int

    @property
    def app(self) -> Client:
        """The App itself, by its JWT."""
        now = int(time.time())
        claims = {"iss": str(self.sandbox.app_id), "iat": now - 30, "exp": now + 500}
        return Client(self.sandbox, jwt.encode(claims, self.sandbox.private_key_pem, "RS256"))

    @property
    def bot(self) -> Client:
        """The App through its installation."""
        return Client(self.sandbox, self.sandbox.installation_token(self.installation))

    def hotfix(self, branch: str = "hotfix/crash", text: str = "print(2)\n", **settings: Any) -> int:
        """Alice pushes a fix and opens a pull request; its number."""
        self.alice.push(SHOP, branch, {"app.py": text}, "Fix the crash")
        return self.alice.open_pull(SHOP, branch, settings.pop("base", "main"), "Fix the crash", **settings)

    def head(self, number: int) -> str:
        """The head of a pull request."""
        return str(self.alice.pull(SHOP, number)["head"]["sha"])

    def check(self, sha: str, conclusion: str | None = "success", name: str = "hotfix: main", **more: Any) -> Any:
        """The App writes a check run."""
        given = {"conclusion": conclusion} if conclusion else {}
        return self.bot.call("POST", f"/repos/{SHOP}/check-runs", {"name": name, "head_sha": sha, **given, **more})

    def require_check(self, app_id: int | None = None, **settings: Any) -> None:
        """Protect main: `hotfix: main` must be satisfied, for administrators, too."""
        check = {"context": "hotfix: main", "app_id": app_id or self.sandbox.app_id}
        self.alice.protect(SHOP, "main", required_status_checks={"checks": [check]}, enforce_admins=True, **settings)


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    town = Town(sandbox)
    alice, bob, carol = (town.person(login) for login in ("alice", "bob", "carol"))
    town.organization("acme", alice, [bob])
    alice.create_repository(SHOP, {"app.py": "print(1)\n", "README.md": "Shop\n"})
    alice.collaborate(SHOP, "bob")
    return Shop(sandbox, alice, bob, carol, sandbox.install("acme"))


class Receiver:
    """An App's address that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 202
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"

    def bodies(self, event: str, action: str | None = None) -> list[Any]:
        """The bodies of an event (and action), in the order of their arrival."""
        found = [json.loads(body) for headers, body in self.got if headers["x-github-event"] == event]
        return [body for body in found if action is None or body.get("action") == action]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    listening = Receiver()
    sandbox.set_webhook(listening.url)
    yield listening
    listening.close()
