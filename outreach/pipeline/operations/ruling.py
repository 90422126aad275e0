"""The rules of the house: what proves a milestone, from when a light is on, which days are worked."""

from datetime import date

from outreach.accounts.models import Unit, User
from outreach.core import audit
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.pipeline import rule_queries as queries
from outreach.pipeline.follow_models import CalendarDay, EvidenceRule, LightRule


def set_papers(kind: str, *, papers: list[str], by: User) -> None:
    """What proves a milestone of this kind; nothing: it is confirmed without a paper."""
    row = db.session.get(EvidenceRule, kind) or EvidenceRule(kind=kind)
    row.papers = papers
    db.session.add(row)
    audit.record(by, "pipeline.set_papers", kind=kind, papers=papers)


def set_light(unit: Unit, *, name: str, yellow: int, red: int, by: User) -> None:
    """After how many working days a rule turns yellow and red in this county."""
    if red <= yellow:
        raise Refused(_("Red comes after yellow."))
    row = queries.light_rule(unit.id, name) or LightRule(unit_id=unit.id, name=name)
    row.yellow, row.red = yellow, red
    db.session.add(row)
    audit.record(by, "pipeline.set_light", unit, name=name, yellow=yellow, red=red)


def set_day(day: date, *, works: bool, note: str, by: User) -> None:
    """A day that is worked, or off, whatever the calendar says."""
    row = db.session.get(CalendarDay, day) or CalendarDay(day=day)
    row.works, row.note = works, note
    db.session.add(row)
    audit.record(by, "pipeline.set_day", day=day.isoformat(), works=works)


def forget_day(day: CalendarDay, *, by: User) -> None:
    """The calendar holds again."""
    audit.record(by, "pipeline.forget_day", day=day.day.isoformat())
    db.session.delete(day)
