"""Keep what we were given from the programs that we start."""

from __future__ import annotations

import ctypes
import sys

#: "PR_SET_DUMPABLE" of prctl(2).
_SET_DUMPABLE = 4


def hide_environment() -> None:
    """Close `/proc/PID/environ` of this process to other programs of the same person; what they start stays open.

    A cleaned environment is no secret from a child that reads its parent's: proc(5) lets it, unless the parent is "not
    dumpable". Elsewhere than on Linux, and for whoever may be root, nothing changes.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
