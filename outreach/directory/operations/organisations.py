"""Organisations: what is known of them, when it was last verified; posts over time."""

from datetime import date

from sqlalchemy import delete, insert, select

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import joining_queries, names, organisation_queries, terms
from outreach.directory.models import Organisation, OrganisationTerm, Post
from outreach.directory.operations.people import organisation_named
from outreach.directory.organisation_rules import check_unique


def add_organisation(*, name: str, by: User, **fields) -> Organisation:
    """A company, a chamber, an association; one name is one organisation."""
    if db.session.scalar(
        select(Organisation.id).where(Organisation.name_key == names.organisation_key(name))
    ):
        raise Refused(_("An organisation of this name exists already."), at="name")
    if (joined := joining_queries.called_before(name)) is not None:
        raise Refused(_("An organisation of this name went into “%(name)s”.", name=joined.name), at="name")
    row = organisation_named(name)
    check_unique(row, name=name, credit_code=fields.get("credit_code"))
    _write(row, **fields)
    row.verified_at = clock.now()
    audit.record(by, "directory.add_organisation", row)
    return row


def edit_organisation(row: Organisation, *, name: str, by: User, **fields) -> None:
    """Correct what is known; the name keeps its endings for the search."""
    lock(row)
    check_unique(row, name=name, credit_code=fields.get("credit_code"))
    key = names.organisation_key(name)
    row.name = name
    if key != row.name_key:
        row.name_key = key
        db.session.execute(delete(OrganisationTerm).where(OrganisationTerm.organisation_id == row.id))
        db.session.execute(
            insert(OrganisationTerm),
            [{"term": term, "organisation_id": row.id} for term in sorted(terms.of_organisation(name))],
        )
    _write(row, **fields)
    audit.record(by, "directory.edit_organisation", row)


def _write(row: Organisation, **fields) -> None:
    for name, value in {**fields, "credit_code": fields.get("credit_code") or None}.items():
        setattr(row, name, value)


def verify_organisation(row: Organisation, *, by: User) -> None:
    """Somebody checked: what stands there is right today."""
    lock(row)
    row.verified_at = clock.now()
    audit.record(by, "directory.verify_organisation", row)


def remove_organisation(row: Organisation, *, reason: str, by: User) -> None:
    """It was entered by mistake and nothing points at it;
    what others proposed to change about it goes with it.
    """
    lock(row)
    if tables := organisation_queries.pointing(row):
        words = {
            "posts": _("posts of people"),
            "agreements": _("agreements"),
            "projects": _("projects"),
            "pairings": _("pairings"),
        }
        named = "、".join(words.get(name, _("other entries")) for name in tables)
        raise Refused(_("Entries point at this organisation: %(what)s. It stays.", what=named))
    audit.record(by, "directory.remove_organisation", row, reason=reason, name=row.name)
    db.session.delete(row)


def end_post(post: Post, *, until_on: date, by: User) -> None:
    """The post is over; it stays on the card as history."""
    lock(post)
    if post.until_on is not None:
        raise Refused(_("This post has ended already."))
    post.until_on = until_on
    audit.record(by, "directory.end_post", post.person, post=post.id)


def export_organisations(*, count: int, reason: str, by: User) -> None:
    """Leave the trace of the list of organisations taken out of the house."""
    audit.record(by, "directory.export_organisations", reason=reason, count=count)
