"""What a member of staff chose for her own pages: kept with her account, since browsers are shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models import Staff


def set_sound(staff: Staff, *, on: bool) -> None:
    """Let the desk sound for her where one more conversation calls her, or not."""
    staff.desk_sound = on
