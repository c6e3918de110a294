"""Channel addresses: one woman whatever form her number takes.

Since August 2019 Mexican numbers are +52 and ten digits, dialled alike from everywhere (IFT, Plan Técnico
Fundamental de Numeración); before that 01, 044 or 045 stood before the ten, and 1 after the country code.
WhatsApp keeps old accounts under +521; both forms are one woman. Replies go to the exact form that wrote.
An address may also be a channel's own user id with no number in it.
"""

from __future__ import annotations

import re

import phonenumbers

from outreach.ground.words import fold

PREFIX = "whatsapp:"
REGION = "MX"
# The library of numbering plans knows the present plan only, not the old mobile 1 of WhatsApp's accounts.
_OLD_MEXICAN = re.compile(r"\+521([0-9]{10})")
# What was or is dialled before the ten digits. Not a lone 1: eleven digits with a 1 are a number of the USA.
_DIALLED = re.compile(r"(?:(?:00|\+)?52(?:1|01|044|045)?|01|044|045)?([2-9][0-9]{9})")
_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015/]")
_INTERNATIONAL = re.compile(r"\+[0-9]{4,20}")
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
    number = _e164(_SEPARATORS.sub("", bare))
    if number is None:
        raise AddressError(AddressError.__doc__)
    return number


def from_national(number: str) -> str | None:
    """Return the address to write first to a Mexican number, with or without any old dialling prefix.

    None where it is not one whole Mexican number: too short or long, with letters or an extension.
    """
    found = _DIALLED.fullmatch(_SEPARATORS.sub("", fold(number)))
    return f"{PREFIX}+52{found[1]}" if found else None


def forms(address: str) -> list[str]:
    """Return an address, and after it the other form of a Mexican number: +52 or +521 and ten digits."""
    try:
        found = canonical(address)
    except AddressError:
        return [address]
    if not found.startswith("+52"):
        return [address]
    return list(dict.fromkeys((address, f"{PREFIX}{found}", f"{PREFIX}+521{found.removeprefix('+52')}")))


def read_aloud(number: str) -> str:
    """Return a canonical number as it is said: a Mexican one by its ten digits, such as `33 1234 5678`."""
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_country_code(parsed.country_code or 0) == REGION
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if home else form.INTERNATIONAL)


def _e164(compact: str) -> str | None:
    if not _INTERNATIONAL.fullmatch(compact):
        return None
    try:
        parsed = phonenumbers.parse(_OLD_MEXICAN.sub(r"+52\1", compact), REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
