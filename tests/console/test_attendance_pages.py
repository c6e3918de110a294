"""The list of a session: on its page, and at the door, where the phone holds first names and marks alone."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from door_support import begins_now, mark, seat_of, sends
from sqlalchemy import event, func, select
from staffroom import enter, open_case

from console.programme.forms import MOST_SEATS
from models import Attendance, AttendanceMark, Enrolment, EnrolmentState, MarkSource, Role, Rsvp
from outreach.people import registry
from outreach.programme import timetable

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
SOME = str(uuid.uuid4())


def states(db: Database) -> dict[str, str]:
    rows = db.execute(select(Attendance.woman_id, Attendance.state))
    return {str(woman_id): state.value for woman_id, state in rows}


def test_the_page_of_a_session(session: Database, rosa: Browser, programme: Programme) -> None:
    """What she said and what the door says stand side by side; only what was changed on the page is kept."""
    meeting = begins_now(session, programme)
    elena, teresa, ines = programme.women
    session.add(Rsvp(woman_id=elena.id, session_id=programme.session.id, answer="confirmed"))
    session.commit()
    path = f"/programa/sesiones/{meeting}/asistencia"
    html = rosa.get(path).get_data(as_text=True)
    assert "Elena Uno" in html
    assert "Pasar lista en la puerta" in html
    refs = [seat_of(session, woman) for woman in programme.women]
    # Another noted meanwhile that Inés came: this page showed nobody's mark and must not take it away.
    assert sends(rosa, meeting, mark(refs[2])).status_code == 200
    sent = {f"was-{ref}": "" for ref in refs} | {f"mark-{ref}": "" for ref in refs}
    rosa.post(path, **sent | {f"mark-{refs[0]}": "present", f"mark-{refs[1]}": "absent"})
    assert states(session) == {str(elena.id): "present", str(teresa.id): "absent", str(ines.id): "present"}
    html = rosa.get(path).get_data(as_text=True)
    assert "Se guardaron 2 cambios." in html
    assert "en la puerta, Rosa Prueba" in html
    rosa.post(path, **{f"was-{refs[1]}": "absent", f"mark-{refs[1]}": ""})
    assert str(teresa.id) not in states(session)


def test_the_rest_did_not_come(session: Database, rosa: Browser, programme: Programme) -> None:
    """Those who wait for a seat are not absent."""
    meeting = begins_now(session, programme)
    elena, teresa, ines = programme.women
    session.scalars(
        select(Enrolment).where(Enrolment.woman_id == ines.id)
    ).one().state = EnrolmentState.WAITING
    session.commit()
    ref = seat_of(session, elena)
    path = f"/programa/sesiones/{meeting}/asistencia"
    rosa.post(path, **{f"was-{ref}": "", f"mark-{ref}": "present"}, do="rest")
    assert states(session) == {str(elena.id): "present", str(teresa.id): "absent"}


def test_what_the_phone_gets(session: Database, rosa: Browser, programme: Programme) -> None:
    """First names and marks; the page that it keeps names nobody, staff neither."""
    meeting = begins_now(session, programme)
    listed = rosa.get(f"/programa/puerta/{meeting}/lista").get_json()
    assert [line["name"] for line in listed["lines"]] == ["Elena", "Inés", "Teresa"]
    told = json.dumps(listed)
    for word in ("Uno", "Dos", "33000", *(str(woman.id) for woman in programme.women)):
        assert word not in told
    for path in (f"/programa/puerta/{meeting}", "/programa/puerta/sin-senal"):
        html = rosa.get(path).get_data(as_text=True)
        for word in ("Elena", "Rosa", "csrf", "Huerto"):
            assert word not in html
    worker = rosa.get("/programa/puerta/sw.js")
    assert worker.mimetype == "text/javascript"


def test_gone_is_told_apart_from_refused(app: Flask, session: Database, rosa: Browser) -> None:
    """A phone forgets its marks where the session is gone, not where a colleague of another role is."""
    path = f"/programa/puerta/{SOME}/lista"
    assert rosa.get(path).status_code == 410
    assert enter(app, session, Role.AUDITOR, "aurora").get(path).status_code == 404


def test_a_page_of_the_largest_group(session: Database, rosa: Browser, programme: Programme) -> None:
    """The form of a group with all the seats that it may have is taken."""
    meeting = begins_now(session, programme)
    ref = seat_of(session, programme.women[0])
    others = {f"{name}-{uuid.uuid4()}": "present" for _ in range(MOST_SEATS) for name in ("was", "mark")}
    sent = others | {f"was-{ref}": "", f"mark-{ref}": "present"}
    assert rosa.post(f"/programa/sesiones/{meeting}/asistencia", **sent).status_code == 302
    assert list(states(session).values()) == ["present"]


def test_marks_arrive_once(session: Database, rosa: Browser, programme: Programme) -> None:
    """The same ones again are known; a phone whose clock is an hour slow is understood all the same."""
    meeting = begins_now(session, programme)
    elena, teresa, _ = programme.women
    marks = [mark(seat_of(session, elena)), mark(seat_of(session, teresa), "absent")]
    assert sends(rosa, meeting, *marks).get_json() == {"kept": 2, "known": 0, "refused": {}}
    assert sends(rosa, meeting, *marks).get_json() == {"kept": 0, "known": 2, "refused": {}}
    slow = mark(seat_of(session, teresa), "present", at=1)
    assert sends(rosa, meeting, slow, off=-3600).get_json()["kept"] == 1
    assert states(session) == {str(elena.id): "present", str(teresa.id): "present"}
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 3
    assert set(session.scalars(select(AttendanceMark.source))) == {MarkSource.DOOR}


def test_what_is_not_kept_is_told(session: Database, rosa: Browser, programme: Programme) -> None:
    """Of a seat elsewhere, and of a session that was cancelled while there was no signal."""
    meeting = begins_now(session, programme, ago=timedelta(hours=-1))
    stranger, hers = mark(str(uuid.uuid4())), mark(seat_of(session, programme.women[0]))
    told = sends(rosa, meeting, stranger).get_json()
    assert told == {"kept": 0, "known": 0, "refused": {stranger["id"]: "not_hers"}}
    timetable.cancel_session(session, programme.session, programme.session.starts_at - timedelta(hours=2))
    session.commit()
    assert sends(rosa, meeting, hers).get_json()["refused"] == {hers["id"]: "cancelled"}
    listed = rosa.get(f"/programa/puerta/{meeting}/lista").get_json()
    assert (listed["cancelled"], listed["lines"]) == (True, [])
    assert states(session) == {}


def test_on_another_day(session: Database, rosa: Browser, programme: Programme) -> None:
    """Two days before there is no list for a phone to keep."""
    listed = rosa.get(f"/programa/puerta/{programme.session.id}/lista").get_json()
    assert (listed["its_day"], listed["lines"]) == (False, [])
    html = rosa.get(f"/programa/sesiones/{programme.session.id}/asistencia").get_data(as_text=True)
    assert "Pasar lista" not in html
    assert "Se puede marcar desde" in html


@pytest.mark.parametrize(
    "sent",
    [
        None, [], {"marks": []}, {"sent_at": 1, "marks": {}}, {"sent_at": "x", "marks": []},
        {"sent_at": 1, "marks": [{"id": "x", "ref": "y", "state": "present", "at": 1}]},
        {"sent_at": 1, "marks": [{"id": SOME, "ref": SOME, "state": "gone", "at": 1}]},
        {"sent_at": 1e300, "marks": []}, {"sent_at": 1, "marks": [7]},
    ],
)  # fmt: skip
def test_marks_that_are_none(app: Flask, rosa: Browser, programme: Programme, sent: Any) -> None:
    """Whatever else is sent is refused; without the token nothing is."""
    path = f"/programa/puerta/{programme.session.id}/marcas"
    assert rosa.client.post(path, json={"sent_at": 1, "marks": []}).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    assert rosa.client.post(path, json=sent).status_code == 400


def test_what_the_pages_cost(
    session: Database, engine: Engine, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """The statements of page, list and marks are the same for three women as for thirty."""
    meeting = begins_now(session, programme)
    noted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: noted.append(str(given[2])))

    def costs() -> list[int]:
        refs = [str(ref) for ref in session.scalars(select(Enrolment.id))]
        found = []
        for path in (f"/programa/sesiones/{meeting}/asistencia", f"/programa/puerta/{meeting}/lista"):
            noted.clear()
            assert rosa.get(path).status_code == 200
            found.append(len([one for one in noted if not one.startswith("UPDATE staff_session")]))
        noted.clear()
        assert sends(rosa, meeting, *map(mark, refs)).get_json()["kept"] == len(refs)
        found.append(len([one for one in noted if not one.startswith("UPDATE staff_session")]))
        return found

    few = costs()
    for number in range(27):
        details = registry.Details(full_name=f"Mujer {number}")
        woman = registry.add_woman(session, key, details, municipality="14039", axis="food")
        session.add(Enrolment(woman_id=woman.id, group_id=programme.group.id, state="enrolled"))
    session.commit()
    assert costs() == few
    assert max(few) <= 24


def test_a_case_changes_nothing(
    session: Database, key: PersonalKey, team: str, rosa: Browser, programme: Programme
) -> None:
    """P4, P10: the page of a session and the list at the door are the same for a woman with a case."""
    meeting = begins_now(session, programme)
    path = f"/programa/sesiones/{meeting}/asistencia"

    def seen() -> tuple[str, Any]:
        html = rosa.get(path).get_data(as_text=True).split("<table", 1)[1].split("</table", 1)[0]
        return html, rosa.get(f"/programa/puerta/{meeting}/lista").get_json()["lines"]

    before = seen()
    open_case(session, key, programme.conversation)
    assert seen() == before
