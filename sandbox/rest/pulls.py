"""REST: pull requests (docs.github.com/rest/pulls)."""

from __future__ import annotations

from typing import Any

from sandbox.deeds import merges, pulls
from sandbox.errors import RefusedError
from sandbox.model import PullRequest
from sandbox.rest.calls import Call, Reply, Route, at
from sandbox.rest.diffs import diff_reply
from sandbox.shapes import commits as commit_shapes
from sandbox.shapes import pulls as shapes
from sandbox.shapes.people import simple_user, team

#: "List pull requests files" ends at 3,000 files, "List commits on a pull request" at 250 commits.
MOST_FILES, MOST_COMMITS = 3000, 250


def list_pulls(call: Call) -> Any:
    """`GET /pulls`: by state, head, base; sorted."""
    state, head, base = call.query.get("state", "open"), call.query.get("head"), call.query.get("base")
    found = [pull for pull in call.repo.pulls if state in {"all", pull.state}]
    found = [pull for pull in found if not base or pull.base_ref == base]
    found = [pull for pull in found if not head or head in {pull.head_ref, _label(call, pull)}]
    key = {"updated": "updated_at"}.get(call.query.get("sort", "created"), "created_at")
    ascending = call.query.get("direction", "desc") == "asc"
    found.sort(key=lambda pull: (getattr(pull, key), pull.number), reverse=not ascending)
    return [shapes.pull_simple(call.world, call.repo, pull) for pull in call.page(found)]


def _label(call: Call, pull: PullRequest) -> str:
    origin = call.store.repositories.get(pull.head_repository_id or 0)
    return f"{origin.owner if origin else 'unknown'}:{pull.head_ref}"


def _full(call: Call, pull: PullRequest) -> Any:
    return shapes.pull(call.world, call.repo, pull, merges.merge_state(call.scope, pull))


def create_pull(call: Call) -> Any:
    """`POST /pulls`."""
    settings = (call.optional_text("body"), call.flag("draft"), call.flag("maintainer_can_modify", True))
    wish = pulls.NewPull(call.text("title"), call.text("head"), call.text("base"), *settings)
    return _full(call, pulls.open_pull(call.scope, wish))


def get_pull(call: Call) -> Any:
    """`GET /pulls/{number}`, as JSON or as a diff."""
    pull = call.scope.pull(call.args["number"])
    if call.wants("diff"):
        return diff_reply(call, (pull.base_sha, pull.head_sha))
    return _full(call, pull)


def update_pull(call: Call) -> Any:
    """`PATCH /pulls/{number}`: title, body, base, state."""
    pull = call.scope.pull(call.args["number"])
    texts = {name: call.optional_text(name) for name in ("title", "body", "base", "state")}
    pulls.edit_pull(call.scope, pull, {name: value for name, value in texts.items() if name in call.body})
    if texts["state"] in {"open", "closed"}:
        pulls.set_state(call.scope, pull, texts["state"] or "")
    return _full(call, pull)


def list_files(call: Call) -> Any:
    """`GET /pulls/{number}/files`."""
    pull = call.scope.pull(call.args["number"])
    base = call.git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    files = call.git.diff(base, pull.head_sha)[:MOST_FILES]
    return [commit_shapes.diff_entry(call.world, call.repo, pull.head_sha, file) for file in call.page(files)]


def list_commits(call: Call) -> Any:
    """`GET /pulls/{number}/commits`, oldest first."""
    pull = call.scope.pull(call.args["number"])
    shas = call.git.commits_between(pull.base_sha, pull.head_sha)[:MOST_COMMITS]
    return [commit_shapes.commit(call.world, call.repo, call.git.commit(sha)) for sha in call.page(shas)]


def merge(call: Call) -> Any:
    """`PUT /pulls/{number}/merge`."""
    texts = [call.optional_text(name) for name in ("sha", "commit_title", "commit_message")]
    wish = merges.MergeWish(call.optional_text("merge_method") or "merge", *texts)
    sha = merges.merge_pull(call.scope, call.scope.pull(call.args["number"]), wish)
    return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}


