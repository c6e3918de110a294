"""Channel addresses: one woman whatever form her number takes.

Since August 2019 Mexican numbers are +52 and ten digits, but WhatsApp keeps old accounts under
+521; both forms are one woman. Replies go to the exact form that wrote. An address may also be a
channel's own user id with no number in it.
"""

from __future__ import annotations

import re

PREFIX = "whatsapp:"
_OLD_MEXICAN = re.compile(r"\+521(\d{10})$")
_NUMBER = re.compile(r"\+\d{7,15}$")
_TEN_DIGITS = re.compile(r"\d{10}$")
LONGEST = 128


class AddressError(ValueError):
    """This is not an address of the channel: it needs `whatsapp:` and a number or a user id."""


def canonical(address: str) -> str:
    """Return the form by which an address is recognised, such as `+523312345678`.

    Raises:
        AddressError: not an address of the channel.
    """
    bare = address.removeprefix(PREFIX).strip()
    if bare == address.strip() or not bare or len(bare) > LONGEST:
        raise AddressError(AddressError.__doc__)
    if bare.startswith("+"):
        if not _NUMBER.fullmatch(bare):
            raise AddressError(AddressError.__doc__)
        return _OLD_MEXICAN.sub(r"+52\1", bare)
    return bare


def from_national(number: str) -> str | None:
    """Return the address to write first to a Mexican number of ten digits, or None if it is not one."""
    digits = re.sub(r"\D", "", number)
    if len(digits) == 13 and digits.startswith("521"):  # noqa: PLR2004 (the old form, 521 and ten digits)
        digits = digits[3:]
    if len(digits) == 12 and digits.startswith("52"):  # noqa: PLR2004 (52 and ten digits)
        digits = digits[2:]
    return f"{PREFIX}+52{digits}" if _TEN_DIGITS.fullmatch(digits) else None
