"""Channel addresses: one woman whatever form her number takes.

Since August 2019 Mexican numbers are +52 and ten digits, but WhatsApp keeps old accounts under
+521; both forms are one woman. Replies go to the exact form that wrote. An address may also be a
channel's own user id with no number in it.
"""

from __future__ import annotations

import re

import phonenumbers

PREFIX = "whatsapp:"
REGION = "MX"
# The library of numbering plans knows the present plan only, not the old mobile 1 of WhatsApp's accounts.
_OLD_MEXICAN = re.compile(r"(?:\+?52)1([0-9]{10})$")
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
    if not bare.startswith("+"):
        return bare
    number = _e164(bare)
    if number is None:
        raise AddressError(AddressError.__doc__)
    return number


def from_national(number: str) -> str | None:
    """Return the address to write first to a Mexican number of ten digits, or None if it is not one."""
    e164 = _e164(number)
    return f"{PREFIX}{e164}" if e164 is not None and e164.startswith("+52") else None


def _e164(raw: str) -> str | None:
    compact = _OLD_MEXICAN.sub(r"+52\1", re.sub(r"[\s().-]", "", raw))
    try:
        parsed = phonenumbers.parse(compact, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
