"""The pick alone, of `hotfix backport`: commits onto a branch of any repository, without cloning it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from adapters.git import Picker
from domain.backport import Pick, PickOutcome, PickRequest, PickResult
from domain.errors import UnreadableInputError
from domain.pull_request import Signature
from domain.wording import counted, plain

#: The pick ended in conflicts, or the branch to push holds somebody else's commits.
EXIT_NOT_CLEAN = 1
_COMMITTER = Signature("Hotfix Guard", "hotfix-guard[bot]@users.noreply.github.com")


@dataclass(frozen=True, slots=True)
class PickWish:
    """What to pick, as the options say it."""

    repo_url: str
    onto: str
    commits: tuple[str, ...]
    mainline: int = 1
    push: str = ""


def pick(wish: PickWish, form: str) -> int:
    """Pick, print what came of it, and give the exit code.

    Raises:
        UnreadableInputError: the repository or a commit can't be had.
    """
    url = _address(wish.repo_url)
    picker = Picker(lambda _name: url, lambda _name: os.environ.get("GIT_TOKEN", ""), _COMMITTER)
    picks = tuple(Pick(commit, wish.mainline) for commit in wish.commits)
    result = picker.cherry_pick(PickRequest(url, wish.onto, picks, wish.push))
    click.echo(_told(result, form, wish.push))
    return EXIT_NOT_CLEAN if result.outcome is PickOutcome.CONFLICT or result.occupied else 0


def _address(repo_url: str) -> str:
    if "://" in repo_url:
        return repo_url
    path = Path(repo_url).absolute()
    if not path.is_dir():
        raise UnreadableInputError(f"--repo-url {repo_url} is neither an address nor a folder")
    return path.as_uri()


def _told(result: PickResult, form: str, push: str) -> str:
    return json.dumps(_data(result), indent=2) if form == "json" else "\n".join(_lines(result, push))


def _data(result: PickResult) -> dict[str, Any]:
    return {
        "outcome": str(result.outcome),
        "tree": result.tree,
        "commit": result.commit,
        "onto": result.onto,
        "conflicts": [
            {"path": each.path, "kind": str(each.kind), "has_markers": each.has_markers} for each in result.conflicts
        ],
        "remaining": list(result.remaining),
        "pushed": result.pushed,
        "fetched_bytes": result.fetched_bytes,
        "seconds": round(result.seconds, 3),
    }


def _lines(result: PickResult, push: str) -> list[str]:
    unmarked = " (no markers in the file)"
    lines = [f"{result.outcome}: {result.commit} on {result.onto}"]
    lines += [f"  {each.kind}: {plain(each.path)}{'' if each.has_markers else unmarked}" for each in result.conflicts]
    lines += [f"  not tried after the conflict: {oid}" for oid in result.remaining]
    if result.occupied:
        lines.append(f"  not pushed: {plain(push)} holds other commits already ({result.occupied})")
    elif result.pushed:
        lines.append(f"  pushed to {plain(push)}")
    return [*lines, f"  {counted(result.fetched_bytes, 'byte')} fetched in {result.seconds:.2f} s"]
