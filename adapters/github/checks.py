"""Our check run on a head: written when it must change, and never doubled by a crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.github.client import RepositoryClient
from adapters.github.reading import reading
from domain.check_run import (
    ANNOTATIONS_A_REQUEST,
    MAX_ACTIONS,
    MAX_TEXT,
    Annotation,
    CheckRun,
    PublishedRun,
    Write,
    write_needed,
)
from domain.verdict import Conclusion

_COMPLETED = "completed"
_MAX_TITLE = 255
_CUT = "\n\n*The rest is left out: GitHub shows 65,535 characters.*"


@dataclass(frozen=True, slots=True)
class CheckRunWriter:
    """Reads and writes our check runs in one repository.

    Attributes:
        app_id: whose check runs are ours; None with a plain token, where all of that name count.
    """

    client: RepositoryClient
    app_id: int | None

    def publish(self, run: CheckRun, published: PublishedRun | None, *, rerequested: bool) -> bool:
        """Make the check run on GitHub say what `run` says; whether anything had to be written.

        Raises:
            GitHubTroubleError: GitHub can't be written just now, or didn't say whether it wrote: the next
                outline tells.
            NotPermittedError: the App lacks `checks: write`.
        """
        write = write_needed(run, published, rerequested=rerequested)
        if write is Write.NOTHING:
            return False
        if published is None or write is Write.CREATE or _would_reopen(run, published):
            self._end(published)
            self._create(run)
        else:
            self.client.write("PATCH", f"/check-runs/{published.id}", {"name": run.name, **_said(run), **_ended(run)})
        return True

    def of(self, head_oid: str, name: str) -> Sequence[PublishedRun]:
        """Our check runs of a name on a commit, newest first."""
        ours: dict[str, str | int] = {} if self.app_id is None else {"app_id": self.app_id}
        answer = self.client.get(f"/commits/{head_oid}/check-runs", check_name=name, filter="all", per_page=100, **ours)
        with reading(f"the check runs of {head_oid[:7]}"):
            found = sorted(answer["check_runs"], key=lambda each: int(each["id"]), reverse=True)
            return tuple(
                PublishedRun(
                    each["id"], each["name"], each["external_id"] or "", each["status"], each["conclusion"] or ""
                )
                for each in found
            )

    def _end(self, published: PublishedRun | None) -> None:
        """End a run that another takes the place of: in progress, it would keep its suite from ever completing.

        Cancelled blocks a merge, as the run in progress did. Without its external id it can't be taken for a verdict
        where we die before the other stands.
        """
        if published is not None and published.status != _COMPLETED:
            ended = {"external_id": "", "status": _COMPLETED, "conclusion": "cancelled"}
            self.client.write("PATCH", f"/check-runs/{published.id}", ended)

    def _create(self, run: CheckRun) -> None:
        """Make a new run, with all its annotations.

        Only the last request ends the run and gives it its external id. Where we die in between, what stands is a run
        in progress that says nothing, and the next attempt makes another.
        """
        batches = _batches(run.annotations)
        created: int | None = None
        for number, batch in enumerate(batches, start=1):
            end = _ended(run) if number == len(batches) else {"status": "in_progress"}
            body = {"name": run.name, **_said(run, batch), **end}
            if created is None:
                answer = self.client.write("POST", "/check-runs", {"head_sha": run.head_oid, **body})
                with reading("the new check run"):
                    created = int(answer["id"])
            else:
                self.client.write("PATCH", f"/check-runs/{created}", body)


def _would_reopen(run: CheckRun, published: PublishedRun) -> bool:
    """Whether a completed run would have to lose its conclusion, which an update has no way to say."""
    return run.conclusion is Conclusion.IN_PROGRESS and published.status == _COMPLETED


def _said(run: CheckRun, annotations: Sequence[Annotation] = ()) -> dict[str, Any]:
    output: dict[str, Any] = {"title": run.title[:_MAX_TITLE], "summary": _fitting(run.summary)}
    if run.text:
        output["text"] = _fitting(run.text)
    if annotations:
        output["annotations"] = [_annotation(each) for each in annotations]
    buttons = [
        {"label": each.label, "description": each.description, "identifier": each.identifier}
        for each in run.actions[:MAX_ACTIONS]
    ]
    return {"output": output, "actions": buttons}


def _ended(run: CheckRun) -> Mapping[str, str]:
    if run.conclusion is Conclusion.IN_PROGRESS:
        return {"external_id": run.external_id, "status": "in_progress"}
    return {"external_id": run.external_id, "status": _COMPLETED, "conclusion": run.conclusion.value}


def _annotation(annotation: Annotation) -> dict[str, Any]:
    start = max(annotation.start_line, 1)
    return {
        "path": annotation.path,
        "start_line": start,
        "end_line": max(annotation.end_line, start),
        "annotation_level": annotation.level,
        "message": annotation.message,
        "title": annotation.title[:_MAX_TITLE],
    }


def _batches(annotations: Sequence[Annotation]) -> list[Sequence[Annotation]]:
    starts = range(0, max(len(annotations), 1), ANNOTATIONS_A_REQUEST)
    return [annotations[start : start + ANNOTATIONS_A_REQUEST] for start in starts]


def _fitting(text: str) -> str:
    """The text within GitHub's limit, which is told in characters and felt in bytes."""
    encoded = text.encode()
    if len(encoded) <= MAX_TEXT:
        return text
    return encoded[: MAX_TEXT - len(_CUT.encode())].decode("utf-8", "ignore") + _CUT
