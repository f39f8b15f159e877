"""Structured logs: every line bears what it is about, and no line bears a secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from domain.wording import plain

_MASK = "***"

_MANY_LINES = frozenset({"exception", "stack"})

_KEY = re.compile(r"(?P<repository>[^/#@\s]+/[^/#@\s]+)(#(?P<number>\d+))?([@ ].*)?")

#: GitHub's tokens by their prefixes ("About authentication to GitHub"), and JSON Web Tokens.
_TOKEN = r"\bgh[opsur]_\w{16,}|\bgithub_pat_\w{16,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+"  # noqa: S105 - the pattern of one


def configure(log_format: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs, the libraries' too, to standard error.

    Args:
        log_format: "text" or "json".
        secrets: values that must never show, whatever library logs them.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        about_key,
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
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, one_line, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("dbos", "waitress.queue", "urllib3", "github.Requester", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def about_key(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """A processor that says what a flow's key is about: its delivery, repository and pull request."""
    key = str(line.get("key", ""))
    if line.get("flow") == "deliver":
        line.setdefault("delivery", key)
    elif found := _KEY.fullmatch(key):
        line.setdefault("repository", found["repository"])
        if found["number"]:
            line.setdefault("pull_request", int(found["number"]))
    return line


def one_line(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """A processor that keeps what strangers wrote from looking like lines of their own."""
    return {
        key: plain(value) if isinstance(value, str) and key not in _MANY_LINES else value for key, value in line.items()
    }


def masking(secrets: Iterable[str]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """A processor that replaces these values, and whatever looks like a token, wherever they show in a line."""
    hidden = sorted({secret for secret in secrets if secret.strip()}, key=len, reverse=True)
    pattern = re.compile("|".join([*(re.escape(secret) for secret in hidden), _TOKEN]))

    def mask(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        return {key: value if key.startswith("_") else _masked(value, pattern) for key, value in line.items()}

    return mask


def _masked(value: object, pattern: re.Pattern[str]) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else repr(value)
    masked = pattern.sub(_MASK, text)
    return masked if isinstance(value, str) or masked != text else value
