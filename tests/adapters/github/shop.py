"""A served repository with people, teams and our App on it, for tests to make pull requests in."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.github import GitHubApp, GitHubRepository
from sandbox.auth import Viewer
from sandbox.deeds.merges import MergeWish, merge_pull
from sandbox.deeds.pulls import NewPull, open_pull
from sandbox.deeds.pushes import move_ref
from sandbox.git import GitRepository
from sandbox.model import PullRequest, Repository, Ruleset, Team
from sandbox.objects import Person
from sandbox.server import Sandbox
from sandbox.world import Scope, World

REPOSITORY = "acme/shop"
GRANTED = {
    "checks": "write",
    "contents": "write",
    "deployments": "read",
    "issues": "write",
    "members": "read",
    "merge_queues": "read",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}
POLICIES = b"version: 1\n"

#: What a file becomes: its content, its mode with its content (or a submodule's commit), or None to remove it.
Change = bytes | tuple[str, bytes] | None


@dataclass(frozen=True)
class Shop:
    """The organisation acme with its repository; carol administers, alice and bob write, mallory has a fork."""

    sandbox: Sandbox
    world: World
    repository: Repository
    app: GitHubApp

    @classmethod
    def on(cls, sandbox: Sandbox) -> "Shop":
        world = sandbox.world
        acme = world.store.add_account("acme", "Organization")
        for login in ("alice", "bob", "carol", "mallory"):
            world.store.add_account(login, email=f"{login}@acme.test")
        acme.members |= {"alice": "member", "bob": "member", "carol": "admin"}
        repository = world.store.add_repository("acme", "shop")
        repository.private = True
        repository.collaborators |= {"alice": "write", "bob": "write", "mallory": "read"}
        sandbox.install("acme")
        shop = cls(sandbox, world, repository, GitHubApp(sandbox.app_id, sandbox.private_key_pem, sandbox.api))
        shop.commit("main", {"app.py": b"print('hello')\n", ".github/hotfix.yml": POLICIES}, "Begin")
        shop.branch("develop", "main")
        return shop

    @property
    def github(self) -> GitHubRepository:
        return self.app.repository(REPOSITORY)

    @property
    def git(self) -> GitRepository:
        return self.world.store.git(self.repository)

    @property
    def sent(self) -> int:
        return self.app.transport.sent

    def scope(self, login: str, repository: Repository | None = None) -> Scope:
        account = self.world.store.account(login)
        assert account
        return Scope(self.world, Viewer(account), repository or self.repository)

    def bot(self, login: str = "guard[bot]", app_id: int = 0) -> Scope:
        """An App acting through its installation on acme."""
        store = self.world.store
        app = store.apps[app_id or self.sandbox.app_id]
        installation = store.installation_for(app, self.repository)
        account = store.account(login)
        assert installation
        assert account
        return Scope(self.world, Viewer(account, installation, app, installation.permissions), self.repository)

    def team(self, slug: str, *logins: str, parent: int | None = None) -> int:
        number = self.world.store.next_id()
        members = dict.fromkeys(logins, "member")
        self.world.store.teams[number] = Team(number, "acme", slug, slug, parent_id=parent, members=members)
        return number

    def fork(self, owner: str) -> Repository:
        fork = self.world.store.add_repository(owner, "shop")
        fork.parent_id = self.repository.id
        git = self.world.store.git(fork)
        for ref, sha in self.git.refs("refs/heads/").items():
            git.fetch(self.git, sha)
            git.set_ref(ref, sha)
        return fork

    def branch(self, name: str, start: str) -> None:
        tip = self.git.branch(start)
        assert tip
        move_ref(self.scope("alice"), f"refs/heads/{name}", tip)

    def commit(
        self,
        branch: str,
        files: Mapping[str, Change],
        message: str,
        login: str = "alice",
        into: Repository | None = None,
    ) -> str:
        scope = self.scope(login, into)
        tip = scope.git.branch(branch)
        tree = scope.git.write_tree(
            {path: self._entry(scope.git, change) for path, change in files.items()},
            scope.git.commit(tip).tree if tip else None,
        )
        person = Person(login.title(), f"{login}@acme.test", self.world.store.now())
        sha = scope.git.write_commit(tree, [tip] if tip else [], (person, person), message)
        move_ref(scope, f"refs/heads/{branch}", sha)
        return sha

    def pull(
        self, files: Mapping[str, Change], branch: str = "hotfix/pay", base: str = "main", title: str = "Fix payment"
    ) -> PullRequest:
        self.branch(branch, base)
        self.commit(branch, files, title)
        return open_pull(self.scope("alice"), NewPull(title, branch, base, "Fixes it"))

    def rewrite(self, branch: str, files: Mapping[str, Change], message: str, login: str) -> str:
        """Replace a branch's newest commit, as `git commit --amend && git push --force` does."""
        tip = self.git.branch(branch)
        assert tip
        parents = self.git.commit(tip).parents
        tree = self.git.write_tree(
            {path: self._entry(self.git, change) for path, change in files.items()}, self.git.commit(parents[0]).tree
        )
        person = Person(login.title(), f"{login}@acme.test", self.world.store.now())
        sha = self.git.write_commit(tree, parents, (person, person), message)
        move_ref(self.scope(login), f"refs/heads/{branch}", sha)
        return sha

    def merge(self, pull: PullRequest, method: str) -> str:
        return merge_pull(self.scope("carol"), pull, MergeWish(method))

    def guard_by_queue(self, branch: str) -> None:
        """Let a branch be reached through a merge queue alone."""
        number = self.world.store.next_id()
        rules = ({"type": "merge_queue", "parameters": {}},)
        self.repository.rulesets[number] = Ruleset(
            number, "queue", "branch", "active", (f"refs/heads/{branch}",), (), rules, (), self.world.store.now()
        )

    @staticmethod
    def _entry(git: GitRepository, change: Change) -> tuple[str, str] | None:
        if change is None:
            return None
        mode, content = change if isinstance(change, tuple) else ("100644", change)
        return (mode, content.decode() if mode == "160000" else git.write_blob(content))
