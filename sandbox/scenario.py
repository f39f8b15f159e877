"""People at work in the sandbox: everything they do goes through the real HTTP API and real git pushes.

town = Town(sandbox)
alice, bob = town.person("alice"), town.person("bob")
town.organization("acme", alice, members=[bob])
alice.create_repository("acme/shop", {"app.py": "print(1)"})
alice.push("acme/shop", "hotfix/crash", {"app.py": "print(2)"}, "Fix the crash")
number = alice.open_pull("acme/shop", "hotfix/crash", "main", "Fix the crash")
bob.approve("acme/shop", number)
alice.merge("acme/shop", number)
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.git import GitRepository, git_environment
from sandbox.objects import GitError
from sandbox.objects import Person as Signature
from sandbox.server import Sandbox

Files = Mapping[str, str | bytes | None]
"""Paths to new contents; None removes the file."""


class ApiError(Exception):
    """The API refused: its status and message."""

    def __init__(self, status: int, body: Any) -> None:
        message = body.get("message", "") if isinstance(body, dict) else ""
        super().__init__(f"{status} {message} {json.dumps(body)[:500]}")
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Client:
    """Somebody's HTTP client, with a token."""

    sandbox: Sandbox
    token: str

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        """Make one request to the REST API and return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", int(self.sandbox.url.rpartition(":")[2]), timeout=30)
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json", **headers}
        try:
            connection.request(method, f"/api/v3{path}", None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make one request and return the JSON of its answer (None if it is empty).

        Raises:
            ApiError: the status is 400 or above.
        """
        status, _, raw = self.request(method, path, body)
        value = json.loads(raw) if raw else None
        if status >= 400:  # noqa: PLR2004
            raise ApiError(status, value)
        return value

    def get(self, path: str) -> Any:
        """GET."""
        return self.call("GET", path)


