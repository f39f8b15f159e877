"""`hotfix backport`: carry a merged pull request to other branches, or commits onto another branch."""

from __future__ import annotations

import sys

import click


@click.command(short_help="Carry a merged pull request, or commits, to other branches.")
@click.argument("pull_request", required=False, default="")
@click.option("--to", "branches", multiple=True, help="A branch to carry it to; repeat for more.")
@click.option(
    "--method",
    type=click.Choice(["cherry-pick", "merge"]),
    default="cherry-pick",
    show_default=True,
    help="Pick what landed, or merge the pull request's own branch (git-flow).",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show each outcome, title and body.")
@click.option("--repo-url", default="", help="The pick alone: file://, http(s)://, or the path of a local repository.")
@click.option("--onto", default="", help="The branch, or the full SHA, to carry the commits onto.")
@click.option("--commit", "commits", multiple=True, help="A commit's full SHA; repeat in their order.")
@click.option("--mainline", type=click.IntRange(1), default=1, help="For merge commits: the parent to tell them from.")
@click.option("--push", default="", help="Push the result to this new branch, conflicts with their markers included.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def backport(
    pull_request: str,
    branches: tuple[str, ...],
    method: str,
    dry_run: bool,
    repo_url: str,
    onto: str,
    commits: tuple[str, ...],
    mainline: int,
    push: str,
    form: str,
) -> None:
    """Carry a merged pull request (OWNER/REPO#NUMBER, or its address) to other branches, as the App does.

    GITHUB_TOKEN is the token, GITHUB_API_URL another GitHub than github.com. Without --to it goes where the policy
    file, its labels and its comments say. With --repo-url, --onto and --commit it is the pick alone, in any
    repository: seconds and kilobytes, whatever its size; GIT_TOKEN is the token to reach it with.

    Exit codes: 0 done or nothing to do, 1 a person is needed (conflicts, a missing branch or permission), 2 wrong
    usage or what can't be read.
    """
    if pull_request:
        _refuse(("--repo-url", repo_url), ("--onto", onto), ("--commit", commits), ("--push", push))
        from cli.backport_deed import DeedWish, do  # noqa: PLC0415  the pick alone needs nothing of GitHub

        sys.exit(do(DeedWish(pull_request, branches, method, dry_run), form))
    if not repo_url or not onto or not commits:
        raise click.UsageError("name a pull request (OWNER/REPO#NUMBER), or give --repo-url, --onto and --commit")
    _refuse(("--to", branches), ("--dry-run", dry_run))
    from cli.backport_pick import PickWish, pick  # noqa: PLC0415

    sys.exit(pick(PickWish(repo_url, onto, commits, mainline, push), form))


def _refuse(*options: tuple[str, object]) -> None:
    """Refuse options that belong to the other way of calling.

    Raises:
        click.UsageError: one of them is given.
    """
    given = [name for name, value in options if value]
    if given:
        raise click.UsageError(f"{', '.join(given)} can't be given here: it belongs to the other way of calling")
