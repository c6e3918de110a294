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
        "sexual_violence", "young_told", "health_now", "health_then", "health_later", "health_not_now",
        "health_of_other", "health_not_of_other",
        "tell_more", "safe_now", "not_safe_now", "only_me", "others_read", "not_that", "see_options",
        "more_options", "keep_talking", "perhaps_safety", "talk_in_confidence", "want_person",
        "open_case_yes",
        "open_case_no", "case_hours", "other_unwilling", "photos_law",
        "want_listening", "choose_safe_word", "no_safe_word", "safe_word_saved",
        "how_to_hide", "want_information", "info_report", "info_shelter", "info_health",
        "info_rights", "info_family",
        "want_plan", "plan_two", "plan_three", "plan_four", "plan_five", "with_someone", "alone_now",
        "what_happens", "other_how", "other_where", "in_person", "another_phone", "another_hour",
        "cannot_speak", "ask_close_case", "close_case_yes", "close_case_no", "absence_heard",
    )
)  # fmt: skip

TOPICS = frozenset(
    (
        "fear_he_knows", "fear_children_taken", "fear_deported", "fear_jail", "fear_must_report",
        "fear_it_is_my_son", "fear_no_credit", "fear_he_is_police", "fear_borrowed_phone", "fear_no_papers",
        "fear_custody", "fear_he_reports", "fear_alone_money", "fear_guilty", "fear_not_believed",
        "he_changes", "where_to_go", "is_it_violence", "what_to_take",
        "what_to_say", "shelter_with_children", "missing_daughter", "trafficking", "forced_marriage",
        "obstetric", "digital_violence", "police_violence", "programme_harm", "child_writes", "bereaved",
        "man_asks_help", "he_watches_now",
    )
)  # fmt: skip
"""What she fears and kinds of harm: each has one short answer, after which what was asked stays open."""

HEARD = frozenset(
    (
        "afraid", "help_again", "cannot_answer", "other_holds_phone", "self_harm_now", "self_harm_means",
        "other_suicide", "taken_again", "taken_alone", "taken_with_someone", "taken_cared", "child_hurt",
        "hidden_inside", "lost_where", "gave_address", "doctor_how", "order_broken", "his_addiction",
        "self_harm_and_violence", "photos_pay", "man_heard", "man_danger",
    )
)  # fmt: skip
"""A cry without a story, a question that has no answer here, and who else may hold the phone."""

OF_A_KIND = frozenset(
    (
        "trafficking_held", "trafficking_more", "lost_no_location", "police_outside", "obstetric_complain",
        "work_complain", "missing_again", "missing_back", "reads_you", "cannot_answer_yet", "fear_parents",
        "other_doctor", "not_waking", "tell_grown_up", "cannot_hear", "if_he_asks", "believe_child",
        "child_alone", "other_unnamed",
    )
)  # fmt: skip
"""What follows a kind of harm, or is no answer to the first questions: what was asked is put again, once."""

SAFETY = SAFETY_CONTRACT | SAFETY_OWN | TOPICS | HEARD | OF_A_KIND | {"not_violence", "worn_out"}
"""What is answered as an unknown text while cover mode is on, pressed or written."""

HIDES = frozenset(("quick_exit", "not_safe_now", "other_holds_phone"))
"""After these cover is on."""

LEAVES_SAFETY = frozenset(
    (
        "enroll", "ask_workshops", "ask_next_session", "confirm_attendance", "decline_attendance",
        "reschedule",
        "not_that", "quick_exit", "not_safe_now", "other_holds_phone", "cancel", "accept_notice", "too_young",
        "needs_guardian", "change_subject", "withdraw_consent", "absence_heard",
    )
)  # fmt: skip
"""After these the safety conversation is over; a new word of hers opens it again."""

ABOUT = {
    "immediate_danger": "danger",
    "disclose_violence": "violence",
    "self_harm": "self_harm",
    "child_at_risk": "child",
    "support_for_other": "other_woman",
    "ask_violence_help": "information",
    "want_information": "information",
    "talk_in_confidence": "violence",
    "phone_watched": "violence",
    "sexual_violence": "violence",
    "young_told": "child",
    "programme_harm": "programme",
    "child_writes": "child",
    "missing_daughter": "missing",
    "missing_again": "missing",
    "trafficking_held": "danger",
    "other_suicide": "other_woman",
    "self_harm_now": "overdose",
    "self_harm_means": "self_harm",
    "self_harm_and_violence": "self_harm",
    "taken_cared": "self_harm",
    "child_hurt": "child",
    "photos_pay": "violence",
    "afraid": "violence",
}
"""What a case would be about, after the last of these acts."""

OFFERS = frozenset(("offer_groups", "offer_reschedule"))
"""Effects whose answer puts choices before her."""
OF_RASA = frozenset(("restart", "back", "session_start"))
"""Rasa's own intents, which no button of ours may carry."""

DIGRESSIONS = frozenset(
    (
        "ask_programme", "ask_requirements", "ask_cost", "ask_workshops", "ask_location", "ask_childcare",
        "ask_support", "ask_certificate", "ask_enrolment_status", "ask_next_session", "ask_privacy",
        "ask_about", "ask_access", "ask_start", "ask_info", "ask_my_number", "ask_after_next", "no_seat",
        "ask_classmates",
        "access_my_data", "delete_my_data", "ask_person", "bot_challenge", "complain", "cancel", "opt_out",
        "opt_in", "ask_menu",
    )
)  # fmt: skip
"""Questions and wishes that interrupt a form; the form goes on after the answer."""

ASIDES = frozenset(
    (
        "ask_programme", "ask_requirements", "ask_cost", "ask_workshops", "ask_location", "ask_childcare",
        "ask_support", "ask_certificate", "ask_enrolment_status", "ask_next_session", "ask_privacy",
        "ask_about", "ask_access", "ask_start", "ask_info", "ask_my_number", "ask_after_next",
        "ask_classmates", "bot_challenge", "out_of_scope",
    )
) | OF_A_KIND | (TOPICS - {"he_watches_now", "programme_harm"})  # fmt: skip
"""Questions after whose answer the question that waits for her is put again."""

KEEPS_OFFER = ASIDES | {
    "repeat", "greet", "thank", "media_reaction", "calls", "out_of_scope", "other_group", "other_group_again",
    "which_group", "no_group",
}  # fmt: skip
"""After these what was on offer may still be chosen."""

ENDS_ENROLMENT = frozenset(("too_young", "needs_guardian", "refuse_notice", "withdraw_consent"))
"""After these nothing of an enrolment is kept."""

ASKS_BACK = frozenset(("ask_opt_out", "ask_opt_in", "ask_withdraw", "ask_copy"))
"""Questions about what lasts: a form waits behind them, so that her yes answers them and not the form."""

RE_ASK = frozenset(
    ("greet", "repeat", "thank", "enroll", "inform", "affirm", "deny", "out_of_scope", "goodbye")
)
"""What, said in the middle of a form and holding no answer, only means that the question is asked again."""
