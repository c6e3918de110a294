"""The process that holds the trained model, one for each test process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from dialogue_talk import Driver

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """Return the process that holds the model."""
    made = Driver(tmp_path_factory.mktemp("rasa"))
    yield made
    made.close()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that need the model in one process, so that it is loaded once."""
    for item in items:
        if "driver" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("bot"))
