"""The forms in which a verdict can be printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain import report
from domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the commits that it speaks of."""

    verdict: Verdict
    base: str
    merge_base: str
    head: str


def printed(judged: Judged, form: str, most: int | None = None) -> str:
    """The verdict in one of `FORMATS`.

    Args:
        judged: the verdict.
        form: the form.
        most: so many findings of a policy are shown as text; None for as many as usual.
    """
    if form == "text" and most is not None:
        return report.as_text(judged.verdict, most)
    return FORMATS[form](judged)


def _json(judged: Judged) -> str:
    commits = {"base": judged.base, "merge_base": judged.merge_base, "head": judged.head}
    return report.as_json(judged.verdict, **commits) + "\n"


def _sarif(judged: Judged) -> str:
    # What few need isn't loaded for all.
    from importlib.metadata import version  # noqa: PLC0415

    from domain.sarif import sarif  # noqa: PLC0415

    return sarif(judged.verdict, version("hotfix-guard")) + "\n"


def _github(judged: Judged) -> str:
    """Annotations first, then the text, in which file names must not pass for commands."""
    import secrets  # noqa: PLC0415

    from domain import workflow_commands  # noqa: PLC0415

    commands = "".join(f"{line}\n" for line in workflow_commands.annotation_commands(judged.verdict))
    return commands + workflow_commands.guarded(report.as_text(judged.verdict), secrets.token_hex(16))


FORMATS: Mapping[str, Callable[[Judged], str]] = MappingProxyType(
    {
        "text": lambda judged: report.as_text(judged.verdict),
        "json": _json,
        "markdown": lambda judged: report.as_markdown(judged.verdict),
        "sarif": _sarif,
        "github": _github,
    }
)
