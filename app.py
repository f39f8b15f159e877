"""The web door, and the wiring of the whole service. Nothing else knows Flask."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from types import FrameType
from typing import Any, Literal

import structlog
import waitress.server
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

import events
from adapters import logs
from adapters.engine import Engine, migrate
from adapters.git import Picker
from adapters.github import GitHubApp
from adapters.runner import Pace
from adapters.settings import MAX_BODY_BYTES, Settings
from domain.errors import HotfixGuardError, NotFoundError, NotPermittedError, SettingsError
from domain.pull_request import PullRequestRef, Signature
from domain.record import StoredDelivery
from handlers import ROUTES
from handlers.backport_hotfix import backport_hotfix
from handlers.deliver import about, deliver
from handlers.find_bypasses import BranchRef, audit_merge, watch_branch
from handlers.inspect_hotfix import inspect_hotfix
from handlers.inspect_merge_group import MergeGroupRef, inspect_merge_group
from handlers.keep_promises import keep_promises
from handlers.ports import Ports
from handlers.report_trouble import report_trouble
from handlers.review_override import review_override
from handlers.sweep_pull_requests import redeliver_failed, sweep_all, sweep_repository

_log = structlog.get_logger()

#: GitHub's GUIDs are UUIDs; whatever else comes must at least be harmless in a log line and a key.
_GUID = re.compile(r"[A-Za-z0-9-]{1,64}")

#: The server breaks off what is far too large; what is a little too large is told so in a proper answer.
_MARGIN = 1_000_000

#: Who commits what is picked. No account can have brackets in its name, so nobody else is credited.
COMMITTER = Signature("Hotfix Guard", "hotfix-guard[bot]@users.noreply.github.com")

#: Keeps a delivery durably and has it worked off; a copy of one that was worked off is a duplicate.
Intake = Callable[[StoredDelivery], Literal["accepted", "duplicate"]]


def create_app(intake: Intake, unready: Callable[[], str], secret: str) -> Flask:
    """The web door.

    Args:
        intake: keeps a delivery durably and wants it handled.
        unready: why the service can't work just now, "" where it can.
        secret: the webhook's secret.
    """
    flask = Flask("hotfix-guard", static_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    flask.register_error_handler(HTTPException, _http_error)

    @flask.post("/webhook")
    def webhook() -> tuple[Response, int] | tuple[str, int]:
        return _receive(intake, secret)

    @flask.get("/healthz")
    def healthz() -> tuple[Response, int]:
        return jsonify(status="alive"), 200

    @flask.get("/readyz")
    def readyz() -> tuple[Response, int]:
        why = unready()
        return (jsonify(status="not ready", reason=why), 503) if why else (jsonify(status="ready"), 200)

    return flask


def _receive(intake: Intake, secret: str) -> tuple[Response, int] | tuple[str, int]:
    if request.mimetype != "application/json":
        return _refused(415, "set the webhook's content type to application/json")
    guid, name = request.headers.get("X-GitHub-Delivery", ""), request.headers.get("X-GitHub-Event", "")
    body = request.get_data()
    try:
        events.verify(secret, body, request.headers.get("X-Hub-Signature-256", ""))
        if not _GUID.fullmatch(guid) or not name:
            return _refused(400, "X-GitHub-Delivery and X-GitHub-Event must say which delivery this is")
        if not events.is_known(name) or (name, events.action(body)) not in ROUTES:
            return "", 204
        event = events.parse(name, body)
    except events.BadSignatureError as error:
        return _refused(401, str(error))
    except events.MalformedDeliveryError as error:
        return _refused(400, str(error))
    with structlog.contextvars.bound_contextvars(delivery=guid, github_event=name, **about(event)):
        return _keep(StoredDelivery(guid, name, body, datetime.now(UTC)), intake)


def _keep(delivery: StoredDelivery, intake: Intake) -> tuple[Response, int]:
    if not ROUTES[(delivery.event, events.action(delivery.payload))]:
        return jsonify(status="nothing to do"), 200
    try:
        status = intake(delivery)
    except Exception:
        # GitHub lists a delivery that we couldn't keep as failed, and the healer asks for it again.
        _log.exception("delivery could not be kept")
        return _refused(503, "the delivery could not be kept just now; deliver it again")
    _log.info("delivery kept", status=status)
    return jsonify(status=status, delivery=delivery.guid), 202


def _refused(status: int, why: str) -> tuple[Response, int]:
    _log.warning("request refused", path=request.path, status=status, reason=why)
    return jsonify(error=why), status


def _http_error(error: HTTPException) -> tuple[Response, int]:
    if isinstance(error, RequestEntityTooLarge):
        return _refused(413, f"the body is larger than {MAX_BODY_BYTES:,} bytes")
    return _refused(error.code or 500, error.description or error.name)


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs, wired.

    Attributes:
        engine: does what is owed.
        flask: the web door's WSGI application.
    """

    engine: Engine
    flask: Flask


