"""The demo's people: eight county-level registers, the chambers, who agreed to be printed,
what a township's clerk finds on Monday.
"""

from dataclasses import dataclass
from types import SimpleNamespace

from sqlalchemy import select

from outreach.accounts import queries as account_queries
from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import db
from outreach.directory import card_queries, organisation_queries
from outreach.directory import operations as directory
from outreach.directory.models import COMPANY, KEY, REGISTERED, SCREENED, Organisation, Person
from outreach.directory.operations.entering import Entry, Gate
from outreach.directory.organisation_models import OrganisationProposal, as_stored, stated
from outreach.directory.roster_models import NEW
from outreach.ops import rosters
from outreach.ops.demo.accounts import (
    DEVELOPMENT_ZONE,
    FANXIAN,
    HUALONG,
    INDUSTRY_PARK,
    NANLE,
    PUYANG,
    QINGFENG,
    STAFF,
    TAIQIAN,
)
from outreach.ops.demo.catalogue import Venture
from outreach.ops.invented import Invented

PORTION = 2000


@dataclass(frozen=True)
class Register:
    """One county's people: how many, how many screened, how many on the key list;
    ``away``: where most of them live.
    """

    county: str
    seed: int
    people: int
    screened: int
    key: int
    away: tuple[str, str] | None = None
    away_count: int = 0


