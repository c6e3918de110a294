"""Spanish of the food security interview on a form: its questions, and what an entry lacks.

The questions are those of the chat (`bot/domain/food_security.yml`), which follow the items that CONEVAL scores
(EMSA; domain.md, 1b).
"""

from __future__ import annotations

from typing import Final

FRAME: Final = "En los últimos 3 meses, por falta de dinero o recursos:"
QUESTIONS: Final = {
    "q1": "¿Algún adulto de la casa comió casi siempre lo mismo, sin variar?",
    "q2": "¿Algún adulto dejó de desayunar, comer o cenar?",
    "q3": "¿Algún adulto comió menos de lo que debía?",
    "q4": "¿Alguna vez se quedaron sin comida en la casa?",
    "q5": "¿Algún adulto sintió hambre y no comió?",
    "q6": "¿Algún adulto comió una sola vez en el día, o pasó todo un día sin comer?",
    "q7": "¿Algún menor de 18 comió casi siempre lo mismo?",
    "q8": "¿Algún menor de 18 comió menos de lo que debía?",
    "q9": "¿Hubo que servirle menos en el plato a algún menor de 18?",
    "q10": "¿Algún menor de 18 sintió hambre y no comió?",
    "q11": "¿Algún menor de 18 se acostó con hambre?",
    "q12": "¿Algún menor de 18 comió una sola vez en el día, o pasó todo un día sin comer?",
}
ANSWERS: Final = {"yes": "Sí", "no": "No", "none": "Sin respuesta"}
MOMENTS: Final = {"start": "Al inicio", "graduation": "Al graduarse"}
SOURCES: Final = {"chat": "por WhatsApp", "form": "en papel"}
GRADES: Final = {
    "seguridad": "Seguridad alimentaria",
    "leve": "Inseguridad leve",
    "moderada": "Inseguridad moderada",
    "severa": "Inseguridad severa",
}
NOT_GRADED: Final = "Sin calificar: falta alguna respuesta"
CHANGES: Final = {"improved": "Mejoró", "same": "Quedó igual", "worse": "Bajó"}

UNKNOWN_WOMAN: Final = "Ella ya no está en el padrón."
CONSENT_MISSING: Final = "Sin su consentimiento firmado para esta encuesta no se anota nada."
REFUSED_SINCE: Final = (
    "Después de ese día dijo por WhatsApp que no quiere que se guarde esta encuesta. No se puede anotar."
)
DAY_AHEAD: Final = "La fecha está en el futuro: anota el día en que se le preguntó."
DAY_TOO_OLD: Final = "La fecha es de hace demasiados años."
END_BEFORE_START: Final = "La de graduación tiene que ser de un día posterior a la de inicio."
ANSWER_MISSING: Final = "Falta una respuesta. Si no contestó, marca «Sin respuesta»."
FORM_USED: Final = "Este formulario ya se usó. Abre otra vez la página de ella."
OF_ANOTHER_AGENCY: Final = (
    "Ya hay una entrevista de ese momento, y ella es de otra dependencia: la corrige quien coordina ahí."
)
ENTERED: Final = "La encuesta quedó anotada."
THERE_IS_ONE: Final = (
    "Ya hay una entrevista de ese momento. Si guardas ésta, cuenta ésta; la otra se conserva como anterior."
)