def wire(settings: Settings) -> Service:
    """Build the service from its settings; starts nothing.

    Raises:
        SettingsError: a setting is wrong.
    """
    engine = Engine(settings.database_url, _pace(settings))
    github = GitHubApp(settings.github_app_id, settings.private_key, settings.github_api_url, engine.ledger)
    ports = Ports(
        github=github.repository,
        git=Picker(github.clone_url, github.clone_token, COMMITTER),
        ledger=engine.ledger,
        tasks=engine,
        now=lambda: datetime.now(UTC),
        app_login=lambda: github.login,
        check_name=settings.check_name,
        app_id=settings.github_app_id,
        version=version("hotfix-guard"),
        policy_file=github.policy_file,
    )
    engine.register(flows(ports), on_trouble=_on_trouble(ports))
    engine.every("redeliver", settings.redeliver_every, lambda: redeliver_failed(github.deliveries, ports))
    engine.every("sweep", settings.sweep_every, lambda: sweep_all(ports))
    secret = settings.github_webhook_secret.get_secret_value()
    return Service(engine, create_app(engine.intake, engine.unready, secret))


def _pace(settings: Settings) -> Pace:
    lost_after = settings.worker_lost_after
    return Pace(stale_after=lost_after, heartbeat=lost_after / 5)


def flows(ports: Ports) -> Mapping[str, Callable[[str], None]]:
    """What can be owed, by name; each takes its key."""
    doable = {
        "deliver": lambda guid: _deliver(guid, ports),
        "inspect": lambda key: _on_pull_request(inspect_hotfix, key, ports),
        "inspect-group": lambda key: inspect_merge_group(MergeGroupRef.parse(key), ports),
        "backport": lambda key: _on_pull_request(backport_hotfix, key, ports),
        "review-override": lambda key: _on_pull_request(review_override, key, ports),
        "keep-promises": lambda key: _on_pull_request(keep_promises, key, ports),
        "audit": lambda key: _on_pull_request(audit_merge, key, ports),
        "watch": lambda key: watch_branch(BranchRef.parse(key), ports),
        "sweep": lambda key: sweep_repository(key, ports),
    }
    return {name: _unless_refused(flow) for name, flow in doable.items()}


def _unless_refused(flow: Callable[[str], None]) -> Callable[[str], None]:
    """End a flow that GitHub refuses: the App was removed, or lacks a permission; another try would tell the same."""

    def attempt(key: str) -> None:
        try:
            flow(key)
        except (NotFoundError, NotPermittedError) as error:
            _log.warning("refused by GitHub", error=str(error), key=key)

    return attempt


def _deliver(guid: str, ports: Ports) -> None:
    with structlog.contextvars.bound_contextvars(delivery=guid):
        deliver(guid, ROUTES, ports)


def _on_pull_request(deed: Callable[[PullRequestRef, Ports], None], key: str, ports: Ports) -> None:
    ref = PullRequestRef.parse(key)
    began = datetime.now(UTC)
    with structlog.contextvars.bound_contextvars(repository=ref.repository, pull_request=ref.number):
        try:
            deed(ref, ports)
        finally:
            _log.info("attended to", deed=deed.__name__, began=began.isoformat())


def _on_trouble(ports: Ports) -> Callable[[str, str, Exception, float], None]:
    def tell(flow: str, key: str, error: Exception, failing_for: float) -> None:
        if flow != "inspect":
            return
        try:
            report_trouble(PullRequestRef.parse(key), str(error), failing_for, ports)
        except HotfixGuardError as another:
            _log.warning("trouble could not be told", error=str(another))

    return tell


def serve(settings: Settings, *, with_worker: bool) -> None:
    """Run the web door, and with it the worker, until a signal ends it."""
    _log_safely(settings)
    migrate(settings.database_url)
    service = wire(settings)
    server = web_server(service.flask, settings.host, settings.port)
    service.engine.launch(worker=with_worker)
    port = getattr(server, "effective_port", settings.port)
    _log.info("listening", host=settings.host, port=port, worker=with_worker)
    _on_signal(_leave)
    try:
        server.run()
    finally:
        server.close()
        service.engine.stop()


def web_server(flask: Flask, host: str, port: int) -> Any:
    """A server that listens already, and answers once it runs.

    Raises:
        SettingsError: nobody can listen there.
    """
    try:
        return waitress.server.create_server(
            flask, host=host, port=port, threads=16, max_request_body_size=MAX_BODY_BYTES + _MARGIN, ident=None
        )
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise SettingsError(f"can't listen at HOST {host}, PORT {port}: {said}") from error


def work(settings: Settings) -> None:
    """Run a worker until a signal ends it."""
    _log_safely(settings)
    migrate(settings.database_url)
    service = wire(settings)
    stopped = threading.Event()
    _on_signal(stopped.set)
    service.engine.launch()
    _log.info("working")
    stopped.wait()
    service.engine.stop()


def _log_safely(settings: Settings) -> None:
    logs.configure(settings.log_format, settings.secrets)


def _leave() -> None:
    # waitress ends its loop in good order on SystemExit; closing its sockets from here would break the loop off.
    raise SystemExit(0)


def _on_signal(stop: Callable[[], object]) -> None:
    told = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        # Ctrl-C reaches a whole process group and is often followed by SIGTERM: ending isn't to be broken off by it.
        if not told.is_set():
            told.set()
            stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
