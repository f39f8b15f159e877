"""Structured logs: every line bears what it is about, and no line bears a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_MASK = "***"


def configure(log_format: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs, the libraries' too, to standard error.

    Args:
        log_format: "text" or "json".
        secrets: values that must never show, whatever library logs them.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        masking(secrets),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("dbos", "waitress.queue", "urllib3", "github.Requester", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def masking(secrets: Iterable[str]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """A processor that replaces these values wherever they show in a line's text values."""
    hidden = tuple(sorted({secret for secret in secrets if secret.strip()}, key=len, reverse=True))

    def mask(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        return {key: _masked(value, hidden) for key, value in line.items()}

    return mask


def _masked(value: object, hidden: tuple[str, ...]) -> object:
    if not isinstance(value, str):
        return value
    for secret in hidden:
        value = value.replace(secret, _MASK)
    return value
