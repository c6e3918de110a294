"""When a workshop or a programme is completed, by rules that are data; and who graduated, by a person's act.

Whether a woman meets a rule is computed each time and stored nowhere. A graduation is recorded by somebody,
keeps the rule that it was judged by, and can be taken back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from models import (
    Attendance,
    AttendanceState,
    Certificate,
    CompletionRule,
    Enrolment,
    FoodSecurityInterview,
    Graduation,
    Group,
    Programme,
    Session,
    Woman,
    Workshop,
)
from outreach.people import registry
from outreach.texts import completion as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

START, END = "start", "graduation"
"""Moments of the interview of food security."""
MOST_SESSIONS, MOST_AXES = 100, 20
PAGE: Final = 50


class CompletionError(ValueError):
    """This can't be recorded; the message says why, for the coordinator."""


@dataclass(frozen=True)
class Progress:
    """What a woman has of a rule: sessions attended (or axes completed), and the two interviews."""

    counted: int
    needed: int
    interviews: frozenset[str]
    both_interviews: bool

    @property
    def missing(self) -> frozenset[str]:
        """The interviews that the rule asks for and that she has not answered."""
        return frozenset((START, END)) - self.interviews if self.both_interviews else frozenset()

    @property
    def complete(self) -> bool:
        """Whether she meets the rule."""
        return self.counted >= self.needed and not self.missing


@dataclass(frozen=True)
class Candidate:
    """A woman with her progress, her graduation and the certificate of it."""

    woman_id: uuid.UUID
    name: str
    progress: Progress
    graduation: Graduation | None
    certificate: Certificate | None


@dataclass(frozen=True)
class RuleLine:
    """A rule that holds, and the name of what it completes."""

    rule: CompletionRule
    name: str
    axis: str | None


def rules(db: Database) -> list[RuleLine]:
    """Return the rules that hold, those of programmes first."""
    rows = db.execute(
        select(CompletionRule, Programme.name, Workshop)
        .join(Programme, Programme.id == CompletionRule.programme_id)
        .outerjoin(Workshop, Workshop.id == CompletionRule.workshop_id)
        .where(CompletionRule.ended_at.is_(None))
        .order_by(CompletionRule.workshop_id.is_not(None), Programme.name, Workshop.name)
    )
    return [
        RuleLine(rule, workshop.name if workshop else programme, workshop.axis if workshop else None)
        for rule, programme, workshop in rows
    ]


def ended(db: Database) -> list[RuleLine]:
    """Return of each programme that no rule holds for any more the last one, where somebody graduated."""
    other = aliased(CompletionRule)
    holds = select(other.id).where(
        other.programme_id == CompletionRule.programme_id,
        other.workshop_id.is_(None),
        other.ended_at.is_(None),
    )
    anybody = select(Graduation.id).where(
        Graduation.programme_id == CompletionRule.programme_id,
        Graduation.workshop_id.is_(None),
        Graduation.undone_at.is_(None),
    )
    rows = db.execute(
        select(CompletionRule, Programme.name)
        .join(Programme, Programme.id == CompletionRule.programme_id)
        .where(CompletionRule.workshop_id.is_(None), ~holds.exists(), anybody.exists())
        .ext(distinct_on(CompletionRule.programme_id))
        .order_by(CompletionRule.programme_id, CompletionRule.ended_at.desc())
    )
    return sorted((RuleLine(rule, name, None) for rule, name in rows), key=lambda one: one.name)


def rule_of(db: Database, programme_id: uuid.UUID, workshop_id: uuid.UUID | None) -> CompletionRule | None:
    """Return the rule that holds for a workshop, or for the programme."""
    return db.scalar(
        select(CompletionRule).where(
            CompletionRule.ended_at.is_(None),
            CompletionRule.programme_id == programme_id,
            CompletionRule.workshop_id.is_not_distinct_from(workshop_id),
        )
    )


