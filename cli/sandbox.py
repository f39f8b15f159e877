"""`hotfix sandbox`: GitHub on your laptop, to try policy files and the service on."""

from __future__ import annotations

import shlex
import signal
import tempfile
import threading
from pathlib import Path

import click

from domain.diagnosis import OPTIONAL, PERMISSIONS
from events.parsing import MODELS
from sandbox import stories
from sandbox.scenario import Worker
from sandbox.server import Sandbox, Settings

#: Where `hotfix serve` listens unless told otherwise.
_SERVE = "http://127.0.0.1:8080/webhook"
#: GitHub sends these without a subscription.
_BY_THEMSELVES = frozenset({"installation", "installation_repositories", "ping"})
#: The same as in docs/sandbox.md, and executed by its test. `main` takes no push, so the file lies on a branch `try`.
_WALK = """\
git clone -q "http://bob:$BOB@${SANDBOX#http://}/acme/shop.git" shop && cd shop
git config user.name bob && git config user.email bob@users.noreply.github.com
echo '{version: 1, roles: {lead: {users: [alice]}}, policies: {approvals: {required: [lead]}}}' >.github/hotfix.yml
git commit -qam "Try a policy file" && git push -q origin HEAD:try
git checkout -qb fix && echo 'label = label  # HOTFIX: labels were lost' >>labels.py
printf 'from labels import label\\n\\n\\ndef test_a_label():\\n    assert label("a") == "A"\\n' >tests/test_labels.py
git add . && git commit -qm "Fix labels" && git push -q origin fix
as() { curl -sf -o /dev/null -H "Authorization: Bearer $1" -d "$3" "$GITHUB_API_URL/repos/acme/shop/$2"; }
as "$BOB" pulls '{"title": "Fix labels", "head": "fix", "base": "try"}'
as "$BOB" issues/1/labels '{"labels": ["hotfix"]}'
as "$ALICE" pulls/1/reviews '{"event": "APPROVE"}'
echo "The verdict: $SANDBOX/acme/shop/pull/1"
"""


@click.command(short_help="Start a GitHub of your own on this machine.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes a free one.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep the repositories here; default: gone at the end.")
@click.option("--webhook-url", default=_SERVE, show_default=True, help="Where the App's webhooks go.")
def sandbox(port: int, folder: Path | None, webhook_url: str) -> None:
    """Start a GitHub of your own on 127.0.0.1, with an App registered and a repository to play in.

    Prints the settings that `hotfix serve` needs to work with it, tokens of two people, and what to do with them.
    """
    # Whoever ends it, as Ctrl-C does: the folder with the private key goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="hotfix-guard-sandbox-") as temporary:
        root = folder or Path(temporary)
        with Sandbox.start(root, _settings(port, webhook_url)) as github:
            stage = stories.set_stage(github)
            key = root / "app.pem"
            key.touch(mode=0o600)
            key.write_text(github.private_key_pem)
            _tell(github, key, (stage.alice, stage.bob))
            click.echo(f"Webhooks go to {webhook_url}; `hotfix serve --port` must fit.")
            click.echo("Everything stays up until you press Ctrl-C.")
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                click.echo("Ending.")


def _settings(port: int, webhook_url: str) -> Settings:
    """An App with all that docs/install.md asks for."""
    events = sorted(MODELS.keys() - _BY_THEMSELVES)
    return Settings(port=port, permissions={**PERMISSIONS, **OPTIONAL}, events=events, webhook_url=webhook_url)


def _tell(github: Sandbox, key: Path, people: tuple[Worker, ...]) -> None:
    click.echo(f"GitHub on your laptop: {github.url}/{stories.REPOSITORY}\n")
    click.echo("Paste this into a second terminal and run `hotfix serve` there; then into a third one, to work in:")
    settings = {
        "GITHUB_APP_ID": str(github.app_id),
        "GITHUB_PRIVATE_KEY_PATH": str(key.absolute()),
        "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
        "GITHUB_API_URL": github.api,
        "SANDBOX": github.url,
        **{person.login.upper(): person.token for person in people},
    }
    for name, value in settings.items():
        click.echo(f"  export {name}={shlex.quote(value)}")
    click.echo("\nPeople, by the e-mail that makes a commit theirs; their token is $ALICE or $BOB:")
    for person in people:
        click.echo(f"  {person.login} <{person.login}@users.noreply.github.com>")
    click.echo("\nTry a policy file on a hotfix of bob's (docs/sandbox.md says more):")
    for line in _WALK.splitlines():
        click.echo(f"  {line}")
    click.echo("")
