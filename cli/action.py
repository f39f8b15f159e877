"""`hotfix action`: what `action.yml` calls. It works from the event and the API; `prove` alone needs a checkout."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from types import MappingProxyType

import click

from cli.workflow import Say, WorkflowRun, speaking
from domain import workflow_commands
from domain.errors import GitError, GitHubTroubleError, HotfixGuardError, NotPermittedError

#: Nothing was judged: wrong inputs, an event that names nothing to judge, or GitHub is in trouble.
EXIT_UNUSABLE = 2
#: A fault of our own (`EX_SOFTWARE` of sysexits.h).
_EXIT_CRASHED = 70

#: Mode → module; each module has a function of the mode's name. Only what is called is loaded.
_MODES = MappingProxyType({"check": "cli.action_check", "backport": "cli.action_backport", "prove": "cli.action_prove"})


@click.command(short_help="Do what action.yml asks for, in a run of GitHub Actions.")
def action() -> None:
    """Do what `action.yml` asks for by HOTFIX_MODE, in a run of GitHub Actions.

    Exit codes: 0 fine, 1 the hotfix may not be merged or carried yet, 2 nothing could be judged.
    """
    with speaking() as say:
        sys.exit(_code(say))


def _code(say: Say) -> int:
    try:
        _take_token()
        run = WorkflowRun.of(os.environ, tuple(_MODES))
        code: int = getattr(importlib.import_module(_MODES[run.inputs.mode]), run.inputs.mode)(run, say)
        return code
    except HotfixGuardError as error:
        say((workflow_commands.error(_told(error)),))
        return EXIT_UNUSABLE
    except Exception:
        traceback.print_exc()
        say((workflow_commands.error("Hotfix Guard met a fault of its own; nothing was judged. The log has more"),))
        return _EXIT_CRASHED


def _take_token() -> None:
    """Take the token from the pipe that `action/start.py` left it in; a variable set now isn't shown by `/proc`."""
    if number := os.environ.pop("HOTFIX_TOKEN_FROM", ""):
        with os.fdopen(int(number), encoding="utf-8") as pipe:
            os.environ["GITHUB_TOKEN"] = pipe.read()


def _told(error: HotfixGuardError) -> str:
    if isinstance(error, GitHubTroubleError | GitError):
        return f"{error}. This is no fault of the change, and nothing was judged: run this again"
    if isinstance(error, NotPermittedError) and "/teams/" in str(error):
        return f"{error}. A workflow's own token reads no teams: give github-token one that does, or roles `users`"
    if isinstance(error, NotPermittedError):
        return f"{error}. Give that to the workflow's `permissions`, or another token as github-token"
    return str(error)
