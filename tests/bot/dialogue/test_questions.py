"""Finer questions, hunger and changes of mind: as whole messages in any spelling, with their look-alikes."""

from __future__ import annotations

import pytest

from bot.dialogue import questions
from bot.dialogue.ordinary import says_no

ASKED = [
    (
        "bring",
        [
            "k llevo mañana",
            "ocupo llevar libreta o algo",
            "oiga maestra que hay q llevar al taller",
            "que material piden",
            "llevo mi mandil y guantes?",
            "q tengo q llevar",
            "debo llevar cuaderno?",
            "Buenas tardes, disculpe, ¿qué tengo que llevar el jueves?",
        ],
    ),
    (
        "attended",
        [
            "cuantas llevo",
            "cuantas sesiones me quedan",
            "cuantas e tomado ya",
            "ya cuantas clases llevo",
            "en que clase voy",
            "oiga a cuantas clases he ido",
        ],
    ),
    (
        "duration",
        [
            "cuanto dura",
            "de cuantas horas es",
            "a q hora salen",
            "cuantas clases son",
            "como cuanto tiempo es",
        ],
    ),
    (
        "teachers",
        ["quien da los talleres", "quien nos va a dar la clase", "como se llama el profe", "kien enseña"],
    ),
    (
        "politics",
        [
            "es por las elecciones?",
            "no es de morena verdad",
            "es del pan o del pri",
            "si voy tengo que votar",
            "me van a pedir mi voto",
            "para que partido es esto",
        ],
    ),
    ("online", ["hay en linea", "no se puede por internet?", "se puede tomar en linea", "hay clases online"]),
    (
        "absence",
        [
            "y si falto",
            "si falto una clase que pasa",
            "me sacan si no voy",
            "pierdo mi lugar si no voy un dia",
        ],
    ),
    ("start", ["que dias empiezan", "que dia empiesan", "cuando inician los cursos", "que horarios tienen"]),
    (
        "info",
        ["info", "informacion xfa", "me regala informes", "quiero mas informes", "me da info de los cursos"],
    ),
    (
        "ramp",
        ["hay rampa", "voy en silla d ruedas", "puedo entrar con andadera", "soy discapacitada puedo ir"],
    ),
    ("deaf", ["soy sorda", "no oigo bien puedo ir", "hay alguien que sepa señas", "no escucho de un oido"]),
    (
        "cant_read",
        [
            "no se leer bien",
            "no le entiendo a esto mija yo no se leer bien",
            "casi no se leer",
            "me cuesta trabajo leer",
            "le puedo mandar audios",
            "nose escrivir vien mejor me yaman",
        ],
    ),
    ("who_is_this", ["quien es este numero", "de quien es el numero", "quien me esta escribiendo"]),
    ("my_number", ["quien les dio mi numero", "de donde agarraron mi numero", "como tienen mi numero"]),
    ("send_pin", ["mandame la ubicacion", "me pasa ubicacion", "ubicacion plis", "pasame ubi porfa 📍"]),
    ("after_next", ["me toca cuando la otra", "y la otra?", "cuando es la siguiente de esa"]),
    ("money", ["cuanto dinero dan", "cuanto dan al mes", "nos pagan?", "cuanto es de apoyo"]),
    (
        "has_seat",
        [
            "ya me inscribi",
            "ya estoy apuntada",
            "ya me inscribi verdad",
            "pero yo ya tengo mi lugar",
            "me apunte el otro dia",
            "ya me habia apuntado yo",
            "yo ya estoy en el grupo de huerto",
        ],
    ),
    (
        "change_no",
        [
            "ay no siempre no puedo",
            "siempre no podre ir",
            "fijese que siempre no voy a poder ir",
            "siempre no",
            "perdon no voy a poder",
            "ay perdon ya no puedo ir",
            "siempre no maestra",
        ],
    ),
    ("change_yes", ["siempre si voy", "fijese que siempre si", "ya si voy a poder"]),
    ("hungry", ["tengo hambre", "tenemos hambre", "traigo mucha hambre"]),
    ("food_survey", ["quiero contestar lo de la comida", "las preguntas de la comida"]),
]
HUNGER = [
    "no tenemos que comer desde ayer",
    "mis niños se duermen sin cenar",
    "donde dan comida",
    "mis hijos no han comido nada hoy",
    "no tengo nada para darle de comer a mis niños",
    "no hay comida en mi casa",
    "llevo dos dias sin comer",
    "no tengo ni un kilo de tortillas",
    "mis chiquillos se acostaron sin cenar",
    "ya no hay nada q comer",
    "no tenemos que comer y ademas me pega",
    "no hay trabajo y no tenemos ni para frijoles",
    "los niños tienen hambre y yo no tengo ni un peso",
    "oiga no tendran despensa, ya no hay nada en mi casa y los niños lloran",
]
NO_HUNGER = [
    "quiero el taller de comida",
    "me muero de hambre jaja",
    "ya me dio hambre",
    "dan comida en las clases?",
    "no tengo dinero para salirme de la casa",
    "mi esposo no me da para comer",
    "no quiero comer",
    "no tengo para el camion",
    "no me deja ni comer",
    "no tengo ganas de comer",
    "ya no tengo nada que perder",
    "que vamos a comer en el taller",
    "no puedo comer de los nervios",
    "mi niño no quiere comer",
    "no tengo con quien dejar a mis hijos",
    "mis hijos ya comieron",
    "vendo comida",
    "dan despensa?",
    "no tengo tiempo",
    "no hay nada de eso",
    "mejor me muero",
    "enseñan a cocinar?",
]
NOTHING = [
    "ya no puedo mas",
    "ya no puedo",
    "siempre me pega",
    "siempre no me deja salir",
    "cuanto cuesta",
    "puedo llevar a mis hijos",
    "que papeles ocupo",
    "tengo 3 hijos",
    "buenas tardes",
    "no",
    "si",
    "gracias",
    "no me deja salir",
    "no quiero ir",
    "ya quiero inscribirme",
    "tengo miedo",
    "quien es el",
    "k?",
    "que",
    "la otra vez si fui",
    "ya me quiero apuntar",
    "mi marido trabaja en morena",
    "me sigue a todos lados",
    "no quiero que coma",
    "ya tengo otro marido",
    "como le hago para dejarlo",
    "estoy sola",
    "me anoto",
    "me empujo de las escaleras",
    "nadie me escucha",
    "no veo la salida",
    "no te entendi",
    "baja",
    "ya no me manden mensajes",
    "mejor me muero",
    "me quiero morir",
    "se puede?",
    "como te llamas",
    "que tengo que llevarme si me salgo de la casa",
    "que papeles tengo que llevar para inscribirme",
    "el me mando la ubicacion",
    "cuanto llevo casada",
    "a que hora es mi clase",
    "a que hora es mañana?",
    "puedo ir con mi hija",
    "llevo dos años aguantando",
    "muchas gracias",
]


