"""`hotfix serve`: the GitHub App, web door and worker in one process."""

from __future__ import annotations

import click


@click.command(short_help="Run the GitHub App: web door and worker.")
@click.option("--web-only", is_flag=True, help="Only take deliveries in; a `hotfix worker` elsewhere does the work.")
@click.option("--host", help="Listen here instead of at HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen at this port instead of PORT; 0 takes a free one.")
def serve(web_only: bool, host: str | None, port: int | None) -> None:
    """Run the GitHub App: receive webhooks, judge, gate and backport.

    Settings come from the environment and `.env`: GITHUB_APP_ID, GITHUB_PRIVATE_KEY or GITHUB_PRIVATE_KEY_PATH,
    GITHUB_WEBHOOK_SECRET, GITHUB_API_URL, DATABASE_URL, HOST, PORT.
    """
    import app  # noqa: PLC0415 - the web's libraries load only for this command
    from adapters import settings  # noqa: PLC0415

    chosen = settings.load()
    changes = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    app.serve(chosen.model_copy(update=changes), with_worker=not web_only)
