"""Fuzzing that follows the code it reaches: `python -m tests.fuzzing.guided manifests -runs=100000 -timeout=5`.

It needs atheris, which has wheels for few systems and is therefore in no lock: `.venv/bin/pip install atheris`. What
stands behind the kind goes to libFuzzer ("libFuzzer", "Options").
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain import diff
from domain.errors import PolicyFileError, UnreadableInputError
from domain.pull_request import PolicyFile
from policies import configure, presets
from policies.manifests import FORMATS, format_of
from policies.manifests.model import UnreadableManifestError
from tests.fuzzing.seeds import SEEDS

_DIFF = b"diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
_READABLE = tuple(one for one in FORMATS if one.parser is not None)


def manifests(data: bytes) -> None:
    """The first byte chooses the format."""
    with contextlib.suppress(UnreadableManifestError):
        _READABLE[data[0] % len(_READABLE)].parse(_text(data[1:]))


def policy_files(data: bytes) -> None:
    """A policy file configures or is refused."""
    with contextlib.suppress(PolicyFileError):
        configure(PolicyFile(_text(data), oid="f" * 40))


def diffs(data: bytes) -> None:
    """A diff is read or refused."""
    with contextlib.suppress(UnreadableInputError):
        diff.parse(_text(data))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


KINDS: dict[str, Callable[[bytes], None]] = {"manifests": manifests, "policy-files": policy_files, "diffs": diffs}


def main(arguments: list[str]) -> None:
    """Fuzz one kind until libFuzzer's options end it."""
    import atheris  # noqa: PLC0415 - in no lock

    target: Any = KINDS[arguments[1]]
    for one in _READABLE:
        with contextlib.suppress(UnreadableManifestError):
            one.parse(SEEDS[0].base)  # loads the parser, so that it is instrumented
    atheris.instrument_all()
    with tempfile.TemporaryDirectory() as corpus:
        _fill(Path(corpus), arguments[1])
        atheris.Setup([arguments[0], *arguments[2:], corpus], lambda data: target(data) if data else None)
        atheris.Fuzz()


def _fill(corpus: Path, kind: str) -> None:
    texts = [presets.text(name).encode() for name in presets.names()]
    if kind == "manifests":
        texts = [
            bytes([_READABLE.index(found)]) + seed.head.encode() for seed in SEEDS if (found := format_of(seed.path))
        ]
    for number, text in enumerate(texts if kind != "diffs" else [_DIFF]):
        (corpus / str(number)).write_bytes(text)


if __name__ == "__main__":
    main(sys.argv)
