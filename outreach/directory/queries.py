"""Reads of people and organisations."""

import json
from functools import lru_cache

from sqlalchemy import Select, String, bindparam, case, cast, false, func, intersect, or_, select, union
from sqlalchemy.orm import aliased, joinedload

from outreach.accounts.models import Place, Unit
from outreach.accounts.queries import reach
from outreach.core import clock, latin
from outreach.core.db import db
from outreach.core.swift import Swift
from outreach.directory import names, terms
from outreach.directory.announcements import MARKS, people_who
from outreach.directory.models import (
    CHAMBER,
    COMPANY,
    OTHER,
    STALE_AFTER,
    Organisation,
    OrganisationTerm,
    Person,
    PersonPhone,
    PersonTerm,
    Post,
    TierDecision,
)
from outreach.directory.reading.places import Cities, Towns
from outreach.directory.restricting import FREE
from outreach.permissions import Permission


def select_visible(user, permission: Permission = Permission.DIRECTORY_VIEW) -> Select:
    """The people whose cards lie within ``user``'s reach."""
    return _kept_in(reach(user, permission))


def select_free(user, permission: Permission = Permission.DIRECTORY_VIEW) -> Select:
    """The same without those whose processing is restricted: who may be written to, exported, printed, put
    forward.
    """
    return select_visible(user, permission).where(FREE)


@lru_cache(maxsize=1024)
def _kept_in(units: Select) -> Select:
    return select(Person).where(Person.unit_id.in_(units))


# A search is built once for each shape (how many words, which of them are one letter) and gets its words as
# values: for a word that few people match, building the statement takes longer than running it.
_FIRST = func.substr(Person.name_key, 1, bindparam("first_length")) == bindparam("first")
_BY_COMPANY = select(Post.person_id).join(
    OrganisationTerm, OrganisationTerm.organisation_id == Post.organisation_id
)
_CLOSENESS = (
    case((Person.name_key == bindparam("first"), 0), (_FIRST, 1), else_=2),
    Person.tier.desc(),
    Person.pinyin,
    Person.id,
)


def _ids_of_word(number: int, *, short: bool) -> Select:
    low, high = bindparam(f"low_{number}"), bindparam(f"high_{number}")
    people = select(PersonTerm.person_id).where(PersonTerm.term >= low, PersonTerm.term < high)
    if short:
        return people
    return union(people, _BY_COMPANY.where(OrganisationTerm.term >= low, OrganisationTerm.term < high))


@lru_cache
def _is_found(shape: tuple[bool, ...]):
    """The person matches every word: their number follows from ``shape``, one truth a word,
    whether it is a single letter.
    """
    parts = [_ids_of_word(number, short=short) for number, short in enumerate(shape)]
    return Person.id.in_(
        parts[0] if len(parts) == 1 else intersect(*(select(part.subquery().c[0]) for part in parts))
    )


def _shape(found: list[str]) -> tuple[bool, ...]:
    return tuple(len(word) < 2 for word in found)


def _spans(found: list[str]) -> dict[str, str]:
    return {
        f"{edge}_{number}": value
        for number, word in enumerate(found)
        for edge, value in zip(("low", "high"), terms.ranges(word)[0], strict=True)
    }


def _first(found: list[str]) -> dict:
    first = names.key(next(iter(found), ""))
    return {"first": first, "first_length": len(first)}


def searched(chosen: Select, text: str) -> Select:
    """Narrow ``chosen`` to what matches every word of ``text``; no word narrows nothing."""
    found = terms.words(text)
    return chosen.where(_is_found(_shape(found)).params(**_spans(found))) if found else chosen


def closest(chosen: Select, text: str) -> tuple[Select, dict]:
    """:func:`searched` and :func:`by_closeness` for a list that is asked for letter by letter:
    a statement and the values of its words.
    """
    found = terms.words(text)
    return _closest(chosen, _shape(found)), {**_spans(found), **_first(found)}


@lru_cache
def _closest(chosen: Select, shape: tuple[bool, ...]) -> Select:
    return (chosen.where(_is_found(shape)) if shape else chosen).order_by(*_CLOSENESS)


#: of words that very many match, a list of a large register shows so many, four pages: nobody reads further,
#: they type another letter
MOST_FOUND = 200
#: below this many cards the plain search is the quicker one
LARGE = 50_000


def is_large() -> bool:
    """Whether lists cut what very many match."""
    return (db.session.scalar(select(func.max(Person.id))) or 0) > LARGE


