"""What the door holds of a guest: when they were there."""

from sqlalchemy import select

from outreach.checkin.forms import VERDICT_NAMES
from outreach.checkin.models import Scan
from outreach.core.db import db
from outreach.core.held import Section, entry
from outreach.core.i18n import _, moment


def of_guests(ids) -> list[Section]:
    """Every scan of the guests' tickets."""
    chosen = select(Scan).where(Scan.registration_id.in_(list(ids))).order_by(Scan.at, Scan.id)
    scans = [
        entry(
            (_("When"), moment(row.at)),
            (_("Gate"), row.gate.name if row.gate else ""),
            (_("What was said"), VERDICT_NAMES.get(row.verdict, row.verdict)),
            (_("Reason"), row.reason),
        )
        for row in db.session.scalars(chosen)
    ]
    return [Section(_("At the door"), scans)]
