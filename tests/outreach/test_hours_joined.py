"""Her hours over several messages: what she named before holds until she says otherwise (P6)."""

from __future__ import annotations

from outreach.messages.conversation_state import PrivateState
from outreach.people import contact_hours


def test_a_day_named_later_leaves_the_hours_and_hours_leave_the_days() -> None:
    """At another hour another may read: "y los domingos no" takes back no hour."""
    state = PrivateState()
    for words, kept in (
        ("y los domingos no", ("07:00", "21:00", 6)),
        ("de 10 a 12", ("10:00", "12:00", 6)),
        ("tampoco los sabados", ("10:00", "12:00", 5)),
        ("mejor de 4 a 6", ("16:00", "18:00", 5)),
        ("a cualquier hora", ("07:00", "21:00", 7)),
        ("entre semana", ("07:00", "21:00", 5)),
        ("de 9 a 11 todos los dias", ("09:00", "11:00", 7)),
    ):
        read = contact_hours.read_hours(words)
        assert read is not None, words
        hours = contact_hours.beside_earlier(state, read, words)
        contact_hours.keep_hours(state, hours, words)
        assert (hours.start, hours.end, len(hours.days)) == kept, words
