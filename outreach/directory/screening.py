"""The criteria of 筛查 as facts of a card. They stand beside the person; a human decides."""

from decimal import Decimal

from outreach.directory.models import CHAMBER, COMPANY, Person

#: who runs a company, by the words of posts
_LEADS = (
    "董事长",
    "总经理",
    "总裁",
    "法人",
    "法定代表人",
    "负责人",
    "创始人",
    "合伙人",
    "执行董事",
    "董事",
    "老板",
    "厂长",
    "理事长",
)
#: 规上工业: main income of at least 2,000 万元 (domain.md 1.3)
SIZABLE_WAN = Decimal(2000)

CRITERIA = ("company", "leads", "sizable", "chamber", "reachable", "home")


def facts(person: Person) -> dict[str, bool]:
    """Criterion -> whether the card shows it."""
    companies = [post for post in person.posts if post.organisation.kind == COMPANY]
    return {
        "company": bool(companies),
        "leads": any(word in post.title for post in companies for word in _LEADS),
        "sizable": person.scale_wan is not None and person.scale_wan >= SIZABLE_WAN,
        "chamber": any(post.organisation.kind == CHAMBER for post in person.posts),
        "reachable": bool(person.mobile),
        "home": bool(person.home_code),
    }