def is_merged(call: Call) -> Any:
    """`GET /pulls/{number}/merge`: 204 or 404."""
    if not call.scope.pull(call.args["number"]).merged:
        raise RefusedError(404, "Not Found")
    return Reply(None, 204)


def update_branch(call: Call) -> Any:
    """`PUT /pulls/{number}/update-branch`."""
    pull = call.scope.pull(call.args["number"])
    merges.update_branch(call.scope, pull, call.optional_text("expected_head_sha"))
    url = f"{call.world.html(call.repo)}/pull/{pull.number}"
    return {"message": "Updating pull request branch.", "url": url}


def list_reviewers(call: Call) -> Any:
    """`GET /pulls/{number}/requested_reviewers`."""
    pull = call.scope.pull(call.args["number"])
    teams = [call.store.team(call.repo.owner, slug) for slug in pull.requested_teams]
    return {
        "users": [simple_user(call.world, login) for login in pull.requested_reviewers],
        "teams": [team(call.world, each) for each in teams if each],
    }


def request_reviewers(call: Call) -> Any:
    """`POST /pulls/{number}/requested_reviewers`."""
    pull = call.scope.pull(call.args["number"])
    pulls.request_reviewers(call.scope, pull, call.texts("reviewers"), call.texts("team_reviewers"))
    return shapes.pull_simple(call.world, call.repo, pull)


def withdraw_requests(call: Call) -> Any:
    """`DELETE /pulls/{number}/requested_reviewers`."""
    pull = call.scope.pull(call.args["number"])
    pulls.withdraw_requests(call.scope, pull, call.texts("reviewers"), call.texts("team_reviewers"))
    return shapes.pull_simple(call.world, call.repo, pull)


def pulls_of_commit(call: Call) -> Any:
    """`GET /commits/{sha}/pulls`: those that merged the commit, else the open ones that hold it."""
    sha = call.scope.commit_sha(call.args["ref"])
    merged = [pull for pull in call.repo.pulls if pull.merged and sha in _landed(call, pull)]
    held = [pull for pull in call.repo.pulls if sha in call.git.commits_between(pull.base_sha, pull.head_sha)]
    found = list({pull.number: pull for pull in [*merged, *held]}.values())
    return [shapes.pull_simple(call.world, call.repo, pull) for pull in call.page(found)]


def _landed(call: Call, pull: PullRequest) -> list[str]:
    landed = pull.merge_commit_sha or ""
    return call.git.commits_between(pull.base_sha, landed) if landed else []


ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("GET", "/pulls", list_pulls, "pull_requests:read"),
    Route("POST", "/pulls", create_pull, "pull_requests:write", 201, "read"),
    Route("GET", "/pulls/<int:number>", get_pull, "pull_requests:read"),
    Route("PATCH", "/pulls/<int:number>", update_pull, "pull_requests:write"),
    Route("GET", "/pulls/<int:number>/files", list_files, "pull_requests:read"),
    Route("GET", "/pulls/<int:number>/commits", list_commits, "pull_requests:read"),
    Route("GET", "/pulls/<int:number>/merge", is_merged, "pull_requests:read"),
    Route("PUT", "/pulls/<int:number>/merge", merge, "contents:write"),
    Route("PUT", "/pulls/<int:number>/update-branch", update_branch, "pull_requests:write", 202),
    Route("GET", "/pulls/<int:number>/requested_reviewers", list_reviewers, "pull_requests:read"),
    Route("POST", "/pulls/<int:number>/requested_reviewers", request_reviewers, "pull_requests:write", 201),
    Route("DELETE", "/pulls/<int:number>/requested_reviewers", withdraw_requests, "pull_requests:write"),
    Route("GET", "/commits/<path:ref>/pulls", pulls_of_commit, "pull_requests:read"),
)
