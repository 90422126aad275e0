"""The demo's accounts: every county-level unit has an organiser and an officer,
so that each entry has a second pair of eyes.
"""

from outreach.accounts import operations as accounts
from outreach.accounts import passwords
from outreach.accounts import queries as account_queries
from outreach.accounts.models import User
from outreach.permissions import Role

PASSWORD = "Wild-Goose-7"  # noqa: S105 - of demo accounts, which production refuses
CITY = "4109"
HUALONG, QINGFENG, NANLE, FANXIAN, TAIQIAN, PUYANG = (
    "410902",
    "410922",
    "410923",
    "410926",
    "410927",
    "410928",
)
INDUSTRY_PARK, DEVELOPMENT_ZONE = "410971", "410972"

#: sign-in name, name, post, division code of the unit, role; the first eight are the ones the README names
USERS = (
    ("admin", "韩立新", "市招商服务中心 系统管理员", CITY, Role.ADMINISTRATOR),
    ("organiser", "宋晓梅", "清丰县招商服务中心", QINGFENG, Role.ORGANISER),
    ("officer", "马志远", "清丰县商务局", QINGFENG, Role.INVESTMENT_OFFICER),
    ("gate", "田佳", "清丰县会务组", QINGFENG, Role.GATE_STAFF),
    ("puyang", "葛春生", "濮阳县乡贤返乡创业工作专班", PUYANG, Role.ORGANISER),
    ("puyang-officer", "仝永刚", "濮阳县投资促进中心", PUYANG, Role.INVESTMENT_OFFICER),
    ("township", "吕静", "柳屯镇", "410928101", Role.LIAISON),
    ("viewer", "程文博", "市政府督查室", CITY, Role.VIEWER),
    ("hualong", "段慧敏", "华龙区返乡创业服务中心", HUALONG, Role.ORGANISER),
    ("hualong-officer", "石振宇", "华龙区商务局", HUALONG, Role.INVESTMENT_OFFICER),
    ("nanle", "魏红霞", "南乐县返乡创业服务中心", NANLE, Role.ORGANISER),
    ("nanle-officer", "侯建业", "南乐县商务局", NANLE, Role.INVESTMENT_OFFICER),
    ("fanxian", "史素芳", "范县“雁归范水”工作专班", FANXIAN, Role.ORGANISER),
    ("fanxian-officer", "荆海波", "范县投资促进中心", FANXIAN, Role.INVESTMENT_OFFICER),
    ("taiqian", "姜玉洁", "台前县返乡创业服务中心", TAIQIAN, Role.ORGANISER),
    ("taiqian-officer", "邱国梁", "台前县商务局", TAIQIAN, Role.INVESTMENT_OFFICER),
    ("park", "贺敏", "濮阳工业园区招商局", INDUSTRY_PARK, Role.ORGANISER),
    ("park-officer", "安立军", "濮阳工业园区招商局", INDUSTRY_PARK, Role.INVESTMENT_OFFICER),
    ("zone", "康丽娜", "濮阳经开区招商局", DEVELOPMENT_ZONE, Role.ORGANISER),
    ("zone-officer", "夏明轩", "濮阳经开区招商局", DEVELOPMENT_ZONE, Role.INVESTMENT_OFFICER),
)
#: division code of a county -> (organiser, officer)
STAFF = {
    HUALONG: ("hualong", "hualong-officer"),
    QINGFENG: ("organiser", "officer"),
    NANLE: ("nanle", "nanle-officer"),
    FANXIAN: ("fanxian", "fanxian-officer"),
    TAIQIAN: ("taiqian", "taiqian-officer"),
    PUYANG: ("puyang", "puyang-officer"),
    INDUSTRY_PARK: ("park", "park-officer"),
    DEVELOPMENT_ZONE: ("zone", "zone-officer"),
}


def add_users() -> dict[str, User]:
    """Sign-in name -> account, all with the demo's password."""
    hashed = passwords.hashed(PASSWORD)
    return {login: _user(login, hashed, *rest) for login, *rest in USERS}


def _user(login: str, hashed: str, name: str, post: str, place: str, role: Role) -> User:
    unit = account_queries.unit_by_place(place) or account_queries.unit_by_place(place[:6])
    user, _first = accounts.add_user(
        login=login, name=name, post=post, email="", unit=unit, role=role, by=None, demo=True
    )
    user.password_hash, user.must_change_password = hashed, False
    return user


def sign_ins() -> str:
    """The demo's accounts as a table for the terminal."""
    return "\n".join(
        f"  {login:16} {PASSWORD}   {name} · {post} ({role})" for login, name, post, _place, role in USERS
    )
