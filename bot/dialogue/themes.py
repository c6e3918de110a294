"""The theme that she chooses, by the words that women use for it: "coser", "el de comida", "el que sea".

Why: the five axes of the programme are words of an office; hers are of what is done there. Words are compared
whole, by sound, a letter off in long ones, and only in an answer to "which theme?"; `places.yml` has the
meaning of each axis, `outreach/start/demo.py` the workshops. Pure; must never store or log.
"""

from __future__ import annotations

import re

from bot.components.extract.tokens import one_off
from bot.components.spelling import bare, spoken_words
from bot.components.wordlist import sounded
from bot.dialogue.orders import heard, sounds

_WORDS = {
    "food": sounded(
        """
        comida, comidas, comer, cocina, cocinar, cocinas, cosinar, guisar, guisos, guisados, receta, recetas,
        platillos, huerto, huertos, huertito, huerta, hortaliza, hortalizas, verdura, verduras, verduritas,
        sembrar, siembra, plantas, plantitas, cultivar, cultivo, cosecha, cosechar, alimento, alimentos,
        alimentacion, alimentasion, nutricion, nutrirse, nutritiva, jardin, composta, gallinas
        """
    ),
    "production": sounded(
        """
        produccion, produxion, producir, productivo, productiva, productos, vender, venta, ventas, bender,
        negocio, negocios, negosio, negocito, changarro, puesto, tiendita, emprender, emprendimiento,
        emprendedora, emprendedoras, conserva, conservas, mermelada, mermeladas, panaderia, pan, panes,
        pastel, pasteles, pastelitos, reposteria, postres, galletas, gelatinas, dulces, jabones, velas
        """
    ),
    "occupation": sounded(
        """
        oficio, oficios, ocupacion, ocupasion, coser, costura, costuras, corte, confeccion, modista, bordar,
        bordado, bordados, tejer, tejido, tejidos, ganchillo, crochet, belleza, bellesa,
        estilista, estilismo, estetica, maquillaje, maquillar, peinado, peinados, peinar, pestañas, cejas,
        manualidades, manualidad, manualidades, artesanias, artesania, piñatas, bisuteria, computacion,
        computadora, computadoras, compu, computo, electricidad, plomeria, carpinteria, celulares, ingles,
        peluqueria, cabello, pelo, acrilicas, tejidito, bordaditos, mecanica, barberia, cultora
        """
    ),
    "health": sounded(
        """
        salud, salu, saludable, ejercicio, ejercicios, yoga, zumba, baile, psicologia, psicologa,
        psicologo, sicologa, emociones, emocional, autoestima, nervios, ansiedad, depresion, medicina,
        auxilios, enfermeria, enfermedades, enfermos, enfermo, bienestar, masaje, masajes, diabetes, asucar,
        presion,        inyectar, inyecciones, embarazo, relajarme
        """
    ),
    "employment": sounded(
        """
        empleo, enpleo, empleos, trabajo, trabajos, trabajar, chamba, jale, curriculum, curriculo,
        entrevista, entrevistas, contratar, contraten, vacante, vacantes
        """
    ),
}
_NAILS = re.compile(r"\buñ(?:it)?as?\b|^\W*(?:(?:el|lo|la|las|de|poner|pintar|curso|taller)\s+)*unas\W*$")
"""By their letters: they sound like "unas"."""
_LONG = 7
_ANY = (
    "cualquiera|cualquier|cualquier cosa|cualquiera esta bien|el que sea|la que sea|lo que sea|los que sean|"
    "el que haya|"
    "lo que haya|el que este|el que tengan|me da igual|me da lo mismo|da igual|es igual|todos|todo|todas|"
    "todos me gustan|"
    "me gustan todos|el que usted diga|el que tu digas|el que quieras|el que guste|el que gustes|"
    "el que usted quiera|"
    "usted digame cual|digame usted cual|usted diga|usted escoja|escojame usted|me gusta todo|todo me gusta|"
    "me interesa todo|todo me interesa|de todo|el que me convenga|cual me recomienda|el que me recomiende|"
    "donde haya lugar|donde haya cupo|el que tenga lugar|el mas cerca|el mas cercano|el que quede cerca|"
    "el que me quede cerca|"
    "el que me toque|no importa|cualquiera de esos|cualquiera de los dos|el de cualquiera|no se cual|no se|"
    "sorprendeme"
)
_UNWANTED = re.compile(r"\b(?:no|menos|nada de|ni|excepto|salvo)\b (?:\w+ ){0,4}?(?=\w+$|\w+[,.])")
_THE_OTHER = re.compile(r"\bno[,.\s]+(?:el|la|ese|los)?\s*otr[oa]\b|\bese no\b")
"""She refuses what she names: "el de comida no, el otro"."""
_MORE = (
    "otros|otro|otro tema|otros temas|mas|ver mas|mas temas|ninguno|ninguna|ninguno de esos|ninguno me gusta|"
    "que mas hay|que otros hay|cuales hay|cuales son|cual otro|cual otro hay|cuales otros|cuales otros hay|"
    "que otro hay|"
    "que mas tienen|que otros tienen|cuales mas|hay mas|hay otros|hay otro|tienen mas|tienen otros|a ver "
    "otros|a ver mas|"
    "digame mas|cuales mas hay|y cuales mas|y que mas|alguno otro|algun otro|cual mas hay|cual mas"
)


def wants_any(text: str) -> bool:
    """Tell whether any theme will do: the whole answer says so."""
    said = heard(re.sub(r"^\W*(?:pues|de|ps|pos|a mi|yo|la verdad|mm+|ay)\W+", "", bare(text)))
    return said in sounds(_ANY)


def wants_more(text: str) -> bool:
    """Tell whether she wants to see the other themes."""
    return heard(text) in sounds(_MORE)


def axes_in(text: str) -> list[str]:
    """Return the axes that an answer names, in order, each once; what she refuses is none."""
    found = ["occupation"] if _NAILS.search(bare(text)) else []
    said = (
        _UNWANTED.sub(" ", bare(text)) if re.search(r"\bno\b|\bmenos\b|\bnada\b", bare(text)) else bare(text)
    )
    for word in spoken_words(said):
        axis = _axis(word)
        if axis and axis not in found:
            found.append(axis)
    return found


def axis_of(text: str) -> str | None:
    """Return the one axis whose words are in `text`; None where there is none or more than one.

    "Producir conservas para vender" is one; "vender comida" is to sell, as "cocina para negocio" is.
    """
    if _THE_OTHER.search(bare(text)):
        return None
    found = axes_in(text)
    if (
        "production" in found
        and set(found) <= {"production", "food"}
        and re.search(r"vend|negoci|bend", bare(text))
    ):
        return "production"
    if "employment" in found and len(found) == 2:  # noqa: PLR2004 # "trabajo de costura": what she names beside it
        found.remove("employment")
    return found[0] if len(found) == 1 else None


def _axis(word: str) -> str | None:
    for axis, known in _WORDS.items():
        if word in known:
            return axis
    if len(word) < _LONG:
        return None
    near = {
        axis
        for axis, known in _WORDS.items()
        if any(len(one) >= _LONG and one_off(one, word) for one in known)
    }
    return near.pop() if len(near) == 1 else None
