"""Keep what we were given from the programs that we start."""

from __future__ import annotations

import ctypes
import sys

#: "PR_SET_DUMPABLE" of prctl(2).
_SET_DUMPABLE = 4


def close_to_others() -> None:
    """Close this process's memory and `/proc/PID/environ` to other programs of the same person.

    A cleaned environment keeps nothing from a child that reads its parent's: ptrace(2) and proc(5) let it, unless the
    parent is "not dumpable". Elsewhere than on Linux, and for whoever may be root, nothing changes.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
