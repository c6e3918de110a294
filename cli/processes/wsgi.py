"""What gunicorn loads: the two Flask apps, made from the environment's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.ground.settings import load_settings, read_environment

if TYPE_CHECKING:
    from flask import Flask


def webhook() -> Flask:
    """The public app."""
    from webhook.app import create_app  # noqa: PLC0415 (each process loads its own app only)

    return create_app(load_settings(read_environment()))


def console() -> Flask:
    """The staff's app."""
    from console.app import create_app  # noqa: PLC0415 (each process loads its own app only)

    return create_app(load_settings(read_environment()))
