"""How far two municipalities lie apart: between their seats, over the ground as the crow flies.

A road is longer, in the sierra much longer: whoever shows a distance says that it is a straight line. Where a
seat was not measured there is no distance, and nothing may be called near.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sqlalchemy import func

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, SQLColumnExpression

EARTH_KM = 6371.0088
"""The mean radius of the Earth in kilometres (IUGG)."""


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the great-circle distance of two places, each latitude and longitude in degrees."""
    (lat, lon), (other_lat, other_lon) = ((math.radians(one) for one in place) for place in (here, there))
    half = (
        math.sin((other_lat - lat) / 2) ** 2
        + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def sql_kilometres(
    here: tuple[SQLColumnExpression[float | None], SQLColumnExpression[float | None]],
    there: tuple[SQLColumnExpression[float | None], SQLColumnExpression[float | None]],
) -> ColumnElement[float | None]:
    """Return the same as SQL; NULL where one of the places was not measured."""
    (lat, lon), (other_lat, other_lon) = here, there
    half = func.power(func.sin(func.radians(other_lat - lat) / 2), 2) + (
        func.cos(func.radians(lat))
        * func.cos(func.radians(other_lat))
        * func.power(func.sin(func.radians(other_lon - lon) / 2), 2)
    )
    # LEAST passes over NULL and would make half the globe of what was not measured: hence the sum with it.
    return 2 * EARTH_KM * func.asin(func.sqrt(func.least(half, 1.0) + 0 * half))


def rounded(distance: float) -> int:
    """Return whole kilometres as one says them: at least 1, in fives from 20 on."""
    return max(1, round(distance)) if distance < 20 else 5 * round(distance / 5)  # noqa: PLR2004 (as it says)
