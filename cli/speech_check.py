"""Who listens to voice notes here, for `doctor`: as it is set, and whether it can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cli import words
from cli.install.failure import Failure
from outreach.messages.speech import choice, local
from outreach.messages.speech.http import is_private

if TYPE_CHECKING:
    from collections.abc import Mapping


def look(found: Mapping[str, Any]) -> str:
    """Return who listens.

    Raises:
        Failure: what is set can't be.
    """
    way, url = found["speech"], found.get("speech_url")
    if way == "off":
        return words.SPEECH_OFF
    if way == "http":
        if not (found.get("speech_public") or is_private(urlsplit(str(url)).hostname or "")):
            raise Failure(words.SPEECH_HTTP_PUBLIC.format(url=url))
        return words.SPEECH_HTTP.format(url=url)
    if not local.is_set_up():
        if way == "local":
            raise Failure(words.SPEECH_NOT_SET_UP)
        return words.SPEECH_NOT_SET_UP
    few = way == "auto" and choice.free_memory() < choice.LEAST_FREE
    return words.SPEECH_NO_MEMORY if few else words.SPEECH_LOCAL
