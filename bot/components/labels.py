"""The labels of the understanding contract: what she may mean, and which of it is about safety."""

from __future__ import annotations

SAFETY = frozenset(
    {
        "disclose_violence",
        "immediate_danger",
        "self_harm",
        "child_at_risk",
        "support_for_other",
        "ask_violence_help",
        "phone_watched",
        "quick_exit",
    }
)
ALWAYS_DANGER = frozenset({"immediate_danger", "self_harm"})
INTENTS = (
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "ask_menu",
    "cancel",
    "repeat",
    "bot_challenge",
    "complain",
    "ask_person",
    "inform",
    "out_of_scope",
    "enroll",
    "ask_programme",
    "ask_requirements",
    "ask_cost",
    "ask_workshops",
    "ask_location",
    "ask_childcare",
    "ask_support",
    "ask_certificate",
    "ask_enrolment_status",
    "update_details",
    "ask_next_session",
    "confirm_attendance",
    "decline_attendance",
    "reschedule",
    "notify_late",
    "drop_out",
    "opt_out",
    "opt_in",
    "set_contact_hours",
    "ask_privacy",
    "access_my_data",
    "delete_my_data",
    *sorted(SAFETY),
)
ENTITIES = ("person_name", "municipality", "date", "time", "weekday", "phone", "curp", "age", "axis")
RISKS = ("none", "support", "danger")


def natural_risk(intent: str) -> str:
    """Return the risk an intent carries where nothing else is known of the message."""
    if intent in ALWAYS_DANGER:
        return "danger"
    return "support" if intent in SAFETY else "none"
