import pytest

from adapters.github.server import GitHubServer
from domain.errors import SettingsError


@pytest.mark.parametrize(
    ("api", "clone"),
    [
        ("https://api.github.com", "https://github.com/acme/shop.git"),
        ("https://git.acme.test/api/v3", "https://git.acme.test/acme/shop.git"),
        ("https://git.acme.test/api/v3/", "https://git.acme.test/acme/shop.git"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com/acme/shop.git"),
        ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080/acme/shop.git"),
    ],
)
def test_git_finds_a_repository_beside_the_api(api: str, clone: str) -> None:
    assert GitHubServer(api).clone_url("acme/shop") == clone


@pytest.mark.parametrize(
    "api", ["http://git.acme.test/api/v3", "ftp://x", "api.github.com", "https://me:pw@x/api/v3", ""]
)
def test_an_address_that_would_leak_tokens_is_refused(api: str) -> None:
    with pytest.raises(SettingsError):
        GitHubServer(api)
