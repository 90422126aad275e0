"""What the walk over all forms types: what a careful person would, by the kind and the name of a field."""

import io
import re
from datetime import timedelta

from outreach.checkin import hallcodes
from outreach.core import clock

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
#: forms whose rule wants other values than the last of every choice
#: (None: the field is left out)
OF_FORM: dict[str, dict] = {
    "checkin.choose_brief": {"way": "mail", "address": "a@example.com"},
    "directory.add_organisation": {"credit_code": "", "name": "豫新公司{number}"},
    "directory.correct_row": {"credit_code": ""},
    "directory.print_directory": {"unit_id": lambda here: here.county.id},
    "directory.propose_tier": {"tier": "2"},
    "directory.remap_batch": {"column-0-0": "name", "column-0-1": "mobile", "column-0-2": "company"},
    "directory.edit_organisation": {"credit_code": ""},
    "directory.propose_organisation": {"credit_code": ""},
    "events.add_material": {"purpose": "document"},
    "liaison.hold_contact": {"not_reached": None},
    "liaison.plan_trip": {"people": lambda here: here.to_visit},
    "liaison.record_contact": {"not_reached": None},
    "pipeline.correct_agreement": {
        "agreed_wan": "",
        "counts_as": "first",
        "kind": "letter",
        "first_id": "",
        "contracted_wan": "",
    },
    "pipeline.describe": {"code": "2406-410922-04-01-123456", "land_mu": "35.5", "plant_m2": "1200"},
    "pipeline.enter_milestone": {"kind": "registered", "amount_wan": ""},
    "pipeline.issue_notice": {"level": "reminder"},
    "pipeline.set_light": {"yellow": "10", "red": "20"},
    "pipeline.pay_in": {"amount_wan": "10"},
    "pipeline.remap_ledger": {
        "column-0-0": "name",
        "column-0-1": "company",
        "column-0-2": "total",
        "column-0-3": "signed_on",
        "column-0-4": "kind",
    },
    "pipeline.sign": {
        "mobile": "",
        "contracted_wan": "",
        "agreed_wan": "",
        "counts_as": "first",
        "kind": "letter",
        "first_id": "",
    },
    "public_checkin.check_in": {
        "surname": "周",
        "tail": lambda here: here.waiting.mobile[-4:],
        "shown": lambda here: hallcodes.current(here.seed, clock.now().timestamp()),
    },
    "public_registrations.answer": {"answer": "yes"},
    "reception.seat_guest": {
        "guest": lambda here: here.ids["registration_id"],
        "seat": lambda here: here.ids["seat_id"],
    },
    "registrations.message_text_save": {"preview": None},
    "registrations.message_text_test": {"test-to": "15400000009"},
    "registrations.add_question": {"choices": "甲\n乙", "kind": "text", "when_id": "0", "when_value": ""},
    "registrations.save_question": {"choices": "甲\n乙", "when_id": "0", "when_value": ""},
}
#: field -> the argument whose kind of row it names
ROWS = {
    "agreement": "agreement_id",
    "agreement_id": "agreement_id",
    "clerk_id": "user_id",
    "event": "event_id",
    "event_id": "event_id",
    "co_host_ids": "unit_id",
    "first_id": "agreement_id",
    "gate_id": "gate_id",
    "guest": "registration_id",
    "heir_id": "post_id",
    "lead_id": "project_id",
    "message": "message_id",
    "officer_id": "user_id",
    "gate": "gate_id",
    "guest_type": "type_id",
    "guests": "registration_id",
    "hall": "hall_id",
    "heir": "post_id",
    "invitation": "invitation_id",
    "invitations": "invitation_id",
    "keep": "registration_id",
    "officer": "user_id",
    "organisation": "organisation_id",
    "owner_id": "user_id",
    "people": "person_id",
    "person": "person_id",
    "person_id": "person_id",
    "pickup": "pickup_id",
    "post": "post_id",
    "post_id": "post_id",
    "project": "project_id",
    "registration": "registration_id",
    "room": "room_id",
    "seat": "seat_id",
    "type": "type_id",
    "type_id": "type_id",
    "types": "type_id",
    "unit": "unit_id",
    "unit_id": "unit_id",
    "user": "user_id",
    "user_id": "user_id",
    "when_id": "question_id",
}
#: fields whose choices are numbers of no row
#: or that no rule looks at (a filter that names everybody who is shown, a button)
NO_ROWS = {
    "tier",
    "level",
    "all",
    "asks",
    "preview",
    "way",
    "rhythm_days",
    "minutes",
    "rank",
    "version",
    "place",
    "take",
    "home_code",
}
#: marks in front of rows, of which only those the visitor may see are acted on; buttons that only show; what
#: a guest's page counts
PASSED_OVER = {"all", "asks", "guest", "invitation", "preview"}
#: fields of a form with several buttons that this one's route does not read
OF_ANOTHER_BUTTON = {
    # of the rows that are ticked those that are there are tried again
    "ops.try_jobs": {"row"},
    "ops.try_letters": {"row"},
    "ops.try_texts": {"row"},
    "events.print_letters": {"channel", "type_id"},
    "events.take_out_sms": {"channel", "type_id"},
    "registrations.messages_again": {"message"},
    "events.send_invitations": {"type_id"},
    "events.sort_invitations": {"channel"},
    "registrations.decide_many": {"type_id"},
}
#: routes whose rows every unit may name: companies are public knowledge
KNOWN_TO_ALL = {
    "directory.accept_joining",
    "directory.decline_joining",
    "directory.join_organisations",
    "directory.undo_joining",
    "directory.withdraw_joining",
    "directory.edit_organisation",
    "directory.propose_organisation",
    "directory.remove_organisation",
    "directory.verify_organisation",
    "liaison.pair_organisation",
}


