"""Plain sentences that any person hears are sure with the trained model, and their look-alikes are not."""

from __future__ import annotations

import json

import pytest
from test_understand import understand

pytestmark = pytest.mark.bot

SURE = [
    ("mi marido me pegó", "support"),
    ("mi marido me pego", "support"),
    ("mi marido me pega si llego tarde", "support"),
    ("mi marido me pega ayudame", "support"),
    ("me volvio a pegar", "support"),
    ("como le hago para que ya no me pegue", "support"),
    ("quiero que ya no me pegue", "support"),
    ("ando toda moreteada", "support"),
    ("me dejo el ojo morado", "support"),
    ("se le va la mano", "support"),
    ("no soy feliz mi marido es muy duro conmigo", "support"),
    ("mi patron me manosea", "support"),
    ("mi padrastro me toca", "support"),
    ("el maestro de mi hija la toca", "support"),
    ("me quieren casar a la fuerza", "danger"),
    ("mi hermana la mato su marido", "support"),
    ("my husband hits me", "support"),
    ("me violaron anoche", "danger"),
    ("mi hija se quiere matar", "danger"),
    ("mi hija de 16 no aparece desde ayer", "danger"),
    ("ya no quiero vivir", "danger"),
    ("ya me tome unas pastillas", "danger"),
    ("ayer me ahorco mi viejo y estoy embarasada de 5 meses", "danger"),
    ("me esta ahorcando", "danger"),
    ("me acaba de pegar", "danger"),
    ("me tapo la boca y la nariz con la almohada", "danger"),
    ("si no soy de el no soy de nadie", "danger"),
    ("ayer me dijo que si no soy de el no soy de nadie", "danger"),
    ("compro una pistola y me la enseña cuando se enoja", "danger"),
    ("me quemo con la plancha", "danger"),
    ("mi esposo me quiere matar trae una pistola", "danger"),
    ("ayudenme esta rompiendo la puerta", "danger"),
    ("un señor me anda siguiendo", "danger"),
    ("nos saca pistola", "danger"),
    ("le tengo pavor", "support"),
    ("me tocó el doctor donde no", "support"),
    ("el doctor me toco donde no", "support"),
    ("mi papa me toca en las noches", "support"),
    ("mi ex esta mandando mis fotos desnuda por whats a toda mi familia", "support"),
    ("unos policias me golpearon", "support"),
    ("me sangra mucho la cabeza", "danger"),
]
NOT_YET_SURE = [
    ("me bloqueo la tarjeta y no tengo ni para el camion", "support"),
    ("me prometieron trabajo y me trajeron a un bar", "support"),
    ("mandame una patrulla estoy en calle hidalgo 23 tonala", "danger"),
]
"""By the models alone; the dialogue hears some of these by its lists of kinds (`bot/dialogue/fears.txt`)."""
HARMLESS = [
    "me mata de risa",
    "me muero de hambre",
    "me agarro la lluvia",
    "estoy ahorcada de dinero",
    "se me pegó el arroz",
    "me corto el pelo mi hermana",
    "mi patron me dio el dia",
    "le compre una pistola de agua al niño",
    "el doctor me toco la panza para revisar al bebe",
    "me trajeron a un bar a comer",
    "ando toda mojada por la lluvia",
    "me bloqueo el celular y no puedo entrar",
    "me corto el pelo",
    "me quemo la lengua con el cafe",
    "quiero denunciar un bache",
    "estoy en mi casa con mi mama",
]
NOT_YET_HARMLESS = [
    "me quemo al sol",
    "mi esposo me da permiso de ir jiji",
]
ALL = [text for text, _ in SURE + NOT_YET_SURE] + HARMLESS + NOT_YET_HARMLESS
known_wrong = pytest.mark.xfail(reason="known to be wrong", strict=False)


@pytest.fixture(scope="module")
def heard() -> dict[str, tuple[str, str]]:
    """Return risk and tier of every sentence, all read in one go."""
    done = understand("".join(json.dumps({"text": text}) + "\n" for text in ALL))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["text"]: (row["risk"], row["tier"]) for row in rows}


@pytest.mark.parametrize(
    ("text", "risk"), [*SURE, *(pytest.param(*row, marks=known_wrong) for row in NOT_YET_SURE)]
)
def test_what_any_person_hears_is_sure(heard: dict[str, tuple[str, str]], text: str, risk: str) -> None:
    """No story around it, no name for it: what happened, in her words."""
    assert heard[text] == (risk, "sure")


@pytest.mark.parametrize(
    "text", [*HARMLESS, *(pytest.param(text, marks=known_wrong) for text in NOT_YET_HARMLESS)]
)
def test_what_only_sounds_like_it_is_nothing(heard: dict[str, tuple[str, str]], text: str) -> None:
    """A saying, an everyday mishap, a thing with the same name."""
    assert heard[text] == ("none", "none")
