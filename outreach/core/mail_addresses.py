"""Mail addresses: what people type becomes one address that can be delivered to, or none."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from outreach.core.phones import UNSEEN

LONGEST = 254
_STOPS = re.compile("[。｡．]")


def read(text: str) -> str | None:
    """The address in its one spelling, or None.

    Full-width signs (＠, ａ) become ordinary ones, a Chinese full stop a dot, the domain lower case; blanks
    around ``@`` and dots go, as do ``mailto:`` and pointed brackets around the whole. Domains in Chinese are
    given in their ASCII form; names before the ``@`` that are not ASCII are refused, for few servers take
    them. Nothing is looked up in the DNS.
    """
    if len(text) > LONGEST + 20:
        return None
    plain = _STOPS.sub(".", unicodedata.normalize("NFKC", UNSEEN.sub("", text))).strip().strip("<>")
    plain = re.sub(r"\s*([@.])\s*", r"\1", plain.removeprefix("mailto:"))
    try:
        found = validate_email(plain, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    address = found.ascii_email
    return address if address and len(address) <= LONGEST else None