@pytest.mark.parametrize(("topic", "text"), [(topic, text) for topic, texts in ASKED for text in texts])
def test_a_question_is_read_in_other_words(topic: str, text: str) -> None:
    """Spelling, greeting and courtesy aside, by the line that it is most like."""
    assert questions.topic(text)[0] == topic


@pytest.mark.parametrize("text", NOTHING)
def test_a_look_alike_is_none_of_them(text: str) -> None:
    """What is left to the intents, above all what may be a cry."""
    assert questions.topic(text)[0] == ""


@pytest.mark.parametrize("text", HUNGER)
def test_hunger_is_heard_in_any_clause(text: str) -> None:
    """Beside a plea, its cause or anything else."""
    assert questions.hunger(text) >= 0.6


@pytest.mark.parametrize("text", NO_HUNGER)
def test_food_is_not_hunger(text: str) -> None:
    """A workshop, a jest, an appetite, or a man who starves her, which is violence."""
    assert questions.hunger(text) < 0.6


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("siempre no", True),
        ("siempre sí voy", False),
        ("SI VOY A IR MAÑANA", False),
        ("le había dicho que sí pero no puedo", True),
        ("dije que no pero sí voy", False),
        ("mañana", None),
    ],
)
def test_the_last_yes_or_no_decides(text: str, *, no: bool | None) -> None:
    """Coming and not coming are never a likeness apart."""
    assert says_no(text) is no


def test_a_long_story_asks_none_of_them() -> None:
    """What is told at length goes to the understanding as it is."""
    story = (
        "fui con mi hermana y ahi estaba el y me dijo que ya me fuera a la casa que si no ya sabia lo que me "
        "iba a pasar"
    )
    assert questions.topic(story)[0] == ""