def _asked_each(part: Select):
    """Asked of one row after the other, so that the scan can end early:
    the offset keeps PostgreSQL from turning it round into a join.
    """
    return part.offset(0).exists()


def _holds(word: str, key):
    """Who has ``key`` (a column of the outer query) matches ``word``:
    by a term of their own or by a company's.
    """
    (low, high), outer = terms.ranges(word)[0], key.class_
    own, post, body = aliased(PersonTerm), aliased(Post), aliased(OrganisationTerm)
    term = _asked_each(
        select(own.person_id).where(own.person_id == key, own.term >= low, own.term < high).correlate(outer)
    )
    if len(word) < 2:
        return term
    company = select(post.id).join(body, body.organisation_id == post.organisation_id)
    return or_(
        term,
        _asked_each(
            company.where(post.person_id == key, body.term >= low, body.term < high).correlate(outer)
        ),
    )


def searched_at_most(chosen: Select, text: str) -> Select:
    """The same for a list that people look at: the first ``MOST_FOUND`` matches within ``chosen``,
    whole names first.

    The longest word's terms are read in their order, every other word is asked of each person found, and the
    scan ends when the list is full: a surname costs the same among a million as among 13,000. The ids are
    fetched here, for count and page alike.
    """
    found = sorted(terms.words(text), key=len, reverse=True)
    if not found:
        return chosen
    low, high = terms.ranges(found[0])[0]
    within = chosen.with_only_columns(Person.id, maintain_column_froms=True)

    def asked(key):  # the other words first: they turn away most, and the card need not be read
        return *(_holds(word, key) for word in found[1:]), _asked_each(
            within.where(Person.id == key).correlate(key.class_)
        )

    mine = select(PersonTerm.person_id).where(
        PersonTerm.term >= low, PersonTerm.term < high, *asked(PersonTerm.person_id)
    )
    ids = set(db.session.scalars(mine.limit(MOST_FOUND)))
    if len(found[0]) > 1 and len(ids) < MOST_FOUND:
        theirs = _BY_COMPANY.where(
            OrganisationTerm.term >= low, OrganisationTerm.term < high, *asked(Post.person_id)
        )
        ids |= set(db.session.scalars(theirs.limit(MOST_FOUND)))
    # of ``chosen``, every one: asking that again might read the whole register
    return select(Person).where(Person.id.in_(sorted(ids)))


def by_closeness(chosen: Select, text: str) -> Select:
    """Whole names first, then names that begin with it, then the higher tier, then pinyin."""
    return chosen.order_by(_CLOSENESS[0].params(**_first(terms.words(text))), *_CLOSENESS[1:])


def filtered(
    chosen: Select,
    *,
    text: str = "",
    cut: bool = False,
    tier: int | None = None,
    at_least: int | None = None,
    unit: int | None = None,
    home: str = "",
    province: str = "",
    city: str = "",
    industry: str = "",
    village: str = "",
    chamber: str = "",
    tag: str = "",
    consent: str = "",
    mark: str = "",
    leader: int | None = None,
    silent: int | None = None,
) -> Select:
    """Narrow people by the filters of the list. ``cut``: for a page of a large register, not for an export
    (:func:`searched_at_most`)."""
    for column, value in ((Person.tier, tier), (Person.province, province), (Person.industry, industry)):
        if value:
            chosen = chosen.where(column == value)
    if city.strip():
        chosen = chosen.where(in_city(city))
    if at_least:
        chosen = chosen.where(Person.tier >= at_least)
    if unit:
        path = select(Unit.path).where(Unit.id == unit).scalar_subquery()
        chosen = chosen.where(
            Person.unit_id.in_(select(Unit.id).where(func.substr(Unit.path, 1, func.length(path)) == path))
        )
    if home:
        chosen = chosen.where(Person.home_code.startswith(home, autoescape=True))
    chosen = _known(_more(chosen, village, chamber, tag, consent), mark, leader, silent)
    if text:
        chosen = (searched_at_most if cut else searched)(chosen, text)
    return chosen


