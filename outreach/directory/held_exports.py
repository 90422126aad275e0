"""What is kept of a person, section by section: for the person, for the officer who answers them,
and for who erases.
"""

from collections.abc import Iterator

import orjson
from sqlalchemy import Text, cast, select

from outreach.accounts.models import Grant
from outreach.core import clock, latin
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.held import Entry, Section, entry
from outreach.core.i18n import _, day, lazy, moment, wan
from outreach.directory import card_queries, queries, restricting
from outreach.directory.announcements import people_held
from outreach.directory.card_forms import ANSWER_NAMES, ANSWER_STATES, CARD_FIELD_NAMES, PURPOSE_NAMES
from outreach.directory.card_models import PrintRun
from outreach.directory.forms import TIER_NAMES
from outreach.directory.models import INDUSTRIES, Person
from outreach.directory.restriction_models import Restriction
from outreach.directory.roster_models import Batch, BatchRow
from outreach.permissions import Role

#: verbs of the audit that say that somebody read names and numbers in full
LOOKING = {
    "directory.unmask": lazy("read the card in full"),
    "directory.show_dossier": lazy("read all that is kept"),
    "directory.give_copy": lazy("took a copy of all that is kept"),
    "registrations.unmask": lazy("read the registration in full"),
}
ROLE_NAMES = {
    Role.ADMINISTRATOR: lazy("Administrator"),
    Role.ORGANISER: lazy("Organiser"),
    Role.INVESTMENT_OFFICER: lazy("Investment officer"),
    Role.LIAISON: lazy("Liaison"),
    Role.GATE_STAFF: lazy("Gate staff"),
    Role.VIEWER: lazy("Viewer"),
}


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
    held = [
        entry(
            (_("Since"), moment(row.since_at)),
            (_("Who"), role_words(row)),
            (_("Reason"), row.reason),
            (_("Lifted"), moment(row.lifted_at) if row.lifted_at else ""),
            (_("Why lifted"), row.lifted_why),
        )
        for row in restricting.of_person(person)
    ]
    yield Section(_("Restriction of processing"), held)
    yield Section(_("Rosters"), _rosters(person))
    yield Section(_("Printed copies"), _printed(person))
    yield Section(_("Who looked"), looked("people", [person.id]))


def role_words(row: Restriction) -> str:
    """Of which unit and in which role somebody restricted: 清丰县 组织者."""
    return f"{row.unit.shown if row.unit else ''} {ROLE_NAMES.get(row.role, row.role)}".strip()


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


def _printed(person: Person) -> list[Entry]:
    """Numbered copies of the printed directory in which the person stands."""
    runs = select(PrintRun).where(cast(PrintRun.people, Text).contains(f'"{person.id}"', autoescape=True))
    return [
        entry(
            (_("When"), day(run.printed_at)),
            (_("For whom this copy is"), run.recipient),
            (_("With"), "、".join(str(CARD_FIELD_NAMES[name]) for name in run.people[str(person.id)])),
        )
        for run in db.session.scalars(runs.order_by(PrintRun.id))
    ]


def looked(kind: str, ids: list[int]) -> list[Entry]:
    """Who read it in full, by role and day; not by name."""
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.user_id, AuditEntry.verb)
        .where(AuditEntry.object_kind == kind, AuditEntry.object_id.in_(ids), AuditEntry.verb.in_(LOOKING))
        .order_by(AuditEntry.id)
    ).all()
    roles: dict[int, str] = {}
    grants = select(Grant).where(Grant.user_id.in_({row.user_id for row in rows}))
    for grant in db.session.scalars(grants.order_by(Grant.id)).unique():
        roles.setdefault(grant.user_id, f"{grant.unit.shown} {ROLE_NAMES.get(grant.role, grant.role)}")
    told = dict.fromkeys((day(row.at), roles.get(row.user_id, _("the system")), row.verb) for row in rows)
    return [entry((_("When"), when), (_("Who"), who), (_("What"), LOOKING[verb])) for when, who, verb in told]


def as_json(sections: list[Section]) -> bytes:
    """The same as a file for machines."""
    told = [{"title": one.title, "entries": [dict(row) for row in one.entries]} for one in sections]
    return orjson.dumps({"kept": told, "made": clock.now().isoformat()}, option=orjson.OPT_INDENT_2)


def as_text(title: str, sections: list[Section]) -> bytes:
    """The same as a file for people; opens anywhere."""
    lines = [title, day(clock.today()), ""]
    for one in sections:
        lines += [f"■ {one.title}", ""]
        for row in one.entries:
            lines += [*(f"{name}：{value}" for name, value in row), ""]
    return "\ufeff".encode() + "\r\n".join(lines).encode()
