"""Twilio's refusals: codes, HTTP statuses and the JSON that carries them.

Texts are our own short wording; only codes and shapes are Twilio's (https://www.twilio.com/docs/api/errors).
"""

from __future__ import annotations

from typing import Any

REFUSALS: dict[int, tuple[int, str]] = {
    20001: (400, "A parameter is not valid"),
    20003: (401, "Authenticate"),
    20009: (409, "The message has not reached a final state"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too many requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "The service is unavailable"),
    21211: (400, "The 'To' address is not a valid phone number"),
    21603: (400, "A 'From' address or a MessagingServiceSid is required"),
    21604: (400, "A 'To' address is required"),
    21609: (400, "The 'StatusCallback' URL is not valid"),
    21617: (400, "The message body exceeds the 1600 character limit"),
    21619: (400, "A text body, a media URL or a ContentSid is required"),
    21620: (400, "A media URL is not valid"),
    21623: (400, "There are more media files than allowed"),
    21654: (400, "ContentVariables were given without a ContentSid"),
    21655: (400, "The ContentSid is not valid"),
    21656: (400, "The ContentVariables parameter is not valid"),
    21701: (400, "The Messaging Service does not exist"),
    21910: (400, "'From' and 'To' are not of the same channel"),
    30409: (400, "Only a scheduled message can be canceled"),
    35111: (400, "SendAt is missing or not valid for ScheduleType"),
    35114: (400, "SendAt is outside 15 minutes to 35 days from now"),
    35118: (400, "A MessagingServiceSid is required to schedule a message"),
    63007: (400, "Twilio could not find a Channel with the specified From address"),
    63031: (400, "'From' and 'To' are the same address"),
    92007: (400, "The content could not be validated"),
}

LATER: dict[int, str] = {
    21610: "The recipient has opted out",
    63003: "The recipient could not be found on the channel",
    63005: "The channel did not accept the content",
    63012: "The channel provider had an internal error",
    63013: "The message breaks a policy of the channel",
    63014: "The recipient blocked the message",
    63015: "The recipient has not joined the sandbox",
    63016: "A free-form message was sent outside the allowed window",
    63018: "The channel's rate limit was exceeded",
    63019: "A file of the message could not be downloaded",
    63021: "The channel found the content invalid",
    63024: "The recipient can't receive this message",
    63033: "The recipient does not accept marketing",
    63040: "The template was rejected",
    63041: "The template is paused",
    63042: "The template is disabled",
    63049: "The channel chose not to deliver this marketing message",
}

_BY_STATUS = {401: 20003, 404: 20404, 429: 20429, 500: 20500, 503: 20503}


class TwilioError(Exception):
    """A request that Twilio would refuse, with its code and HTTP status."""

    def __init__(self, code: int, detail: str = "", status: int | None = None) -> None:
        known_status, text = REFUSALS.get(code, (400, "The request was refused"))
        self.code = code
        self.status = status or known_status
        super().__init__(f"{text}: {detail}" if detail else text)

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class DroppedConnectionError(Exception):
    """The connection must end without an answer, although the request may have been accepted."""


def code_for_status(status: int) -> int:
    """The code that goes with an HTTP status on demand."""
    return _BY_STATUS.get(status, 20500 if status >= 500 else 20001)  # noqa: PLR2004 - HTTP's own line
