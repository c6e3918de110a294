"""Rasa's own Twilio channel as it is, pointed at another address: runs inside Rasa's environment.

Rasa offers no setting for the base of Twilio's API; the SDK's client keeps it in a plain attribute.
Must change nothing else, or the peer would not be the peer.
"""

from __future__ import annotations

from typing import Any

from rasa.core.channels.twilio import (
    TwilioInput,
)


class RedirectedTwilio(TwilioInput):  # type: ignore[misc] # Rasa ships no types
    """`twilio:` with one more field, `api_url`."""

    api_url = ""

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RedirectedTwilio:
        """Made by Rasa from the credentials file."""
        fields = dict(credentials or {})
        api_url = fields.pop("api_url")
        made: RedirectedTwilio = super().from_credentials(fields)
        made.api_url = api_url
        return made

    def get_output_channel(self) -> Any:  # noqa: ANN401 (Rasa ships no types)
        """Rasa's own output, with the other address."""
        out = super().get_output_channel()
        out.api.base_url = self.api_url
        return out