@dataclass(frozen=True)
class Worker(Client):
    """A person at a keyboard: an account with a token, and clones of what they work on."""

    login: str
    _clones: dict[str, GitRepository] = field(default_factory=dict, compare=False, repr=False)

    # Repositories and branches

    def create_repository(self, full_name: str, files: Files | None = None, **settings: Any) -> Any:
        """Create a repository, its default branch holding the files."""
        owner, _, name = full_name.partition("/")
        path = "/user/repos" if owner == self.login else f"/orgs/{owner}/repos"
        created = self.call("POST", path, {"name": name, **settings})
        if files is not None:
            self.write(full_name, created["default_branch"], files, "Begin")
        return created

    def fork(self, full_name: str) -> str:
        """Fork a repository into one's own account; returns the fork's full name."""
        return str(self.call("POST", f"/repos/{full_name}/forks", {})["full_name"])

    def write(self, full_name: str, branch: str, files: Files, message: str = "Change", base: str | None = None) -> str:
        """Commit files on a branch through the Git Data API, many times faster than a push; returns the new SHA.

        The sandbox, unlike GitHub, takes this in an empty repository, too.
        """
        git, tip = f"/repos/{full_name}/git", self._remote_tip(full_name, branch, base)
        entries = [self._entry(git, path, content) for path, content in files.items()]
        tree = self.call("POST", f"{git}/trees", {"tree": entries, **({"base_tree": tip} if tip else {})})["sha"]
        body = {"message": message, "tree": tree, "parents": [tip] if tip else []}
        sha = str(self.call("POST", f"{git}/commits", body)["sha"])
        if self._exact(full_name, branch):
            self.call("PATCH", f"{git}/refs/heads/{quote(branch)}", {"sha": sha})
        else:
            self.call("POST", f"{git}/refs", {"ref": f"refs/heads/{branch}", "sha": sha})
        return sha

    def _entry(self, git: str, path: str, content: str | bytes | None) -> dict[str, Any]:
        entry: dict[str, Any] = {"path": path, "mode": "100644", "type": "blob"}
        if isinstance(content, str):
            return {**entry, "content": content}
        if content is None:
            return {**entry, "sha": None}
        blob = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        return {**entry, "sha": self.call("POST", f"{git}/blobs", blob)["sha"]}

    def push(self, full_name: str, branch: str, files: Files, message: str = "Change", base: str | None = None) -> str:
        """Commit files on a branch and push it with git; returns the new SHA.

        A new branch grows from `base` (a branch or SHA; default: the default branch).

        Raises:
            GitError: the push was declined.
        """
        clone = self._clone(full_name)
        tip = self._tip(clone, full_name, branch, base)
        return self.push_commit(full_name, branch, self.commit(full_name, files, message, [tip] if tip else []))

    def commit(self, full_name: str, files: Files, message: str, parents: list[str], author: str | None = None) -> str:
        """Make a commit in one's clone without pushing it; `author` is somebody else's `Name <email>`."""
        clone = self._clone(full_name)
        blobs = {path: self._blob(clone, content) for path, content in files.items()}
        tree = clone.write_tree(blobs, clone.commit(parents[0]).tree if parents else None)
        me = Signature(self.login, f"{self.login}@users.noreply.github.com", self.sandbox.store.now())
        name, _, email = (author or "").rstrip(">").partition(" <")
        writer = Signature(name, email, me.date) if author else me
        return clone.write_commit(tree, parents, (writer, me), f"{message.rstrip()}\n")

    def push_commit(self, full_name: str, branch: str, sha: str, force: bool = False) -> str:
        """Push a commit of one's clone to a branch.

        Raises:
            GitError: the push was declined.
        """
        clone = self._clone(full_name)
        self._git(clone, "push", "-q", "origin", f"{'+' if force else ''}{sha}:refs/heads/{branch}")
        clone.set_ref(f"refs/remotes/origin/{branch}", sha)
        return sha

    def fetch(self, full_name: str) -> GitRepository:
        """Bring one's clone up to date, all branches and tags, and return it."""
        clone = self._clone(full_name)
        self._git(clone, "fetch", "-q", "--prune", "origin", "+refs/heads/*:refs/remotes/origin/*")
        return clone

    def delete_branch(self, full_name: str, branch: str) -> None:
        """Delete a branch."""
        self.call("DELETE", f"/repos/{full_name}/git/refs/heads/{quote(branch)}")

    def branch(self, full_name: str, name: str) -> str:
        """The SHA at the tip of a branch."""
        return str(self.get(f"/repos/{full_name}/git/ref/heads/{quote(name)}")["object"]["sha"])

    def create_branch(self, full_name: str, name: str, base: str | None = None) -> str:
        """Create a branch at another one's tip (default: the default branch's)."""
        repository = self.get(f"/repos/{full_name}")
        sha = self.branch(full_name, base or repository["default_branch"])
        self.call("POST", f"/repos/{full_name}/git/refs", {"ref": f"refs/heads/{name}", "sha": sha})
        return sha

    def file(self, full_name: str, path: str, ref: str) -> str:
        """A file's text at a branch, tag or SHA."""
        return base64.b64decode(self.get(f"/repos/{full_name}/contents/{path}?ref={ref}")["content"]).decode()

    def _clone(self, full_name: str) -> GitRepository:
        if full_name not in self._clones:
            path = self.sandbox.store.root / "clones" / self.login / full_name
            clone = GitRepository.create(path)
            clone.run("remote", "add", "origin", f"{self.sandbox.url}/{full_name}.git")
            self._clones[full_name] = clone
        return self._clones[full_name]

    def _tip(self, clone: GitRepository, full_name: str, branch: str, base: str | None) -> str | None:
        """The commit to build on, fetched if one's clone lacks it; None in an empty repository."""
        local = base if base and clone.has_sha(base) else None
        found = (self._exact(full_name, branch) or local) or self._remote_tip(full_name, branch, base)
        if found and not clone.has(found):
            self.fetch(full_name)
        return found

    def _remote_tip(self, full_name: str, branch: str, base: str | None) -> str | None:
        """The tip of the branch, or else of the base (a branch or SHA; default: the default branch)."""
        tip = self._exact(full_name, branch)
        if tip is None and base and re.fullmatch("[0-9a-f]{40}", base):
            return base
        return tip or self._exact(full_name, base or str(self.get(f"/repos/{full_name}")["default_branch"]))

    def _exact(self, full_name: str, branch: str) -> str | None:
        refs = self.get(f"/repos/{full_name}/git/matching-refs/heads/{quote(branch)}")
        return next((str(ref["object"]["sha"]) for ref in refs if ref["ref"] == f"refs/heads/{branch}"), None)

    def _blob(self, clone: GitRepository, content: str | bytes | None) -> tuple[str, str] | None:
        if content is None:
            return None
        return "100644", clone.write_blob(content.encode() if isinstance(content, str) else content)

    def _git(self, clone: GitRepository, *args: str) -> str:
        secret = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        settings = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        }
        command = ["git", "-C", str(clone.path), *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=git_environment(settings))  # noqa: S603
        if done.returncode:
            raise GitError(done.stderr.strip())
        return done.stdout

    # Pull requests

    def open_pull(self, full_name: str, head: str, base: str, title: str, **more: Any) -> int:
        """Open a pull request; returns its number. `labels` are put on it, the rest goes to the API."""
        labels = more.pop("labels", [])
        body = {"head": head, "base": base, "title": title, **more}
        number = int(self.call("POST", f"/repos/{full_name}/pulls", body)["number"])
        if labels:
            self.label(full_name, number, *labels)
        return number

    def pull(self, full_name: str, number: int) -> Any:
        """Read a pull request."""
        return self.get(f"/repos/{full_name}/pulls/{number}")

    def edit_pull(self, full_name: str, number: int, **changes: Any) -> Any:
        """Change title, body, base or state."""
        return self.call("PATCH", f"/repos/{full_name}/pulls/{number}", changes)

    def label(self, full_name: str, number: int, *labels: str) -> None:
        """Put labels on."""
        self.call("POST", f"/repos/{full_name}/issues/{number}/labels", {"labels": list(labels)})

    def unlabel(self, full_name: str, number: int, label: str) -> None:
        """Take a label off."""
        self.call("DELETE", f"/repos/{full_name}/issues/{number}/labels/{label}")

    def comment(self, full_name: str, number: int, body: str) -> Any:
        """Comment."""
        return self.call("POST", f"/repos/{full_name}/issues/{number}/comments", {"body": body})

    def comments(self, full_name: str, number: int) -> list[Any]:
        """Read the comments (the first hundred)."""
        return list(self.get(f"/repos/{full_name}/issues/{number}/comments?per_page=100"))

    def review(self, full_name: str, number: int, event: str, body: str = "") -> int:
        """Submit a review (APPROVE, REQUEST_CHANGES, COMMENT); returns its id."""
        review = {"event": event, "body": body}
        return int(self.call("POST", f"/repos/{full_name}/pulls/{number}/reviews", review)["id"])

    def approve(self, full_name: str, number: int) -> int:
        """Approve; returns the review's id."""
        return self.review(full_name, number, "APPROVE")

    def dismiss(self, full_name: str, number: int, review: int, message: str = "Dismissed") -> None:
        """Dismiss a review."""
        path = f"/repos/{full_name}/pulls/{number}/reviews/{review}/dismissals"
        self.call("PUT", path, {"message": message})

    def merge(self, full_name: str, number: int, method: str = "merge", **more: Any) -> str:
        """Merge; returns the SHA that base then has."""
        path = f"/repos/{full_name}/pulls/{number}/merge"
        return str(self.call("PUT", path, {"merge_method": method, **more})["sha"])

    def enqueue(self, full_name: str, number: int) -> Any:
        """Put a pull request into the merge queue; returns the merge group."""
        return self.call("POST", f"/repos/{full_name}/pulls/{number}/queue", {})

    def check_runs(self, full_name: str, ref: str) -> list[Any]:
        """The newest check runs of a commit."""
        return list(self.get(f"/repos/{full_name}/commits/{ref}/check-runs?per_page=100")["check_runs"])

    def press(self, full_name: str, check_run: int, identifier: str) -> None:
        """Press a button of a check run; `rerequest` is GitHub's own "Re-run"."""
        path = f"/repos/{full_name}/check-runs/{check_run}"
        if identifier == "rerequest":
            self.call("POST", f"{path}/rerequest", {})
        else:
            self.call("POST", f"{path}/requested_action", {"identifier": identifier})

    # Settings

    def protect(self, full_name: str, branch: str, **settings: Any) -> Any:
        """Protect a branch; settings as in the API, those left out are off."""
        off = dict.fromkeys(("required_status_checks", "required_pull_request_reviews", "restrictions"))
        body = {**off, "enforce_admins": False, **settings}
        if body["required_status_checks"]:
            body["required_status_checks"] = {"strict": False, "contexts": [], **body["required_status_checks"]}
        return self.call("PUT", f"/repos/{full_name}/branches/{branch}/protection", body)

    def collaborate(self, full_name: str, login: str, permission: str = "push") -> None:
        """Give somebody a permission on a repository."""
        self.call("PUT", f"/repos/{full_name}/collaborators/{login}", {"permission": permission})