def _more(chosen: Select, village: str, chamber: str, tag: str, consent: str) -> Select:
    if village:
        chosen = chosen.where(Person.home_village.contains(village.strip(), autoescape=True))
    if chamber:
        chambers = select(Organisation.id).where(
            Organisation.kind == CHAMBER, Organisation.name.contains(chamber.strip(), autoescape=True)
        )
        chosen = chosen.where(Person.id.in_(select(Post.person_id).where(Post.organisation_id.in_(chambers))))
    if tag:  # a JSON list of texts: the quotes make it the whole tag
        chosen = chosen.where(
            cast(Person.tags, String).contains(json.dumps(tag.strip(), ensure_ascii=False), autoescape=True)
        )
    if consent == "restricted":
        return chosen.where(~FREE)
    if consent:
        chosen = chosen.where(
            Person.may_print.is_(consent == "printed") if consent != "told" else Person.notice_at.is_not(None)
        )
    return chosen


def _known(chosen: Select, mark: str, leader: int | None, silent: int | None) -> Select:
    """Who later domains know by all of these marks."""
    marks = (
        mark if mark in MARKS else "",
        f"paired with {leader}" if leader else "",
        f"silent for {silent}" if silent else "",
    )
    for asked in filter(None, marks):
        ids = [answer for answer in people_who(asked) if answer is not None]
        chosen = chosen.where(or_(*(Person.id.in_(answer) for answer in ids)) if ids else false())
    return chosen


def in_city(typed: str):
    """A condition for people who live in a city, as its name begins (深圳,
    深圳市) or as English pages spell it (Shenzhen).
    """
    text = typed.strip()
    if not text.isascii():
        return Person.city.startswith(text, autoescape=True)
    names = db.session.scalars(select(Place.name).where(func.length(Place.code) <= 4))
    spelled = [name for name in names if latin.spelled(name).lower().startswith(text.lower())]
    return or_(Person.city.in_(spelled), Person.city.istartswith(text, autoescape=True))


def official_place(province: str, city: str) -> tuple[str, str]:
    """(province, city) with the whole name of a city that was written short (深圳:
    深圳市), and its province where none was chosen; else as typed.
    """
    known_province, known_city = cities().read(province + city).value if city else ("", "")
    return (
        (known_province, known_city)
        if known_city.startswith(city) and province in ("", known_province)
        else (province, city)
    )


def home_county():
    """The division code of the county people come from;
    where no home is known, of the county whose card it is. The query joins their ``Unit``.
    """
    return func.substr(func.coalesce(Person.home_code, Unit.place_code), 1, 6)


def people_from(*counties: str) -> Select:
    """The ids of the people of these counties, by division code."""
    return select(Person.id).outerjoin(Unit, Unit.id == Person.unit_id).where(home_county().in_(counties))


def homes(user) -> list[tuple[str, str]]:
    """(division code, name) of counties and townships within reach, for the home filter."""
    rows = db.session.execute(
        select(Place.code, Place.name)
        .join(Unit, Unit.place_code == Place.code)
        .where(Unit.id.in_(reach(user, Permission.DIRECTORY_VIEW)), Unit.level.in_(("county", "township")))
        .order_by(Place.code)
    )
    return [(code, latin.place(name) if len(code) == 6 else f"　{latin.place(name)}") for code, name in rows]


def decisions(person: Person) -> list[TierDecision]:
    """The tier decisions on a person, latest first."""
    return list(
        db.session.scalars(
            select(TierDecision).where(TierDecision.person_id == person.id).order_by(TierDecision.id.desc())
        )
    )


def select_organisations(
    *, text: str = "", kind: str = "", province: str = "", stale: bool = False
) -> Select:
    """Organisations by part of the name, kind and province."""
    chosen = select(Organisation)
    for word in terms.words(text):
        low, high = terms.ranges(word)[0]
        ids = select(OrganisationTerm.organisation_id).where(
            OrganisationTerm.term >= low, OrganisationTerm.term < high
        )
        chosen = chosen.where(Organisation.id.in_(ids))
    if kind:
        chosen = chosen.where(Organisation.kind == kind)
    if province:
        chosen = chosen.where(Organisation.province == province)
    if stale:
        old = Organisation.verified_at < clock.now() - STALE_AFTER
        chosen = chosen.where(
            Organisation.kind.not_in((COMPANY, OTHER)), or_(Organisation.verified_at.is_(None), old)
        )
    return chosen


def chambers() -> list[Organisation]:
    """Every chamber of commerce, by name."""
    return list(
        db.session.scalars(
            select(Organisation).where(Organisation.kind == CHAMBER).order_by(Organisation.name)
        )
    )


