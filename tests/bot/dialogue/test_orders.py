"""The words to hide and to stop are one list, read by both sides."""

from __future__ import annotations

import pytest

from bot.dialogue import orders as dialogue
from outreach.turns.commands import Command, command_in, orders

DIALOGUE = {Command.HIDE: "quick_exit", Command.STOP: "opt_out"}


@pytest.mark.parametrize("command", list(Command))
def test_what_holds_while_a_person_has_her_holds_with_the_bot(command: Command) -> None:
    """P6, P9: every order of the list means the same to both, in capitals and without accents too."""
    phrases = (*orders()[f"{command} alone"], *orders().get(f"{command} signs", ()))
    for phrase in phrases:
        assert command_in(phrase) is command, phrase
        assert command_in(phrase.upper()) is command, phrase
        assert dialogue.command(phrase) == DIALOGUE[command], phrase


@pytest.mark.parametrize(
    "said",
    ["me siento baja de animo", "es muy alto mi esposo", "estoy en la sala", "gracias", "¿a qué hora?", "",
     "ya llegué a la casa de mi hermana y estoy bien, gracias por todo lo que hacen por mi"],
)  # fmt: skip
def test_what_only_holds_such_a_word_is_no_order(said: str) -> None:
    assert command_in(said) is None


STOPS = [
    "quítame los avisos porfa", "Quítenme los mensajes", "no le vuelvan a escribir",
    "ya no quiero que me manden",
    "ya no me manden mensajes", "ya no me escriban por favor", "no me manden mas", "no quiero mas mensajes",
    "ya no kiero resibir mensajes", "dejen de mandarme mensajes", "cancelar mensajes", "paren los mensajes",
    "quiero dejar de recibir avisos", "quiero darme de baja", "deme de baja gracias",
    "darme de baja de los mensajes", "saquenme de la lista de avisos", "oigan ya no manden nada",
    "desactiva los recordatorios", "ya no quiero recordatorios",
    "ya no kiero q me esten mandando mensages xfavor", "no m manden avisos", "que ya no me manden nada",
]  # fmt: skip
NO_STOPS = [
    "quítame este dolor", "ya no quiero que me pegue", "no quiero que dejen de escribirme",
    "no le vuelvo a escribir a él", "deja de molestarme dice él", "ya no me manda dinero",
    "ya no quiero que me manden a otro grupo", "me quitó los mensajes del cel",
    "quiero darme de baja del taller",
    "que no me manden a mi casa por favor", "el no me deja mandar mensajes",
    "no me mandaron el mensaje de ayer",
    "ya no quiero que me moleste", "quiten ese foco", "mi esposo quiere que ya no me escriban ustedes",
]  # fmt: skip
HIDES = [
    "ya llego cambiale de tema porfa", "Salir ya llegó", "ahí viene mi esposo", "ya llegó mi viejo",
    "ya viene mi marido", "ya esta aqui mi suegra", "háblame de otra cosa",
]  # fmt: skip
NO_HIDES = [
    "no puedo hablar me va a oir", "ya no puedo mas", "estoy con mi hermana ella esta conmigo",
    "ya llegó la patrulla", "ya me llegó tu mensaje", "ya llegué a la casa de mi mamá",
    "quiero salir de aquí", "no me deja salir", "voy a salir adelante", "ya llegó mi hermana por mi",
    "ahí viene la junta de la escuela", "cambia de tema cada que le digo", "él se esconde para verme",
    "ya viene la policia", "no puedo", "ahorita no", "está aquí",
]  # fmt: skip
STARTS = [
    "alta", "ALTA por favor", "quiero volver a recibir mensajes", "reactiven mis avisos",
    "quiero recibir otra vez los recordatorios",
]  # fmt: skip
NO_STARTS = [
    "hola ya regrese", "no le vuelvan a escribir", "quitame los avisos", "dada de alta en el imss",
    "mi niña ya salió de alta", "la presión alta", "ya no quiero recibir mensajes", "ya volvi con el",
]  # fmt: skip


@pytest.mark.parametrize("said", STOPS)
def test_any_whole_message_that_stops_them_is_an_order(said: str) -> None:
    """P6: in any courtesy and spelling, with the bot and with a person."""
    assert dialogue.command(said) == "opt_out"
    assert command_in(said) is Command.STOP


@pytest.mark.parametrize("said", NO_STOPS)
def test_what_only_holds_its_words_stops_nothing(said: str) -> None:
    assert dialogue.command(said) != "opt_out"
    assert command_in(said) is not Command.STOP


@pytest.mark.parametrize("said", HIDES)
def test_several_orders_to_hide_are_one(said: str) -> None:
    assert dialogue.command(said) == "quick_exit"
    assert command_in(said) is Command.HIDE


@pytest.mark.parametrize("said", NO_HIDES)
def test_what_only_holds_its_words_hides_nothing(said: str) -> None:
    """P9: the KILLER of the review: a word of hiding inside what she tells."""
    assert dialogue.command(said) is None
    assert dialogue.command_among(said) is None
    assert command_in(said) is None


@pytest.mark.parametrize("said", STARTS)
def test_only_exact_words_start_messages_again(said: str) -> None:
    assert dialogue.command(said) == "opt_in"


@pytest.mark.parametrize("said", NO_STARTS)
def test_nothing_else_starts_messages_again(said: str) -> None:
    assert dialogue.command(said) != "opt_in"


SECTIONS = {
    "erase whole": (
        ["borra mis datos", "sí bórralos", "si borra todo", "quiero borrar mis datos",
        "eliminen todos mis datos"],
        ["no borres mis datos", "me borró el whats", "borra eso que te dije", "si quiero", "mis datos"],
    ),
    "copy whole": (
        ["mis datos", "qué datos tienes de mí", "quiero ver mis datos", "que tienes guardado de mi"],
        ["a ver cuales hay en guadalajara", "ya di mis datos", "mis datos los tiene él", "corrige mis datos"],
    ),
    "withdraw whole": (
        ["no acepto", "ya no acepto", "retiro mi permiso", "no estoy de acuerdo con el aviso"],
        ["no acepto sus golpes", "él no acepta", "no me dio permiso", "pido permiso"],
    ),
    "close whole": (
        ["quiero que lo cierren", "cierren mi caso", "ya quiero cerrar mi expediente", "cancelen mi caso"],
        ["no cierren mi caso", "a qué hora cierran", "me cierra la puerta con llave", "lo cerraron"],
    ),
    "cannot speak whole": (
        ["no puedo hablar me va a oir", "no puedo llamar porque está aquí", "si marco me oye", "me va a oir",
         "es que no puedo hablar ahorita", "no puedo hablar el me escucha todo"],
        ["no puedo hablar con mi mamá", "no me deja hablar con nadie", "no puedo hablar de eso sin llorar",
         "no puedo hablar bien español", "ya no le puedo hablar"],
    ),
    "seat whole": (
        ["volver", "quiero volver a mi taller", "regrésenme mi lugar", "siempre si quiero mi lugar"],
        ["quiero volver con mi esposo", "va a volver", "tengo que volver a la casa"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_each_own_order_and_its_look_alikes(section: str) -> None:
    """What lasts is ordered by a whole message; every list has what must not fire."""
    yes, no = SECTIONS[section]
    assert [said for said in yes if not dialogue.fits(said, section)] == []
    assert [said for said in no if dialogue.fits(said, section)] == []
