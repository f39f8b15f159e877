"""The sandbox itself: GitHub on your laptop, on loopback alone."""

from __future__ import annotations

import functools
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from sandbox.auth import issue_token
from sandbox.deeds.installing import announce_installation, ping
from sandbox.exchanges import Exchange, ExchangeLog, Listener
from sandbox.faults import DeliveryFaults, RequestFaults
from sandbox.hooks import DeliveryListener, Outbox
from sandbox.limits import RateMeter
from sandbox.model import App, Installation
from sandbox.store import Store
from sandbox.web import application
from sandbox.world import World

#: What the sandbox's first App may do, unless told otherwise.
PERMISSIONS: Mapping[str, str] = {
    "checks": "write",
    "contents": "write",
    "deployments": "read",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}
EVENTS = (
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "issue_comment",
    "issues",
    "label",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "push",
    "status",
)
#: The site administrator, whose token makes users and organisations.
ROOT = "ghe-admin"
_POLL = 0.02


@dataclass(frozen=True)
class AppCredentials:
    """What an App needs to work: it is told once, at its creation."""

    app_id: int
    slug: str
    private_key_pem: str
    webhook_secret: str


@dataclass(frozen=True)
class Settings:
    """How a sandbox starts: its port (0: any that is free), its first App, the seed of its troubles."""

    port: int = 0
    app_slug: str = "hotfix-guard"
    permissions: Mapping[str, str] | None = None
    events: Sequence[str] = EVENTS
    webhook_url: str | None = None
    seed: int = 0


class Sandbox:
    """A running GitHub: REST at `{url}/api/v3`, GraphQL at `{url}/api/graphql`, git at `{url}/OWNER/REPO.git`.

    It starts with one App (`app_id`, `private_key_pem`, `webhook_secret`) and a site administrator (`root_token`).
    Everything else is made through the API, most easily by `sandbox.scenario`. Use it as a context manager, or call
    `stop` at the end.

    Whoever wants to know of every sandbox of this process, as the test suite's gate does, adds a function to
    `on_start`.
    """

    on_start: ClassVar[list[Callable[[Sandbox], object]]] = []

    def __init__(self, root: Path, settings: Settings) -> None:
        self.store = Store(root)
        self.world = World(self.store)
        self.faults = RequestFaults(settings.seed)
        self.delivery_faults = DeliveryFaults(settings.seed)
        self.meter = RateMeter(self.store)
        self._log = ExchangeLog(self.store)
        self.outbox = Outbox(self.world, self.delivery_faults)
        self.world.announcer = self.outbox
        wsgi = self._log.around(self.faults.around(application(self.world, self.meter)))
        self._server = ThreadedWSGIServer("127.0.0.1", settings.port, wsgi, _QuietHandler)
        self.url = self.world.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL,), name="sandbox", daemon=True)

    @classmethod
    def start(cls, root: Path, settings: Settings | None = None) -> Sandbox:
        """Start a sandbox whose repositories lie under `root`, and return once it answers."""
        chosen = settings or Settings()
        sandbox = cls(root, chosen)
        account = sandbox.store.add_account(ROOT)
        account.site_admin = True
        sandbox.root_token = sandbox.store.user_token(ROOT)
        for told in cls.on_start:
            told(sandbox)
        permissions = PERMISSIONS if chosen.permissions is None else chosen.permissions
        sandbox.app = sandbox.create_app(chosen.app_slug, permissions, chosen.events)
        if chosen.webhook_url:
            sandbox.set_webhook(chosen.webhook_url)
        sandbox._thread.start()
        return sandbox

    root_token: str
    app: AppCredentials

    @property
    def app_id(self) -> int:
        """The first App's id."""
        return self.app.app_id

    @property
    def private_key_pem(self) -> str:
        """The first App's private key."""
        return self.app.private_key_pem

    @property
    def webhook_secret(self) -> str:
        """The first App's webhook secret."""
        return self.app.webhook_secret

    @property
    def api(self) -> str:
        """The root of the REST API, the value for GITHUB_API_URL."""
        return self.world.api

    def stop(self) -> None:
        """Stop answering and sending."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.outbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Apps

    def create_app(self, slug: str, permissions: Mapping[str, str], events: Sequence[str] = EVENTS) -> AppCredentials:
        """Register an App, as its manifest would."""
        private, public = _key_pair(slug)
        with self.store.lock:
            bot = self.store.add_account(f"{slug}[bot]", "Bot")
            number = self.store.next_id()
            app = App(
                id=number,
                slug=slug,
                name=slug.replace("-", " ").title(),
                owner=ROOT,
                client_id=f"Iv23li{secrets.token_hex(7)}",
                public_key_pem=public,
                permissions={"metadata": "read", **permissions},
                events=tuple(events),
                webhook_secret=secrets.token_hex(20),
                hook_id=self.store.next_id(),
                created_at=bot.created_at,
            )
            self.store.apps[number] = app
        return AppCredentials(number, slug, private, app.webhook_secret)

    def set_webhook(self, url: str, app_id: int | None = None) -> None:
        """Tell where an App's webhooks go; it gets a ping."""
        with self.store.lock:
            app = self.store.apps[app_id or self.app_id]
            app.webhook_url = url
            ping(self.world, self.outbox, app)

    def install(self, account: str, repositories: Iterable[str] | None = None, app_id: int | None = None) -> int:
        """Install an App on an account, for all repositories or for those named; returns the installation's id."""
        with self.store.lock:
            app = self.store.apps[app_id or self.app_id]
            chosen = None if repositories is None else {self._repository_id(account, name) for name in repositories}
            installation = Installation(
                id=self.store.next_id(),
                app_id=app.id,
                account=account,
                permissions=dict(app.permissions),
                events=app.events,
                created_at=self.store.now(),
                repository_ids=chosen,
            )
            self.store.installations[installation.id] = installation
            announce_installation(self.world, self.outbox, installation, "created")
        return installation.id

    def _repository_id(self, owner: str, name: str) -> int:
        repository = self.store.repository(owner, name)
        if repository is None:
            raise LookupError(f"there is no repository {owner}/{name}")
        return repository.id

    def installation_token(self, installation_id: int, permissions: Mapping[str, str] | None = None) -> str:
        """A token of an installation, as `GITHUB_TOKEN` is one."""
        with self.store.lock:
            return issue_token(self.store, self.store.installations[installation_id], permissions).value

    # Watching and waiting

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request so far, with its answer."""
        return list(self._log.exchanges)

    def on_exchange(self, listener: Listener) -> None:
        """Call `listener` with each exchange once it is over, from the server's threads."""
        self._log.listen(listener)

    def on_delivery(self, listener: DeliveryListener) -> None:
        """Call `listener` with each webhook delivery after its attempt, from the sender's thread."""
        self.outbox.on_delivery(listener)

    def flush(self, timeout: float = 30.0) -> bool:
        """Wait until all webhooks were sent; False if that takes longer than `timeout` seconds."""
        return self.outbox.flush(timeout)

    def set_time(self, moment: datetime | None) -> None:
        """Stop the sandbox's clock at a moment, or (None) let it run again."""
        self.store.stop_clock(moment)


class _QuietHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, *_: Any) -> None:
        """Write nothing."""


@functools.cache
def _key_pair(_slug: str) -> tuple[str, str]:
    """An App's key pair, made once in a process for each slug: making one takes a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
