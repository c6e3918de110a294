"""What a second stranger told, with look-alikes: a child alone, next door, leaving home, a detail mended."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import corrections, cries, in_thread, kinds, said_next, telling
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing

NOTHING_HEARD = Understanding("out_of_scope", 0.4, "none", "none")


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), frozenset(("talk_in_confidence",)), **of)  # type: ignore[arg-type] # a few


def _next(text: str, act: str, **of: object) -> str:
    return said_next.settled(text, Act(act), _here(in_safety=True, **of)).intent


MISSING = {"kind": "missing", "about": "missing"}


@pytest.mark.parametrize(
    "text",
    [
        "no ay comida",
        "estoy sola con mi hermanito",
        "el bebe llora mucho",
        "tenemos hambre",
        "estamos solitos",
    ],
)
def test_a_child_left_alone(text: str) -> None:
    """Only a child, and only where somebody of hers has not come back."""
    assert _next(text, "nlu_fallback", minor=True, filled=MISSING) == "child_alone"
    assert _next(text, "nlu_fallback", minor=True) == "nlu_fallback"
    assert _next(text, "nlu_fallback", filled=MISSING) == "nlu_fallback"


def test_a_child_whose_mother_came_back() -> None:
    """And one who speaks of else."""
    assert _next("ya llego mi mama", "change_subject", minor=True, filled=MISSING) == "missing_back"
    assert _next("me gusta la escuela", "nlu_fallback", minor=True, filled=MISSING) == "nlu_fallback"


@pytest.mark.parametrize(
    "text",
    [
        "que digo si pregunta",
        "que le digo si me revisa el cel",
        "como contesto si me ve",
        "que invento si me cacha",
    ],
)
def test_what_she_says_if_he_asks(text: str) -> None:
    """In a talk, where nothing else was heard."""
    assert _next(text, "keep_talking") == "if_he_asks"
    assert said_next.settled(text, Act("keep_talking"), _here()).intent == "keep_talking"


@pytest.mark.parametrize("text", ["que digo si llamo al 911", "que hago si viene", "que le digo a mi mama"])
def test_other_things_to_say(text: str) -> None:
    """To 911, to her mother; or what to do."""
    assert _next(text, "keep_talking") != "if_he_asks"


@pytest.mark.parametrize("text", ["que hago", "q ago", "y ahora que hago", "que puedo hacer"])
def test_what_now(text: str) -> None:
    """What there is to choose, and no "I can't answer that"."""
    assert _next(text, "cannot_answer") == "see_options"
    assert _next("que hago con mi casa", "cannot_answer") == "cannot_answer"


def test_next_door() -> None:
    """Without a name, and while it goes on; only who speaks of another woman."""
    friend = {"writer": "friend"}
    assert _next("puedo avisar sin dar mi nombre", "keep_talking", filled=friend) == "other_unnamed"
    assert _next("puedo avisar sin dar mi nombre", "keep_talking") == "keep_talking"
    now = said_next.settled("orita estan gritando", Act("keep_talking"), _here(in_safety=True, filled=friend))
    assert (now.intent, now.slots) == ("support_for_other", {"happens_now": True})
    assert _next("orita estan gritando", "keep_talking") == "keep_talking"
    assert _next("el otro dia gritaron", "keep_talking", filled=friend) == "keep_talking"


@pytest.mark.parametrize(
    "text",
    ["me quiero salir de mi casa hoy en la noche", "pienso salirme de la casa", "me voy a ir con mis hijos",
     "quiero irme a la casa de mi mama"],
)  # fmt: skip
def test_leaving_home_is_no_wish_to_die(text: str) -> None:
    """Though the model was sure of it."""
    said = Understanding("self_harm", 0.7, "danger", "sure")
    assert telling.of_safety(text, said, _here()).intent == "disclose_violence"
    dying = _here(in_safety=True, filled={"in_danger": "self"})
    assert telling.of_safety(text, said, dying).intent == "self_harm"


@pytest.mark.parametrize(
    "text",
    ["me quiero ir de este mundo", "me quiero ir", "me quiero ir con mi mama que ya murio",
     "me quiero ir de la casa y ya no quiero vivir"],
)  # fmt: skip
def test_leaving_the_world_is(text: str) -> None:
    """In doubt her life comes first."""
    said = Understanding("self_harm", 0.9, "danger", "sure")
    assert telling.of_safety(text, said, _here()).intent == "self_harm"


@pytest.mark.parametrize(
    "text",
    ["mi señor llego tomado y anda qebrando todo", "mi marido empezo a romper los platos",
     "llego borracho aventando las cosas"],
)  # fmt: skip
def test_he_breaks_things(text: str) -> None:
    """Danger where the model heard it, else a disclosure."""
    assert cries.breaks(text)


@pytest.mark.parametrize(
    "text",
    ["mi niño anda rompiendo todo", "ando tirando las cosas que no sirven", "el gato quiebra los platos",
     "mi esposo anda tirando la basura", "mi marido no anda rompiendo nada de eso"],
)  # fmt: skip
def test_who_else_breaks_things(text: str) -> None:
    """A child, a cat, the rubbish."""
    assert not cries.breaks(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("trabajo en casa y la señora me quito mi credencial y no me deja salir", "trafficking"),
        ("trabajo de muchacha y no me dejan salir ni me pagan", "trafficking"),
        ("mi marido me quito mi credencial y no me deja salir", ""),
        ("trabajo en casa cuidando a mis hijos", ""),
        ("me cosieron sin anestesia", "obstetric"),
        ("tuve a mi bebe y me gritaron en el hospital", "obstetric"),
        ("mi marido me grito en el hospital", ""),
        ("la enfermera me regaño por llegar tarde", ""),
    ],
)
def test_kinds_told(text: str, kind: str) -> None:
    """Held where she works in a house, hurt where she gave birth."""
    assert kinds.told(text) == kind


def _opens(text: str, said: Understanding, place: str = "safety.perhaps") -> bool:
    act = in_thread.opens(text, said, _here(place=place))
    return act is not None and act.intent == "talk_in_confidence"


def test_she_goes_on_after_the_open_door() -> None:
    """In words of hers, of which nothing else is heard; not a question, thanks, or a clear wish."""
    unsure = Understanding("ask_childcare", 0.35, "none", "none")
    assert _opens("mis niños estan aki conmigo", unsure)
    assert not _opens("mis niños estan aki conmigo", unsure, place="menu.open")
    assert not _opens("mis niños pueden entrar?", unsure)
    assert not _opens("no gracias asi estoy bien con mis hijos", unsure)
    assert not _opens("hay talleres de costura", unsure)
    assert not _opens(
        "quiero ir con mis niños al taller", Understanding("ask_childcare", 0.9, "none", "none")
    )


FILLED = {"preferred_name": "Ana", "locality": "santa fe", "municipality": "14097"}
ASKED = ("preferred_name", "full_name", "municipality", "locality", "children", "phone_shared", "details_ok")


@pytest.mark.parametrize(
    ("text", "colony"),
    [("digo en hacienda santa fe", "hacienda santa fe"), ("perdon, loma dorada", "loma dorada"),
     ("digo 3", None),
     ("3 niños", None), ("digo que no tengo", None)],
)  # fmt: skip
def test_her_colony_said_anew(text: str, colony: str | None) -> None:
    """With its excuse, where it is no answer to what is asked now."""
    here = _here(form_field="children", asked=ASKED, filled=FILLED)
    act = corrections.correction(text, here)
    assert (act.slots.get("locality") if act else None) == colony


def test_a_detail_leads_the_message() -> None:
    """Asked who reads, "la colonia es ..." answers nothing of that."""
    here = _here(form_field="phone_shared", asked=ASKED, filled=FILLED)
    act = corrections.by_its_name("la colonia es las pintitas", here)
    assert act is not None
    assert act.slots == {"locality": "las pintitas"}
    assert corrections.by_its_name("la que lee es mi hija", here) is None


@pytest.mark.parametrize("text", ["no, el año es 1991", "no, el nombre es ana maria", "mi colonia esta mal"])
def test_a_detail_set_right_after_another_answer(text: str) -> None:
    """Of one who is on the list, where a no was heard; not in a talk."""
    assert corrections.set_right(text, Act("deny"), _here(registered=True)).intent == "update_details"
    assert corrections.set_right(text, Act("deny"), _here()).intent == "deny"
    assert corrections.set_right(text, Act("deny"), _here(registered=True, in_safety=True)).intent == "deny"


@pytest.mark.parametrize("text", ["no", "no ninguno", "no me queda el horario", "el maestro es bueno"])
def test_a_no_stays_one(text: str) -> None:
    """Nothing of hers is named."""
    assert corrections.set_right(text, Act("no_group"), _here(registered=True)).intent == "no_group"
