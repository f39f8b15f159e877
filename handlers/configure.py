"""Find the policy files that count for a pull request: the base's own or its owner's default, and what they extend."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import policies
from domain.errors import NotPermittedError
from domain.pull_request import Outline, PolicyFile, PullRequest
from events.models import PushEvent
from handlers.ports import Ports
from policies import POLICY_FILE, RemoteFile

#: The repository that GitHub keeps an owner's defaults in ("Creating a default community health file").
_DEFAULTS = ".github"


def with_policy_files(outline: Outline, ports: Ports) -> Outline:
    """The outline with everything in it that its policy files come to, so that configuring is pure from here on.

    A verdict's grounds hold it too: when the default or an extended file changes, the verdict is reached again.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    file = counting_file(outline.policy_file, outline.pull_request.ref.repository, ports)
    return replace(outline, policy_file=file, head_policy_file=_head_file(outline, file, ports))


def counting_file(own: PolicyFile | None, repository: str, ports: Ports) -> PolicyFile | None:
    """The policy file that counts where a branch has this one, with what it extends.

    Raises:
        GitHubTroubleError: GitHub can't be read just now.
    """
    file = own or _default(repository, ports)
    return file and _with_base(file, repository, ports)


def forget_policy_files(event: PushEvent, ports: Ports, _received_at: datetime) -> None:
    """A push may have changed a file that other repositories follow: what we remember of them no longer counts."""
    repository = event.repository.full_name.casefold()
    ports.ledger.forget(json.dumps(["policy-file", repository])[:-1] + ",")
    touched = {path for commit in event.commits for path in (*commit.added, *commit.modified, *commit.removed)}
    owner, _, name = repository.partition("/")
    if name != _DEFAULTS or POLICY_FILE not in touched:
        return
    for served in ports.ledger.repositories():
        if served.casefold().startswith(f"{owner}/"):
            ports.tasks.want("sweep", served)


def _default(repository: str, ports: Ports) -> PolicyFile | None:
    """The policy file of the owner, None where there is none for us to read."""
    defaults = RemoteFile(f"{repository.partition('/')[0]}/{_DEFAULTS}")
    if defaults.repository.casefold() == repository.casefold():
        return None
    file = _read(defaults, ports)
    return replace(file, is_default=True) if file else None


def _head_file(outline: Outline, counting: PolicyFile | None, ports: Ports) -> PolicyFile | None:
    """The head's file with what it extends.

    A fork names no file that isn't named on base already: whoever opens a pull request would choose what we read.
    """
    file, pull_request = outline.head_policy_file, outline.pull_request
    named = policies.extended_file(file)
    if file is None or named is None:
        return file
    if counting is not None and counting.base is not None and named == policies.extended_file(counting):
        return replace(file, base=counting.base)
    if not _is_here(pull_request):
        problem = "it isn't read for a pull request from a fork; bring this change on a branch of the repository itself"
        return replace(file, base=PolicyFile(None, "", source=str(named), problem=problem))
    return _with_base(file, pull_request.ref.repository, ports)


def _is_here(pull_request: PullRequest) -> bool:
    return pull_request.head_repository.casefold() == pull_request.ref.repository.casefold()


def _with_base(file: PolicyFile, repository: str, ports: Ports) -> PolicyFile:
    named = policies.extended_file(file)
    return file if named is None else replace(file, base=_base(named, repository, ports))


def _base(named: RemoteFile, repository: str, ports: Ports) -> PolicyFile:
    """The file that is extended, or one without text that says why it can't be read."""
    file = _read(named, ports)
    foreign = named.owner.casefold() != repository.partition("/")[0].casefold()
    if file is not None and not (file.is_private and foreign):
        return file
    # One sentence for all, or it would tell strangers which files a private repository holds.
    also = ", or it is private and another owner's" if foreign else ""
    problem = (
        f"it can't be read: there is no such file at that ref, or this GitHub App isn't installed on "
        f"{named.repository}{also}; install the App there, or let 'extends' name another file"
    )
    return PolicyFile(None, "", source=str(named), problem=problem)


def _read(named: RemoteFile, ports: Ports) -> PolicyFile | None:
    try:
        return ports.policy_file(named.repository, named.path, named.ref)
    except NotPermittedError as error:
        problem = f"it can't be read: {error}; grant the App contents: read on {named.repository}"
        return PolicyFile(None, "", source=str(named), problem=problem)
