"""The columns of each list: those that must be there, and the headers that mean them."""

from __future__ import annotations

from outreach.single_list.reading import header_key
from outreach.texts.columns import ALSO, LABELS, SHARED

__all__ = ["LABELS", "NAMES", "NEEDED", "columns_of"]
# Of each inner set one must be there.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "women": (("full_name", "given_names"),),
    "workshops": tuple(
        (name,)
        for name in ("workshop", "workshop_name", "axis", "group", "municipality", "place", "capacity")
    ),
    "sessions": (("session",), ("group",), ("starts_at",)),
    "enrolments": (("group",), ("phone", "curp", "external_id")),
    "attendance": (("session", "group"), ("session", "day"), ("phone", "curp", "external_id")),
    "supports": (("kind",), ("given_on",), ("agency",), ("phone", "curp", "external_id")),
    "audiences": (("audience",), ("phone", "curp", "external_id")),
}
_USES = {
    "women": ("agency", "external_id", "phone", "curp", "municipality", "axis"),
    "workshops": ("group", "municipality", "axis"),
    "sessions": ("group",),
    "enrolments": ("group", "phone", "agency", "external_id", "curp"),
    "attendance": ("group", "phone", "agency", "external_id", "curp"),
    "supports": ("phone", "agency", "external_id", "curp"),
    "audiences": ("phone", "agency", "external_id", "curp"),
}


def _names(kind: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for column, also in (ALSO[kind] | {name: SHARED[name] for name in _USES[kind]}).items():
        for header in (column, *also.split(";")):
            headers[header_key(header)] = column
    return headers


NAMES: dict[str, dict[str, str]] = {kind: _names(kind) for kind in NEEDED}


def columns_of(kind: str) -> list[str]:
    """Return the columns that a list of one kind may have, each once."""
    return list(dict.fromkeys(NAMES[kind].values()))
