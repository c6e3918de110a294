"""A request of the console: nothing of it is written to a disk, and the gate sets how long it may be.

Werkzeug keeps an upload of more than 500 kB in a temporary file; what a caseworker sends stays in memory.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request

MIB = 1024 * 1024
LARGEST_FORM = 64 * 1024


class StaffRequest(Request):
    """A request whose parts stay in memory; `limit` raises what one endpoint takes, before it is read."""

    def limit(self, largest: int) -> None:
        """Let this request be so long, in bytes, and no longer; a text field as long as the whole."""
        self.max_content_length = largest
        self.max_form_memory_size = largest

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 (werkzeug's own arguments)
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        """Return where werkzeug writes one uploaded file."""
        return BytesIO()