def set_rule(
    db: Database,
    programme_id: uuid.UUID,
    workshop_id: uuid.UUID | None,
    least: int,
    *,
    both_interviews: bool,
    now: datetime,
) -> CompletionRule:
    """Let a rule hold from now on, in place of the one before: `least` sessions, or axes for the programme.

    Raises:
        CompletionError: there is no such workshop or programme, or the number makes no sense.
    """
    # Of two who change one rule at the same moment the second ends what the first has set.
    if db.get(Programme, programme_id, with_for_update=True) is None:
        raise CompletionError(texts.NO_SUCH_WORKSHOP)
    if workshop_id is not None:
        workshop = db.get(Workshop, workshop_id)
        if workshop is None or workshop.programme_id != programme_id:
            raise CompletionError(texts.NO_SUCH_WORKSHOP)
    most = MOST_SESSIONS if workshop_id else MOST_AXES
    if not 1 <= least <= most:
        raise CompletionError(texts.LEAST.format(most=most))
    former = rule_of(db, programme_id, workshop_id)
    if former is not None:
        end_rule(db, former, now)
    rule = CompletionRule(
        programme_id=programme_id,
        workshop_id=workshop_id,
        least_sessions=least if workshop_id else 0,
        least_axes=0 if workshop_id else least,
        both_interviews=both_interviews,
    )
    db.add(rule)
    db.flush()
    return rule


def end_rule(db: Database, rule: CompletionRule, now: datetime) -> None:
    """Let a rule hold no longer; graduations that were judged by it stay."""
    rule.ended_at = rule.ended_at or now
    db.flush()


def progress(db: Database, rule: CompletionRule, women: Collection[uuid.UUID]) -> dict[uuid.UUID, Progress]:
    """Return what each of these women has of a rule, in two statements."""
    counted = _axes(db, rule, women) if rule.workshop_id is None else _sessions(db, rule, women)
    interviews: dict[uuid.UUID, set[str]] = defaultdict(set)
    rows = select(FoodSecurityInterview.woman_id, FoodSecurityInterview.moment).where(
        FoodSecurityInterview.woman_id.in_(women)
    )
    for woman_id, moment in db.execute(rows):
        interviews[woman_id].add(moment)
    needed = rule.least_sessions or rule.least_axes
    return {
        woman_id: Progress(
            counted.get(woman_id, 0), needed, frozenset(interviews[woman_id]), rule.both_interviews
        )
        for woman_id in women
    }


