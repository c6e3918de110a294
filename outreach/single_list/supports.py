"""The ledger of supports: entered once, judged by the rules under a lock on the woman, never changed.

A support that is over a rule is refused with what stands in its way; it is entered only with a reason, or
noted as avoided. Two agencies that enter at the same moment are judged one after the other.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Agency, DoubleState, DoubleSupport, Support, SupportKind, Woman
from outreach.single_list import supports_rules
from outreach.single_list.supports_judging import Given, reached_by
from outreach.single_list.supports_rules import SupportError
from outreach.texts import supports as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from models import SupportRule
    from outreach.sealing.crypto import PersonalKey

__all__ = ["CONSOLE", "IMPORT", "Entry", "Over", "OverRuleError", "SupportError", "avoid", "enter", "void"]
CONSOLE, IMPORT = "console", "import"
OLDEST = timedelta(days=10 * 366)
LONGEST_NOTE, LONGEST_GIVER = 500, 120
MOST_CENTS = 100_000_000
BUCKET = 2048
"""Bytes: a note, its giver and why it was voided, at their longest in Spanish, fit in one."""
_AMOUNT = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})(?:\.([0-9]{1,2}))?", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """A support to be entered. `id` is the form's own, so that a second click enters nothing twice."""

    id: uuid.UUID
    woman_id: uuid.UUID
    kind_id: uuid.UUID
    agency: str
    day: date
    cents: int | None = None
    given_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Over:
    """A rule that one more would break, and the supports that already use it up."""

    rule: SupportRule
    given: Sequence[Given]


class OverRuleError(Exception):
    """This support would be over a rule; enter it with a reason, or not at all."""

    def __init__(self, over: Sequence[Over]) -> None:
        super().__init__(OverRuleError.__doc__)
        self.over = over


def cents_of(written: str) -> int:
    """Return an amount in pesos as cents: `850`, `850.50`, `$1,250.00`.

    Raises:
        SupportError: it is no such amount, or nothing.
    """
    found = _AMOUNT.fullmatch(written.strip())
    cents = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < cents <= MOST_CENTS:
        raise SupportError(texts.AMOUNT)
    return cents


def may_change(staff_agency: str | None, agency: str) -> bool:
    """Say whether a coordinator of an agency (None: of all) may enter, void and decide for `agency`."""
    return staff_agency is None or staff_agency == agency


def get(session: Session, support_id: uuid.UUID, reader: str | None) -> Support | None:
    """Return a support that a coordinator may change; None where there is none, or it is another agency's."""
    found = session.get(Support, support_id)
    return found if found is not None and may_change(reader, found.agency) else None


def enter(
    session: Session,
    key: PersonalKey,
    entry: Entry,
    *,
    by: uuid.UUID | None,
    today: date,
    now: datetime,
    reason: str = "",
) -> Support:
    """Enter a support; over a rule only with a reason, which is kept as a decision.

    Raises:
        SupportError: something of it can't be.
        OverRuleError: it is over a rule and there is no reason.
    """
    _lock(session, entry.woman_id)
    known = session.get(Support, entry.id)
    if known is not None and known.woman_id == entry.woman_id:
        if known.voided_at is not None:
            raise SupportError(texts.ALREADY_VOID)
        return known
    _check(session, entry, today)
    over = over_rules(session, entry.woman_id, entry.kind_id, entry.day, entry.agency)
    reason = reason.strip()[:LONGEST_NOTE]
    if over and not reason:
        raise OverRuleError(over)
    made = add(session, key, entry, by=by, source=CONSOLE, now=now)
    avoided = session.get(DoubleSupport, entry.id)
    if avoided is not None and (avoided.woman_id, avoided.state) == (entry.woman_id, DoubleState.AVOIDED):
        # She went back in her browser: it was given after all.
        avoided.state = DoubleState.CLEARED
    for each in over:
        row = _double(session, entry, each.rule, DoubleState.JUSTIFIED, now)
        row.support_id, row.decided_by, row.decided_at = made.id, by, now
        write_reason(key, row, reason)
    session.flush()
    return made


def avoid(
    session: Session, key: PersonalKey, entry: Entry, *, by: uuid.UUID | None, today: date, now: datetime
) -> DoubleSupport:
    """Note that a support was stopped by a rule and not given.

    Raises:
        SupportError: it is over no rule, or something of it can't be.
    """
    _lock(session, entry.woman_id)
    known = session.get(DoubleSupport, entry.id)
    if known is not None and known.woman_id == entry.woman_id:
        return known
    _check(session, entry, today, given=False)
    if session.get(Support, entry.id) is not None:
        raise SupportError(texts.ENTERED)
    over = over_rules(session, entry.woman_id, entry.kind_id, entry.day, entry.agency)
    if not over:
        raise SupportError(texts.NOT_OVER)
    row = _double(session, entry, over[0].rule, DoubleState.AVOIDED, now)
    row.id, row.decided_by, row.decided_at = entry.id, by, now
    write_reason(key, row, entry.note)
    session.flush()
    return row


