"""What a login needs, for every test that logs somebody in through the pages."""

from __future__ import annotations


def forms(username: str, password: str) -> list[dict[str, str]]:
    """The forms of a login in their order, by the names of their fields."""
    return [{"username": username, "password": password}]
