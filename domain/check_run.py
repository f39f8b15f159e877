"""A check run as we want it and as GitHub has it, and the pure decision between writing and leaving alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from domain.verdict import Conclusion

#: GitHub's limits, "REST API endpoints for check runs".
MAX_TEXT = 65_535
ANNOTATIONS_A_REQUEST = 50
MAX_ACTIONS = 3

_DIGEST_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on lines of a file at head.

    Attributes:
        level: "notice", "warning" or "failure".
    """

    path: str
    start_line: int
    end_line: int
    level: str
    message: str
    title: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the check run; label up to 20, description up to 40, identifier up to 20 characters."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """The check run that a verdict wants to see on a head.

    Attributes:
        conclusion: `IN_PROGRESS` for a run that isn't completed.
        text: Markdown below the summary, may be empty.
    """

    name: str
    head_oid: str
    conclusion: Conclusion
    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def external_id(self) -> str:
        """What the run says, as two digests: GitHub keeps it for us, so a later process can compare."""
        said = asdict(self)
        annotations = said.pop("annotations")
        return f"hotfix-guard:{_digest(said)}:{_digest(annotations)}"


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """One of our check runs as GitHub has it.

    Attributes:
        id: GitHub's number for it.
        status: "queued", "in_progress" or "completed".
        conclusion: GitHub's word, "" while it isn't completed.
    """

    id: int
    name: str
    external_id: str
    status: str
    conclusion: str = ""


class Write(StrEnum):
    """What to do to make the check run on GitHub say what it should."""

    NOTHING = "nothing"
    UPDATE = "update"
    CREATE = "create"


def write_needed(wanted: CheckRun, published: PublishedRun | None, *, rerequested: bool) -> Write:
    """Decide how the wanted run gets to GitHub.

    An update appends its annotations to those that are there, so changed ones need a new run of the same name, of
    which the newest counts. After `rerequested` the suite stays queued until something is written.

    Args:
        wanted: the run as it should be.
        published: the newest run of that name on that head, None where there is none.
        rerequested: whether somebody asked for this run again.
    """
    if published is None:
        return Write.CREATE
    if rerequested and published.status != "completed":
        return Write.CREATE
    if published.external_id == wanted.external_id:
        return Write.CREATE if rerequested else Write.NOTHING
    same_annotations = _annotations(published.external_id) == _annotations(wanted.external_id)
    return Write.UPDATE if same_annotations and not rerequested else Write.CREATE


def _annotations(external_id: str) -> str:
    return external_id.rpartition(":")[2]


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