def void(
    session: Session,
    key: PersonalKey,
    support: Support,
    *,
    by: uuid.UUID | None,
    reason: str,
    now: datetime,
) -> None:
    """Take a support back that was entered by mistake: it no longer counts, and the row stays.

    The caller looks again at what is over the rules (`supports_doubles.look_again`).

    Raises:
        SupportError: there is no reason, or it was voided before.
    """
    if not reason.strip():
        raise SupportError(texts.REASON_MISSING)
    _lock(session, support.woman_id)
    session.refresh(support)
    if support.voided_at is not None:
        raise SupportError(texts.ALREADY_VOID)
    support.voided_at, support.voided_by = now, by
    kept = read_note(key, support) | {"voided": reason.strip()[:LONGEST_NOTE]}
    support.note_cipher = key.rewrite(support.note_cipher, kept, place=f"support:{support.id}")
    session.flush()


def add(
    session: Session, key: PersonalKey, entry: Entry, *, by: uuid.UUID | None, source: str, now: datetime
) -> Support:
    """Add the row of an entry that was checked and judged."""
    note = {"given_by": entry.given_by.strip()[:LONGEST_GIVER], "note": entry.note.strip()[:LONGEST_NOTE]}
    made = Support(
        id=entry.id,
        woman_id=entry.woman_id,
        kind_id=entry.kind_id,
        agency=entry.agency,
        day=entry.day,
        cents=entry.cents,
        note_cipher=key.encrypt(note, place=f"support:{entry.id}", bucket=BUCKET),
        source=source,
        entered_by=by,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def over_rules(
    session: Session, woman_id: uuid.UUID, kind_id: uuid.UUID, day: date, agency: str
) -> list[Over]:
    """Return the rules that one more support would break, with what uses them up. Two statements."""
    rules = supports_rules.rules_of(session, [kind_id]).get(kind_id, [])
    given = given_to(session, [woman_id], [kind_id]).get((woman_id, kind_id), [])
    return [Over(rule, run) for rule in rules if (run := reached_by(rule, given, day, agency))]


def given_to(
    session: Session, women: Iterable[uuid.UUID], kind_ids: Iterable[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], list[Given]]:
    """Return what women got of kinds from any agency, by woman and kind; what was voided does not count."""
    found: dict[tuple[uuid.UUID, uuid.UUID], list[Given]] = defaultdict(list)
    query = select(
        Support.woman_id, Support.kind_id, Support.id, Support.day, Support.agency, Support.created_at
    ).where(
        Support.woman_id.in_(list(women)), Support.kind_id.in_(list(kind_ids)), Support.voided_at.is_(None)
    )
    for woman_id, kind_id, support_id, day, agency, entered_at in session.execute(query):
        found[woman_id, kind_id].append(Given(support_id, day, agency, entered_at))
    return found


def read_note(key: PersonalKey, support: Support) -> dict[str, str]:
    """Decrypt who handed a support over (`given_by`), the note, and why it was voided (`voided`)."""
    return key.decrypt(support.note_cipher, place=f"support:{support.id}")


def write_reason(key: PersonalKey, row: DoubleSupport, reason: str) -> None:
    """Encrypt why a double support was decided as it was."""
    row.reason_cipher = key.encrypt(
        {"reason": reason[:LONGEST_NOTE]}, place=f"double_support:{row.id}", bucket=BUCKET
    )


def read_reason(key: PersonalKey, row: DoubleSupport) -> str:
    """Decrypt why a double support was decided as it was; empty while it is open."""
    if row.reason_cipher is None:
        return ""
    return str(key.decrypt(row.reason_cipher, place=f"double_support:{row.id}")["reason"])


def _lock(session: Session, woman_id: uuid.UUID) -> None:
    if session.scalar(select(Woman.id).where(Woman.id == woman_id).with_for_update()) is None:
        raise SupportError(texts.UNKNOWN_WOMAN)


def _check(session: Session, entry: Entry, today: date, *, given: bool = True) -> None:
    kind = session.get(SupportKind, entry.kind_id)
    if kind is None or kind.retired_at is not None:
        raise SupportError(texts.UNKNOWN_KIND)
    if session.get(Agency, entry.agency) is None:
        raise SupportError(texts.UNKNOWN_AGENCY)
    if entry.day > today:
        raise SupportError(texts.DAY_AHEAD)
    if entry.day < today - OLDEST:
        raise SupportError(texts.DAY_TOO_OLD)
    if given:
        check_amount(kind, entry.cents)


def check_amount(kind: SupportKind, cents: int | None) -> None:
    """Refuse an amount that is missing, or given for what is not in money.

    Raises:
        SupportError: it is so.
    """
    if kind.in_money and cents is None:
        raise SupportError(texts.AMOUNT_MISSING)
    if not kind.in_money and cents is not None:
        raise SupportError(texts.AMOUNT_NOT_MONEY)


def _double(
    session: Session, entry: Entry, rule: SupportRule, state: DoubleState, now: datetime
) -> DoubleSupport:
    """Add the row of a support over a rule; its id is set here, since the reason is encrypted for it."""
    row = DoubleSupport(
        id=uuid.uuid4(),
        woman_id=entry.woman_id,
        rule_id=rule.id,
        agency=entry.agency,
        day=entry.day,
        state=state,
        at_entry=True,
        found_at=now,
    )
    session.add(row)
    return row
