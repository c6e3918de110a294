"""How many histories of reminders are tried: a few, or hundreds with `--long`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option, unless the harness of faults, which has it too, was loaded before."""
    try:
        parser.addoption("--long", action="store_true", help="reminders: hundreds of histories")
    except ValueError:
        return
