"""The rows of an audience as they are typed: from a form, or from a campaign, to conditions and back.

Works by submitting alone: each button adds or takes away a row and shows the form again with what was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from console import words
from outreach.campaigns import choices, conditions
from outreach.campaigns.conditions import (
    BOUNDS,
    PARTS,
    STATES,
    BadConditionError,
    Block,
    Condition,
    Kind,
    Match,
    Part,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from outreach.campaigns.audience import Audience
    from outreach.campaigns.choices import Names
    from outreach.campaigns.conditions import Blocks
    from outreach.ground.settings import Settings

_ACT = re.compile(r"(add|drop|part|apart)(?::(\d{1,2}))?(?::(\d{1,2}))?")


@dataclass
class Row:
    """A condition as it was typed, by part, with what is wrong with it."""

    kind: Kind
    typed: dict[Part, str] = field(default_factory=dict)
    errors: dict[Part, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is asked of her in this row."""
        return PARTS[self.kind]

    @property
    def states(self) -> tuple[str, ...]:
        """What may stand for the state."""
        return STATES.get(self.kind, ())

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the most of its numbers."""
        return BOUNDS.get(self.kind, (0, 0))


@dataclass
class Rows:
    """A block as it was typed."""

    match: Match = Match.ALL
    rows: list[Row] = field(default_factory=list)


@dataclass
class Builder:
    """All blocks as they were typed, and what may be chosen in their rows."""

    blocks: list[Rows]
    names: Names = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        """Whether a row can't be read."""
        return any(row.errors for block in self.blocks for row in block.rows)

    @property
    def kinds(self) -> set[Kind]:
        """The kinds of its rows."""
        return {row.kind for block in self.blocks for row in block.rows}

    def choices(self, row: Row) -> dict[str, str]:
        """What may be chosen for the place of a row."""
        named = self.names.get(row.kind, {})
        return words.COMPLETED | named if row.kind is Kind.COMPLETED else named


def typed(form: Mapping[str, str]) -> Builder:
    """Read the rows of a form; whatever is no row is passed over."""
    blocks = []
    for place in range(conditions.MOST_BLOCKS):
        match = form.get(f"b{place}_match")
        if match not in set(Match):
            continue
        rows = [_row(form, f"b{place}_{at}") for at in range(conditions.MOST_CONDITIONS)]
        blocks.append(Rows(Match(match), [row for row in rows if row is not None]))
    return Builder(blocks or [Rows()])


def _row(form: Mapping[str, str], name: str) -> Row | None:
    kind = form.get(f"{name}_is")
    if kind not in set(Kind):
        return None
    row = Row(Kind(kind))
    row.typed = {part: form.get(f"{name}_{part}", "").strip()[:80] for part in row.parts}
    return row


def act(builder: Builder, asked: str, form: Mapping[str, str]) -> None:
    """Add or take away a row or a block, as a button asks; anything else changes nothing."""
    found = _ACT.fullmatch(asked)
    if found is None:
        return
    what, block, row = found[1], int(found[2] or 0), int(found[3] or 0)
    if what == "part":
        if len(builder.blocks) < conditions.MOST_BLOCKS:
            builder.blocks.append(Rows())
        return
    if block >= len(builder.blocks):
        return
    if what == "apart":
        del builder.blocks[block]
        builder.blocks = builder.blocks or [Rows()]
    elif what == "add":
        kind, rows = form.get(f"b{block}_new"), builder.blocks[block].rows
        if kind in set(Kind) and len(rows) < conditions.MOST_CONDITIONS:
            rows.append(Row(Kind(kind)))
    elif row < len(builder.blocks[block].rows):
        del builder.blocks[block].rows[row]


def of_audience(session: Session, audience: Audience, rules: Settings, programme_id: uuid.UUID) -> Builder:
    """Return the rows of an audience that is stored, those of before the blocks too."""
    blocks = audience.blocks
    if audience.municipality:
        blocks = (Block(Match.ALL, (Condition(Kind.MUNICIPALITY, place=audience.municipality),)),)
    elif audience.list_id:
        blocks = (Block(Match.ALL, (Condition(Kind.LIST, place=str(audience.list_id)),)),)
    codes = choices.named(session, blocks, programme_id).get(Kind.GROUP, {})
    made = [
        Rows(block.match, [_typed_row(one, codes, rules) for one in block.conditions]) for block in blocks
    ]
    return Builder(made or [Rows()])


