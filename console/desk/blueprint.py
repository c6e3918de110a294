"""The desk's blueprint: each module beside this one adds its views to `pages`."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("desk", __name__, template_folder="templates", url_prefix="/casos")
