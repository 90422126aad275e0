"""What the desk writes: only the trace of exports."""

from outreach.accounts.models import User
from outreach.core import audit
from outreach.events.models import Event


def export_summary(event: Event, *, by: User) -> None:
    """Leave the trace of a meeting's summary taken out of the house."""
    audit.record(by, "desk.export_summary", event)


def export_taking_part(
    *, step: str, event: int = 0, unit: int = 0, text: str = "", count: int, reason: str, by: User
) -> None:
    """Leave the trace of who took part in the summits taken out of the house;
    ``text``, which may be a name, is only told to have been there.
    """
    audit.record(
        by,
        "desk.export_taking_part",
        step=step,
        event=event,
        unit=unit,
        searched=bool(text),
        count=count,
        reason=reason,
    )


def export_funnel(*, count: int, by: User) -> None:
    """Leave the trace of the funnel taken out of the house."""
    audit.record(by, "desk.export_funnel", count=count)
