import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import responses
from responses.matchers import json_params_matcher

from adapters.github.credentials import AppCredentials, AppTokens
from adapters.github.installations import API_PERMISSIONS, Installations, InstallationTokens, Permissions
from adapters.github.server import GitHubServer
from adapters.github.transport import Transport
from domain.errors import NotFoundError, NotPermittedError, SettingsError
from tests.adapters.github.keys import a_key

API = "https://api.github.com:443"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIVES = timedelta(hours=1)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def installations() -> Installations:
    app = AppTokens(AppCredentials(77, a_key()[0]), lambda: NOW)
    return Installations(Transport(GitHubServer(), pause=0), app)


def tokens(found: Installations, clock: Clock, permissions: Permissions = API_PERMISSIONS) -> InstallationTokens:
    return InstallationTokens(found, "acme/shop", permissions, clock)


def minted(token: str, at: datetime = NOW) -> dict[str, str]:
    return {"token": token, "expires_at": (at + LIVES).strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_the_apps_own_token_says_who_and_for_how_long() -> None:
    private, public = a_key()
    token = AppCredentials(77, private).json_web_token(datetime.now(UTC))
    claims = jwt.decode(token, public, algorithms=["RS256"])
    assert claims["iss"] == "77"
    now = datetime.now(UTC).timestamp()
    assert now - 62 <= claims["iat"] <= now - 58
    assert claims["exp"] <= now + 600


def test_a_broken_key_is_told_in_one_sentence_without_the_key() -> None:
    with pytest.raises(SettingsError, match="private key can't be read") as caught:
        AppCredentials(77, "-----BEGIN nothing").json_web_token(NOW)
    assert "BEGIN" not in str(caught.value)
    assert "BEGIN" not in repr(AppCredentials(77, "-----BEGIN nothing"))


@responses.activate
def test_a_token_is_for_one_repository_and_never_for_everything() -> None:
    responses.get(f"{API}/repos/acme/shop/installation", json={"id": 5, "permissions": {}})
    mint = responses.post(f"{API}/app/installations/5/access_tokens", status=201, json=minted("ghs_1"))
    assert tokens(installations(), Clock()).token() == "ghs_1"
    asked = json.loads(mint.calls[0].request.body)
    assert asked["repositories"] == ["shop"]
    assert asked["permissions"] == dict(API_PERMISSIONS)
    assert asked["permissions"]


@responses.activate
def test_a_token_is_kept_until_five_minutes_before_its_end() -> None:
    found = installations()
    found.know("Acme/Shop", 5)
    responses.post(f"{API}/app/installations/5/access_tokens", status=201, json=minted("ghs_1"))
    responses.post(f"{API}/app/installations/5/access_tokens", status=201, json=minted("ghs_2", NOW + LIVES))
    clock = Clock()
    kept = tokens(found, clock)
    assert kept.token() == "ghs_1"
    clock.now = NOW + timedelta(minutes=54)
    assert kept.token() == "ghs_1"
    clock.now = NOW + timedelta(minutes=56)
    assert kept.token() == "ghs_2"


@responses.activate
def test_a_refused_token_is_replaced_and_its_successor_kept() -> None:
    found = installations()
    found.know("acme/shop", 5)
    responses.post(f"{API}/app/installations/5/access_tokens", status=201, json=minted("ghs_1"))
    responses.post(f"{API}/app/installations/5/access_tokens", status=201, json=minted("ghs_2"))
    kept = tokens(found, Clock())
    kept.forget(kept.token())
    assert kept.token() == "ghs_2"
    kept.forget("ghs_1")
    assert kept.token() == "ghs_2"


@responses.activate
def test_what_the_installation_lacks_is_not_asked_for() -> None:
    found = installations()
    found.know("acme/shop", 5)
    wanted = {"checks": "write", "contents": "write", "members": "read"}
    url = f"{API}/app/installations/5/access_tokens"
    refused = {"message": "The permissions requested are not granted to this installation."}
    responses.post(
        url, status=422, json=refused, match=[json_params_matcher({"permissions": wanted, "repositories": ["shop"]})]
    )
    responses.get(f"{API}/app/installations/5", json={"id": 5, "permissions": {"checks": "write", "contents": "read"}})
    less = {"permissions": {"checks": "write", "contents": "read"}, "repositories": ["shop"]}
    responses.post(url, status=201, json=minted("ghs_1"), match=[json_params_matcher(less)])
    assert tokens(found, Clock(), wanted).token() == "ghs_1"


@responses.activate
def test_no_permission_at_all_never_becomes_all_of_them() -> None:
    found = installations()
    found.know("acme/shop", 5)
    mint = responses.post(f"{API}/app/installations/5/access_tokens", status=422, json={"message": "not granted"})
    responses.get(f"{API}/app/installations/5", json={"id": 5, "permissions": {"pages": "read"}})
    with pytest.raises(NotPermittedError, match="checks: write"):
        tokens(found, Clock(), {"checks": "write"}).token()
    assert mint.call_count == 1


@responses.activate
def test_an_app_installed_anew_is_found_again() -> None:
    found = installations()
    found.know("acme/shop", 5)
    responses.post(f"{API}/app/installations/5/access_tokens", status=404, json={"message": "Not Found"})
    responses.get(f"{API}/repos/acme/shop/installation", json={"id": 6})
    responses.post(f"{API}/app/installations/6/access_tokens", status=201, json=minted("ghs_6"))
    assert tokens(found, Clock()).token() == "ghs_6"


@responses.activate
def test_a_repository_without_our_app_says_so() -> None:
    responses.get(f"{API}/repos/acme/shop/installation", status=404, json={"message": "Not Found"})
    with pytest.raises(NotFoundError, match="isn't installed on acme/shop"):
        tokens(installations(), Clock()).token()
