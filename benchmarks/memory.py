"""How much memory a program and all that it starts take together."""

from __future__ import annotations

import subprocess
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

_SECONDS = 0.1


class Watched:
    """Looks at a program again and again and keeps the most that it and its offspring held at one time.

    Pages that several processes share (what forked ones have in common, packs that git maps) count once: each process
    is asked for its proportional share, `Pss` in `/proc/PID/smaps_rollup` (proc(5)). Linux alone tells; elsewhere it
    stays 0.

    Args:
        process: the program.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.most = 0
        self._process = process
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def wait(self) -> int:
        """Wait for the program's end and return its exit code."""
        code = self._process.wait()
        self._ended.set()
        self._watch.join()
        return code

    def _look(self) -> None:
        while not self._ended.wait(_SECONDS):
            self.most = max(self.most, _held(self._process.pid))


def _held(root: int) -> int:
    """The bytes in memory of a process and its offspring."""
    offspring: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):  # it has ended meanwhile
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            offspring[parent].append(int(folder.name))
    family, waiting = 0, [root]
    while waiting:
        one = waiting.pop()
        family += _share(one)
        waiting += offspring[one]
    return family


def _share(process: int) -> int:
    """The bytes of a process, of those that it shares with n others the n+1th part; 0 if it has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().split("\n")
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return 0
