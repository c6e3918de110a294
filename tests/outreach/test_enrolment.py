"""Seats: never oversold, never lost, freed ones passed on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from people import NOW, add_group, add_woman
from sqlalchemy import func, select

from models import Enrolment, EnrolmentState, OutboxMessage, Woman
from outreach.messages import outbox
from outreach.people import registry
from outreach.programme import enrolment, waiting_list

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


def test_two_women_can_not_take_the_last_seat(sessions: sessionmaker[Session], key: PersonalKey) -> None:
    """Capacity can't be oversold: of eight women at once exactly three get the three seats."""
    with sessions.begin() as session:
        group_id = add_group(session, capacity=3)[0].id
        women = [add_woman(session, key, n)[0].id for n in range(8)]
    barrier = threading.Barrier(len(women))

    def take(woman_id: uuid.UUID) -> None:
        with sessions.begin() as session:
            woman = session.get_one(Woman, woman_id)
            barrier.wait()
            enrolment.enrol(session, woman, group_id)

    threads = [threading.Thread(target=take, args=(woman,)) for woman in women]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        assert enrolment.enrolled_count(session, group_id) == 3
        waiting = select(func.count()).where(Enrolment.state == EnrolmentState.WAITING)
        assert session.scalar(waiting) == 5


def test_enrolling_twice_is_once(session: Session, key: PersonalKey) -> None:
    woman, _ = add_woman(session, key)
    group, _ = add_group(session)
    first = enrolment.enrol(session, woman, group.id)
    assert enrolment.enrol(session, woman, group.id) is first


def test_a_freed_seat_goes_to_the_first_who_waits(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """The waiting list is served in order, and she is told."""
    group, _ = add_group(session, capacity=1)
    women = [add_woman(session, key, n) for n in range(3)]
    seats = [enrolment.enrol(session, woman, group.id) for woman, _ in women]
    assert seats[0] is not None
    waiting_list.leave_and_pass_on(session, key, settings, seats[0], NOW)
    assert [s.state for s in seats if s] == [
        EnrolmentState.LEFT, EnrolmentState.ENROLLED, EnrolmentState.WAITING,
    ]  # fmt: skip
    told = session.scalars(select(OutboxMessage)).one()
    assert told.conversation_id == women[1][1].id
    assert "lugar" in outbox.read_content(key, told).body


def test_what_can_not_be_read_does_not_cost_her_the_rest(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """CURP is never a condition: a wrong one is left out, the rest is kept."""
    _, conversation = add_woman(session, key)
    given = registry.FormDetails(
        full_name="Otra Prueba", curp="SABC560626MDFLRN09", birth_date="ayer", axis="health"
    )
    woman = registry.save(session, key, settings, conversation, given, NOW)
    details = registry.read_details(key, woman)
    assert (details.full_name, details.curp, details.birth_date) == ("Otra Prueba", "", "1990-05-17")
    assert woman.axis == "health"


def test_a_birth_year_without_its_day_is_kept_until_the_date_is_known(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Who does not know her day enrols with the year, and is found by it."""
    conversation = add_woman(session, key)[1]
    conversation.woman_id = None
    woman = registry.save(
        session,
        key,
        settings,
        conversation,
        registry.FormDetails(full_name="Eva Paz", birth_year="1948"),
        NOW,
    )
    details = registry.read_details(key, woman)
    assert (details.birth_date, details.birth_year, details.sources["birth_year"].who) == (
        "",
        "1948",
        "herself",
    )
    assert woman.birth_year_hash is not None
    registry.save(session, key, settings, conversation, registry.FormDetails(birth_date="1948-06-24"), NOW)
    details = registry.read_details(key, woman)
    assert (details.birth_date, details.birth_year) == ("1948-06-24", "")


def test_the_same_curp_is_never_on_two_records(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Never merged by itself: the second record stays, without the CURP, for a person to decide."""
    (_, first), (_, second) = add_woman(session, key, 1), add_woman(session, key, 2)
    given = registry.FormDetails(curp="LOPM850714MJCPRR04")
    one = registry.save(session, key, settings, first, given, NOW)
    other = registry.save(session, key, settings, second, given, NOW)
    assert registry.read_details(key, one).curp == "LOPM850714MJCPRR04"
    assert registry.read_details(key, other).curp == ""
    assert one.id != other.id


def test_names_are_not_readable_in_the_table(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P4: a stolen table shows neither name nor CURP."""
    woman, conversation = add_woman(session, key)
    given = registry.FormDetails(full_name="Canario Amarillo")
    registry.save(session, key, settings, conversation, given, NOW)
    assert b"Canario" not in woman.details_cipher
