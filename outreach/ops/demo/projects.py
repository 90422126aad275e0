"""The demo's agreements and projects, each entered on the days it happened:
signature, scan, milestones, money, confirmations.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from outreach.accounts import queries as account_queries
from outreach.accounts.models import User
from outreach.core import clock
from outreach.core.db import db
from outreach.events.models import Event
from outreach.ops.demo import papers, registers
from outreach.ops.demo.accounts import STAFF
from outreach.ops.demo.catalogue import Venture
from outreach.pipeline import operations
from outreach.pipeline.agreement_models import BINDING, CONTRACT, FRAMEWORK, LABOUR, REVIEW_FROM, Agreement
from outreach.pipeline.models import ENDED, PAUSED, Instalment, Milestone, Project

#: what follows the signature, in order
_CHAIN = ("contract", "registered", "construction", "production", "capacity")
_SCANS = {
    "letter": "投资意向书",
    "framework": "投资框架协议",
    "labour": "劳务协作框架协议",
    "contract": "投资合同",
}
_NEXT = {
    "intention": "约谈正式合同条款",
    "framework": "约谈正式合同条款",
    "contract": "协助办理公司注册",
    "registered": "对接用地和施工许可手续",
    "construction": "现场查看施工进度",
    "production": "走访了解用工和订单",
    "capacity": "征集扩产和配套需求",
}
_OFFICES = ("商务局", "工信局", "农业农村局")
_SERVANTS = ("陈卫东", "刘敏", "赵海涛")
#: days between a fact and its entry, and between entry and confirmation
ENTERED_AFTER, CONFIRMED_AFTER = 1, 2


def office_hour(day: date, days_later: int = 0) -> datetime:
    """Ten in the morning, ``days_later``; never after now."""
    at = datetime.combine(day + timedelta(days=days_later), time(10), clock.HOME)
    return min(at, clock.now())


def make(ventures: list[Venture], summits: dict[str, Event], users: dict[str, User]) -> dict[str, Project]:
    """Title -> project of every venture; labour agreements have none."""
    projects = {}
    for number, venture in enumerate(ventures):
        organiser, officer = (users[login] for login in STAFF[venture.county])
        agreement = sign(venture, summits.get(venture.summit), officer)
        if venture.kind != LABOUR:
            project = _start(number, venture, agreement, officer)
            _follow(number, project, venture, checker=organiser)
            projects[venture.title] = project
    return projects


def sign(venture: Venture, event: Event | None, by: User) -> Agreement:
    """The signed paper with its scan and, where the law asks for it, its fair-competition review."""
    unit = account_queries.unit_by_place(venture.county)
    day = event.first_day if event else clock.today() - timedelta(days=venture.signed_ago)
    agreed = venture.kind == FRAMEWORK and venture.summit != "beijing"  # there the amount is an intention
    with clock.at(office_hour(day, ENTERED_AFTER)):
        agreement = operations.sign(
            unit,
            company=venture.company,
            kind=venture.kind,
            title=venture.title,
            signed_on=day,
            intended_wan=Decimal(venture.intended) if venture.intended and not agreed else None,
            agreed_wan=Decimal(venture.intended) if venture.intended and agreed else None,
            contracted_wan=Decimal(venture.contracted) if venture.kind == CONTRACT else None,
            contract_by=day + timedelta(days=180) if venture.kind == FRAMEWORK else None,
            stated="",
            event=event,
            person=registers.investor(venture, unit),
            by=by,
        )
        db.session.flush()
        name = _SCANS[venture.kind]
        operations.add_paper(agreement, file_name=f"{name}.pdf", content=papers.scan(agreement, name), by=by)
        if venture.kind in BINDING and day >= REVIEW_FROM:
            operations.review(
                agreement, number=_review_number(agreement.id, day), day=day, passed=True, by=by
            )
    _promises(agreement, venture, day, by)
    return agreement


def _promises(agreement: Agreement, venture: Venture, day: date, by: User) -> None:
    """A labour partner's head count, or one promise for a year; most of those that fell due were kept."""
    written, due = office_hour(day, ENTERED_AFTER), day + timedelta(days=365)
    if venture.kind == LABOUR:
        with clock.at(written):
            operations.add_party(agreement, role="labour", name=venture.company, heads=300, by=by)
        return
    if not venture.summit:
        return
    side, text = (
        ("county", "协调落实项目用地和水电接入") if agreement.id % 2 else ("company", "项目公司在本县注册")
    )
    with clock.at(written):
        clause = operations.add_clause(agreement, side=side, text=text, due_on=due, by=by)
        db.session.flush()
    if due < clock.today() and agreement.id % 6:
        with clock.at(office_hour(due - timedelta(days=20))):
            operations.keep_clause(clause, outcome="已按期落实。", by=by)


def _review_number(key: int, day: date) -> str:
    return f"公竞审〔{day.year}〕{key}号"


def _start(number: int, venture: Venture, agreement: Agreement, officer: User) -> Project:
    with clock.at(office_hour(agreement.signed_on, 3)):
        project = operations.start_project(
            agreement,
            name=f"{venture.title}项目",
            officer=officer,
            industry=venture.industry,
            site=venture.site,
            by=officer,
        )
        db.session.flush()
        operations.describe(
            project,
            by=officer,
            responsible=_OFFICES[number % len(_OFFICES)],
            service_officer=_SERVANTS[number % len(_SERVANTS)],
            jobs_promised=40 + 35 * (number % 7),
            park=venture.site if venture.site.endswith(("区", "园")) else "",
        )
    return project


