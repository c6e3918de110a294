"""A friend's question is read as the woman would ask it of herself; nobody else's is touched."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.asked_in_talk import answered
from bot.dialogue.cries import is_afraid
from bot.dialogue.fears import plain_topic
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing
from bot.dialogue.told_before import remembered

NOTHING_HEARD = Understanding("out_of_scope", 0.4, "none", "none")


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), frozenset(), in_safety=True, **of)  # type: ignore[arg-type] # a few fields


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("y si no le creen?", "fear_not_believed"),
        ("le ban a creer", "fear_not_believed"),
        ("no tiene pruebas", "fear_not_believed"),
        ("tiene q denunciar a fuerzas?", "fear_must_report"),
        ("es hondureña, la pueden deportar?", "fear_deported"),
        ("q se lleva si se sale", "what_to_take"),
        ("le pueden quitar a sus hijos?", "fear_children_taken"),
        ("es culpa de ella por contestarle?", "fear_guilty"),
        ("no tiene a donde ir", "where_to_go"),
        ("mi hermana no tiene dinero", "fear_alone_money"),
        ("la van a meter a la carcel?", "fear_jail"),
        ("él se va a enterar?", "fear_he_knows"),
        ("mi amiga tiene 3 hijos", ""),
        ("tiene 30 años", ""),
        ("vive con el", ""),
        ("la casa es de el", ""),
        ("se le acabo la paciencia", ""),
        ("ella lo quiere mucho", ""),
    ],
)
def test_what_a_friend_asks_is_heard(text: str, topic: str) -> None:
    """Where who writes is a friend, or the question about the other woman stands open."""
    assert plain_topic(text, _here(filled={"writer": "friend"})) == topic
    assert plain_topic(text, _here(place="safety.other_woman")) == topic


@pytest.mark.parametrize("text", ["y si no le creen?", "no tiene pruebas", "q se lleva si se sale"])
def test_of_no_friend_nothing_is_turned_round(text: str) -> None:
    """Told of him or of anybody, in a talk about herself, it is no fear of hers."""
    assert plain_topic(text, _here()) == ""
    assert plain_topic(text, _here(filled={"writer": "man"})) == ""


def test_who_said_that_he_is_a_man_is_one_when_he_tells() -> None:
    """Asked at the enrolment whether he may come in: the harm that he tells of next is a man's."""
    outside = Standing(date(2026, 11, 23), frozenset())
    assert remembered("soy hombre", Act("a_man"), NOTHING_HEARD, outside).slots["writer"] == "man"
    after = Standing(date(2026, 11, 23), frozenset(), filled={"writer": "man"})
    told = remembered("mi esposa me pega", Act("disclose_violence"), NOTHING_HEARD, after)
    assert told.slots["writer"] == "man"
    assert "writer" not in remembered("quiero entrar", Act("enroll"), NOTHING_HEARD, outside).slots


def test_who_mourns_asks_for_herself() -> None:
    """The other is dead: "where can we go" is not answered with "ella puede llegar"."""
    told = remembered(
        "mataron a mi hermana", Act("bereaved"), NOTHING_HEARD, _here(filled={"writer": "friend"})
    )
    assert told.slots["writer"] is None
    here = _here(filled={"killed": "yes"})
    assert remembered("a donde vamos", Act("where_to_go"), NOTHING_HEARD, here).slots["writer"] is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("un plan para mi", "want_plan"),
        ("kiero aser un plan", "want_plan"),
        ("plan de seguridad", "want_plan"),
        ("como borro el chat", "how_to_hide"),
        ("como elimino el whats para q no vea", "how_to_hide"),
        ("puedo esconder esta conversasion", "how_to_hide"),
        ("el tiene un plan para quitarme la casa", None),
        ("mi plan es irme con mi mama", None),
        ("que plan de celular tienen", None),
        ("como borro mis datos", None),
        ("el me borro los mensajes", None),
        ("ya borre el chat", None),
        ("como quito la denuncia", None),
    ],
)
def test_her_plan_and_how_to_hide_are_asked_by_name(text: str, intent: str | None) -> None:
    """Also where the choice is not among the three on offer; his plan and her data are something else."""
    act = answered(text, NOTHING_HEARD, _here())
    assert (act.intent if act else None) == intent


@pytest.mark.parametrize(
    ("text", "photos", "asked"),
    [
        ("yo se las mande", "yes", True),
        ("es q yo misma se las pase", "yes", True),
        ("el las mando a todos", "yes", False),
        ("yo se las mande", "", False),
    ],
)
def test_photos_that_she_sent_herself(text: str, photos: str, *, asked: bool) -> None:
    """It is a crime all the same, and she is told so; only where photos are spoken of."""
    act = answered(text, NOTHING_HEARD, _here(filled={"photos": photos} if photos else {}))
    assert (act is not None and act.intent == "photos_law") is asked


@pytest.mark.parametrize(
    ("text", "afraid"),
    [
        ("tengo miedo de que me busquen", True),
        ("tengo miedo q me encuentre", True),
        ("me da miedo que le haga daño", True),
        ("tengo miedo de que no me guste el taller", False),
        ("me da miedo que los niños se enfermen", False),
    ],
)
def test_fear_of_what_he_will_do(text: str, *, afraid: bool) -> None:
    """It is met with 911 and the question whether she can write; a worry of every day is not."""
    assert is_afraid(text) is afraid
