"""The demo's clock: how far what the product takes for now runs ahead, in a file that all its processes read.

Must never turn a real installation's clock: a process follows the file only where the settings ask for it,
which they may where the Twilio they name is a simulator on this machine (`settings`), and `up` refuses both.
The clock process moves it (`worker.clock_moves`); it only goes forward.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.base import move_clock

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.ground.settings import Settings

FILE = "simulated-clock"


class SimulatedClock:
    """The file of one folder of state, holding the seconds that were skipped."""

    def __init__(self, var: Path) -> None:
        """Nothing is read or made yet; without the file nothing was skipped."""
        self._path = var / FILE
        self._known = timedelta()

    def ahead(self) -> timedelta:
        """Return how far it runs ahead; what can't be read now stays as it was known."""
        try:
            found = timedelta(seconds=int(self._path.read_text(encoding="ascii")))
        except (OSError, ValueError, OverflowError):
            return self._known
        self._known = max(self._known, found)
        return self._known

    def advance(self, by: timedelta) -> timedelta:
        """Skip `by`, in whole seconds; return how far it runs ahead now.

        Raises:
            ValueError: `by` is negative.
        """
        if by < timedelta():
            raise ValueError("the clock only moves forward")
        whole = int((self.ahead() + by).total_seconds())
        draft = self._path.with_suffix(".new")
        draft.write_text(str(whole), encoding="ascii")
        draft.replace(self._path)
        return self.ahead()


def follow(settings: Settings) -> SimulatedClock | None:
    """Have this process take the moved time for now where the settings ask for it; else return None."""
    if not settings.simulated_clock:
        move_clock(None)
        return None
    found = SimulatedClock(settings.var)
    move_clock(found.ahead)
    return found


def was_moved(settings: Settings) -> bool:
    """Say whether what is kept under this folder of state has times of a moved clock."""
    return SimulatedClock(settings.var).ahead() > timedelta()
