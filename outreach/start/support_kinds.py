"""The kinds of support that an installation starts with; those that are there, edited or retired, stay."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Period, SupportKind, SupportRule

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# The path of supports as the press describes it (informador.com.mx, 23 October 2016): food support, Bienebono
# (a small cash card), the garden's kit, Reto Productivo. By code: name, and whether it is in money.
KINDS = {
    "despensa": ("Despensa", False),
    "bienebono": ("Bienebono", True),
    "kit-de-huerto": ("Kit de huerto", False),
    "reto-productivo": ("Reto Productivo", True),
}
# One despensa a month over all agencies, which is what the single list is for. No Reglas de Operación were
# found: who coordinates adds the rules of the others, with the document that each comes from.
RULES = {"despensa": (1, Period.MONTH)}
SINCE = date(2014, 7, 2)
"""The first day of the programme (its sheet, 2016)."""


def ensure(session: Session) -> None:
    """Add the kinds that are missing, each with its rule; a rule that people ended does not come back."""
    known = set(session.scalars(select(SupportKind.code)))
    for code, (name, in_money) in KINDS.items():
        if code in known:
            continue
        kind = SupportKind(code=code, name=name, in_money=in_money)
        session.add(kind)
        session.flush()
        if code in RULES:
            most, period = RULES[code]
            session.add(SupportRule(kind_id=kind.id, most=most, period=period, since=SINCE, ground=""))
    session.flush()