class Town:
    """Makes people, organisations and teams, as the site's administrator."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.root = Client(sandbox, sandbox.root_token)

    def person(self, login: str, email: str | None = None) -> Worker:
        """Create a user and return them, ready to work."""
        self.root.call("POST", "/admin/users", {"login": login, "email": email})
        token = self.root.call("POST", f"/admin/users/{login}/authorizations", {"scopes": ["repo"]})["token"]
        return Worker(self.sandbox, token, login)

    def organization(self, login: str, admin: Worker, members: Iterable[Worker] = ()) -> None:
        """Create an organisation with its administrator and members."""
        self.root.call("POST", "/admin/organizations", {"login": login, "admin": admin.login})
        for member in members:
            admin.call("PUT", f"/orgs/{login}/memberships/{member.login}", {"role": "member"})

    def team(self, full_slug: str, admin: Worker, members: Iterable[Worker], **settings: Any) -> Any:
        """Create a team (`acme/tech-leads`) with its members; `parent_team_id` nests it."""
        organization, _, slug = full_slug.partition("/")
        team = admin.call("POST", f"/orgs/{organization}/teams", {"name": slug, **settings})
        for member in members:
            path = f"/orgs/{organization}/teams/{team['slug']}/memberships/{member.login}"
            admin.call("PUT", path, {"role": "member"})
        return team


def folder_files(folder: Path) -> dict[str, bytes]:
    """All files under a folder, as `push` takes them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
