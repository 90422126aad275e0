"""What is kept of a person, section by section: for the person, for the officer who answers them, and for who erases."""

from collections.abc import Iterator

from sqlalchemy import select

from outreach.core import latin
from outreach.core.db import db
from outreach.core.held import Section, entry
from outreach.core.i18n import _, day, moment, wan
from outreach.directory import card_queries, queries
from outreach.directory.announcements import people_held
from outreach.directory.card_forms import ANSWER_NAMES, ANSWER_STATES, CARD_FIELD_NAMES, PURPOSE_NAMES
from outreach.directory.forms import TIER_NAMES
from outreach.directory.models import INDUSTRIES, Person
from outreach.directory.roster_models import Batch, BatchRow


def of_person(person: Person) -> list[Section]:
    """All that is kept of a person, also by later domains; sections with nothing in them are left out."""
    every = [*_own(person), *(section for answer in people_held(person) for section in answer)]
    return [section for section in every if section.entries]


def _own(person: Person) -> Iterator[Section]:
    yield Section(_("Card"), [_card(person)])
    numbers = [
        entry((_("Number"), row.number), (_("Source"), row.source), (_("Kept since"), day(row.added_at)))
        for row in person.phones
    ]
    yield Section(_("Numbers"), numbers)
    posts = [
        entry(
            (_("Organisation"), row.organisation.name),
            (_("Post"), row.title),
            (_("Source"), row.source),
            (_("until"), day(row.until_on) if row.until_on else ""),
        )
        for row in person.posts
    ]
    yield Section(_("Posts"), posts)
    decided = [
        entry(
            (_("When"), day(row.decided_at)),
            (_("Tier"), TIER_NAMES[row.tier]),
            (_("On what grounds"), row.reason),
        )
        for row in queries.decisions(person)
    ]
    yield Section(_("Tiers"), decided)
    agreed = [
        entry((_("When"), moment(row.given_at)), (_("How"), row.via), (_("Agreed to"), _agreed(row.choices)))
        for row in card_queries.consents_of(person)
    ]
    yield Section(_("What was agreed to"), agreed)
    sent = [
        entry(
            (_("When"), moment(row.answered_at)),
            (_("Kind"), ANSWER_NAMES[row.kind]),
            (_("What"), "；".join(filter(None, map(str, row.values.values())))),
            (_("State"), ANSWER_STATES[row.state]),
            (_("Reason"), row.reason),
        )
        for row in card_queries.answers_of(person)
    ]
    yield Section(_("What you sent"), sent)
    yield Section(_("Rosters"), _rosters(person))


def _card(person: Person) -> list[tuple[str, str]]:
    lives = " ".join(dict.fromkeys(latin.place(part) for part in (person.province, person.city) if part))
    return entry(
        (_("Name"), person.name),
        (_("Gender"), {"男": _("Male"), "女": _("Female")}.get(person.gender, "")),
        (_("Born"), person.birth),
        (_("Home place"), f"{person.comes_from} {person.home_village}".strip()),
        (_("Lives in"), lives or person.lives_raw),
        (_("WeChat"), person.wechat),
        (_("Mail address"), person.email),
        (_("Industry"), INDUSTRIES.get(person.industry, "")),
        (_("Annual output"), wan(person.scale_wan) if person.scale_wan is not None else person.scale_stated),
        (_("Remark"), person.note),
        (_("Tags"), "、".join(person.tags)),
        (_("Kept by"), person.unit.shown),
        (_("Where it comes from"), person.source),
        (_("Kept since"), day(person.created_at)),
        (_("Told about it"), moment(person.notice_at) if person.notice_at else ""),
    )


def _agreed(choices: dict) -> str:
    told = [
        f"{PURPOSE_NAMES[purpose]}（{'、'.join(str(CARD_FIELD_NAMES[name]) for name in fields)}）"
        for purpose, fields in choices.items()
        if fields
    ]
    return "；".join(told) or _("withdrawn")


def _rosters(person: Person) -> list[list[tuple[str, str]]]:
    rows = db.session.execute(
        select(Batch, BatchRow)
        .join(BatchRow, BatchRow.batch_id == Batch.id)
        .where((BatchRow.person_id == person.id) | (BatchRow.id == person.origin_id))
        .order_by(BatchRow.id)
    )
    return [
        entry(
            (_("When"), day(batch.created_at)),
            (_("Sheet"), f"{batch.file.name} {row.sheet} {row.line}"),
            (_("What stood there"), "；".join(str(cell) for cell in row.raw if cell not in (None, ""))),
        )
        for batch, row in rows
    ]
