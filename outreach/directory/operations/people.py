"""Cards: adding, editing, deciding tiers, showing what is masked."""

from sqlalchemy import delete, insert, select, update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock, pour
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import joining_queries, names, queries, restricting, terms
from outreach.directory.announcements import people_in_use
from outreach.directory.duplicate_models import Merge
from outreach.directory.models import (
    CHAMBER,
    COMPANY,
    TIERS,
    Organisation,
    OrganisationTerm,
    Person,
    PersonPhone,
    PersonTerm,
    Post,
    TierDecision,
)
from outreach.directory.operations.pairs import find_duplicates
from outreach.directory.reading.business import is_chamber
from outreach.directory.tier_models import TierProposal


def organisation_named(name: str, **fields) -> Organisation:
    """The organisation of this name, made when nobody knows it yet."""
    found = queries.organisation_by_name(name) or joining_queries.called_before(name)
    if found is None:
        kind = CHAMBER if is_chamber(name) else COMPANY
        found = Organisation(name=name, name_key=names.organisation_key(name), **{"kind": kind, **fields})
        db.session.add(found)
        db.session.flush()
        rows = [{"term": term, "organisation_id": found.id} for term in sorted(terms.of_organisation(name))]
        db.session.execute(insert(OrganisationTerm), rows)
    return found


def reindex(person: Person) -> None:
    """Write anew what the person is found by."""
    db.session.flush()
    db.session.expire(person, ["phones"])
    db.session.execute(delete(PersonTerm).where(PersonTerm.person_id == person.id))
    wanted = terms.of_person(person.name, [phone.number for phone in person.phones])
    pour(PersonTerm, ("term", "person_id"), [(term, person.id) for term in sorted(wanted)])


def _write(person: Person, *, mobiles: list[str], company: str, title: str, source: str, **fields) -> None:
    for name, value in fields.items():
        setattr(person, name, value)
    for name, value in names.sort_keys(person.name).items():
        setattr(person, name, value)
    kept = {phone.number: phone for phone in person.phones}
    person.phones = [phone for phone in person.phones if phone.kind != "mobile" or phone.number in mobiles]
    for number in mobiles:
        if number not in kept:
            person.phones.append(PersonPhone(number=number, kind="mobile", source=source))
    _employ(person, company, title, source)
    if person.unit is not None and person.unit.level == "township":
        person.home_code = person.unit.place_code
    person.updated_at = clock.now()


def _employ(person: Person, company: str, title: str, source: str) -> None:
    """Make the post that lists show the one the form names; an empty company ends it."""
    present = person.company
    if present is not None and (
        not company or present.organisation.name_key != names.organisation_key(company)
    ):
        present.until_on = clock.today()  # the former post is history, not a mistake
        present = None
    if not company:
        return
    organisation = present.organisation if present else organisation_named(company)
    same = next(
        (post for post in person.posts if post.organisation_id == organisation.id and post.title == title),
        None,
    )
    if same is not None:  # held before, or held beside another one
        if present is not None and present is not same:
            present.until_on = clock.today()
        same.until_on = None
    elif present is not None:
        present.title = title
    else:
        person.posts.insert(
            0,
            Post(
                organisation=organisation,
                title=title,
                source=source,
                since_on=clock.today() if person.posts else None,
            ),
        )


def add_person(unit: Unit, *, source: str, by: User | None, **values) -> Person:
    """A new card kept by ``unit``. ``values`` as the form gives them (``mobiles`` a list)."""
    person = Person(unit=unit, source=source)
    db.session.add(person)
    _write(person, source=source, **values)
    reindex(person)
    audit.record(by, "directory.add_person", person)
    find_duplicates([person.id], by=by)
    return person


def join_card(
    person: Person, *, source: str, by: User, mobiles: list[str], company: str, title: str, **values
) -> None:
    """Somebody typed in a person who is on the register:
    the card gains what it lacks, nothing is overwritten.
    """
    lock(person)
    for name, value in values.items():
        if value not in (None, "") and getattr(person, name) in (None, ""):
            setattr(person, name, value)
    have = {phone.number for phone in person.phones}
    person.phones.extend(
        PersonPhone(number=number, kind="mobile", source=source) for number in mobiles if number not in have
    )
    if company:
        organisation = organisation_named(company)
        if all(post.organisation_id != organisation.id for post in person.posts):
            person.posts.append(Post(organisation=organisation, title=title, source=source))
    person.version += 1
    person.updated_at = clock.now()
    reindex(person)
    audit.record(by, "directory.join_card", person)
    find_duplicates([person.id], by=by)


