"""The settings of voice notes: who listens to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.ground import setting_values as values
from outreach.ground.setting_values import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTO = "auto"
WAYS = frozenset({"off", "local", "http"})
URL = "AVANZA_SPEECH_URL"


def way(env: Mapping[str, str]) -> str:
    """Read `AVANZA_SPEECH`; unset is `auto`.

    Raises:
        SettingsError: it is none of the ways, or a server is to listen and none is named.
    """
    asked = (values.text(env, "AVANZA_SPEECH") or AUTO).lower()
    if asked not in WAYS | {AUTO}:
        raise SettingsError("AVANZA_SPEECH debe ser off, local o http.")
    if asked == "http" and values.text(env, URL) is None:
        raise SettingsError("AVANZA_SPEECH=http necesita AVANZA_SPEECH_URL, como http://10.0.0.5:8000.")
    return asked