def _typed_row(condition: Condition, codes: Mapping[str, str], rules: Settings) -> Row:
    place = codes.get(condition.place, "") if condition.kind is Kind.GROUP else condition.place
    since = condition.since.astimezone(rules.timezone).date().isoformat() if condition.since else ""
    values = {
        Part.PLACE: place,
        Part.STATE: str(condition.state),
        Part.NUMBER: str(condition.number),
        Part.UNTIL: str(condition.until),
        Part.SINCE: since,
    }
    return Row(condition.kind, {part: values[part] for part in PARTS[condition.kind]})


def offer(session: Session, builder: Builder, programme_id: uuid.UUID) -> None:
    """Fetch what may be chosen in its rows."""
    builder.names = choices.offered(session, builder.kinds, programme_id)


def read(session: Session, builder: Builder, rules: Settings, now: datetime) -> Blocks:
    """Return the conditions that were typed; what is wrong is noted in its row, which is left out."""
    groups = choices.group_ids(
        session,
        [
            row.typed.get(Part.PLACE, "")
            for each in builder.blocks
            for row in each.rows
            if row.kind is Kind.GROUP
        ],
    )
    made = []
    for block in builder.blocks:
        found = [_condition(builder, row, groups, rules, now) for row in block.rows]
        made.append(Block(block.match, tuple(one for one in found if one is not None)))
    return tuple(block for block in made if block.conditions)


def _condition(
    builder: Builder, row: Row, groups: Mapping[str, str], rules: Settings, now: datetime
) -> Condition | None:
    row.errors = {}
    place = _place(builder, row, groups)
    state = row.typed.get(Part.STATE, "")
    if Part.STATE in row.parts and state not in row.states:
        row.errors[Part.STATE] = words.CHOOSE_ONE
    number, until = _number(row, Part.NUMBER), _number(row, Part.UNTIL)
    if Part.UNTIL in row.parts and not row.errors and until < number:
        row.errors[Part.UNTIL] = words.AGES_WANTED
    since = _since(row, rules)
    if row.errors:
        return None
    year = now.astimezone(rules.timezone).year if row.kind is Kind.AGE else 0
    try:
        return Condition(row.kind, place, state, number, until, since, year)
    except BadConditionError:
        row.errors[row.parts[0]] = words.CHOOSE_ONE
        return None


def _place(builder: Builder, row: Row, groups: Mapping[str, str]) -> str:
    if Part.PLACE not in row.parts:
        return ""
    said = row.typed.get(Part.PLACE, "")
    if row.kind is Kind.GROUP:
        found = groups.get(said.casefold(), "")
        if not found:
            row.errors[Part.PLACE] = words.NO_SUCH_GROUP
        return found
    if said not in builder.choices(row):
        row.errors[Part.PLACE] = words.CHOOSE_ONE
    return said


def _number(row: Row, part: Part) -> int:
    if part not in row.parts:
        return 0
    low, high = row.bounds
    said = row.typed.get(part, "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= 6 else -1  # noqa: PLR2004 (digits)
    if not low <= number <= high:
        row.errors[part] = words.NUMBER_WANTED.format(low=low, high=high)
    return number


def _since(row: Row, rules: Settings) -> datetime | None:
    said = row.typed.get(Part.SINCE, "")
    if Part.SINCE not in row.parts or not said:
        return None
    try:
        return datetime.combine(date.fromisoformat(said), time(), rules.timezone)
    except (ValueError, OverflowError):
        row.errors[Part.SINCE] = words.DAY_WANTED
        return None


def in_words(blocks: Blocks, names: Names, rules: Settings) -> list[tuple[str, list[str]]]:
    """Say each block: how its conditions count, and the conditions one by one."""
    return [
        (words.MATCHES[block.match.value], [_in_words(one, names, rules) for one in block.conditions])
        for block in blocks
    ]


def _in_words(condition: Condition, names: Names, rules: Settings) -> str:
    named = dict(names.get(condition.kind, {}))
    if condition.kind is Kind.COMPLETED:
        named = words.COMPLETED | named
    since = condition.since.astimezone(rules.timezone).strftime("%d/%m/%Y") if condition.since else ""
    return words.condition(
        condition.kind.value,
        named.get(condition.place, words.A_LIST_GONE if condition.place else ""),
        words.CONDITION_STATES.get(str(condition.state), ""),
        condition.number,
        condition.until,
        condition.year,
        since,
    )
