from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.github import GitHubApp
from domain.errors import NotFoundError, NotPermittedError, SettingsError
from tests.adapters.github.keys import a_key
from tests.adapters.github.shop import GRANTED, REPOSITORY, Shop


def test_the_app_knows_its_own_login_and_asks_once(shop: Shop) -> None:
    assert shop.app.login == "guard[bot]"
    before = shop.sent
    assert shop.app.login == "guard[bot]"
    assert shop.sent == before


def test_many_threads_share_one_app_and_one_token_and_never_mix_their_answers(shop: Shop) -> None:
    numbers = [shop.pull({f"f{n}.py": b"1\n"}, f"hotfix/{n}").number for n in range(4)]

    def paths(number: int) -> tuple[int, tuple[str, ...]]:
        return number, shop.app.repository(REPOSITORY).outline(number).pull_request.paths

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(paths, numbers * 8))
    assert found == [(number, (f"f{number - 1}.py",)) for number in numbers * 8]
    assert shop.sent == len(found) + 2


def test_a_token_for_git_may_push_and_the_address_holds_no_token(shop: Shop) -> None:
    token = shop.app.clone_token(REPOSITORY)
    issued = shop.world.store.tokens[token]
    assert dict(issued.permissions or {}) == {"contents": "write", "metadata": "read"}
    assert issued.repository_ids == {shop.repository.id}
    assert shop.app.clone_url(REPOSITORY) == f"{shop.sandbox.url}/acme/shop.git"
    assert shop.app.clone_token(REPOSITORY) == token


def test_a_token_for_the_api_may_not_push(shop: Shop) -> None:
    shop.app.repository(REPOSITORY).open_pull_requests()
    (issued,) = [each for each in shop.world.store.tokens.values() if each.installation_id]
    assert dict(issued.permissions or {}) == {**GRANTED, "contents": "read"}
    assert issued.repository_ids == {shop.repository.id}


def test_a_token_that_was_revoked_is_replaced_without_a_word(shop: Shop) -> None:
    number = shop.pull({"a.py": b"1\n"}).number
    expected = shop.github.outline(number)
    with shop.world.store.lock:
        shop.world.store.tokens.clear()
    assert shop.github.outline(number) == expected


def test_a_repository_that_does_not_exist_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFoundError):
        shop.app.repository("acme/none").outline(1)


def test_a_foreign_key_is_not_accepted(shop: Shop) -> None:
    with pytest.raises(NotPermittedError):
        _ = GitHubApp(shop.sandbox.app_id, a_key()[0], shop.sandbox.api).login


def test_no_app_is_made_for_an_address_that_would_leak_tokens() -> None:
    with pytest.raises(SettingsError):
        GitHubApp(1, a_key()[0], "http://git.acme.test/api/v3")


def test_a_failed_delivery_is_seen_and_asked_for_again(shop: Shop) -> None:
    # Nothing listens on the discard port, so the ping fails.
    shop.sandbox.set_webhook("http://127.0.0.1:9/webhook")
    assert shop.sandbox.flush()
    since = shop.world.store.now().replace(year=2000)
    (failed,) = shop.app.deliveries.failed(since)
    shop.app.deliveries.redeliver(failed)
    assert shop.sandbox.flush()
    (again,) = shop.app.deliveries.failed(since)
    assert again != failed
    assert len({delivery.guid for delivery in shop.world.store.deliveries}) == 1
