"""A small town on a running sandbox, built and used over HTTP alone, as any client of GitHub would."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import requests

from sandbox.model import Delivery
from sandbox.server import Sandbox

DAY = 24 * 3600
REPOSITORY = "/repos/acme/shop"
GUARD = "guard"


class Receiver(ThreadingHTTPServer):
    """An App's webhook address: remembers nothing, accepts everything; the sandbox's log is the record."""

    daemon_threads = True

    class Handler(BaseHTTPRequestHandler):
        """Answers 202, or what the receiver is told to."""

        server: "Receiver"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Write nothing."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.status = 202
        self.url = f"http://127.0.0.1:{self.server_port}/webhook"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


class Town:
    """The organisation acme with the public repository shop; alice and bob may write, carol administers.

    `guard` acts as the App through its installation, `stranger` has no part in anything.
    """

    def __init__(self, sandbox: Sandbox, receiver: Receiver) -> None:
        self.sandbox, self.receiver = sandbox, receiver
        self.tokens = {"root": sandbox.root_token}
        for login in ("alice", "bob", "carol", "stranger"):
            self.must("root", "POST", "/admin/users", login=login, email=f"{login}@acme.test")
            made = self.must("root", "POST", f"/admin/users/{login}/authorizations", scopes=["repo"])
            self.tokens[login] = made["token"]
        self.must("root", "POST", "/admin/organizations", login="acme", admin="carol")
        for login in ("alice", "bob"):
            self.must("carol", "PUT", f"/orgs/acme/memberships/{login}", role="member")
        self.must("carol", "POST", "/orgs/acme/repos", name="shop")
        for login in ("alice", "bob"):
            self.must("carol", "PUT", f"{REPOSITORY}/collaborators/{login}", permission="push")
        self.write("main", "app.py", "print('hello')\n")
        self.installation = sandbox.install("acme")
        self.tokens[GUARD] = sandbox.installation_token(self.installation)
        sandbox.set_webhook(receiver.url)
        sandbox.flush()

    # Asking

    def ask(self, who: str | None, method: str, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
        """Send a request and return the whole response; GET sends no body."""
        token = {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}
        return requests.request(
            method,
            self.sandbox.api + path if path.startswith("/") else path,
            headers={"Accept": "application/vnd.github+json", **token, **(headers or {})},
            json=body if body or method not in {"GET", "DELETE"} else None,
            timeout=20,
        )

    def must(self, who: str, method: str, path: str, **body: Any) -> Any:
        """Send a request that has to succeed and return the answer's body."""
        answer = self.ask(who, method, path, **body)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def see(self, path: str, who: str = "carol") -> Any:
        """Read something of the repository."""
        return self.must(who, "GET", REPOSITORY + path)

    def as_app(self, method: str, path: str, **body: Any) -> Any:
        """Send a request as the App itself, by a JWT, and return the whole response."""
        now = int(self.sandbox.store.clock().timestamp())
        claims = {"iat": now - 60, "exp": now + 300, "iss": str(self.sandbox.app_id)}
        self.tokens["jwt"] = jwt.encode(claims, self.sandbox.private_key_pem, algorithm="RS256")
        return self.ask("jwt", method, path, **body)

    def query(self, text: str, **variables: Any) -> Any:
        """Ask GraphQL as the App."""
        url = self.sandbox.url + "/api/graphql"
        return self.ask(GUARD, "POST", url, query=text, variables=variables)

    # Doing

    def write(self, branch: str, path: str, text: str, who: str = "alice", message: str = "Change") -> str:
        """Commit a file to a branch and return the commit."""
        url = f"{REPOSITORY}/contents/{path}"
        there = self.ask(who, "GET", f"{url}?ref={branch}")
        known = {"sha": there.json()["sha"]} if there.status_code == 200 else {}
        content = base64.b64encode(text.encode()).decode()
        done = self.must(who, "PUT", url, branch=branch, content=content, message=message, **known)
        return str(done["commit"]["sha"])

    def branch(self, name: str, source: str = "main") -> str:
        """Create a branch."""
        sha = self.see(f"/git/ref/heads/{source}")["object"]["sha"]
        self.must("alice", "POST", f"{REPOSITORY}/git/refs", ref=f"refs/heads/{name}", sha=sha)
        return str(sha)

    def pull(self, head: str = "hotfix/pay", base: str = "main", text: str = "print('bye')\n") -> Any:
        """Open a pull request by alice that changes app.py."""
        self.branch(head)
        self.write(head, "app.py", text)
        return self.must("alice", "POST", f"{REPOSITORY}/pulls", title="Fix payment", head=head, base=base)

    def run(self, sha: str, name: str = "hotfix: main", who: str = GUARD, **fields: Any) -> Any:
        """Create a check run."""
        return self.must(who, "POST", f"{REPOSITORY}/check-runs", name=name, head_sha=sha, **fields)

    def review(self, number: int, event: str = "APPROVE", who: str = "bob", body: str = "") -> Any:
        """Submit a review."""
        return self.must(who, "POST", f"{REPOSITORY}/pulls/{number}/reviews", event=event, body=body)

    def merge(self, number: int, who: str = "alice", **wish: Any) -> Any:
        """Try to merge and return the whole response."""
        return self.ask(who, "PUT", f"{REPOSITORY}/pulls/{number}/merge", **wish)

    def protect(self, checks: list[Any] | None = None, reviews: Any = None) -> None:
        """Protect main, administrators included."""
        self.must(
            "carol",
            "PUT",
            f"{REPOSITORY}/branches/main/protection",
            required_status_checks={"strict": False, "contexts": [], "checks": checks} if checks else None,
            required_pull_request_reviews=reviews,
            enforce_admins=True,
            restrictions=None,
        )

    # What was sent

    def sent(self, event: str, action: str | None = None) -> list[Any]:
        """The bodies of the webhooks of a kind, oldest first."""
        return [json.loads(each.request_body) for each in self.deliveries(event, action)]

    def deliveries(self, event: str, action: str | None = None) -> list[Delivery]:
        """The deliveries of a kind, oldest first."""
        assert self.sandbox.flush()
        found = [each for each in self.sandbox.store.deliveries if each.event == event]
        return [each for each in found if action is None or each.action == action]
