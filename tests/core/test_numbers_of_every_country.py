"""Telephone numbers: one reading in forms, sheets, searches and messages; E.164 in the database."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from outreach.core import masking, phones, sms
from outreach.core.db import db
from outreach.core.settings import ROOT
from outreach.directory import queries, terms
from outreach.directory.models import PersonPhone


@pytest.mark.parametrize(
    ("typed", "stored", "shown", "masked", "tail"),
    [
        ("15400085010", "+8615400085010", "15400085010", "154****5010", "5010"),
        ("+86 154 0008 5010", "+8615400085010", "15400085010", "154****5010", "5010"),
        ("+1 415 555 2671", "+14155552671", "+1 415 555 2671", "+1 ******2671", "2671"),
        ("＋８５２ ９１２３ ４５６７", "+85291234567", "+852 9123 4567", "+852 ****4567", "4567"),
        ("+853 6612 3456", "+85366123456", "+853 6612 3456", "+853 ****3456", "3456"),
        ("+886 0912 345 678", "+886912345678", "+886 912 345 678", "+886 *****5678", "5678"),
        ("0044 7911 123456", "+447911123456", "+44 7911 123456", "+44 ******3456", "3456"),
        ("+33 (0)6 12 34 56 78", "+33612345678", "+33 6 12 34 56 78", "+33 *****5678", "5678"),
        ("(0393)4412345", "+863934412345", "0393-4412345", "0393-***2345", "2345"),
        ("+86 10 8765 4321", "+861087654321", "010-87654321", "010-****4321", "4321"),
        ("0371-62345678转801", "+8637162345678;ext=801", "0371-62345678转801", "0371-****5678", "5678"),
        ("0371-62345678-801", "+8637162345678;ext=801", "0371-62345678转801", "0371-****5678", "5678"),
        ("\u202d15400090005\u202c", "+8615400090005", "15400090005", "154****0005", "0005"),
        ("\ufeff154\u20110009\u20110009\u200b", "+8615400090009", "15400090009", "154****0009", "0009"),
    ],
)
def test_a_number_is_read_stored_shown_and_masked(typed, stored, shown, masked, tail):
    number = phones.read(typed)
    assert (number.stored, number.shown, number.masked) == (stored, shown, masked)
    assert (phones.shown(stored), phones.stored(shown), phones.tail(shown)) == (shown, stored, tail)
    assert masking.phone(shown) == masked


@pytest.mark.parametrize(
    "typed", ["1-415-555-2671", "1.54E+10", "+15400085010", "852 9123 4567", "0393-441", "15400085010转1"]
)
def test_what_may_be_somebody_elses_number_is_none(typed):
    assert phones.read(typed) is None


def test_a_landline_takes_no_messages():
    assert phones.mobile("0393-4412345") is None


@pytest.mark.parametrize("typed", ["9123 4567", "91234567", "85291234567", "+852 9123 4567", "4567"])
def test_a_person_abroad_is_found_by_number(app, make, typed):
    person = make.person("梁伟", mobiles=["+852 9123 4567"])
    user = make.user()
    db.session.commit()
    found = db.session.scalars(queries.searched(queries.select_visible(user), typed)).unique().all()
    assert person in found
    assert db.session.scalar(text("SELECT number FROM person_phones")) == "+85291234567"
    assert db.session.scalar(db.select(PersonPhone.number)) == "+852 9123 4567"


def test_the_terms_of_a_mainland_number_are_its_digits():
    assert terms.of_number("15400085010") == {"15400085010", "~01058000451"}
    assert terms.words("+86 154 0008 5010") == ["15400085010"]


def test_numbers_in_sentences_are_masked():
    said = masking.numbers("请致电+852 9123 4567或+8615400085010、15400085010")
    assert said == "请致电+852 ****4567或154****5010、154****5010"


def test_abroad_is_written_to_unless_the_carrier_reaches_the_mainland_only(app, monkeypatch):
    assert sms.can_text("+852 9123 4567")
    assert sms.can_text("15400085010")
    assert not sms.can_text("+852 2123 4567"), "a landline"
    assert not sms.can_text("0393-4412345")
    assert not sms.can_text("")
    assert (sms.dialled("15400085010"), sms.dialled("+852 9123 4567")) == ("15400085010", "+85291234567")
    monkeypatch.setitem(app.config, "SMS_MAINLAND_ONLY", "1")
    assert not sms.can_text("+852 9123 4567")
    assert sms.can_text("15400085010")


def test_old_numbers_are_converted_and_back(app, make):
    person = make.person("王建国", mobiles=["15411110001"])
    person.phones.append(PersonPhone(number="0393-4412345", kind="landline"))
    person.phones.append(PersonPhone(number="010-87654321", kind="landline"))
    sms.opt_out("15411110001")
    db.session.commit()
    db.session.remove()
    numbers, stopped = (
        text("SELECT number FROM person_phones ORDER BY id"),
        text("SELECT mobile FROM sms_opt_outs"),
    )
    stored = ["+8615411110001", "+863934412345", "+861087654321"]
    assert db.session.scalars(numbers).all() == stored
    db.session.remove()
    downgrade(directory=str(ROOT / "migrations"), revision="0032")
    assert db.session.scalars(numbers).all() == ["15411110001", "0393-4412345", "010-87654321"]
    assert db.session.scalars(stopped).all() == ["15411110001"]
    db.session.remove()
    upgrade(directory=str(ROOT / "migrations"))
    assert db.session.scalars(numbers).all() == stored
    assert db.session.scalars(stopped).all() == ["+8615411110001"]
