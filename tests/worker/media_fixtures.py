"""The fixture of tests of her files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from media_support import Desk, Her, Here, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.ground.settings import Settings


@pytest.fixture
def here(settings: Settings, recovery_key: str) -> Iterator[Here]:
    with running(settings) as (runtime, twilio):
        yield runtime, twilio, Her(runtime, twilio), Desk(runtime, recovery_key)
