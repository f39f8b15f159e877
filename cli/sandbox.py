"""`hotfix sandbox`: GitHub on your laptop, to try policy files and the service on."""

from __future__ import annotations

import shlex
import signal
import tempfile
import threading
from pathlib import Path

import click

from sandbox import stories
from sandbox.server import Sandbox, Settings


@click.command(short_help="Start a GitHub of your own on this machine.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes a free one.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep the repositories here; default: gone at the end.")
@click.option("--webhook-url", help="Where the App's webhooks go, e.g. http://127.0.0.1:8080/webhook.")
def sandbox(port: int, folder: Path | None, webhook_url: str | None) -> None:
    """Start a GitHub of your own on 127.0.0.1, with an App registered and a repository to play in.

    Prints the settings that `hotfix serve` needs to work with it, and tokens of two people.
    """
    # Whoever ends it, as Ctrl-C does: the folder with the private key goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="hotfix-guard-sandbox-") as temporary:
        root = folder or Path(temporary)
        with Sandbox.start(root, Settings(port=port, webhook_url=webhook_url)) as github:
            stage = stories.set_stage(github)
            key = root / "app.pem"
            key.touch(mode=0o600)
            key.write_text(github.private_key_pem)
            _tell(github, key, {person.login: person.token for person in (stage.alice, stage.bob)})
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                click.echo("Ending.")


def _tell(github: Sandbox, key: Path, tokens: dict[str, str]) -> None:
    click.echo(f"GitHub on your laptop: {github.url}/{stories.REPOSITORY}\n")
    click.echo("For `hotfix serve`:")
    settings = {
        "GITHUB_APP_ID": str(github.app_id),
        "GITHUB_PRIVATE_KEY_PATH": str(key),
        "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
        "GITHUB_API_URL": github.api,
    }
    for name, value in settings.items():
        click.echo(f"  export {name}={shlex.quote(value)}")
    click.echo("\nPeople and their tokens, for the API and for git (as the password):")
    for login, token in tokens.items():
        click.echo(f"  {login}: {token}")
    click.echo(f"\nclone: git clone {github.url}/{stories.REPOSITORY}.git")
    click.echo("Everything stays up until you press Ctrl-C.")
