"""The changes of a history, one after the other, read as `hotfix check` would read each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from adapters.git.chain import Landing
from adapters.git.evidence import gather
from adapters.git.history import commits_between, commits_named
from adapters.git.run import Git
from adapters.git.streams import Streams
from domain.change import Change
from domain.errors import HotfixGuardError
from domain.pull_request import Commit


class Replay:
    """Reads the changes of a history with few processes.

    Args:
        git: the repository.
        other_paths: further files to read at each commit.
    """

    def __init__(self, git: Git, other_paths: Iterable[str] = ()) -> None:
        self._git = git
        self._other_paths = tuple(sorted(other_paths))
        self._streams: Streams | None = None

    def changes(self, landings: Sequence[Landing]) -> Iterator[tuple[Landing, Callable[[], Change]]]:
        """Each landing with what reads its change; reading raises `HotfixGuardError` where it can't be read.

        Raises:
            HotfixGuardError: the commits themselves can't be read.
        """
        named = commits_named(self._git, (oid for landing in landings for oid in landing.brought))
        for landing in landings:
            yield landing, lambda landing=landing: self._change(landing, named)  # type: ignore[misc]

    def close(self) -> None:
        """End the programs that stayed."""
        if self._streams is not None:
            self._streams.close()
            self._streams = None

    def _change(self, landing: Landing, named: dict[str, Commit]) -> Change:
        if self._streams is None:
            self._streams = Streams(self._git)
        try:
            evidence = gather(self._streams, landing.parent, landing.commit, self._other_paths)
        except (HotfixGuardError, ValueError):
            self.close()  # answers to what nobody reads any more may be left over
            raise
        commits = tuple(named[oid] for oid in landing.brought)
        commits = commits or commits_between(self._git, landing.parent, landing.commit)
        return Change(landing.parent, landing.commit, evidence, commits=commits)