def milestone_days(venture: Venture, signed: date) -> dict[str, date]:
    """Kind -> day of every milestone after the signature,
    evenly spread up to the day the stage was reached.
    """
    chain = [kind for kind in _CHAIN if kind != venture.kind]
    if venture.stage not in chain:
        return {}
    chain = chain[: chain.index(venture.stage) + 1]
    reached = clock.today() - timedelta(days=venture.reached_ago)
    if venture.stage == "registered" and "contract" in chain:
        return {"contract": reached - timedelta(days=35), "registered": reached}
    step = (reached - signed).days / len(chain)
    return {kind: signed + timedelta(days=round(step * place)) for place, kind in enumerate(chain, 1)}


def _follow(number: int, project: Project, venture: Venture, *, checker: User) -> None:
    by = project.officer
    days = milestone_days(venture, project.agreement.signed_on)
    _plan(project, venture, days, by)
    first = next(iter(project.standing.values()))
    _prove_and_confirm(project, first, project.agreement.signed_on, checker)
    for kind, day in days.items():
        amount = Decimal(venture.contracted) if kind == "contract" and venture.contracted else None
        review = _review_number(project.id, day) if kind == "contract" else ""
        _enter(project, kind, day, amount, review, checker)
        if kind == "construction" and venture.mark != "unlisted" and (venture.contracted or 0) >= 1_000:
            _enter(project, "statistics", min(day + timedelta(days=18), clock.today()), None, "", checker)
    _pay(project, venture, days, checker)
    _step(number, project, by)
    if venture.mark in (PAUSED, ENDED):
        day = clock.today() - timedelta(days=45)
        with clock.at(office_hour(day, 1)):
            operations.change_state(project, state=venture.mark, since_on=day, reason=venture.reason, by=by)
    db.session.flush()


def _plan(project: Project, venture: Venture, days: dict[str, date], by: User) -> None:
    """Planned days: met by what has begun, ahead of what has not; a ``late`` venture is behind."""
    today = clock.today()
    contract = days.get("contract", project.agreement.signed_on)
    start = days.get("construction", contract + timedelta(days=150))
    ahead = today - timedelta(days=20) if venture.mark == "late" else today + timedelta(days=200)
    production = days.get("production", ahead)
    if venture.stage != "signed":
        with clock.at(office_hour(contract, 5)):
            operations.describe(project, by=by, planned_start=start, planned_production=production)


def _enter(
    project: Project, kind: str, day: date, amount: Decimal | None, review: str, checker: User
) -> None:
    with clock.at(office_hour(day, ENTERED_AFTER)):
        fact = operations.enter_milestone(
            project,
            kind=kind,
            happened_on=day,
            amount_wan=amount,
            note="",
            review=review,
            by=project.officer,
        )
        db.session.flush()
    _prove_and_confirm(project, fact, day, checker)


def _prove_and_confirm(project: Project, fact: Milestone | Instalment, day: date, checker: User) -> None:
    if fact.evidence_id is None:  # the scan of the agreement proves the milestone that the signature is
        with clock.at(office_hour(day, ENTERED_AFTER)):
            papers.prove(project, fact)
    with clock.at(office_hour(day, ENTERED_AFTER + CONFIRMED_AFTER)):
        operations.confirm(project, fact, by=checker)


def _pay(project: Project, venture: Venture, days: dict[str, date], checker: User) -> None:
    """Money in one or two instalments after the contract, confirmed;
    of a ``waits`` venture one more came in last week and waits.
    """
    total = (venture.contracted or 0) * venture.share // 100
    if not total:
        return
    contract = days.get("contract", project.agreement.signed_on)
    parts = [total] if total < 1_000 else [total * 6 // 10, total - total * 6 // 10]
    span = (clock.today() - timedelta(days=8) - contract).days
    for place, amount in enumerate(parts, 1):
        day = contract + timedelta(days=span * place // len(parts))
        with clock.at(office_hour(day, ENTERED_AFTER)):
            money = operations.pay_in(
                project,
                paid_on=day,
                amount_wan=Decimal(amount),
                note="",
                file_name="银行回单.pdf",
                content=papers.slip(project, day.isoformat(), Decimal(amount)),
                by=project.officer,
            )
            db.session.flush()
        with clock.at(office_hour(day, ENTERED_AFTER + CONFIRMED_AFTER)):
            operations.confirm(project, money, by=checker)
    if venture.mark == "waits":
        _pay_waiting(project, Decimal(total // 20))


def _pay_waiting(project: Project, amount: Decimal) -> None:
    """Money of last week with its slip: nobody has confirmed it, so no figure counts it."""
    day = clock.today() - timedelta(days=5)
    with clock.at(office_hour(day, ENTERED_AFTER)):
        operations.pay_in(
            project,
            paid_on=day,
            amount_wan=amount,
            note="",
            file_name="银行回单.pdf",
            content=papers.slip(project, day.isoformat(), amount),
            by=project.officer,
        )
        db.session.flush()


def _step(number: int, project: Project, by: User) -> None:
    """The last step was done this week or last; the next is due today, soon,
    or (rarely) was due yesterday.
    """
    text = _NEXT.get(project.stage, "电话了解项目进展")
    today = clock.today()
    with clock.at(office_hour(today - timedelta(days=9 + number % 5))):
        done = operations.plan_step(project, text=text, due_on=today - timedelta(days=4 + number % 5), by=by)
        db.session.flush()
    with clock.at(office_hour(today - timedelta(days=4 + number % 5))):
        operations.finish_step(done, outcome="已联系企业，情况已记入走访记录。", by=by)
        operations.plan_step(project, text=text, due_on=today + timedelta(days=number % 12 - 1), by=by)
        db.session.flush()
