"""Small pages for people who follow an `html_url`: pull requests with checks and comments, issues, check runs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from markdown_it import MarkdownIt

from sandbox.diffs import FileDiff
from sandbox.model import CheckRun, Issue, PullRequest, Repository
from sandbox.suites import newest_runs
from sandbox.world import World

# Raw HTML off, and links only where MarkdownIt holds them for harmless: what people wrote is never obeyed.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
pre{background:#f6f8fa;padding:1rem;overflow:auto;white-space:pre-wrap}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #d1d9e0;padding:.4rem;text-align:left;vertical-align:top}
section{background:#f6f8fa;padding:.2rem 1rem;margin:.5rem 0}
code{background:#eaeef2;padding:0 .3em;border-radius:.2em}
.name{white-space:nowrap}
small{color:#59636e}
"""


def issue_page(world: World, repository: Repository, issue: Issue) -> str:
    """The page of an issue or a pull request. Everything that people wrote is escaped."""
    facts = [f"<p>{_state(issue)} · opened by {_text(issue.user)} · {_labels(issue)}</p>"]
    if isinstance(issue, PullRequest):
        ends = f"{issue.base_ref} ← {issue.head_ref} ({issue.head_sha[:7]})"
        facts += [f"<p>{_text(ends)}</p>", _checks(repository, issue), _reviews(issue)]
    facts.append(_written(issue.body or ""))
    facts += [_comment(c.user, c.body) for c in repository.comments.values() if c.issue_number == issue.number]
    if isinstance(issue, PullRequest):
        git = world.store.git(repository)
        base = git.merge_base(issue.base_sha, issue.head_sha) or issue.base_sha
        facts.append(_diff(git.diff(base, issue.head_sha)))
    return _page(f"{issue.title} #{issue.number} · {repository.full_name}", facts)


def run_page(repository: Repository, run: CheckRun) -> str:
    """The page of a check run."""
    parts = [f"<p>{_text(run.conclusion or run.status)} on {_text(run.head_sha[:7])}</p>"]
    parts += [f"<h2>{_text(run.title or '')}</h2>", _written(f"{run.summary or ''}\n\n{run.text or ''}")]
    rows = [(f"{a.path}:{a.start_line}", a.annotation_level, f"{a.title or ''} {a.message}") for a in run.annotations]
    parts.append(_table(("Where", "Level", "What"), rows))
    parts.append(_table(("Button", "About"), [(action.label, action.description) for action in run.actions]))
    return _page(f"{run.name} · {repository.full_name}", parts)


def front_page(world: World) -> str:
    """What this is, and the repositories that are here."""
    links = (
        f'<li><a href="/{_text(each.full_name)}">{_text(each.full_name)}</a></li>'
        for each in world.store.repositories.values()
    )
    said = f"<p>The API answers at <code>{_text(world.api)}</code>, git at each repository's address with .git.</p>"
    return _page("GitHub on your laptop", [said, f"<ul>{''.join(links)}</ul>"])


def repository_page(repository: Repository) -> str:
    """The page of a repository: its issues and pull requests."""
    rows = []
    for issue in reversed(repository.issues.values()):
        kind = "pull" if isinstance(issue, PullRequest) else "issues"
        link = f'<a href="/{_text(repository.full_name)}/{kind}/{issue.number}">#{issue.number}</a>'
        rows.append(f"<tr><td>{link}</td><td>{_text(issue.title)}</td><td>{_state(issue)}</td></tr>")
    return _page(repository.full_name, [f"<table>{''.join(rows)}</table>"])


def _state(issue: Issue) -> str:
    if isinstance(issue, PullRequest):
        return "merged" if issue.merged else "draft" if issue.draft and issue.state == "open" else _text(issue.state)
    return _text(issue.state)


def _labels(issue: Issue) -> str:
    return "labels: " + (", ".join(_text(label.name) for label in issue.labels) or "none")


def _checks(repository: Repository, pull: PullRequest) -> str:
    rows = []
    for run in newest_runs(repository, pull.head_sha):
        name = f'<a href="/{_text(repository.full_name)}/runs/{run.id}">{_text(run.name)}</a>'
        detail = f"<b>{_text(run.title or '')}</b>{_written(run.summary or '')}"
        rows.append(
            f"<tr><td class=name>{name}</td><td>{_text(run.conclusion or run.status)}</td><td>{detail}</td></tr>"
        )
    return f"<h2>Checks</h2><table>{''.join(rows)}</table>"


def _reviews(pull: PullRequest) -> str:
    rows = [(review.user, review.state, f"{review.body} ({review.commit_id[:7]})") for review in pull.reviews]
    return "<h2>Reviews</h2>" + _table(("Who", "What", "Text"), rows)


def _comment(user: str, body: str) -> str:
    return f"<p><b>{_text(user)}</b></p>{_written(body)}"


def _written(markdown: str) -> str:
    """What somebody wrote, rendered as GitHub would: hidden comments stay hidden, HTML is shown and not obeyed."""
    return f"<section>{_MARKDOWN.render(_HIDDEN.sub('', markdown))}</section>" if markdown.strip() else ""


def _diff(files: Iterable[FileDiff]) -> str:
    return "<h2>Changes</h2>" + "".join(f"<pre>{_text(file.text)}</pre>" for file in files)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th>{_text(each)}</th>" for each in heads)
    return f"<table><tr>{head}</tr>{body}</table>" if body else ""


def _page(title: str, parts: Iterable[str]) -> str:
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_text(title)}</title><style>{_STYLE}</style>'
    return (
        f"{head}<main><h1>{_text(title)}</h1>{''.join(parts)}<p><small>Hotfix Guard sandbox</small></p></main></html>"
    )


def _text(value: str) -> str:
    return html.escape(value, quote=True)
