"""An organisation in a sandbox's memory, for tests that ask the GraphQL endpoint."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.auth import Viewer
from sandbox.deeds.pulls import NewPull, open_pull
from sandbox.deeds.pushes import move_ref
from sandbox.graphql import execute
from sandbox.model import App, Installation
from sandbox.objects import Person
from sandbox.store import Store
from sandbox.world import Scope, World
from tests.fidelity.graphql import check_request
from tests.fidelity.materials import GRAPHQL
from tests.fidelity.plugin import unavailable


class Acme:
    """An organisation with one repository, a pull request by alice, and an App."""

    def __init__(self, root: Path) -> None:
        self.world = World(Store(root, lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)), "http://sandbox.test")
        self.store = self.world.store
        acme = self.store.add_account("acme", "Organization")
        for login in ("alice", "bob", "carol"):
            self.store.add_account(login, email=f"{login}@acme.test")
            acme.members[login] = "member"
        acme.members["carol"] = "admin"
        self.repository = self.store.add_repository("acme", "shop")
        self.repository.private = True
        self.repository.collaborators |= {"alice": "write", "bob": "write"}
        self.app = self._app()
        self.commit("main", {"app.py": b"print('hello')\n", ".github/hotfix.yml": b"version: 1\n"}, "Begin")
        base = self.git.branch("main")
        assert base
        self.git.set_ref("refs/heads/hotfix/pay", base)
        self.commit("hotfix/pay", {"app.py": b"print('bye')\n"}, "Fix\n\nCo-authored-by: Bob <bob@acme.test>\n")
        self.pull = open_pull(self.scope("alice"), NewPull("Fix payment", "hotfix/pay", "main", "Fixes it"))

    def _app(self) -> App:
        now = self.store.now()
        granted = {
            "checks": "write",
            "contents": "read",
            "pull_requests": "write",
            "members": "read",
            "issues": "write",
            "deployments": "read",
        }
        app = App(77, "guard", "Guard", "acme", "Iv1", "", granted, (), "s", 1, now)
        self.store.apps[app.id] = app
        self.store.add_account(app.bot, "Bot")
        self.installation = Installation(5, app.id, "acme", granted, (), now)
        self.store.installations[5] = self.installation
        return app

    @property
    def git(self) -> Any:
        return self.store.git(self.repository)

    def viewer(self, login: str) -> Viewer:
        account = self.store.account(login)
        assert account
        if login != self.app.bot:
            return Viewer(account)
        return Viewer(account, self.installation, self.app, self.installation.permissions)

    def scope(self, login: str) -> Scope:
        return Scope(self.world, self.viewer(login), self.repository)

    def commit(self, branch: str, files: dict[str, bytes], message: str) -> str:
        tip = self.git.branch(branch)
        tree = self.git.write_tree(
            {path: ("100644", self.git.write_blob(content)) for path, content in files.items()},
            self.git.commit(tip).tree if tip else None,
        )
        alice = Person("Alice", "alice@acme.test", self.store.now())
        sha: str = self.git.write_commit(tree, [tip] if tip else [], (alice, alice), message)
        move_ref(self.scope("alice"), f"refs/heads/{branch}", sha)
        return sha

    def ask(self, query: str, as_: str = "guard[bot]", **variables: Any) -> dict[str, Any]:
        answer = execute(self.world, self.viewer(as_), query, variables)
        if unavailable(GRAPHQL) is None:
            sent = {"query": query, "variables": variables}
            assert check_request(json.dumps(sent).encode(), json.dumps(answer).encode()) == []
        return answer

    def repository_fields(self, fields: str, **variables: Any) -> Any:
        answer = self.ask(f'{{ repository(owner: "acme", name: "shop") {{ {fields} }} }}', **variables)
        assert "errors" not in answer, answer
        return answer["data"]["repository"]

    def pull_fields(self, fields: str) -> Any:
        return self.repository_fields(f"pullRequest(number: {self.pull.number}) {{ {fields} }}")["pullRequest"]

    def head_fields(self, fields: str) -> Any:
        found = self.repository_fields(f'object(expression: "{self.pull.head_sha}") {{ ... on Commit {{ {fields} }} }}')
        return found["object"]
