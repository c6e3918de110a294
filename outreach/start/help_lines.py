"""The help resources that an installation starts with: dated facts, none verified by a person yet.

Collected in November 2026 from public pages; the console shows which must be called and confirmed
before the service opens. Not listed on purpose: numbers of other states and lines that were closed.
"""

from __future__ import annotations

from typing import NamedTuple


class HelpLine(NamedTuple):
    """One resource; `needs` as in `models.reference.HelpResource`."""

    code: str
    name: str
    channel: str
    hours: str
    says: str
    needs: str
    source: str
    source_date: str | None = None
    municipality: str | None = None
    rank: int = 100


ALWAYS = "a toda hora"
HELP_LINES = (
    HelpLine(
        "emergency", "Emergencias", "911", ALWAYS,
        "Llama y di «Código Violeta», dónde estás y si hay armas o heridos.",
        "emergency", "UDGTV, SemMéxico", "2024-06-01", rank=1,
    ),
    HelpLine(
        "violeta", "VIOLETA, de los Centros de Justicia para las Mujeres", "WhatsApp 33 1415 1002", ALWAYS,
        "Puedes escribir ahí en vez de hablar. Si estás en riesgo, avisan a emergencias; también orientan.",
        "emergency violence legal other", "Infobae, Crónica Jalisco", "2026-02-28", rank=10,
    ),
    HelpLine(
        "cjm", "Red de Centros de Justicia para las Mujeres", "33 3668 1880", ALWAYS,
        "Dan apoyo psicológico, legal y médico, y piden medidas de protección. No hace falta denunciar.",
        "violence legal child other", "Notisistema; Jalisco TV, fin de 2025", None, rank=30,
    ),
    HelpLine(
        "cjm-guadalajara", "Centro de Justicia para las Mujeres Guadalajara", "33 3030 5450", ALWAYS,
        "Dan apoyo psicológico, legal y médico. No hace falta denunciar.",
        "violence legal health", "una sola lista pública: confirmar", None, "14039", rank=40,
    ),
    HelpLine(
        "linea-mujeres", "Línea de las Mujeres", "079, opción 1", ALWAYS,
        "Orientan en lo legal y en lo emocional, gratis.",
        "violence legal other outside", "La Jornada; Infobae", "2026-02-25", rank=20,
    ),
    HelpLine(
        "refugios", "Red Nacional de Refugios", "800 822 4460", ALWAYS,
        "Buscan un lugar seguro y secreto para ti y tus hijos.",
        "shelter", "listas públicas: confirmar", None, rank=10,
    ),
    HelpLine(
        "linea-vida", "Línea de la Vida", "800 911 2000", ALWAYS,
        "Hay alguien que escucha, con calma y sin juzgar.",
        "self_harm", "El Universal; Tribuna de México", "2026-01-13", rank=10,
    ),
    HelpLine(
        "saptel", "SAPTEL", "55 5259 8121", ALWAYS,
        "Escuchan y acompañan en una crisis.",
        "self_harm", "listas públicas: confirmar", None, rank=50,
    ),
    HelpLine(
        "salud-sexual", "VIOLETA, para saber la sede más cercana", "WhatsApp 33 1415 1002", ALWAYS,
        "Ve hoy a un hospital o Centro de Justicia; ahí te dicen cuál queda cerca. No se necesita denuncia.",
        "health", "NOM-046-SSA2-2005; LGAMVLV art. 59 Ter; Crónica Jalisco", "2026-02-28", rank=5,
    ),
    HelpLine(
        "menores", "Emergencias", "911", ALWAYS,
        "Si un niño o niña está en peligro, llama. Avisan a la Procuraduría de Protección de la niñez.",
        "child", "LGDNNA art. 12", None, rank=5,
    ),
    HelpLine(
        "denuncia-anonima", "Denuncia anónima", "089", ALWAYS,
        "Reciben avisos sin pedir tu nombre.",
        "other anonymous", "prensa, 2025", None, rank=60,
    ),
)  # fmt: skip