def fill(one, number: int, endpoint: str):
    """The value of one field; the last of every choice. ``number`` makes names and numbers new."""
    if one.kind == "select":
        return one.options[-1] if one.options else ""
    if one.kind in ("radio", "checkbox"):
        return one.options[-1] or "y"
    if one.kind in ("hidden", "submit"):
        return one.value
    if one.kind == "file":
        kind = "book.csv" if ".csv" in one.accept else "proof.pdf"
        content = (
            "姓名,手机\n李四,15400001234\n".encode() if kind == "book.csv" else PDF + str(number).encode()
        )
        return (io.BytesIO(content), kind)
    if one.kind == "time":
        return "09:30"
    if one.kind == "date":
        return _day(one.name, endpoint)
    if one.kind == "datetime-local":
        return one.value or _moment(one.name)
    if one.kind == "number":
        return one.value or "2"
    return one.value if one.value and one.kind != "search" else _word(one, number)


def _day(name: str, endpoint: str) -> str:
    past = (
        re.search("happen|paid|sign|held|since|received|from_on", name)
        or (name == "until_on" and endpoint == "directory.end_post")
        or (name == "day" and re.search("record|hold_contact|review", endpoint))
    )
    return (clock.today() + timedelta(days=-1 if past else 20)).isoformat()


#: days from now of an event's moments
_DAYS = {"opens_at": -1, "reply_by": 5, "reserved_until": 5, "closes_at": 6, "starts_at": 10, "ends_at": 11}
_LATER = {"leave": 12, "ends": 11}


def _moment(name: str) -> str:
    days = _DAYS.get(name) or next((many for part, many in _LATER.items() if part in name), 10)
    return (clock.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


#: a part of a field's name -> what is typed there
_WORDS = (
    ("mobile|phone|^to$", "154{number:08d}"),
    ("email", "a{number}@example.com"),
    ("password", "Grey-Goose-88"),
    ("login", "login{number}"),
    ("surnames|letters", "a-l"),
    ("birth", "1968-10"),
    ("choices", "甲\n乙"),
    ("wan$|amount|places|minutes|rows?$|seats|number|companions|hours|days|beds|heads", "3"),
    ("^code$", "2406-410922-04-01-123456"),
    ("mu$|_m2$", "35.5"),
)


def _word(one, number: int) -> str:
    if one.kind == "email":
        return f"a{number}@example.com"
    if one.name == "on" or one.name.endswith("month"):
        return clock.today().isoformat()[:7]
    return next(
        (typed.format(number=number) for part, typed in _WORDS if re.search(part, one.name)), "王小明"
    )
