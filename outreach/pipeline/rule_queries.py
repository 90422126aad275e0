"""Reads of the house's rules: proofs, limits of lights, the calendar."""

from datetime import date

from sqlalchemy import select

from outreach.core.db import db
from outreach.core.i18n import is_chinese, lazy
from outreach.pipeline import lights
from outreach.pipeline.follow_models import CalendarDay, EvidenceRule, LightRule

#: what usually proves a milestone (domain 2.1), until the house says otherwise
PAPERS: dict[str, tuple[str, ...]] = {
    "contract": ("合同", "公平竞争审查意见"),
    "registered": ("营业执照",),
    "filed": ("备案证明",),
    "land": ("土地或租赁合同",),
    "construction": ("施工许可证", "现场照片"),
    "statistics": ("入库通知",),
    "production": ("发票", "用电凭证"),
    "capacity": ("纳税证明",),
}
#: the same in words of the page; what a house wrote itself stays as it wrote it
_PAPER_NAMES = {
    "合同": lazy("contract"),
    "公平竞争审查意见": lazy("fair-competition review"),
    "营业执照": lazy("business licence"),
    "备案证明": lazy("certificate of filing"),
    "土地或租赁合同": lazy("land or lease contract"),
    "施工许可证": lazy("construction permit"),
    "现场照片": lazy("photograph of the site"),
    "入库通知": lazy("notice of entry into statistics"),
    "发票": lazy("invoice"),
    "用电凭证": lazy("electricity bill"),
    "纳税证明": lazy("tax certificate"),
}


def paper_words(papers: list[str]) -> str:
    """Papers one after the other, in the language of the page where it is known."""
    return ("、" if is_chinese() else ", ").join(str(_PAPER_NAMES.get(paper, paper)) for paper in papers)


def papers_for(kind: str) -> list[str]:
    """What proves a milestone of this kind; empty: nothing has to."""
    row = db.session.get(EvidenceRule, kind)
    return list(row.papers) if row else list(PAPERS.get(kind, ()))


def light_rule(unit_id: int, name: str) -> LightRule | None:
    """A county's own limit."""
    return db.session.scalar(select(LightRule).where(LightRule.unit_id == unit_id, LightRule.name == name))


def limits() -> dict[int, dict[str, tuple[int, int]]]:
    """County -> rule -> (yellow, red) where it differs from ``lights.RULES``."""
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for row in db.session.scalars(select(LightRule)):
        found.setdefault(row.unit_id, dict(lights.RULES))[row.name] = (row.yellow, row.red)
    return found


def own_days() -> dict[date, bool]:
    """Day -> whether it is worked, of the house's table."""
    return dict(db.session.execute(select(CalendarDay.day, CalendarDay.works)).tuples().all())


def calendar_days() -> list[CalendarDay]:
    """The house's table, in time."""
    return list(db.session.scalars(select(CalendarDay).order_by(CalendarDay.day)))