def chambers_by_province() -> dict[str, int]:
    """Province -> chambers, for the map."""
    rows = db.session.execute(
        select(Organisation.province, func.count())
        .where(Organisation.kind == CHAMBER)
        .group_by(Organisation.province)
    )
    return {province: count for province, count in rows if province}


def officers(organisation: Organisation, user) -> list[Post]:
    """The posts of people within reach, today's first, then the past ones."""
    chosen = (
        select(Post)
        .join(Person, Person.id == Post.person_id)
        .where(
            Post.organisation_id == organisation.id,
            Person.unit_id.in_(reach(user, Permission.DIRECTORY_VIEW)),
        )
    )
    chosen = chosen.options(joinedload(Post.person)).order_by(
        Post.until_on.is_not(None), Post.title == "", Post.title, Person.stroke_surname
    )
    return list(db.session.scalars(chosen.limit(300)).unique())


def chamber_regions() -> tuple[int, int]:
    """(chambers, provinces they lie in); a chamber without a province counts in none."""
    row = db.session.execute(
        select(func.count(), func.count(func.nullif(Organisation.province, "").distinct())).where(
            Organisation.kind == CHAMBER
        )
    ).one()
    return row[0], row[1]


def organisation_by_name(name: str) -> Organisation | None:
    """The organisation of exactly this name, however its blanks and brackets are written."""
    return db.session.scalar(
        select(Organisation).where(Organisation.name_key == names.organisation_key(name))
    )


def select_members(organisation: Organisation, user) -> Select:
    """The people within reach who hold a post there."""
    ids = select(Post.person_id).where(Post.organisation_id == organisation.id)
    return select_visible(user).where(Person.id.in_(ids)).order_by(Person.pinyin, Person.id)


_BELOW = bindparam("below", type_=String)
#: the person of this ``mobile`` *and* ``name_key`` kept ``below`` a path; a number alone is not enough. No
#: LIKE: for each new pattern SQLite plans the whole statement anew
MATCH = (
    select(Person.id)
    .join(PersonPhone, PersonPhone.person_id == Person.id)
    .join(Unit, Unit.id == Person.unit_id)
    .where(
        PersonPhone.number == bindparam("mobile"),
        Person.name_key == bindparam("name_key"),
        func.substr(Unit.path, 1, func.length(_BELOW)) == _BELOW,
    )
    .order_by(Person.id)
    .limit(1)
)
_MATCH = Swift(MATCH)


def match(unit: Unit, name: str, mobile: str) -> int | None:
    """The id of the person of this number and name kept by ``unit`` or below it."""
    row = _MATCH.first({"mobile": mobile, "name_key": names.key(name), "below": unit.path})
    return row[0] if row else None


def known_person(user, name: str, mobiles: list[str]) -> Person | None:
    """The card ``user`` may edit that has this name and one of these numbers: certainly the same person."""
    ids = select(PersonPhone.person_id).where(PersonPhone.number.in_(mobiles))
    chosen = select_visible(user, Permission.DIRECTORY_EDIT).where(
        Person.id.in_(ids), Person.name_key == names.key(name)
    )
    return db.session.scalar(chosen.order_by(Person.id).limit(1)) if mobiles else None


def towns_of(unit: Unit) -> Towns:
    """The townships a sheet of ``unit`` may speak of: those of its county, of all counties for the city."""
    code = (unit.place_code or "")[:6] if unit.level != "city" else (unit.place_code or "")
    county = Place.__table__.alias()
    rows = db.session.execute(
        select(Place.code, Place.name, county.c.name)
        .join(county, county.c.code == Place.parent_code)
        .where(Place.code.startswith(code, autoescape=True), func.length(Place.code) == 9)
    )
    return Towns.of({town: (name, above) for town, name, above in rows})


def town_choices(unit: Unit) -> list[tuple[str, str]]:
    """(division code, name) of the townships a sheet of ``unit`` may speak of, for a select field."""
    code = (unit.place_code or "")[:6] if unit.level != "city" else (unit.place_code or "")
    chosen = select(Place.code, Place.name).where(
        Place.code.startswith(code, autoescape=True), func.length(Place.code) == 9
    )
    return [(place, latin.place(name)) for place, name in db.session.execute(chosen.order_by(Place.code))]


def cities() -> Cities:
    """The country's provinces, cities and counties."""
    rows = db.session.execute(select(Place.code, Place.name).where(func.length(Place.code) <= 6))
    return Cities.of(dict(rows.all()))
