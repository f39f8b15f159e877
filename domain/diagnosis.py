"""What `hotfix doctor` finds, and what it means. Pure; the wording of every remedy lives here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from domain.wording import counted, plain

#: Merging without a working tree takes it (`git merge-tree --write-tree` of several bases).
GIT = (2, 39)
PYTHON = (3, 11)

#: What the App has to be granted, as docs/install.md lists it with the reasons.
PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "checks": "write",
        "contents": "write",
        "pull_requests": "write",
        "issues": "write",
        "deployments": "read",
        "statuses": "write",
        "metadata": "read",
        "merge_queues": "read",
        "members": "read",
    }
)
#: What some can do without: hotfixes of workflow files are then not carried over.
OPTIONAL: Mapping[str, str] = MappingProxyType({"workflows": "write"})
_LEVELS = ("read", "write", "admin")


class Health(StrEnum):
    """How one point stands."""

    FINE = "fine"
    BAD = "bad"
    WARN = "warn"
    SKIPPED = "skipped"


_MARKS = MappingProxyType({Health.FINE: "✓", Health.BAD: "✗", Health.WARN: "!", Health.SKIPPED: "-"})


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at.

    Attributes:
        remedy: what to do about it; empty where nothing is to be done.
        is_unknown: whether it couldn't be looked at, so that nothing is known.
    """

    name: str
    health: Health
    said: str
    remedy: str = ""
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class AppFacts:
    """Our App as it is registered, or as it is installed somewhere."""

    slug: str
    permissions: Mapping[str, str]
    events: frozenset[str]
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class HookFacts:
    """Where GitHub delivers to."""

    url: str
    has_secret: bool
    content_type: str
    checks_certificate: bool


@dataclass(frozen=True, slots=True)
class Attempts:
    """What GitHub tried to deliver lately, each delivery by its newest attempt.

    Attributes:
        last_failure: what GitHub says of the newest that failed.
    """

    all: int
    failed: int
    last_failure: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """What guards one branch.

    Attributes:
        required: the required checks with the ids of the Apps that they are pinned to, None for anybody's.
        has_queue: whether it has a merge queue.
    """

    branch: str
    required: tuple[tuple[str, int | None], ...]
    has_queue: bool = False


def version_point(name: str, has: tuple[int, ...], needed: tuple[int, int]) -> Point:
    """Whether a program is new enough."""
    shown, wanted = ".".join(map(str, has)), ".".join(map(str, needed))
    if has[: len(needed)] >= needed:
        return Point(name, Health.FINE, f"{name} {shown}")
    return Point(name, Health.BAD, f"{name} {shown} is too old", f"install {name} {wanted} or newer")


def permissions_point(app: AppFacts, where: str = "") -> Point:
    """Whether the App may do what it has to do.

    Args:
        app: what was granted.
        where: the repository that it is installed on, "" for what is asked of everybody.
    """
    name = "installation" if where else "permissions"
    if app.is_suspended:
        return Point(
            name, Health.BAD, f"the installation on {where} is suspended", "unsuspend it in the App's settings"
        )
    lacking, optional = _lacking(app, PERMISSIONS), _lacking(app, OPTIONAL)
    if lacking:
        place = "accept the App's new permissions in the installation's settings" if where else _IN_SETTINGS
        return Point(name, Health.BAD, f"{app.slug} lacks {', '.join(lacking)}", place)
    if optional:
        said = f"{app.slug} lacks {', '.join(optional)}: hotfixes of workflow files can't be carried over"
        return Point(name, Health.WARN, said, f"grant it if you want them carried over: {_IN_SETTINGS}")
    return Point(name, Health.FINE, f"{app.slug} is installed on {where}" if where else "all that is needed is granted")


_IN_SETTINGS = "set it in the App's settings under Permissions & events (docs/install.md)"


def _lacking(app: AppFacts, needed: Mapping[str, str]) -> list[str]:
    return [f"{topic}: {level}" for topic, level in needed.items() if not _reaches(app.permissions.get(topic), level)]


def _reaches(has: str | None, needed: str) -> bool:
    return has in _LEVELS and _LEVELS.index(has) >= _LEVELS.index(needed)


def events_point(app: AppFacts, needed: Collection[str]) -> Point:
    """Whether GitHub tells us of everything that verdicts follow."""
    missing = sorted(set(needed) - app.events)
    if missing:
        return Point("events", Health.BAD, f"{app.slug} isn't subscribed to {', '.join(missing)}", _IN_SETTINGS)
    return Point("events", Health.FINE, f"subscribed to all {len(needed)} events")


