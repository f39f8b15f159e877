"""The gate that all traffic of all sandboxes passes: collected while a test runs, judged when it ends."""

import json
import threading
from collections import Counter
from weakref import WeakSet

from sandbox.exchanges import Exchange
from sandbox.model import Delivery
from sandbox.server import Sandbox
from tests.fidelity import graphql, materials, rest, webhooks

#: The sandbox serves the API as GitHub Enterprise Server does: docs.github.com/enterprise-server/rest.
REST, GRAPHQL = "/api/v3", "/api/graphql"


def _words(passed: Exchange | Delivery) -> tuple[object, ...]:
    if isinstance(passed, Delivery):
        return passed.event, passed.request_body
    asked = (passed.method, passed.path, passed.query, passed.request_body)
    return *asked, passed.status, passed.response_body


class Gate:
    """Collects what went over the wire. Servers call in from their own threads."""

    def __init__(self) -> None:
        self.checked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._waiting: list[Exchange | Delivery] = []
        self._seen: set[int] = set()

    def take(self, passed: Exchange | Delivery) -> None:
        """Remember something until the test ends."""
        with self._lock:
            self._waiting.append(passed)

    def is_idle(self) -> bool:
        """Whether nothing passed since it was asked last."""
        return not self._waiting

    def forget(self) -> None:
        """Let what passed go unjudged: the test failed already, and its own words matter more."""
        with self._lock:
            self._waiting.clear()

    def problems(self, lacking: set[materials.Material]) -> list[str]:
        """What is wrong with everything that passed; what can't be judged for `lacking` a material is let go."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return [wrong for each in waiting if not self._is_known(each) for wrong in self._judge(each, lacking)]

    def _is_known(self, passed: Exchange | Delivery) -> bool:
        """The same words need no second judgement; most tests begin alike."""
        mark = hash(_words(passed))
        if mark in self._seen:
            return True
        self._seen.add(mark)
        return False

    def _judge(self, passed: Exchange | Delivery, lacking: set[materials.Material]) -> list[str]:
        if isinstance(passed, Delivery):
            return [] if materials.WEBHOOKS in lacking else self._webhook(passed)
        if passed.path == GRAPHQL:
            return [] if materials.GRAPHQL in lacking else self._graphql(passed)
        if passed.path.startswith(f"{REST}/") and materials.OPENAPI not in lacking:
            return self._rest(passed)
        return []

    def _webhook(self, passed: Delivery) -> list[str]:
        self.checked["webhooks"] += 1
        payload = json.loads(passed.request_body)
        return webhooks.check_headers(passed.request_headers) + webhooks.check_webhook(passed.event, payload)

    def _graphql(self, passed: Exchange) -> list[str]:
        if passed.status != 200:
            return []
        self.checked["GraphQL exchanges"] += 1
        return graphql.check_request(passed.request_body, passed.response_body)

    def _rest(self, passed: Exchange) -> list[str]:
        self.checked["REST exchanges"] += 1
        return rest.check_exchange(rest.without_prefix(passed, REST))


GATE = Gate()
_WATCHED: WeakSet[Sandbox] = WeakSet()


def watch(sandbox: Sandbox) -> Sandbox:
    """Have everything judged that a sandbox answers and sends.

    The plugin does it for every sandbox that a test starts; doing it twice changes nothing.
    """
    if sandbox not in _WATCHED:
        _WATCHED.add(sandbox)
        sandbox.on_exchange(GATE.take)
        sandbox.on_delivery(GATE.take)
    return sandbox
