"""Their card is theirs: links to it, what they agree to, what they correct; the printed directory."""

from datetime import timedelta

from sqlalchemy import update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, tokens
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import card_queries
from outreach.directory.card_models import (
    CONFIRM,
    CORRECT,
    FIELDS,
    PRINTED,
    PURPOSES,
    REFUSE,
    CardAnswer,
    CardLink,
    Consent,
    PrintRun,
)
from outreach.directory.models import Person
from outreach.directory.operations.people import apply_correction

LINK_LASTS = timedelta(days=90)


def make_link(person: Person, *, by: User) -> str:
    """A fresh link to the person's own page, its token; links made before stop working.

    Making it is telling them (PIPL 17).
    """
    lock(person)
    db.session.execute(
        update(CardLink)
        .where(CardLink.person_id == person.id, CardLink.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    token = tokens.fresh()
    db.session.add(
        CardLink(
            person_id=person.id,
            sha256=tokens.digest(token),
            made_by_id=by.id,
            ends_at=clock.now() + LINK_LASTS,
        )
    )
    audit.record(by, "directory.make_link", person)
    return token


def revoke_link(link: CardLink, *, by: User) -> None:
    """The link opens nothing any more."""
    lock(link)
    link.revoked_at = link.revoked_at or clock.now()
    audit.record(by, "directory.revoke_link", link.person)


def confirm_card(link: CardLink) -> None:
    """The person looked at the card: it is right, and they know they are on the register."""
    person = _answering(link)
    db.session.add(CardAnswer(person_id=person.id, kind=CONFIRM, state="noted"))
    person.updated_at = clock.now()
    audit.record(None, "directory.confirm_card", person)


def propose_correction(link: CardLink, *, values: dict) -> None:
    """What the person wants changed; the county accepts it or says why not.

    A second proposal replaces one nobody has looked at.
    """
    person = _answering(link)
    if not values:
        raise Refused(_("Nothing was changed."))
    for answer in card_queries.open_answers(person):
        if answer.kind == CORRECT:
            db.session.delete(answer)
    db.session.add(CardAnswer(person_id=person.id, kind=CORRECT, values=values))
    audit.record(None, "directory.propose_correction", person, fields=sorted(values))


def choose(
    person: Person, *, choices: dict[str, list[str]], via: str, by: User | None, link: CardLink | None = None
) -> None:
    """Record what may be used for what. What is not named is not agreed to."""
    if link is not None:
        _answering(link)
    lock(person)
    clean = {
        purpose: [field for field in FIELDS if field in choices[purpose]]
        for purpose in PURPOSES
        if choices.get(purpose)
    }
    db.session.add(
        Consent(person_id=person.id, choices=clean, via=via[:120], recorded_by_id=getattr(by, "id", None))
    )
    person.consents, person.may_print = clean, bool(clean.get(PRINTED))
    audit.record(by, "directory.choose", person, purposes=sorted(clean))


def refuse(link: CardLink) -> None:
    """One tap: no use beyond what the law allows,
    and the county is asked to take the card off the register.
    """
    person = _answering(link)
    choose(person, choices={}, via=_("their own page"), by=None)
    if not any(answer.kind == REFUSE for answer in card_queries.open_answers(person)):
        db.session.add(CardAnswer(person_id=person.id, kind=REFUSE))
    audit.record(None, "directory.refuse", person)


def _answering(link: CardLink) -> Person:
    person = link.person
    lock(person)
    moment = clock.now()
    link.opened_at = link.opened_at or moment
    person.notice_at = person.notice_at or moment
    return person


def accept_answer(answer: CardAnswer, *, by: User) -> None:
    """Write a proposed correction into the card; a wish to be taken off is noted as dealt with."""
    lock(answer)
    answer.move("accepted")
    answer.decided_at, answer.decided_by_id = clock.now(), by.id
    if answer.kind == CORRECT:
        apply_correction(answer.person, answer.values, source=_("their own page"), by=by)
    audit.record(by, "directory.accept_answer", answer.person, kind=answer.kind)


def decline_answer(answer: CardAnswer, *, reason: str, by: User) -> None:
    """Leave the card as it is; the person reads the reason on their page."""
    lock(answer)
    answer.move("declined")
    answer.decided_at, answer.decided_by_id, answer.reason = clock.now(), by.id, reason
    audit.record(by, "directory.decline_answer", answer.person, reason=reason)


def print_directory(unit: Unit, *, people: list[Person], recipient: str, order: str, by: User) -> PrintRun:
    """Number one copy and keep who stands in it with what."""
    lock(unit)
    run = PrintRun(
        unit_id=unit.id,
        copy=card_queries.next_copy(unit),
        recipient=recipient,
        order=order,
        printed_by_id=by.id,
        people={str(person.id): person.consents[PRINTED] for person in people},
    )
    db.session.add(run)
    audit.record(by, "directory.print_directory", run, reason=recipient, count=len(people), copy=run.copy)
    return run


def show_dossier(person: Person, *, reason: str, by: User) -> None:
    """Leave the trace of somebody reading all that is kept of a person."""
    audit.record(by, "directory.show_dossier", person, reason=reason)


def give_copy(person: Person, *, form: str, by: User | None, reason: str = "") -> None:
    """Leave the trace of a copy of all that is kept: taken by the person (``by`` is None) or for them."""
    audit.record(by, "directory.give_copy", person, reason=reason, form=form)
