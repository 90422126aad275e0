"""Guests of the summit to come and what reached them:
without a contact, told by hand, one number for two, from Hong Kong, bounced, changed.
"""

from datetime import timedelta

from sqlalchemy import select

from outreach.accounts.models import User
from outreach.core import clock, mail
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.events import operations as events
from outreach.events.models import Event
from outreach.ops.demo import story
from outreach.ops.demo.summits import type_named
from outreach.registrations import message_queries, question_queries
from outreach.registrations import operations as registrations
from outreach.registrations.message_models import Channel, MessageKind
from outreach.registrations.models import Registration
from outreach.registrations.question_models import CHOICE, YES, YES_NO

_REMINDER = "{name}您好，明天（{time}）在{place}恭候光临。停车请走西门，凭电子票签到：{link} 咨询：{contact}"
#: numbers of +852 that begin with 4000 are not in use
_HONG_KONG = "+852 4000 1852"
_SHARED = "15480006666"
_REPORT = """From: MAILER-DAEMON@mx.demo.invalid
Subject: Undelivered Mail Returned to Sender
In-Reply-To: {letter}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.demo.invalid

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
"""


def prepare(event: Event, by: User) -> None:
    """Places kept for notables, a question that follows from another, a reminder in the event's own words."""
    notable = type_named(event, "知名人士")
    kept = {name: getattr(notable, name) for name in ("name", "name_en", "colour", "place", "public")}
    events.save_type(event, notable, by=by, **kept, capacity=30, reserved=12, approval=False)
    talks = _ask(
        event, by, "是否需要安排项目洽谈", "Shall we arrange a talk about a project", YES_NO, place=20
    )
    _ask(
        event,
        by,
        "希望与谁洽谈",
        "With whom",
        CHOICE,
        choices=["县商务局", "县人社局", "产业园区"],
        when_id=talks.id,
        when_value=YES,
        place=30,
    )
    registrations.save_template(
        event, MessageKind.REMINDER, Channel.SMS, "zh_Hans_CN", subject="", body=_REMINDER, by=by
    )


def _ask(event: Event, by: User, label: str, label_en: str, kind: str, **values):
    usual = {"choices": [], "hint": "", "required": False, "types": [], "when_id": None, "when_value": ""}
    values = {**usual, "keep_days": 30, **values}
    question = registrations.save_question(
        event, None, by=by, label=label, label_en=label_en, kind=kind, **values
    )
    db.session.flush()
    return question


def register(event: Event, by: User) -> None:
    """Four by the public page, two entered by hand, told and untold."""
    with clock.at(story.days_ago(3, 11)):
        couple = [
            _by_page(event, "郭建军", "深圳市澶源贸易有限公司", "总经理", _SHARED),
            _by_page(event, "秦晓燕", "深圳市澶源贸易有限公司", "财务总监", _SHARED),
        ]
        _by_page(event, "Chan Tai Man", "Harbour Light Trading Ltd", "Director", _HONG_KONG, locale="en")
        wrong = _by_page(
            event, "卜志刚", "深圳远航模具有限公司", "厂长", "15480007777", email="bu@demo.invalid"
        )
        _by_hand(event, "史怀玉", "深圳大学（退休教授）", by)
        told = _by_hand(event, "孟广义", "在深清丰籍老同志", by)
    with clock.at(story.days_ago(3, 15)):
        db.session.flush()
        registrations.mark_told(message_queries.of_guest(told.id)[0], way="wechat", by=by)
        _bounce(wrong)
    with clock.at(story.days_ago(2, 9)):
        talks, whom = (row for row in question_queries.questions(event) if row.kind == YES_NO or row.when_id)
        registrations.keep_answers(couple[0], {talks.id: YES, whom.id: "产业园区"})
        _change(couple[0], post="董事长", by=None)
        registrations.bring(couple[0], [("郭明", "")], by=None)
    with clock.at(story.days_ago(2, 16)):
        _change(couple[0], company="深圳市澶源供应链有限公司", by=by)
    db.session.flush()


def _by_page(
    event: Event,
    name: str,
    company: str,
    post: str,
    mobile: str,
    *,
    email: str = "",
    locale: str = "zh_Hans_CN",
) -> Registration:
    registrations.register(
        event.slug,
        request_key=f"demo-{event.id}-{name}".ljust(16, "-")[:40],
        name=name,
        company=company,
        post=post,
        mobile=mobile,
        email=email,
        locale=locale,
        type_id=type_named(event, "客商").id,
    )
    entered = Registration.event_id == event.id, Registration.mobile == mobile, Registration.name == name
    return db.session.scalars(select(Registration).where(*entered)).one()


def _by_hand(event: Event, name: str, company: str, by: User) -> Registration:
    """A guest whose number nobody has."""
    return registrations.register_by_hand(
        event,
        request_key=f"demo-{event.id}-{name}".ljust(16, "-"),
        name=name,
        company=company,
        post="",
        mobile="",
        email="",
        by=by,
        type=type_named(event, "知名人士"),
        another=True,
    )


def _change(guest: Registration, *, by: User | None, **changes: str) -> None:
    now = {name: getattr(guest, name) for name in ("name", "company", "post", "email")}
    registrations.change(guest, **{**now, **changes}, by=by)


def _bounce(guest: Registration) -> None:
    """The mail server sends the letter back: the report goes the way of ``flask bounce``."""
    letter = db.session.scalars(select(Mail).where(Mail.recipient == guest.email)).one()
    letter.sent_at = clock.now() - timedelta(minutes=5)
    letter.message_id = letter.message_id or f"<{letter.id}@yangui.invalid>"
    db.session.flush()
    mail.come_back(_REPORT.format(letter=letter.message_id, recipient=letter.recipient).encode())
