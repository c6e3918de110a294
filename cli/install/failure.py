"""How a command ends: a user's mistake is one clear line and exit code 1, never a traceback.

An unexpected error shows its type and place only: its text could carry a woman's words.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from cli import words

Explain = Callable[[BaseException], str | None]


class Failure(Exception):  # noqa: N818 (the outcome of a command, not a defect)
    """The command could not do what it says; the text is one line that tells the user what to do."""


class WrongUse(Failure):
    """The command was called wrongly (exit code 2)."""


class AlreadyLogged(Failure):
    """A process ended by an error after it had started; its log says so, and no other line is owed."""


def explain_os_error(error: BaseException) -> str | None:
    """One line for an error of the operating system that a user can mend."""
    if not isinstance(error, OSError):
        return None
    where = error.filename or "?"
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return words.DISK_FULL.format(where=where)
    if error.errno == errno.EROFS:
        return words.READ_ONLY.format(where=where)
    if isinstance(error, PermissionError):
        return words.NOT_ALLOWED.format(where=where)
    if isinstance(error, FileNotFoundError) and "temporary directory" in str(error.strerror):
        return words.NOTHING_FOR_SCRATCH  # `tempfile` names no file: it tried each folder that it knows
    if isinstance(error, FileNotFoundError):
        return words.NOT_FOUND.format(where=where)
    return None


def guarded(command: Callable[[], int], explain: Sequence[Explain] = ()) -> int:
    """Run a command and turn whatever it raises into a line and an exit code.

    SIGTERM and a closed terminal end it as Ctrl-C does, so that what it has begun is put in order.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    try:
        return command()
    except BrokenPipeError:
        # The reader (`| head`) has left; stdout must not complain again when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        say_failure(words.INTERRUPTED)
        return 1
    except Exception as error:  # noqa: BLE001 (the one place where every error ends)
        if os.environ.get("AVANZA_DEBUG"):
            traceback.print_exc()
        if not isinstance(error, AlreadyLogged):
            say_failure(_line_for(error, explain))
        return 2 if isinstance(error, WrongUse) else 1


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def say_failure(line: str) -> None:
    """The one line on stderr, marked as ours."""
    print(f"avanza: {line}", file=sys.stderr, flush=True)


def _line_for(error: Exception, explain: Sequence[Explain]) -> str:
    if isinstance(error, Failure):
        return str(error)
    for one in (*explain, explain_os_error):
        line = one(error)
        if line is not None:
            return line
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return words.UNEXPECTED.format(kind=type(error).__name__, place=place)
