"""Spanish of the results of sending, on the page and in its files."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Resultados de los mensajes"
LEAD: Final = (
    "Qué pasó con las campañas y los recordatorios de un mes. Aquí no aparece el nombre de nadie. Quién "
    "respondió, pidió no recibir mensajes o asistió se redondea de 5 en 5, y si son menos de 10 no se dice."
)
MONTH: Final = "Mes"
COUNTED: Final = "Los recordatorios se contaron el {moment}. Se vuelven a contar cada día."
NOT_COUNTED: Final = "Los recordatorios de este mes todavía no se cuentan."
NOTHING: Final = "Nada en este mes."
COLUMNS: Final = (
    "Para cuántas", "Le llegó", "Lo leyó", "Respondieron", "Pidieron no recibir mensajes", "Asistieron después",
)  # fmt: skip
CAMPAIGNS: Final = "Campañas"
CAMPAIGNS_HINT: Final = (
    "Respondieron: escribieron en los 3 días siguientes, lo que fuera. Asistieron después: estuvieron en una "
    "sesión en las 2 semanas siguientes; se cuenta al pasar un día."
)
CAMPAIGN: Final = "Campaña"
REMINDERS: Final = "Recordatorios, por plantilla"
REMINDERS_HINT: Final = "De las sesiones de este mes. Asistieron después: estuvieron en esa sesión."
TEMPLATES: Final = "Todo, por plantilla"
TEMPLATES_HINT: Final = "Campañas y recordatorios juntos."
TEMPLATE: Final = "Plantilla"
HIDDEN: Final = "—"
