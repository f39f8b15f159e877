"""`hotfix worker`: the work without the web door."""

from __future__ import annotations

import click


@click.command(short_help="Run a worker without the web door.")
def worker() -> None:
    """Run a worker that does what a `hotfix serve --web-only` elsewhere took in; same settings, same database."""
    import app  # noqa: PLC0415 - the service's libraries load only for this command
    from adapters import settings  # noqa: PLC0415

    app.work(settings.load())
