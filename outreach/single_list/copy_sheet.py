"""Her own copy on paper: a PDF that is made in memory and kept nowhere."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from models import Municipality
from outreach.ground import dates
from outreach.programme import programmes
from outreach.texts import her_copy as texts

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

SHEET: Final = Path(__file__).with_suffix(".typ").read_bytes()


class NoSheetError(Exception):
    """The copy could not be typeset: give her the other form of it."""


def sections(session: Session, whole: dict[str, Any], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return the parts of `rights.handed_over` in words, each with its title; what is empty says so."""
    talks = whole["conversations"]
    town = session.get(Municipality, whole["record"].get("municipality") or "")
    names, code = programmes.all_axis_names(session), whole["record"].get("axis")
    axis = next((name for (_, of), name in names.items() if of == code), "")
    opposed = whole["record"].get("opposed_at")
    record = whole["record"] | {"municipality": town.name if town else "", "axis": axis, "created_at": ""}
    record["opposed_at"] = _day(opposed, zone) if opposed else ""
    parts = {
        texts.RECORD: [f"{texts.LABELS.get(name, name)}: {value}" for name, value in record.items() if value],
        texts.FOLIOS: [f"{one['agency']}: {one['folio']}" for one in whole["folios"]],
        texts.GROUPS: [f"{one['workshop']}: {_state(one['state'])}" for one in whole["groups"]],
        texts.ANSWERED: [f"{one['session']}: {_state(one['answer'])}" for one in whole["answers"]],
        texts.ATTENDED: [f"{one['session']}: {_state(one['state'])}" for one in whole["attendance"]],
        texts.SUPPORTS: [_support(one) for one in whole["supports"]],
        texts.FOOD: [
            f"{_day(one['at'], zone)}: {_answers(one.get('answers', {}))}" for one in whole["food_security"]
        ],
        texts.REQUESTS: [
            f"{one['number']}, {texts.KINDS.get(one['kind'], one['kind'])}, {_day(one['at'], zone)}"
            for one in whole["requests"]
        ],
        texts.MERGED: [
            texts.MERGED_LINE.format(
                day=_day(one["at"], zone), values=", ".join(str(v) for v in one["other"].values() if v)
            )
            for one in whole["merged"]
            if "other" in one
        ],
        texts.CONSENTS: [
            f"{_day(one['at'], zone)}: {one['notice']} {one['version']}, {_given(one['given'])}"
            for talk in talks
            for one in talk["consents"]
        ],
        texts.MESSAGES: [texts.ON_HER_PHONE],
        texts.OTHERS: [
            texts.OTHER_LINE.format(table=texts.TABLES.get(table, table), count=len(rows))
            for table, rows in whole["others"].items()
        ],
    }  # fmt: skip
    return [{"title": title, "lines": lines or [texts.NOTHING]} for title, lines in parts.items()]


def _state(name: str) -> str:
    return texts.STATES.get(name, name)


def _given(given: object) -> str:
    return texts.GIVEN if given else texts.NOT_GIVEN


def _day(at: str, zone: ZoneInfo) -> str:
    return dates.birthday(dates.today(zone, datetime.fromisoformat(at)))


def _answers(given: dict[str, str]) -> str:
    return ", ".join(f"{question} {answer}" for question, answer in given.items())


def _support(one: dict[str, Any]) -> str:
    given = one | {"day": dates.birthday(date.fromisoformat(one["day"]))}
    if "voided" not in one:
        return texts.OTHER_AGENCY.format(**given)
    said = [texts.SUPPORT.format(**given), one.get("given_by", ""), one.get("note", "")]
    amount = f"${one['cents'] / 100:,.2f}" if one["cents"] is not None else ""
    return ". ".join(part for part in (*said[:1], amount, *said[1:]) if part)


def typeset(parts: list[dict[str, Any]], number: str, day: str, kind: Literal["pdf", "png"] = "pdf") -> bytes:
    """Return the sheet with these parts, as a PDF or as a picture of its first page ("png").

    Raises:
        NoSheetError: it could not be typeset.
    """
    import typst  # noqa: PLC0415 (30 MB that only who prints needs)

    data = {
        "title": texts.TITLE,
        "lead": texts.LEAD,
        "parts": parts,
        "foot": texts.FOOT.format(number=number, day=day),
        "page": texts.PAGE,
        "of": texts.OF,
    }
    try:
        made = typst.compile(
            SHEET,
            format=kind,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            ignore_system_fonts=True,
        )
    except (typst.TypstError, RuntimeError):
        # Not chained: what the typesetter says may quote her.
        raise NoSheetError(NoSheetError.__doc__) from None
    return made if isinstance(made, bytes) else made[0]