def plan(people: int) -> list[Register]:
    """The registers, 濮阳县 with ``people`` (4,000 of 13,000 screened, 360 on the key list)."""
    rest = min(people, 400)
    return [
        Register(PUYANG, 360, people, round(people * 4_000 / 13_000), round(people * 360 / 13_000)),
        Register(QINGFENG, 237, rest, rest, rest // 4, ("北京市", "北京市"), 300),
        Register(FANXIAN, 926, rest * 3 // 4, rest // 2, rest // 8, ("北京市", "北京市"), 120),
        Register(NANLE, 923, rest * 5 // 8, rest // 3, rest // 10),
        Register(TAIQIAN, 927, rest // 2, rest // 4, rest // 12),
        Register(HUALONG, 902, rest * 3 // 8, rest // 5, rest // 16),
        Register(INDUSTRY_PARK, 971, rest // 8, rest // 12, rest // 40),
        Register(DEVELOPMENT_ZONE, 972, rest // 6, rest // 10, rest // 40),
    ]


def fill(people: int, ventures: list[Venture], users: dict[str, User]) -> None:
    """Enter every register; the investors of a county stand first on its key list."""
    for register in plan(people):
        investors = [one for one in ventures if one.county == register.county]
        _enter(register, investors, users[STAFF[register.county][0]])
    db.session.flush()


def _enter(register: Register, investors: list[Venture], by: User) -> None:
    county = account_queries.unit_by_place(register.county)
    towns = db.session.scalars(
        select(Unit).where(Unit.parent_id == county.id).order_by(Unit.place_code)
    ).all() or [county]
    source = SimpleNamespace(name=f"{clock.today().year}年1月摸排登记")
    gate = Gate(
        SimpleNamespace(id=0, unit=county, unit_id=county.id, file=source, applied_by=by, applied_by_id=by.id)
    )
    invented = Invented(register.seed)
    order = list(range(register.people))
    invented.dice.shuffle(order)
    rows = []
    for number, rank in enumerate(order):
        town = towns[number * len(towns) // register.people]
        card = invented.values(town.place_code, _tier(register, rank))
        _settle(card, register, rank, investors, invented)
        rows.append(Entry(None, town.name, number + 5, NEW, card))
    for start in range(0, len(rows), PORTION):
        gate.enter(rows[start : start + PORTION])


def _tier(register: Register, rank: int) -> int:
    return KEY if rank < register.key else SCREENED if rank < register.screened else REGISTERED


def _settle(card: dict, register: Register, rank: int, investors: list[Venture], invented: Invented) -> None:
    """Where this person lives and works: an investor in the investor's company,
    others mostly where the county's people went.
    """
    if rank < len(investors):
        one = investors[rank]
        card |= {"province": one.province, "city": one.city, "lives_raw": one.city, "industry": one.industry}
        card["posts"] = [[one.company, "董事长"]]
        card["mobiles"] = card["mobiles"] or [invented.mobile()]
        if rank == 0:  # a switchboard of the company
            card["landlines"] = ["010-65550137转801"]
    elif register.away and rank < register.away_count:
        card["province"], card["city"] = register.away
        card["lives_raw"] = card["city"]
        if card["posts"]:
            company, card["industry"] = invented.company(card["city"])
            card["posts"] = [[company, card["posts"][0][1]]]


def investor(venture: Venture, unit: Unit) -> Person | None:
    """The person of the register who stands for a venture's company."""
    organisation = directory.organisation_named(venture.company)
    db.session.flush()
    posts = select(Person).where(
        Person.posts.any(organisation_id=organisation.id), Person.unit.has(Unit.path.startswith(unit.path))
    )
    return db.session.scalars(posts.order_by(Person.id).limit(1)).first()


def add_chambers() -> None:
    """31 chambers in 30 provinces."""
    provinces = [name for name in account_queries.provinces() if name != "河南省"][:30]
    capitals = {"广东省": "广州"}
    for name in provinces:
        short = capitals.get(name, name)
        for ending in ("省", "市", "自治区", "维吾尔", "壮族", "回族"):
            short = short.removesuffix(ending)
        directory.organisation_named(f"{short}濮阳商会", province=name, verified_at=clock.now())
    directory.organisation_named("深圳市濮阳商会", province="广东省", city="深圳市", verified_at=clock.now())


def agree_to_print(by: User) -> None:
    """Most of the key list agreed on paper to stand in the printed directory."""
    fields = ["company", "city", "home", "mobile"]
    people = db.session.scalars(select(Person).where(Person.tier == KEY).order_by(Person.id)).all()
    for number, person in enumerate(people):
        if number % 9:
            directory.choose(
                person, choices={"printed": fields[: 4 - number % 3]}, via="年初书面同意，专班存档", by=by
            )


def clerks_monday(users: dict[str, User]) -> None:
    """A roster for the worker to read, proposals for the lists and for companies,
    two answers from people's own pages.
    """
    clerk, county = users["township"], users["puyang"]
    town = account_queries.unit_by_place("410928101")
    content = rosters.sample(towns=("柳屯镇",), rows=24, seed=101, county="濮阳县")
    directory.upload_roster(town, name="柳屯镇在外人员登记表（补充）.xlsx", content=content, by=clerk)
    own = select(Person).where(Person.unit_id == town.id, Person.tier == REGISTERED).order_by(Person.id)
    people = db.session.scalars(own.limit(4)).all()
    for person, grounds in zip(
        people[:2], ("在苏州办厂，雇工六十余人", "愿意回镇建冷库，已来看过地"), strict=False
    ):
        directory.propose_tier(person, tier=SCREENED, grounds=grounds, evidence=None, by=clerk)
    for person, values in zip(people[2:], ({"city": "苏州市"}, {"home_village": "南孟村"}), strict=False):
        token = directory.make_link(person, by=county)
        directory.propose_correction(card_queries.link(token), values=values)
    _changes_of_companies(users)


def _changes_of_companies(users: dict[str, User]) -> None:
    """Two proposals for companies of 濮阳县 by its neighbours, one of its own that waits elsewhere."""
    for clerk, keeper, values, grounds in (
        ("organiser", "puyang", {"industry": "F"}, "营业执照主营为批发"),
        ("nanle", "puyang", {"city": "佛山市", "province": "广东省"}, "走访得知厂区已迁"),
        ("puyang", "organiser", {"note": "2025年起增设濮阳办事处"}, "企业来函告知"),
    ):
        by, own = users[clerk], organisation_queries.editable(users[keeper])
        chosen = (
            select(Organisation)
            .where(own, ~organisation_queries.editable(by), Organisation.kind == COMPANY)
            .where(Organisation.id.not_in(select(OrganisationProposal.organisation_id)))
        )
        company = db.session.scalars(chosen.order_by(Organisation.id).limit(1)).first()
        if company is not None:
            wanted = {**as_stored(stated(company)), **values}
            directory.propose_organisation(company, by.grants[0].unit, grounds=grounds, by=by, **wanted)
            db.session.flush()
