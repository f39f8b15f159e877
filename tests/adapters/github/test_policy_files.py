from pathlib import Path

import pytest

from adapters.database import Database
from adapters.github import GitHubApp
from adapters.ledger import Ledger
from adapters.ledger.migrate import migrate
from domain.pull_request import PolicyFile
from sandbox.deeds.issues import open_issue
from tests.adapters.github.shop import Shop

FILE = ".github/hotfix.yml"


@pytest.fixture
def common(shop: Shop) -> str:
    """The organisation's own repository, with a policy file; returns its commit."""
    made = shop.world.store.add_repository("acme", ".github")
    made.private = True
    return shop.commit("main", {FILE: b"version: 1\n", "binary": b"\0"}, "Begin", "carol", made)


def test_an_organisations_file_is_read_under_a_token_that_only_reads(shop: Shop, common: str) -> None:
    found = shop.app.policy_file("acme/.github", FILE, "")
    source = f"acme/.github:{FILE} at its default branch ({common[:7]})"
    oid = found.oid if found else ""
    assert found == PolicyFile("version: 1\n", oid, common, source, is_private=True)
    (issued,) = [each for each in shop.world.store.tokens.values() if each.installation_id]
    assert dict(issued.permissions or {}) == {"contents": "read", "metadata": "read"}


def test_a_file_is_read_at_a_branch_a_tag_or_a_commit(shop: Shop, common: str) -> None:
    store = shop.world.store
    made = store.repository("acme", ".github")
    assert made
    store.git(made).set_ref("refs/tags/v1", common)
    shop.commit("main", {FILE: b"version: 2\n"}, "Later", "carol", made)
    told = {ref: shop.app.policy_file("acme/.github", FILE, ref) for ref in ("main", "v1", common)}
    assert {ref: found and found.text for ref, found in told.items()} == {
        "main": "version: 2\n",
        "v1": "version: 1\n",
        common: "version: 1\n",
    }


@pytest.mark.parametrize(
    ("repository", "path", "ref"),
    [
        ("acme/none", FILE, ""),
        ("acme/.github", "none.yml", ""),
        ("acme/.github", FILE, "none"),
        ("mallory/theirs", FILE, ""),
        ("acme/.github", "a b", ""),
        ("acme/.github", FILE, "main:other"),
        ("acme/.github", FILE, "--all"),
    ],
)
@pytest.mark.usefixtures("common")
def test_what_is_not_there_is_none(shop: Shop, repository: str, path: str, ref: str) -> None:
    shop.world.store.add_repository("mallory", "theirs").private = True
    assert shop.app.policy_file(repository, path, ref) is None


@pytest.mark.usefixtures("common")
def test_what_is_no_text_is_there_and_unreadable(shop: Shop) -> None:
    found = shop.app.policy_file("acme/.github", "binary", "")
    assert found
    assert found.text is None


@pytest.mark.usefixtures("common")
def test_a_process_that_has_just_started_asks_the_ledger(shop: Shop, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    migrate(url)
    apps = [
        GitHubApp(shop.sandbox.app_id, shop.sandbox.private_key_pem, shop.sandbox.api, Ledger(Database(url)))
        for _ in range(2)
    ]
    told = [[app.policy_file("acme/.github", path, "") for path in (FILE, "none.yml")] for app in apps]
    assert told[0] == told[1]
    assert apps[1].transport.sent == 0


def test_an_issue_is_opened_once_whoever_copies_its_marker(shop: Shop) -> None:
    marker = "<!-- hotfix-guard review 1 -->"
    shop.github.open_issue("<!-- another -->", "Another", "…", ())
    open_issue(shop.scope("bob"), "Copied", marker)
    first = shop.github.open_issue(marker, "Review the override", "Please", ("hotfix",))
    issue = shop.repository.issues[first]
    assert (issue.title, issue.body, [each.name for each in issue.labels]) == (
        "Review the override",
        f"Please\n\n{marker}",
        ["hotfix"],
    )
    issue.state = "closed"
    assert shop.github.open_issue(marker, "Review the override", "Please", ()) == first
