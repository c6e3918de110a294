"""E-mail of alarms by SMTP. What is sent is for staff and says nothing of any woman."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_SECONDS = 10.0


class MailError(Exception):
    """The mail was not taken; the message names the kind of error alone."""


def send(url: str, sender: str, to: Sequence[str], subject: str, body: str) -> None:
    """Send one text to all of `to` through `smtp://` (with STARTTLS where offered) or `smtps://`.

    Raises:
        MailError: it was not taken.
    """
    parts = urlsplit(url)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ", ".join(to), subject
    message.set_content(body)
    secure = parts.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    try:
        with kind(
            parts.hostname or "", parts.port or (465 if secure else 25), timeout=TIMEOUT_SECONDS
        ) as smtp:
            if not secure and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
            if parts.username:
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(type(error).__name__) from None
