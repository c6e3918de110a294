"""What an import leaves for the comparison: namesakes with one CURP, and numbers that are another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import NOW
from sqlalchemy import func, select

from models import Conversation, ListedPhone, Woman
from outreach.people import registry
from outreach.single_list import imports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

CURP = "MUPA890815MJCXXN03"


@pytest.fixture
def load(session: Session, key: PersonalKey, settings: Settings) -> Load:
    return Load(session, key, settings)


class Load:
    """Imports a list of women."""

    def __init__(self, db: Session, key: PersonalKey, settings: Settings) -> None:
        self.db, self.key, self.settings = db, key, settings

    def __call__(self, text: str) -> imports.Report:
        """Import a file of this text."""
        table = imports.read("women", text.encode())
        return imports.load(self.db, self.key, self.settings, "women", table, NOW)

    def count(self, noun: type) -> int:
        """Count the rows of a noun."""
        return self.db.scalar(select(func.count()).select_from(noun)) or 0


@pytest.mark.parametrize("folios", [True, False])
def test_one_curp_and_two_birth_dates(load: Load, folios: bool) -> None:
    """Both are kept, the row is told, and the same file again changes nothing: a person decides."""
    first, second = ("DIF,1", "SSAS,1") if folios else (",", ",")
    text = (
        "agency,external_id,full_name,birth_date,curp\n"
        f"{first},Ana Gil López,1989-08-15,{CURP}\n{second},Ana Gil Lopes,1989-05-18,{CURP}\n"
    )
    for _ in range(2):
        assert load(text).errors == []
        assert load.count(Woman) == 2
    known = [registry.read_details(load.key, woman).curp for woman in load.db.scalars(select(Woman))]
    assert known == [CURP, CURP]


def test_one_curp_and_another_name_is_refused(load: Load) -> None:
    """Nothing says that they are one: the row is wrong."""
    load(f"agency,external_id,full_name,curp\nDIF,1,Ana Gil López,{CURP}\n")
    assert load(f"agency,external_id,full_name,curp\nSSAS,1,Eva Paz Ruiz,{CURP}\n").errors
    assert load.count(Woman) == 1


@pytest.mark.parametrize("folios", [True, False])
def test_a_number_of_a_list_is_evidence_though_it_is_anothers(load: Load, folios: bool) -> None:
    """It is not linked, and its keyed hash is kept beside each woman that a list gave it to, once."""
    for _ in range(2):
        for agency, name in (("DIF", "Ana Gil López"), ("SSAS", "Eva Paz Ruiz")):
            folio = f"{agency},1" if folios else ","
            load(f"agency,external_id,full_name,phone\n{folio},{name},3340010020\n")
    assert (load.count(ListedPhone), load.count(Conversation)) == (2, 1)
