"""The base of all forms, which stand beside their views; every form carries the anti-forgery token."""

from __future__ import annotations

from flask_wtf import FlaskForm

REQUIRED = "Falta este dato."


class Form(FlaskForm):  # type: ignore[misc] # flask_wtf ships no types
    """The base of all forms; by itself it carries the token only."""

    def problem(self) -> str | None:
        """Return the first thing that is wrong, as a sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), None)
