"""Processes of the service that are started again when they die, as systemd or Kubernetes would."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cli.service import ServiceProcess, ServiceStartError
from sandbox.exchanges import Exchange
from sandbox.server import Sandbox
from tests.end_to_end.watching import by_the_service

_POLL = 0.02


class Crew:
    """Some processes that share a ledger; the web door's comes last, because it is ready only once a worker is.

    Attributes:
        restarts: how often one was found dead and started again.
    """

    def __init__(self, members: Sequence[ServiceProcess]) -> None:
        self.members = tuple(sorted(members, key=lambda each: "serve" in each.arguments))
        self.restarts = 0
        self._ending = threading.Event()
        self._watch = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    @property
    def door(self) -> ServiceProcess:
        """The process that takes deliveries in."""
        return self.members[-1]

    @property
    def url(self) -> str:
        """The ledger's URL."""
        return self.door.extra.get("DATABASE_URL", f"sqlite:///{self.door.folder / 'ledger.sqlite3'}")

    def start(self) -> None:
        """Start all, and tell the sandbox where deliveries go."""
        for member in self.members:
            member.start()
        self.door.sandbox.set_webhook(f"{self.door.url}/webhook")

    def supervise(self) -> None:
        """From now on, start again whatever dies."""
        self._watch.start()

    def dismiss(self) -> None:
        """End all in good order."""
        self._ending.set()
        if self._watch.is_alive():
            self._watch.join()
        for member in reversed(self.members):
            member.stop()

    def _supervise(self) -> None:
        while not self._ending.wait(_POLL):
            for member in self.members:
                if member.process is not None and member.process.poll() is not None:
                    self._revive(member)

    def _revive(self, member: ServiceProcess) -> None:
        self.restarts += 1
        try:
            member.start()
        except ServiceStartError:
            # Killed again while it started: the next look finds it dead.
            return


@dataclass
class Killer:
    """Ends processes with SIGKILL, each time that the service has made so many requests.

    Attributes:
        moments: the numbers of the requests after whose answer a process dies, ascending.
        victims: chooses who dies.
        counts: which requests count.
        kills: how many died so far.
    """

    moments: Sequence[int]
    victims: Callable[[], ServiceProcess]
    counts: Callable[[Exchange], bool] = lambda _exchange: True
    kills: int = 0
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def seeded(cls, seed: int, crew: Crew, *, kills: int, within: int) -> Killer:
        """A killer whose moments and victims come from a seed: `kills` moments within so many requests."""
        dice = random.Random(seed)
        return cls(sorted(dice.sample(range(1, within), kills)), lambda: dice.choice(crew.members))

    def lurk(self, sandbox: Sandbox) -> None:
        """From now on, count."""
        sandbox.on_exchange(self._look)

    def _look(self, exchange: Exchange) -> None:
        if not by_the_service(exchange) or not self.counts(exchange):
            return
        with self._lock:
            self._seen += 1
            if self.kills < len(self.moments) and self._seen >= self.moments[self.kills]:
                self.kills += 1
                self.victims().kill()
