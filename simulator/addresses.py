"""Channel addresses: `whatsapp:+E164`, and which of them are one phone.

A Mexican mobile is written +52 or +521; WhatsApp knows one person behind both (twilio.md, section 7).
"""

from __future__ import annotations

import re

CHANNEL = "whatsapp:"
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_MEXICAN_MOBILE = re.compile(r"\+521(\d{10})")


def is_e164(number: str) -> bool:
    """Whether this is a plus sign and 7 to 15 digits."""
    return _E164.fullmatch(number) is not None


def bare(address: str) -> str:
    """The number without its channel."""
    return address.removeprefix(CHANNEL)


def is_whatsapp(address: str) -> bool:
    """Whether the address names the WhatsApp channel, valid or not."""
    return address.startswith(CHANNEL)


def canonical(address: str) -> str:
    """One key for one phone, whatever the form: +5213312345678 and whatsapp:+523312345678 give the same."""
    number = bare(address.strip())
    mexican = _MEXICAN_MOBILE.fullmatch(number)
    return f"+52{mexican.group(1)}" if mexican else number


def masked(address: str) -> str:
    """The number as status callbacks show it: the last four digits hidden."""
    return bare(address)[:-4] + "XXXX"
