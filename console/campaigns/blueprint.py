"""The blueprint of campaigns: their form and preview, what became of them, results, and the number."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

pages: Final = Blueprint("campaigns", __name__, template_folder="templates", url_prefix="/programa/campanas")
