"""Running cases: each has its own chance, told by seed, kind and number, so that any can be run again alone."""

from __future__ import annotations

import faulthandler
import random
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzzing import changed_files, diffs, manifests, policy_files
from tests.fuzzing.limits import MOST_FOR_A_CHANGE, MOST_SECONDS

#: When a case that hangs is ended.
_HANGS = 20

#: What is fuzzed, and how many of a hundred cases go to it.
KINDS: dict[str, tuple[Callable[[random.Random], None], int]] = {
    "manifests": (manifests.fuzz, 50),
    "policy-files": (policy_files.fuzz, 20),
    "diffs": (diffs.fuzz, 20),
    "changed-files": (changed_files.fuzz, 10),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """Cases of one kind, from a number up to another."""

    kind: str
    seed: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a slice: `slowest` is the seconds and number of its slowest case."""

    kind: str
    cases: int
    failures: tuple[str, ...]
    seconds: float
    slowest: tuple[float, int]


class _HangsError(Exception):
    """A case took far too long."""


def run(part: Slice) -> Told:
    """Run the cases of a slice."""
    faulthandler.enable()  # a parser in C that ends the process says where
    signal.signal(signal.SIGPROF, _end)
    case, _ = KINDS[part.kind]
    _warm(part, case)
    failures: list[str] = []
    times: list[tuple[float, int]] = []
    for number in range(part.start, part.end):
        seconds, failure = _one(part, number, case)
        if " took " in f" {failure}":  # once more: a grammar was loaded, or memory was tidied up, in its time
            seconds, failure = _one(part, number, case)
        times.append((seconds, number))
        if failure:
            failures.append(f"{part.kind} case {number} of seed {part.seed}: {failure}")
    return Told(part.kind, len(times), tuple(failures), sum(seconds for seconds, _ in times), max(times))


def _warm(part: Slice, case: Callable[[random.Random], None]) -> None:
    """Load what the first case of a process would be blamed for."""
    for number in range(3):
        _one(Slice(part.kind, -1, 0, 0), number, case)


def _one(part: Slice, number: int, case: Callable[[random.Random], None]) -> tuple[float, str]:
    chance = random.Random(f"{part.seed} {part.kind} {number}")
    began = time.process_time()
    failure = ""
    signal.setitimer(signal.ITIMER_PROF, _HANGS)
    try:
        case(chance)
    except Exception as error:
        last = "".join(traceback.format_exception(error)[-4:]) if not isinstance(error, AssertionError) else str(error)
        failure = f"{type(error).__name__}: {last[:2500]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.process_time() - began
    most = MOST_FOR_A_CHANGE if part.kind == "changed-files" else MOST_SECONDS
    if seconds > most and not failure:
        failure = f"took {seconds:.1f} s"
    return seconds, failure


def _end(*_: object) -> None:
    raise _HangsError(f"hangs: more than {_HANGS} s")
