"""The dialogue's own intents: what a button says, and what a text means where it was said.

Why: a "sí" means the yes of the last question, so the rules need no memory of what was asked. The contract's
intents are declared by the understanding; those here never come from a text alone.
"""

from __future__ import annotations

SAFETY_CONTRACT = frozenset(
    (
        "disclose_violence", "immediate_danger", "self_harm", "child_at_risk", "support_for_other",
        "ask_violence_help", "phone_watched", "quick_exit",
    )
)  # fmt: skip

SAFETY_OWN = frozenset(
    (
        "tell_more", "safe_now", "not_safe_now", "only_me", "others_read", "not_that", "see_options",
        "more_options", "want_person", "open_case_yes", "open_case_no", "want_information", "info_report",
        "info_shelter", "info_health", "more_information", "info_rights", "want_plan", "plan_two", "plan_three",
        "plan_four", "plan_five", "want_listening", "choose_safe_word", "no_safe_word", "safe_word_saved",
        "safe_word_ok", "how_to_hide", "hide_now", "other_how", "in_person", "another_phone", "another_hour",
        "case_hours", "perhaps_safety", "talk_in_confidence", "danger_again", "still_alive", "keep_talking",
    )
)  # fmt: skip

SAFETY = SAFETY_CONTRACT | SAFETY_OWN
"""What is answered as an unknown text while cover mode is on, pressed or written."""

LEAVES_SAFETY = frozenset(
    (
        "enroll", "ask_workshops", "ask_next_session", "confirm_attendance", "decline_attendance", "reschedule",
        "not_that", "quick_exit", "hide_now", "not_safe_now",
    )
)  # fmt: skip
"""After these the safety conversation is over; a new word of hers opens it again."""

DIGRESSIONS = frozenset(
    (
        "ask_programme", "ask_requirements", "ask_cost", "ask_workshops", "ask_location", "ask_childcare",
        "ask_support", "ask_certificate", "ask_enrolment_status", "ask_next_session", "ask_privacy",
        "access_my_data", "delete_my_data", "ask_person", "bot_challenge", "complain", "cancel", "opt_out",
        "opt_in", "ask_menu",
    )
)  # fmt: skip
"""Questions and wishes that interrupt a form; the form goes on after the answer."""

RE_ASK = frozenset(("greet", "repeat", "thank", "enroll", "inform", "affirm", "deny", "out_of_scope", "goodbye"))
"""What, said in the middle of a form and holding no answer, only means that the question is asked again."""