def _sessions(db: Database, rule: CompletionRule, women: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Sessions of the workshop at which each was, in whichever of its groups; a cancelled one was none."""
    rows = db.execute(
        select(Attendance.woman_id, func.count())
        .join(Session, Session.id == Attendance.session_id)
        .join(Group, Group.id == Session.group_id)
        .where(
            Attendance.woman_id.in_(women),
            Attendance.state == AttendanceState.PRESENT,
            Session.cancelled_at.is_(None),
            Group.workshop_id == rule.workshop_id,
        )
        .group_by(Attendance.woman_id)
    )
    return {woman_id: count for woman_id, count in rows}  # noqa: C416 (rows are no pairs to mypy)


def _axes(db: Database, rule: CompletionRule, women: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = db.execute(
        select(Graduation.woman_id, func.count(Workshop.axis.distinct()))
        .join(Workshop, Workshop.id == Graduation.workshop_id)
        .where(
            Graduation.woman_id.in_(women),
            Graduation.undone_at.is_(None),
            Graduation.programme_id == rule.programme_id,
        )
        .group_by(Graduation.woman_id)
    )
    return {woman_id: count for woman_id, count in rows}  # noqa: C416 (as above)


def of_group(db: Database, key: PersonalKey, group: Group, rule: CompletionRule | None) -> list[Candidate]:
    """Return the women who have or had a seat in a group, by name, with what each has of the rule."""
    hers = select(Enrolment.woman_id).where(Enrolment.group_id == group.id)
    women = db.scalars(select(Woman).where(Woman.id.in_(hers))).all()
    return _candidates(db, key, women, rule, group.workshop.programme_id, group.workshop_id)


def of_programme(
    db: Database, key: PersonalKey, rule: CompletionRule, after: uuid.UUID | None = None
) -> tuple[list[Candidate], uuid.UUID | None]:
    """Return a page of those who completed enough axes of a programme, and after whom the next one begins.

    Who graduated from it is there in any case, also where the rule asks for more since; of a rule that was
    ended they alone, for nobody is to graduate by it.
    """
    graduated = select(Graduation.woman_id).where(
        Graduation.undone_at.is_(None),
        Graduation.programme_id == rule.programme_id,
        Graduation.workshop_id.is_(None),
    )
    enough = (
        select(Graduation.woman_id)
        .join(Workshop, Workshop.id == Graduation.workshop_id)
        .where(Graduation.undone_at.is_(None), Graduation.programme_id == rule.programme_id)
        .group_by(Graduation.woman_id)
        .having(func.count(Workshop.axis.distinct()) >= rule.least_axes)
    )
    holds = rule.ended_at is None
    wanted = Woman.id.in_(enough.union(graduated) if holds else graduated)
    query = select(Woman).where(wanted).order_by(Woman.id).limit(PAGE + 1)
    women = db.scalars(query.where(Woman.id > after) if after else query).all()
    found = _candidates(db, key, women[:PAGE], rule if holds else None, rule.programme_id, None)
    return found, women[PAGE - 1].id if len(women) > PAGE else None


def _candidates(
    db: Database,
    key: PersonalKey,
    women: Sequence[Woman],
    rule: CompletionRule | None,
    programme_id: uuid.UUID,
    workshop_id: uuid.UUID | None,
) -> list[Candidate]:
    ids = [woman.id for woman in women]
    has = progress(db, rule, ids) if rule else {}
    nothing = Progress(0, 0, frozenset(), both_interviews=False)
    rows = db.execute(
        select(Graduation, Certificate)
        .outerjoin(
            Certificate, (Certificate.graduation_id == Graduation.id) & Certificate.revoked_at.is_(None)
        )
        .where(
            Graduation.woman_id.in_(ids),
            Graduation.undone_at.is_(None),
            Graduation.programme_id == programme_id,
            Graduation.workshop_id.is_not_distinct_from(workshop_id),
        )
        # The last one is shown: of two joined records one valid paper, and the other once it is revoked.
        .order_by(Certificate.id.is_not(None), Graduation.created_at)
    )
    done = {graduation.woman_id: (graduation, certificate) for graduation, certificate in rows}
    found = [
        Candidate(
            woman.id, name_of(key, woman), has.get(woman.id, nothing), *done.get(woman.id, (None, None))
        )
        for woman in women
    ]
    return sorted(found, key=lambda one: registry.plain_name(one.name))


def graduate(
    db: Database, woman_id: uuid.UUID, rule: CompletionRule, day: date, *, by: uuid.UUID | None
) -> Graduation:
    """Record that she completed what the rule is about; twice is once.

    Raises:
        CompletionError: she is not on the list any more, the rule was changed, or she does not meet it.
    """
    if db.get(Woman, woman_id, with_for_update=True) is None:
        raise CompletionError(texts.NOT_LISTED)
    db.refresh(rule)
    if rule.ended_at is not None:
        raise CompletionError(texts.RULE_CHANGED)
    known = active(db, woman_id, rule.programme_id, rule.workshop_id)
    if known:
        return known[0]
    if not progress(db, rule, [woman_id])[woman_id].complete:
        raise CompletionError(texts.NOT_YET)
    made = Graduation(
        woman_id=woman_id,
        programme_id=rule.programme_id,
        workshop_id=rule.workshop_id,
        rule_id=rule.id,
        day=day,
        recorded_by=by,
    )
    db.add(made)
    db.flush()
    return made


def active(
    db: Database, woman_id: uuid.UUID, programme_id: uuid.UUID, workshop_id: uuid.UUID | None
) -> Sequence[Graduation]:
    """Return her graduations of one kind; two where two records of her were joined."""
    return db.scalars(
        select(Graduation)
        .where(
            Graduation.woman_id == woman_id,
            Graduation.undone_at.is_(None),
            Graduation.programme_id == programme_id,
            Graduation.workshop_id.is_not_distinct_from(workshop_id),
        )
        .order_by(Graduation.created_at)
    ).all()


def undo(db: Database, graduation: Graduation, *, by: uuid.UUID | None, now: datetime) -> bool:
    """Take a graduation back, and its certificate with it; the rows stay.

    False: it was taken back already. Where she graduated anew since, that stays: who asks has an old page.
    Her record is locked, as by whoever issues a certificate, so that none comes between.
    """
    if db.get(Woman, graduation.woman_id, with_for_update=True) is None:
        return False
    db.refresh(graduation)
    if graduation.undone_at is not None:
        return False
    of_one_kind = active(db, graduation.woman_id, graduation.programme_id, graduation.workshop_id)
    for each in of_one_kind:
        each.undone_at, each.undone_by = now, by
    db.execute(
        update(Certificate)
        .where(Certificate.graduation_id.in_([each.id for each in of_one_kind]))
        .where(Certificate.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    db.flush()
    return True


def name_of(key: PersonalKey, woman: Woman) -> str:
    """Return the name that stands on a certificate."""
    details = registry.read_details(key, woman)
    return details.full_name or details.preferred_name
