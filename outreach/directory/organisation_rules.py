"""What must hold of an organisation before it is written."""

from sqlalchemy import select

from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import names
from outreach.directory.models import Organisation


def check_unique(row: Organisation, *, name: str, credit_code: str | None) -> None:
    """:class:`Refused` when another organisation has this name or this credit code."""
    others = select(Organisation.id).where(Organisation.id != row.id)
    if db.session.scalar(others.where(Organisation.name_key == names.organisation_key(name))) is not None:
        raise Refused(_("An organisation of this name exists already."), at="name")
    if credit_code and db.session.scalar(others.where(Organisation.credit_code == credit_code)) is not None:
        raise Refused(_("Another organisation has this credit code."), at="credit_code")
