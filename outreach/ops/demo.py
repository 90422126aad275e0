"""The demo: generated, always the same, agreeing with the figures of the reply it grew from (濮人社办〔2024〕56号).

13,000 registered, 4,000 screened, 360 key in 濮阳县; 31 chambers in 30 provinces; the Beijing summit of 清丰县 with 237
arrivals, 13 signings and 71.15 亿元 intended; 27 landed projects, 19 of 千万 and more, 3 of 亿, 1 of 百亿. A summit in
Shenzhen is open for registration.
"""

from types import SimpleNamespace

from sqlalchemy import insert, select, update

from outreach.accounts import operations as accounts
from outreach.accounts import passwords
from outreach.accounts import queries as account_queries
from outreach.accounts.models import Unit, User
from outreach.core import clock
from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.directory.card_models import Consent
from outreach.directory.models import KEY, REGISTERED, SCREENED, Person
from outreach.directory.operations.entering import Entry, Gate
from outreach.directory.roster_models import NEW
from outreach.ops import demo_liaison, demo_pipeline, demo_summits
from outreach.ops.invented import Invented
from outreach.permissions import Role

PASSWORD = "Wild-Goose-7"  # noqa: S105 - of demo accounts, which production refuses
PUYANG, QINGFENG = "410928", "410922"
SCREENED_OF, KEY_OF = 4_000 / 13_000, 360 / 13_000

#: sign-in name, name, post, division code of the unit, role
USERS = (
    ("admin", "韩立新", "市招商服务中心 系统管理员", "4109", Role.ADMINISTRATOR),
    ("organiser", "宋晓梅", "清丰县招商服务中心", QINGFENG, Role.ORGANISER),
    ("officer", "马志远", "清丰县商务局", QINGFENG, Role.INVESTMENT_OFFICER),
    ("gate", "田佳", "清丰县会务组", QINGFENG, Role.GATE_STAFF),
    ("puyang", "葛春生", "濮阳县乡贤返乡创业工作专班", PUYANG, Role.ORGANISER),
    ("puyang-officer", "仝永刚", "濮阳县投资促进中心", PUYANG, Role.INVESTMENT_OFFICER),
    ("township", "吕静", "柳屯镇", "410928101", Role.LIAISON),
    ("viewer", "程文博", "市政府督查室", "4109", Role.VIEWER),
)


def make(people: int) -> bool:
    """Fill an empty house; False when the demo is there already. One transaction."""
    if db.session.scalar(select(User.id).where(User.login == USERS[0][0])):
        return False
    users = {login: _user(login, *rest) for login, *rest in USERS}
    puyang, qingfeng = (account_queries.unit_by_place(PUYANG), account_queries.unit_by_place(QINGFENG))
    _register(
        puyang, users["puyang"], Invented(360), people, round(people * SCREENED_OF), round(people * KEY_OF)
    )
    _register(
        qingfeng, users["organiser"], Invented(237), min(people, 400), min(people, 400), min(people, 400) // 4
    )
    _chambers()
    _agreements_to_print(users["puyang"])
    directory.find_duplicates(list(db.session.scalars(select(Person.id))), by=users["puyang"])
    beijing = demo_summits.beijing(qingfeng, users)
    demo_summits.shenzhen(qingfeng, users)
    demo_liaison.make(puyang, users["puyang"], Invented(31))
    demo_pipeline.make(beijing, puyang, qingfeng, users)
    db.session.commit()
    return True


def sign_ins() -> str:
    """The demo's accounts as a table for the terminal."""
    lines = [
        f"  {login:15} {PASSWORD}   {name} · {post} ({role})" for login, name, post, _place, role in USERS
    ]
    return "\n".join(lines)


def _user(login: str, name: str, post: str, place: str, role: str) -> User:
    unit = account_queries.unit_by_place(place) or account_queries.unit_by_place(place[:6])
    user, _first = accounts.add_user(
        login=login, name=name, post=post, email="", unit=unit, role=role, by=None, demo=True
    )
    user.password_hash, user.must_change_password = passwords.hashed(PASSWORD), False
    return user


def _register(county: Unit, by: User, invented: Invented, count: int, screened: int, key: int) -> None:
    towns = db.session.scalars(
        select(Unit).where(Unit.parent_id == county.id).order_by(Unit.place_code)
    ).all()
    gate = Gate(
        SimpleNamespace(
            id=0,
            unit=county,
            unit_id=county.id,
            file=SimpleNamespace(name="2024年1月摸排登记"),
            applied_by=by,
            applied_by_id=by.id,
        )
    )
    order = list(range(count))
    invented.dice.shuffle(order)
    rows = []
    for number in range(count):
        rank = order[number]
        tier = KEY if rank < key else SCREENED if rank < screened else REGISTERED
        town = towns[number * len(towns) // count]
        rows.append(Entry(None, town.name, number + 5, NEW, invented.values(town.place_code, tier)))
    for start in range(0, count, 2000):
        gate.enter(rows[start : start + 2000])


def _agreements_to_print(by: User) -> None:
    """Most of the key list agreed on paper to stand in the printed directory."""
    ids = select(Person.id).where(Person.tier == KEY).order_by(Person.id)
    fields = ["company", "city", "home", "mobile"]
    for number, person_id in enumerate(db.session.scalars(ids).all()):
        choices = {"printed": fields[: 4 - number % 3]} if number % 9 else {}
        db.session.execute(
            insert(Consent).values(
                person_id=person_id,
                choices=choices,
                via="2024年1月书面同意，专班存档",
                recorded_by_id=by.id,
                given_at=clock.now(),
            )
        )
        db.session.execute(
            update(Person).where(Person.id == person_id).values(consents=choices, may_print=bool(choices))
        )


def _chambers() -> None:
    provinces = [name for name in account_queries.provinces() if name != "河南省"][:30]
    capitals = {"广东省": "广州"}
    for name in provinces:
        short = capitals.get(name, name)
        for ending in ("省", "市", "自治区", "维吾尔", "壮族", "回族"):
            short = short.removesuffix(ending)
        directory.organisation_named(f"{short}濮阳商会", province=name, verified_at=clock.now())
    directory.organisation_named("深圳市濮阳商会", province="广东省", city="深圳市", verified_at=clock.now())