def edit_person(person: Person, *, version: int, by: User, **values) -> None:
    """Change a card; :class:`Refused` when somebody else changed it since ``version`` was read."""
    lock(person)
    _check_version(person, version)
    _write(person, source=_("edited by %(name)s", name=by.name), **values)
    person.version += 1
    reindex(person)
    audit.record(by, "directory.edit_person", person)
    find_duplicates([person.id], by=by)


def _check_version(person: Person, version: int) -> None:
    if person.version != version:
        raise Refused(
            _("Somebody else has changed this card in the meantime. Reload it, then make your change.")
        )


def apply_correction(person: Person, values: dict, *, source: str, by: User) -> None:
    """What the person corrected on their own page: ``mobile``,
    ``company`` and ``title`` go to numbers and posts, the rest to the card.
    """
    lock(person)
    fields = dict(values)
    mobile, company, title = (
        fields.pop("mobile", None),
        fields.pop("company", None),
        fields.pop("title", None),
    )
    for name, value in fields.items():
        setattr(person, name, value)
    if mobile and mobile not in {phone.number for phone in person.phones}:
        person.phones = [phone for phone in person.phones if phone.number != person.mobile]
        person.phones.append(PersonPhone(number=mobile, kind="mobile", source=source))
    if company is not None or title is not None:
        present = person.company
        _employ(
            person,
            company or (present.organisation.name if present else ""),
            title if title is not None else present.title if present else "",
            source,
        )
    person.version += 1
    person.updated_at = clock.now()
    reindex(person)
    audit.record(by, "directory.apply_correction", person, fields=sorted(values))
    find_duplicates([person.id], by=by)


def rank_names() -> int:
    """Give every card its place in the stroke orders that has none yet (cards older than the orders);
    how many.
    """
    rows = db.session.execute(select(Person.id, Person.name).where(Person.stroke_surname == "")).all()
    for person_id, name in rows:
        db.session.execute(update(Person).where(Person.id == person_id).values(**names.sort_keys(name)))
    if rows:
        audit.record(None, "directory.rank_names", count=len(rows))
    return len(rows)


def remove_person(person: Person, *, version: int, reason: str, by: User) -> None:
    """Delete a card that nothing points at; :class:`Refused` when somebody changed it since ``version`` was
    read.
    """
    lock(person, to_delete=True)
    _check_version(person, version)
    used = {key: why for answer in people_in_use([person.id]) for key, why in answer.items()}
    if person.id in used:
        raise Refused(used[person.id])
    audit.record(by, "directory.remove_person", person, reason=reason)
    gone = {person.id}
    while cards := set(db.session.scalars(select(Merge.gone_id).where(Merge.kept_id.in_(gone)))) - gone:
        gone |= cards
    # what they say of this person goes too
    db.session.execute(delete(Merge).where(Merge.kept_id.in_(gone) | (Merge.gone_id == person.id)))
    db.session.delete(person)


def decide_tier(person: Person, *, tier: int, reason: str, by: User) -> None:
    """Promote or remove: a decision with its reason; the card follows the latest one."""
    lock(person)
    restricting.check_free(person)
    if tier not in TIERS or tier == person.tier:
        raise Refused(_("The person is on this list already."))
    db.session.add(
        TierDecision(
            person_id=person.id, tier=tier, reason=reason, decided_at=clock.now(), decided_by_id=by.id
        )
    )
    audit.record(by, "directory.decide_tier", person, reason=reason, before=person.tier, after=tier)
    person.tier = tier
    person.version += 1
    settle_proposals(person, reason=reason, by=by)


def settle_proposals(person: Person, *, reason: str, by: User) -> None:
    """A decision on the person answers what was still proposed:
    accepted up to the tier reached, declined above it.
    """
    for row in db.session.scalars(
        select(TierProposal).where(TierProposal.person_id == person.id, TierProposal.state == "open")
    ):
        row.move("accepted" if row.tier <= person.tier else "declined")
        row.decided_at, row.decided_by_id, row.reason = clock.now(), by.id, reason
        audit.record(by, "directory.settle_proposal", row, state=row.state)


def unmask(people: list[Person], *, reason: str, by: User) -> None:
    """Leave the trace of somebody reading names and numbers in full."""
    for person in people:
        audit.record(by, "directory.unmask", person, reason=reason)


def export_people(*, count: int, full: bool, reason: str, by: User) -> None:
    """Leave the trace of a list taken out of the house."""
    audit.record(by, "directory.export_people", reason=reason, count=count, full=full)
