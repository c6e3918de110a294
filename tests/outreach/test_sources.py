"""Sources of values (F5): what she or a person wrote is never overwritten by an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import NOW
from sqlalchemy import event, func, select

from models import Affiliation, Conversation, Woman
from outreach.messages import conversation_state, inbox
from outreach.people import conversations, corrections, registry
from outreach.people.details import HERSELF, STAFF, Source, may_replace
from outreach.single_list import imports

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

HEADER = "agency,external_id,full_name,birth_date,municipality,locality,axis,phone,children\n"
ROW = "DIF,1,Ana Gil,1980-03-02,14039,Oblatos,food,3340010001,2\n"


def load(
    db: Session, key: PersonalKey, settings: Settings, *rows: str, header: str = HEADER
) -> imports.Report:
    table = imports.read("women", (header + "".join(rows)).encode())
    return imports.load(db, key, settings, "women", table, NOW)


def her(db: Session) -> Woman:
    return db.scalars(select(Woman)).one()


def correct(db: Session, key: PersonalKey, settings: Settings, field: str, value: str) -> None:
    woman = her(db)
    conversation = conversations.of_woman(db, woman.id)
    assert conversation is not None
    state = conversation_state.read(key, conversation)
    asked = corrections.Correction(db, key, settings, conversation, state, woman, value, NOW)
    corrections.correct(field, asked)


@pytest.mark.parametrize(
    ("known", "who", "may"),
    [
        (None, "import:DIF", False), (Source(HERSELF, ""), "import:DIF", False),
        (Source(STAFF, ""), "import:DIF", False), (Source("import:DIF", ""), "import:DIF", True),
        (Source("import:SSAS", ""), "import:DIF", False), (Source("import:", ""), "import:", True),
        (Source("import:DIF", ""), HERSELF, True), (Source(HERSELF, ""), STAFF, True),
    ],
)  # fmt: skip
def test_who_may_overwrite(known: Source | None, who: str, may: bool) -> None:
    assert may_replace(known, who) == may


def test_each_value_knows_its_source(session: Session, key: PersonalKey, settings: Settings) -> None:
    load(session, key, settings, ROW)
    correct(session, key, settings, "locality", "Centro")
    sources = registry.read_details(key, her(session)).sources
    assert {name: source.who for name, source in sources.items()} == {
        **dict.fromkeys(
            ("full_name", "birth_date", "municipality", "axis", "children", "linked_phone"), "import:DIF"
        ),
        "locality": HERSELF,
    }
    assert sources["locality"].at == "2026-11-23T18:00Z"


def test_what_she_corrected_stays(session: Session, key: PersonalKey, settings: Settings) -> None:
    """P9: the next file of her agency tells that the value was left, and changes the others."""
    load(session, key, settings, ROW)
    for field, value in (("locality", "Centro"), ("municipality", "14120"), ("birth_date", "1981-03-02")):
        correct(session, key, settings, field, value)
    report = load(session, key, settings, ROW.replace("food", "health"))
    woman = her(session)
    details = registry.read_details(key, woman)
    assert (details.locality, woman.municipality, details.birth_date) == ("Centro", "14120", "1981-03-02")
    assert woman.axis == "health"
    assert (report.errors, [line for line, _ in report.notes]) == ([], [2, 2, 2])


def test_absent_columns_and_empty_cells_erase_nothing(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    load(session, key, settings, ROW)
    before = registry.read_details(key, her(session))
    load(session, key, settings, "DIF,1,Ana Gil,,,,,,\n")
    load(session, key, settings, "DIF,1,Ana Gil\n", header="agency,external_id,full_name\n")
    assert registry.read_details(key, her(session)) == before
    assert her(session).municipality == "14039"


def test_an_agency_updates_its_own_values_only(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Another agency adds what was missing, and is told what it may not change."""
    load(session, key, settings, ROW.replace("3340010001,2", "3340010001,"))
    load(session, key, settings, "DIF,1,Ana Gil Soto,,,,,,\n")
    # By name, birth date and phone she is one woman at two agencies.
    report = load(session, key, settings, "SSAS,9,Ana Gil Soto,1980-03-02,14120,,,3340010001,4\n")
    details = registry.read_details(key, her(session))
    assert (details.full_name, details.children) == ("Ana Gil Soto", "4")
    assert her(session).municipality == "14039"
    assert [line for line, _ in report.notes] == [2]
    assert session.scalar(select(func.count()).select_from(Affiliation)) == 2


def test_a_number_that_she_uses_is_not_joined_by_another(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """Whoever writes from a linked number may read her data: a list adds none beside one that she uses."""
    load(session, key, settings, ROW)
    conversation = session.scalars(select(Conversation)).one()
    conversation.last_inbound_at = NOW
    report = load(session, key, settings, ROW.replace("3340010001", "3340010002"))
    assert [line for line, _ in report.notes] == [2]
    assert registry.woman_by_phone(session, key, "3340010002") is None


def test_a_wrong_number_is_replaced_by_its_own_agency(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """One that nobody ever wrote from goes altogether; another agency does not replace it."""
    load(session, key, settings, ROW)
    report = load(session, key, settings, "SSAS,9,Ana Gil,1980-03-02,,,,3340010001,\n")
    report = load(session, key, settings, "SSAS,9,Ana Gil,1980-03-02,,,,3340010003,\n")
    assert [line for line, _ in report.notes] == [2]
    assert load(session, key, settings, ROW.replace("3340010001", "3340010002")).notes == []
    assert registry.woman_by_phone(session, key, "3340010001") is None
    assert registry.woman_by_phone(session, key, "3340010002") is not None
    assert session.scalar(select(func.count()).select_from(Conversation)) == 1


def test_two_rows_of_one_file_must_agree(session: Session, key: PersonalKey, settings: Settings) -> None:
    """The last row does not win: the second is told, whether in the same batch or a later one."""
    report = load(session, key, settings, ROW, ROW, ROW.replace("14039", "14120"))
    assert (report.kept, [line for line, _ in report.errors]) == (2, [4])
    assert her(session).municipality == "14039"


def test_an_import_takes_few_statements(
    session: Session, key: PersonalKey, settings: Settings, engine: Engine
) -> None:
    """35,000 rows in well under a minute: statements grow by the batch, not by the row."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    rows = [f"DIF,{n},Ana Gil Sol,1980-03-02,14039,Oblatos,food,33400{n:05d},2\n" for n in range(1000)]
    inbox.conversation_of(session, key, "whatsapp:+523340000001", NOW)
    event.listen(engine, "before_cursor_execute", count)
    assert load(session, key, settings, *rows).kept == 1000
    assert statements < 80
    statements = 0
    assert load(session, key, settings, *rows).kept == 1000
    assert statements < 60
    event.remove(engine, "before_cursor_execute", count)
