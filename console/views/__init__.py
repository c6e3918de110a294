"""Thin views, one module an area: parse, call one verb, commit, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.views import (
    administration,
    auth,
    campaigns,
    desk,
    facts,
    health,
    keys,
    message_templates,
    programme,
)

if TYPE_CHECKING:
    from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the areas of the console."""
    areas = (health, auth, desk, keys, programme, campaigns, message_templates, administration, facts)
    return tuple(area.pages for area in areas)
