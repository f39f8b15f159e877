"""What makes a pull request a hotfix."""

from __future__ import annotations

from policies.configuration import Configuration
from policies.patterns import matches_branch


def trigger(configuration: Configuration, labels: tuple[str, ...], head_branch: str, title: str) -> str:
    """Why a pull request is a hotfix ("label hotfix", "branch hotfix/cart", "title HOTFIX:"), "" if it is none.

    Labels are compared without regard to letter case, as GitHub does. So are the beginnings of titles, with blanks
    before them ignored: who writes `[Hotfix]` means the strict lane. Branches keep git's case.
    """
    triggers = configuration.triggers
    wanted = {label.casefold() for label in triggers.labels}
    label = next((label for label in labels if label.casefold() in wanted), "")
    if label:
        return f"label {label}"
    if any(matches_branch(glob, head_branch) for glob in triggers.branches):
        return f"branch {head_branch}"
    start = next((start for start in triggers.titles if _starts(title, start)), "")
    return f"title {start}" if start else ""


def _starts(title: str, start: str) -> bool:
    return title.lstrip().casefold().startswith(start.lstrip().casefold())
