"""What registrations hold of a guest: the place, what was answered and changed, what was written to them."""

from collections.abc import Sequence

from sqlalchemy import select

from outreach.core.db import db
from outreach.core.held import Section, entry
from outreach.core.i18n import _, moment
from outreach.directory.held_exports import looked
from outreach.registrations.forms import DETAIL_NAMES, STATE_NAMES
from outreach.registrations.message_models import GuestMessage
from outreach.registrations.message_texts import KIND_NAMES
from outreach.registrations.models import Registration, RegistrationChange
from outreach.registrations.question_models import Answer, words


def of_guests(rows: Sequence[Registration]) -> list[Section]:
    """What is kept of these registrations."""
    ids = [row.id for row in rows]
    return [
        Section(_("Registrations"), [_registration(row) for row in rows]),
        Section(_("Answers to questions"), _answers(ids)),
        Section(_("Changes of registrations"), _changes(ids)),
        Section(_("Messages to the guest"), _messages(ids)),
        Section(_("Who looked at the registration"), looked("registrations", ids)),
    ]


def _registration(row: Registration) -> list[tuple[str, str]]:
    zone = row.event.zone
    return entry(
        (_("Event"), row.event.shown),
        (_("State"), STATE_NAMES[row.state]),
        (_("Name"), row.name),
        (_("Company or organisation"), row.company),
        (_("Post"), row.post),
        (_("Mobile"), row.mobile),
        (_("Mail address"), row.email),
        (_("Guest type"), row.type.shown if row.type else ""),
        (_("In place of"), row.stands_in_for),
        (_("Reason"), row.reason),
        (_("Registered at"), moment(row.registered_at, zone)),
        (
            _("Agreed to"),
            f"{row.notice_version} {moment(row.consented_at, zone)}" if row.consented_at else "",
        ),
        (_("Book of the event"), moment(row.guest_book_at, zone) if row.guest_book_at else ""),
        (_("Photographs"), moment(row.photos_at, zone) if row.photos_at else ""),
    )


def _answers(ids: list[int]) -> list[list[tuple[str, str]]]:
    rows = db.session.scalars(select(Answer).where(Answer.registration_id.in_(ids)).order_by(Answer.id))
    return [
        entry(
            (_("Event"), row.registration.event.shown),
            (_("Question"), row.question.label),
            (_("Answer"), words(row.value, row.question.kind)),
        )
        for row in rows
    ]


def _changes(ids: list[int]) -> list[list[tuple[str, str]]]:
    chosen = select(RegistrationChange).where(RegistrationChange.registration_id.in_(ids))
    return [
        entry(
            (_("When"), moment(row.changed_at)),
            (_("What"), DETAIL_NAMES.get(row.detail, row.detail)),
            (_("Before"), row.before),
            (_("After"), row.after),
        )
        for row in db.session.scalars(chosen.order_by(RegistrationChange.id))
    ]


def _messages(ids: list[int]) -> list[list[tuple[str, str]]]:
    chosen = select(GuestMessage).where(GuestMessage.registration_id.in_(ids)).order_by(GuestMessage.id)
    return [
        entry(
            (_("When"), moment(row.written_at)),
            (_("Kind"), KIND_NAMES.get(row.kind, row.kind)),
            (_("To"), "、".join(filter(None, (row.mail and row.mail.recipient, row.sms and row.sms.mobile)))),
            (_("Text"), row.mail.text if row.mail else row.sms.text if row.sms else ""),
        )
        for row in db.session.scalars(chosen).unique()
    ]
