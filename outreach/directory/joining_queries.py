"""Which organisations may be one, and which were made one."""

import re

from sqlalchemy import Column, Table, func, or_, select

from outreach.core.db import Base, db
from outreach.directory import names
from outreach.directory.joining_models import OrganisationMerge
from outreach.directory.models import Organisation, OrganisationTerm
from outreach.directory.organisation_queries import editable

#: legal forms and fillers that one writer adds and another leaves out; longest first
_ENDINGS = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|总公司|分公司|公司|集团|股份"
    r"|\(.*?\)|（.*?）|co\.?,?ltd\.?|inc\.?)"
)
_PROVINCES = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东"
    "|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"
)
_PLACES = re.compile(
    rf"^((中国|{_PROVINCES})(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?|[一-龥]{{2,3}}[市县区])+"
)
#: shorter than this, a core says nothing
_SHORTEST = 2
_MOST = 12


def core(name: str) -> str:
    """What is left of a name without its place, legal form and brackets.

    >>> core("河南省豫新家居（集团）有限公司"), core("豫新家居公司")
    ('豫新家居', '豫新家居')
    """
    plain = names.organisation_key(name)
    shorn = _ENDINGS.sub("", plain)
    return _PLACES.sub("", shorn) or shorn or plain


def alike(row: Organisation, text: str = "") -> list[Organisation]:
    """Organisations that may be the same: found by ``text`` (a name or a credit code), else by the core of
    the name.
    """
    others = select(Organisation).where(Organisation.id != row.id)
    wanted = core(text or row.name)
    by_code = Organisation.credit_code == text.strip().upper() if text else Organisation.id == 0
    if len(wanted) < _SHORTEST:
        return list(db.session.scalars(others.where(by_code)))
    named = Organisation.name_key.contains(wanted, autoescape=True)
    order = func.length(Organisation.name_key), Organisation.id
    found = db.session.scalars(others.where(or_(named, by_code)).order_by(*order).limit(_MOST * 3)).all()
    same = [other for other in found if text or core(other.name) == wanted]
    return (same + [other for other in found if other not in same])[:_MOST]


def may_join(kept: Organisation, gone: Organisation, user) -> bool:
    """Whether ``user`` may change both."""
    chosen = select(func.count()).select_from(Organisation).where(Organisation.id.in_((kept.id, gone.id)))
    return db.session.scalar(chosen.where(editable(user))) == 2


def of_organisation(row: Organisation) -> list[OrganisationMerge]:
    """What was proposed and done with an organisation, latest first."""
    chosen = select(OrganisationMerge).where(
        or_(OrganisationMerge.kept_id == row.id, OrganisationMerge.gone_id == row.id)
    )
    return list(db.session.scalars(chosen.order_by(OrganisationMerge.id.desc()).limit(20)))


def open_proposal(kept_id: int, gone_id: int) -> OrganisationMerge | None:
    """A proposal about these two, either way round, that nobody has decided on."""
    both = (kept_id, gone_id)
    return db.session.scalar(
        select(OrganisationMerge).where(
            OrganisationMerge.state == "open",
            OrganisationMerge.kept_id.in_(both),
            OrganisationMerge.gone_id.in_(both),
        )
    )


def successor(organisation_id: int) -> Organisation | None:
    """The organisation into which this one went, however often it was merged on."""
    for _step in range(20):
        merge = db.session.scalar(
            select(OrganisationMerge)
            .where(OrganisationMerge.gone_id == organisation_id, OrganisationMerge.state == "merged")
            .order_by(OrganisationMerge.id.desc())
            .limit(1)
        )
        if merge is None:
            return None
        if (found := db.session.get(Organisation, merge.kept_id)) is not None:
            return found
        organisation_id = merge.kept_id
    return None


def called_before(name: str) -> Organisation | None:
    """The organisation that took in the one of this name."""
    merge = db.session.scalar(
        select(OrganisationMerge)
        .where(
            OrganisationMerge.lost_key == names.organisation_key(name), OrganisationMerge.state == "merged"
        )
        .order_by(OrganisationMerge.id.desc())
        .limit(1)
    )
    if merge is None:
        return None
    return db.session.get(Organisation, merge.kept_id) or successor(merge.kept_id)


def joined_by_key(keys: list[str]) -> dict[str, int]:
    """Key of a name that went into another organisation -> the organisation it means now."""
    if not keys:
        return {}
    chosen = select(OrganisationMerge).where(
        OrganisationMerge.lost_key.in_(keys), OrganisationMerge.state == "merged"
    )
    found: dict[str, int] = {}
    for merge in db.session.scalars(chosen.order_by(OrganisationMerge.id)):
        row = db.session.get(Organisation, merge.kept_id) or successor(merge.kept_id)
        if row is not None:
            found[merge.lost_key] = row.id
    return found


def pointers() -> list[tuple[Table, Column]]:
    """(table, column) of every foreign key to organisations but those of the search."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is Organisation.__table__ and table is not OrganisationTerm.__table__
    ]
