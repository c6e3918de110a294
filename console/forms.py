"""The base of all forms, which stand beside their views; every form carries the anti-forgery token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, ImmutableMultiDict
from wtforms import FileField

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

REQUIRED = "Falta este dato."


class Form(FlaskForm):  # type: ignore[misc] # flask_wtf ships no types
    """The base of all forms; by itself it carries the token only."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # flask_wtf ships no types
        """Where fields are read from: a form, and files for the fields that are files.

        flask_wtf would take JSON too, which `inputs` has not looked through, and a file for any field.
        """

        def wrap_formdata(
            self, form: Form, formdata: MultiDict[str, Any] | None
        ) -> MultiDict[str, Any] | None:
            """Return the fields, None where nothing of a form was sent."""
            found: MultiDict[str, Any] | None = (
                None if request.is_json and not request.form else super().wrap_formdata(form, formdata)
            )
            if not isinstance(found, CombinedMultiDict):
                return found
            wanted = {one.name for one in form if isinstance(one, FileField)}
            files: list[tuple[str, Any]] = [
                (name, file) for name, file in request.files.items(multi=True) if name in wanted
            ]
            return CombinedMultiDict([ImmutableMultiDict(files), request.form])

    def problem(self) -> str | None:
        """Return the first thing that is wrong, as a sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), None)