def hook_point(hook: HookFacts) -> Point:
    """Whether GitHub's deliveries come to the right place in the right form."""
    parts = urlsplit(hook.url)
    faults = [
        *([] if hook.url else ["no webhook URL is set"]),
        *([] if hook.has_secret else ["no secret is set"]),
        *([] if hook.content_type == "json" else [f"the content type is {hook.content_type}, not json"]),
        *([] if parts.path.endswith("/webhook") or not hook.url else ["the URL doesn't end with /webhook"]),
    ]
    if faults:
        remedy = "set URL (https://YOUR-HOST/webhook), secret and content type in the App's settings under Webhook"
        return Point("webhook", Health.BAD, "; ".join(faults), remedy)
    if parts.scheme != "https" or not hook.checks_certificate:
        said = f"{hook.url} is reached without a checked certificate"
        return Point("webhook", Health.WARN, said, "use https and turn SSL verification on")
    return Point("webhook", Health.FINE, f"deliveries go to {hook.url}")


def deliveries_point(attempts: Attempts) -> Point:
    """Whether what GitHub sent lately arrived."""
    if not attempts.all:
        said = "GitHub delivered nothing in the last day"
        return Point("deliveries", Health.WARN, said, "push to a pull request and look again")
    if not attempts.failed:
        return Point("deliveries", Health.FINE, f"all {counted(attempts.all, 'delivery', 'deliveries')} arrived")
    said = f"{attempts.failed} of {counted(attempts.all, 'delivery', 'deliveries')} failed: {attempts.last_failure}"
    remedy = "see that the service runs and that its secret is the App's; it asks for failed ones again by itself"
    return Point("deliveries", Health.BAD if attempts.failed == attempts.all else Health.WARN, said, remedy)


def gate_point(gate: Gate, check_name: str, app_id: int | None) -> Point:
    """Whether the check is required on a branch, of our App alone.

    Args:
        gate: what guards the branch.
        check_name: the check run's name before ": <base>".
        app_id: our App, None where a workflow publishes the check.
    """
    name, wanted = f"gate {gate.branch}", f"{check_name}: {gate.branch}"
    sources = [source for context, source in gate.required if context == wanted]
    if not sources:
        remedy = f"require the status check `{wanted}` in a ruleset or branch protection for {gate.branch}"
        said = f"nothing requires the check `{wanted}`, so a failing hotfix can be merged"
        return Point(name, Health.BAD if app_id else Health.WARN, said, remedy)
    if app_id and app_id not in sources:
        said = f"`{wanted}` is required, but of anybody: whoever may write statuses can fake it"
        if any(source for source in sources):
            said = f"`{wanted}` is required of another App"
        return Point(name, Health.BAD, said, "select this App as the source of the required check")
    pinned = " of this App" if app_id else ""
    return Point(name, Health.FINE, f"`{wanted}` is required{pinned}")


def queue_point(gate: Gate, app: AppFacts | None) -> Point | None:
    """Whether a merge queue gets its answers; None where there is no queue."""
    if not gate.has_queue:
        return None
    name = f"queue {gate.branch}"
    if app is None:
        said = "there is a merge queue; a workflow must run on merge_group"
        return Point(name, Health.WARN, said, "see `on: merge_group` in the README's workflows")
    if "merge_group" not in app.events:
        remedy = f"subscribe to Merge group: {_IN_SETTINGS}"
        return Point(name, Health.BAD, "there is a merge queue, and nobody would answer it", remedy)
    return Point(name, Health.FINE, "the merge queue is answered")


def labels_point(missing: Iterable[str], all_: Collection[str]) -> Point:
    """Whether the labels are there that make and grade hotfixes."""
    lacking = list(missing)
    if not lacking:
        return Point("labels", Health.FINE, f"all there: {', '.join(all_)}" if all_ else "none is needed")
    commands = "; ".join(f'gh label create "{label}"' for label in lacking)
    return Point("labels", Health.WARN, f"missing: {', '.join(lacking)}", f"create them: {commands}")


def exit_code(points: Iterable[Point]) -> int:
    """0 where all is well, 1 where something is bad, 2 where something couldn't be looked at."""
    found = list(points)
    if any(point.is_unknown for point in found):
        return 2
    return int(any(point.health is Health.BAD for point in found))


def as_text(points: Iterable[Point]) -> str:
    """One line a point, its remedy below."""
    found = list(points)
    width = max((len(point.name) for point in found), default=0)
    lines: list[str] = []
    for point in found:
        lines.append(f"{_MARKS[point.health]} {plain(point.name):<{width}}  {plain(point.said)}")
        lines += [f"    → {plain(point.remedy)}"] if point.remedy else []
    bad = sum(point.health is Health.BAD for point in found)
    hints = sum(point.health is Health.WARN for point in found)
    parts = [f"{counted(bad, 'point')} to mend" if bad else "nothing to mend"]
    end = ", ".join([*parts, *([counted(hints, "hint")] if hints else [])])
    return "\n".join([*lines, "", end]) + "\n"


def as_data(points: Iterable[Point]) -> list[dict[str, Any]]:
    """The points as JSON values."""
    return [
        {"name": point.name, "health": str(point.health), "said": point.said, "remedy": point.remedy}
        for point in points
    ]
