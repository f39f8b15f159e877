"""Processes that judge the commits of a history side by side; what one of them dies of costs one commit."""

from __future__ import annotations

import gc
import json
import logging
import multiprocessing
import resource
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import policies
from adapters.git.chain import Landing
from adapters.git.local import LocalRepository
from adapters.git.replaying import Replay
from cli.check import inspected, with_revert
from domain import report
from domain.change import Change
from domain.errors import HotfixGuardError
from domain.pull_request import PolicyFile
from domain.replay import Judged, unjudged
from domain.verdict import Verdict

#: Commits in a row for one process: the next one's base is often this one's head, read and parsed already.
_PORTION = 24
#: So many portions may be ahead of the one that is due: results come in order and memory stays flat.
_AHEAD = 12
#: A process that was larger than this once is replaced: what Python took from the system it seldom gives back.
_LARGEST = 130_000_000
#: Syntax nodes come by the hundred thousand and hold no cycles: looking for some at each 700 took a tenth of the time.
_YOUNG = 50_000


@dataclass(frozen=True, slots=True)
class Work:
    """What a process must know, in values that can be sent to it.

    Attributes:
        repo: the repository's folder.
        policy_file: the policy file for all commits.
        reports: whether the whole report of each commit is wanted.
    """

    repo: Path
    policy_file: PolicyFile | None
    reports: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one commit.

    Attributes:
        report: one line of JSON, "" where it isn't wanted.
        spent: whether the process has grown so large that another one should go on.
    """

    judged: Judged
    report: str
    spent: bool = False


def judge_all(work: Work, landings: Sequence[Landing], processes: int) -> Iterator[Answer]:
    """The verdicts on commits, in their order.

    Args:
        work: what to judge by.
        landings: the commits.
        processes: how many work side by side.
    """
    if landings:
        team = _Team(work, landings, min(processes, -(-len(landings) // _PORTION)))
        try:
            yield from team.answers()
        finally:
            team.dismiss()


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    landings: deque[Landing]
    answers: list[Answer]


class _Team:
    """The processes, what each has in hand, and the answers that wait for earlier ones."""

    def __init__(self, work: Work, landings: Sequence[Landing], size: int) -> None:
        self._work = work
        self._portions = deque(
            (number, deque(landings[start : start + _PORTION]))
            for number, start in enumerate(range(0, len(landings), _PORTION))
        )
        self._total = len(self._portions)
        self._done: dict[int, list[Answer]] = {}
        self._workers: dict[int, _Worker] = {}
        self._idle = [self._hire() for _ in range(size)]

    def answers(self) -> Iterator[Answer]:
        for due in range(self._total):
            while due not in self._done:
                self._assign(due)
                self._listen()
            yield from self._done.pop(due)

    def dismiss(self) -> None:
        """End all processes at once; git's programs end when nobody is left to ask them."""
        everybody = [*self._idle, *self._workers.values()]
        for worker in everybody:
            worker.process.kill()
        for worker in everybody:
            worker.process.join()
            worker.pipe.close()

    def _hire(self) -> _Worker:
        # A forked process has everything imported already; elsewhere than on Linux forking isn't safe.
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._work), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, deque(), [])

    def _assign(self, due: int) -> None:
        while self._idle and self._portions and self._portions[0][0] < due + _AHEAD:
            worker = self._idle.pop()
            number, worker.landings = self._portions.popleft()
            worker.answers = []
            self._workers[number] = worker
            self._send(worker)

    def _send(self, worker: _Worker) -> None:
        with suppress(BrokenPipeError):  # its end is noticed where its answer is awaited
            worker.pipe.send(tuple(worker.landings))

    def _listen(self) -> None:
        ready = connection.wait([worker.pipe for worker in self._workers.values()])
        for number, worker in [*self._workers.items()]:
            if worker.pipe in ready:
                self._hear(number, worker)

    def _hear(self, number: int, worker: _Worker) -> None:
        try:
            answer = worker.pipe.recv()
        except (EOFError, ConnectionError):
            worker = self._replaced(number, worker)
        else:
            worker.answers.append(answer)
            worker.landings.popleft()
            worker = self._relieved(number, worker) if answer.spent else worker
        if not worker.landings:
            self._done[number] = worker.answers
            self._idle.append(self._workers.pop(number))

    def _replaced(self, number: int, lost: _Worker) -> _Worker:
        """Another process takes over what one that died has left, without the commit that it died of."""
        lost.process.join()
        why = f"the process that judged it ended with code {lost.process.exitcode}"
        lost.answers.append(_answer(lost.landings.popleft(), "", unjudged(why), self._work))
        return self._relieved(number, lost)

    def _relieved(self, number: int, left: _Worker) -> _Worker:
        """Let another process take over what one has left."""
        left.process.kill()
        left.process.join()
        left.pipe.close()
        worker = self._workers[number] = self._hire()
        worker.answers, worker.landings = left.answers, left.landings
        if worker.landings:
            self._send(worker)
        return worker


def _work(pipe: Connection, work: Work) -> None:
    """The life of a process: portions in, answers out, until nobody is left to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the person sees
    logging.disable(logging.ERROR)  # a crash is in the report; its traceback would tear the progress bar
    configuration = policies.configure(work.policy_file)
    gc.freeze()
    gc.set_threshold(_YOUNG)
    replay = Replay(LocalRepository(work.repo).git(), policies.desk_needs(configuration.every_policy).other_paths)
    try:
        while True:
            for answer in _judged(replay, pipe.recv(), configuration, work):
                pipe.send(answer)
    except (EOFError, ConnectionError):
        replay.close()


def _judged(
    replay: Replay, landings: Sequence[Landing], configuration: policies.Configuration, work: Work
) -> Iterator[Answer]:
    try:
        changes = [*replay.changes(landings)]
    except HotfixGuardError as error:
        yield from (_answer(landing, "", unjudged(str(error)), work) for landing in landings)
        return
    for landing, read in changes:
        subject, verdict = _verdict(read, configuration, LocalRepository(work.repo))
        yield _answer(landing, subject, verdict, work)


def _verdict(
    read: Callable[[], Change], configuration: policies.Configuration, repository: LocalRepository
) -> tuple[str, Verdict]:
    try:
        change = with_revert(repository, read())
        return change.commits[-1].message.partition("\n")[0], inspected(configuration, change)
    except HotfixGuardError as error:
        return "", unjudged(str(error))
    except Exception as error:
        return "", unjudged(f"Hotfix Guard crashed on it ({type(error).__name__}: {error})")


def _answer(landing: Landing, subject: str, verdict: Verdict, work: Work) -> Answer:
    line = ""
    if work.reports:
        data = report.as_data(verdict, base=landing.parent, merge_base=landing.parent, head=landing.commit)
        line = json.dumps(data, ensure_ascii=False)
    return Answer(Judged.of(landing.commit, subject, verdict), line, _largest_so_far() > _LARGEST)


def _largest_so_far() -> int:
    """The most memory that this process had, in bytes; getrusage(2) tells kilobytes on Linux, bytes on macOS."""
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told if sys.platform == "darwin" else told * 1024
