"""`hotfix doctor` as the installed command: a GitHub on which everything is right, and one on which much is wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapters.ledger.migrate import migrate
from domain.diagnosis import OPTIONAL, PERMISSIONS
from events.parsing import MODELS
from sandbox.scenario import Town
from sandbox.server import Sandbox, Settings
from tests.cli.program import Done, hotfix, is_refused

SHOP = "acme/shop"
FILE = "version: 1\nproduction: {branches: [main]}\nseverities: {P0: {description: down}}\n"
FAULTY = "version: 1\npolicies: {diff-size: {fewer_then: 2}}\n"


class _Alive(BaseHTTPRequestHandler):
    """A service that answers and takes everything."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer()

    def _answer(self) -> None:
        body = b'{"status": "alive"}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Alive)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/webhook"
    server.shutdown()
    server.server_close()


def doctor(sandbox: Sandbox, *arguments: str, cwd: Path, **more: str) -> Done:
    variables = {
        "GITHUB_APP_ID": str(sandbox.app_id),
        "GITHUB_PRIVATE_KEY": sandbox.private_key_pem,
        "GITHUB_WEBHOOK_SECRET": sandbox.webhook_secret,
        "GITHUB_API_URL": sandbox.api,
        "GITHUB_TOKEN": "",
        "GH_TOKEN": "",
        **more,
    }
    return hotfix("doctor", *arguments, cwd=cwd, variables=variables)


def found(done: Done) -> dict[str, str]:
    return {point["name"]: point["health"] for point in done.data["points"]}


def test_where_everything_is_right_nothing_is_to_be_mended(tmp_path: Path, service: str) -> None:
    subscribed = [*(set(MODELS) - {"installation", "installation_repositories", "ping"})]
    settings = Settings(permissions={**PERMISSIONS, **OPTIONAL}, events=subscribed, webhook_url=service)
    with Sandbox.start(tmp_path / "github", settings) as sandbox:
        alice = Town(sandbox).person("alice")
        Town(sandbox).organization("acme", alice)
        sandbox.install("acme")
        alice.create_repository(SHOP, {".github/hotfix.yml": FILE})
        for label in ("hotfix", "P0"):
            alice.call("POST", f"/repos/{SHOP}/labels", {"name": label, "color": "ff0000"})
        checks = [{"context": "hotfix: main", "integration_id": sandbox.app_id}]
        rules = [
            {
                "type": "required_status_checks",
                "parameters": {"required_status_checks": checks, "strict_required_status_checks_policy": False},
            },
            {"type": "merge_queue"},
        ]
        names = {"ref_name": {"include": ["refs/heads/main"], "exclude": []}}
        ruleset = {"name": "gate", "enforcement": "active", "conditions": names, "rules": rules}
        alice.call("POST", f"/repos/{SHOP}/rulesets", ruleset)
        assert sandbox.flush()
        database = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
        migrate(database)
        done = doctor(sandbox, SHOP, "--format", "json", cwd=tmp_path, DATABASE_URL=database)
        assert (done.code, done.err) == (0, ""), done
        fine = "python git credentials app permissions events service deliveries installation policy-file labels"
        assert found(done) == {
            **dict.fromkeys([*fine.split(), "gate main", "queue main", "database"], "fine"),
            "webhook": "warn",  # the test's service has no certificate
        }
        sandbox.store.installations.clear()
        gone = doctor(sandbox, SHOP, cwd=tmp_path)
        assert gone.code == 1
        assert "✗ installation  the App isn't installed on acme/shop" in gone.out


def test_what_is_wrong_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/hotfix.yml").write_text(FAULTY)
    with Sandbox.start(tmp_path / "github", Settings(webhook_url="http://127.0.0.1:9/hook")) as sandbox:
        alice = Town(sandbox).person("alice")
        sandbox.install("alice")
        alice.create_repository("alice/shop", {"a": "a\n"})
        alice.protect("alice/shop", "main", required_status_checks={"contexts": ["hotfix: main"]})
        assert sandbox.flush()
        database = f"sqlite:///{tmp_path / 'none.sqlite3'}"
        done = doctor(sandbox, "alice/shop", cwd=tmp_path, DATABASE_URL=database)
        assert done.code == 1, done
        for line in (
            "✗ policy-file   .github/hotfix.yml:2:24: unknown key 'fewer_then'",
            "✗ permissions   hotfix-guard lacks statuses: write, merge_queues: read",
            "✗ events        hotfix-guard isn't subscribed to member, membership, pull_request_review_thread, team",
            "✗ webhook       the URL doesn't end with /webhook",
            "! service       the service doesn't answer there",
            "✗ deliveries    ",
            "✗ gate main     `hotfix: main` is required, but of anybody",
            "! labels        missing: hotfix",
            '    → create them: gh label create "hotfix"',
            "✗ database      there is no ledger at",
        ):
            assert line in done.out, (line, done.out)
        token = {
            "GITHUB_APP_ID": "",
            "GITHUB_PRIVATE_KEY": "",
            "GITHUB_WEBHOOK_SECRET": "",
            "GITHUB_TOKEN": alice.token,
        }
        (tmp_path / ".github/hotfix.yml").unlink()
        by_token = doctor(sandbox, "alice/shop", "--format", "json", cwd=tmp_path, **token)
        assert (by_token.code, found(by_token)["gate main"], found(by_token)["app"]) == (0, "fine", "skipped")
        stranger = doctor(sandbox, "alice/none", cwd=tmp_path, **token)
        assert stranger.code == 1
        assert "✗ repository" in stranger.out
        key = doctor(sandbox, cwd=tmp_path, GITHUB_PRIVATE_KEY="nonsense")
        assert "✗ credentials  the App's private key can't be read" in key.out
        assert is_refused(doctor(sandbox, "nonsense", cwd=tmp_path), "'nonsense' is no repository")
        api = sandbox.api
    closed = doctor(sandbox, "alice/shop", cwd=tmp_path, **{**token, "GITHUB_API_URL": api})
    assert closed.code == 2, closed
    assert "try again in a minute" in closed.out
    alone = doctor(sandbox, "--format", "json", cwd=tmp_path, **{**token, "GITHUB_TOKEN": ""})
    (said,) = [point["said"] for point in alone.data["points"] if point["name"] == "policy-file"]
    assert said.endswith("the defaults count for its repository")
