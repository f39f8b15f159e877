"""How much memory a program and all that it starts take together."""

from __future__ import annotations

import os
import subprocess
import threading
from collections import defaultdict
from pathlib import Path

_SECONDS = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Watched:
    """Looks at a program again and again and keeps the most that it and its offspring held at one time.

    Pages that forked processes share are counted for each of them, so that the figure is rather too large. Linux alone
    tells (proc(5)); elsewhere it stays 0.

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
    pages: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            pages[int(folder.name)] = int((folder / "statm").read_text().split()[1])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
        offspring[parent].append(int(folder.name))
    family, waiting = 0, [root]
    while waiting:
        one = waiting.pop()
        family += pages.get(one, 0)
        waiting += offspring[one]
    return family * _PAGE
