"""Structured logs: every line names its process and, inside a request or a job, that request.

Text for people at a terminal, one JSON object per line for everything else. What libraries log through the standard
library comes out the same way.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

import structlog

from pms.settings import settings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Which request or job is at work, for logs and journal alike."""

_LONGEST_REQUEST_ID = 64
# They tell every connection or every job at "info"; an operator wants to hear of trouble only.
_TALKATIVE = ("alembic", "httpx", "httpcore", "rq", "rq_scheduler", "asyncio", "websockets", "engineio", "socketio", "_granian")

_FROM_SOCKETS = ("reflex", "reflex_base", "engineio", "socketio", "asyncio", "octaspace.screens")
"""Loggers that whoever opens a socket can make speak, with tracebacks, as often as they like."""
_MOST, _EVERY_SECONDS, _LONGEST_LINE = 30, 10.0, 2_000


class NotTooOften(logging.Filter):
    """Lets each of those loggers say so much in so long, then only how many lines were left out. Our own bugs are all told."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written; a line that is gets cut to a length one can read."""
        family = next((name for name in _FROM_SOCKETS if f"{record.name}.".startswith(f"{name}.")), None)
        if family is None or (family == "octaspace.screens" and record.levelno >= logging.ERROR):
            return True
        began, count = self._seen.get(family, (0.0, 0))
        if not count or self._clock() - began >= _EVERY_SECONDS:
            _rewrite(record, f" (and {count - _MOST} more lines, left out)" if count > _MOST else "")
            self._seen[family] = (self._clock(), 1)
            return True
        _rewrite(record)
        self._seen[family] = (began, count + 1)
        return count < _MOST


def _rewrite(record: logging.LogRecord, more: str = "") -> None:
    said = record.getMessage()
    if more or len(said) > _LONGEST_LINE:
        record.msg, record.args = said[:_LONGEST_LINE] + more, ()


def _name_request(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (current := request_id.get()) is not None:
        event["request_id"] = current
    return event


def configure(process: str) -> None:
    """Set up logging for this process, which calls itself `process` in every line."""

    def name_process(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_process,
        _name_request,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    _route_standard_library(shared)


def _route_standard_library(shared: list[Any]) -> None:
    level = settings().log_level.upper()
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering()))
    handler.addFilter(NotTooOften())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel("DEBUG" if level == "DEBUG" else "WARNING")


def _rendering() -> list[Any]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if for_people():
        # Plain, because the usual one prints local variables too: guests' data and API keys are none of a log's business.
        plain = structlog.dev.plain_traceback
        return [strip, structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0, exception_formatter=plain)]
    return [strip, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def for_people() -> bool:
    """Whether lines are for eyes: as set, or else when standard output is a terminal."""
    chosen = settings().log_format
    return sys.stdout.isatty() if chosen == "auto" else chosen == "text"


def logger(name: str) -> Any:
    """The logger of a module: `log = logger(__name__)`, then `log.info("event", key=value)`."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def request(given: str | None = None) -> Iterator[str]:
    """Name the request or job at work; a caller's own name is kept when it is short and plain, to follow it across systems."""
    plain = given and given.isascii() and len(given) <= _LONGEST_REQUEST_ID and given.replace("-", "").replace("_", "").isalnum()
    name = given if given and plain else uuid4().hex
    token = request_id.set(name)
    try:
        yield name
    finally:
        request_id.reset(token)
