"""Pictures made anew: what a browser is given was drawn by us, and says neither where nor when it was taken.

The picture that came stays sealed as it came; this is for looking at it, and for what we send.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 2560
FORMATS: Final = ("JPEG", "PNG", "WEBP")
QUALITY: Final = 88


class NotAPictureError(Exception):
    """These bytes are no picture that can be shown."""


def redrawn(content: bytes) -> tuple[bytes, str]:
    """Return a picture made anew, upright and without metadata, and its media type.

    Raises:
        NotAPictureError: it is none, is damaged, or would take too much memory.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=FORMATS) as opened:
                return _redrawn(opened)
    except NotAPictureError:
        raise
    except Exception as error:  # noqa: BLE001 (a damaged picture raises whatever its decoder stumbles over)
        raise NotAPictureError(type(error).__name__) from None


def _redrawn(opened: Image.Image) -> tuple[bytes, str]:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise NotAPictureError("too many pixels")
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than it is shown
    upright = ImageOps.exif_transpose(opened)
    clear = upright.has_transparency_data
    picture = upright.convert("RGBA" if clear else "RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Copied pixel by pixel: nothing that rode with the old one comes along.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    made = BytesIO()
    if clear:
        bare.save(made, "PNG")
        return made.getvalue(), "image/png"
    bare.save(made, "JPEG", quality=QUALITY)
    return made.getvalue(), "image/jpeg"
