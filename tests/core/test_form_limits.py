"""Over-long text is refused before anything is done with it, and bodies that anybody may send are small.
Every form of every page is fed too much in ``tests/journeys/every_form.py``.
"""

import time

import pytest
from wtforms import Form
from wtforms.validators import Length

from outreach.core import phones, web
from outreach.core.form_limits import Bounded, most_of, most_sent
from outreach.core.forms import HouseForm
from outreach.directory import names
from outreach.registrations.forms import RegistrationForm

#: what takes long to normalise: the time grows with the square of its length
SLOW = "e\u0301" * 15_000 + "@x.cn"
#: processor time; the same took a minute
MOST_SECONDS = 1.0


def _below(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from _below(sub)


def test_every_form_has_limits(app):
    forms = [form for form in _below(Form) if form.__module__.startswith("outreach.")]
    assert len(forms) > 100
    assert not [form for form in forms if not issubclass(form, Bounded)]


def test_a_field_says_how_much_it_keeps(app):
    with app.test_request_context():
        form = RegistrationForm(formdata=None)
        assert most_of(form.name) == 40
        assert most_sent(form.name) == 280
        assert most_of(form.mobile) == 60
        assert most_of(form.email) == 254
        lengths = [check for check in form.company.validators if isinstance(check, Length)]
        assert most_of(form.company) == lengths[0].max


@pytest.fixture
def filled(make):
    event = make.event(most_companions=2)
    plain = {
        "request_key": "k" * 20,
        "name": "李丽",
        "company": "某公司",
        "mobile": "15400001234",
        "consent": "y",
    }
    return f"/e/{event.slug}/register", plain


@pytest.mark.parametrize("name", ["name", "company", "post", "mobile", "email", "companions-0-name"])
def test_over_long_text_is_said_beside_its_field(filled, visit, name):
    address, plain = filled
    guest, before = visit(), time.process_time()
    answer = guest.post(address, {**plain, name: SLOW})
    assert time.process_time() - before < MOST_SECONDS
    assert answer.status_code == 422
    field = guest.page.xpath("//*[@name=$name]", name=name)[0]
    assert 0 < len(field.value) <= 254
    assert "字" in guest.page.get_element_by_id(field.get("aria-describedby").split()[-1]).text_content()


def test_blanks_around_a_text_do_not_count(filled, visit):
    address, plain = filled
    assert visit().post(address, {**plain, "name": " " * 100 + "李丽" + " " * 100}).status_code == 303


def test_a_public_route_takes_no_large_body(filled, visit):
    address, plain = filled
    answer = visit().post(address, {**plain, "name": "x" * (web.PUBLIC_BYTES + 1)})
    assert answer.status_code == 413
    assert "太长" in answer.get_data(as_text=True)


def test_who_is_not_signed_in_sends_no_large_body_anywhere(visit, make):
    too_large = {"name": "x" * (web.PUBLIC_BYTES + 1)}
    assert visit().post("/people/new", too_large).status_code == 401
    assert visit(make.user()).post("/people/new", too_large).status_code in (404, 405, 422)


def test_a_gate_may_send_more(visit):
    answer = visit().post("/door/sync", json={"filling": "x" * (web.PUBLIC_BYTES + 1)})
    assert answer.status_code == 401  # no such gate, but not too large


def test_many_values_of_one_name_are_refused(app):
    from wtforms import SelectMultipleField

    class Many(HouseForm):
        some = SelectMultipleField(choices=[("1", "1")])

    with app.test_request_context(method="POST", data={"some": ["1"] * 20_000}):
        form = Many()
        assert not form.validate()
        assert len(form.some.data) == 5_000


def test_readers_of_numbers_and_names_do_nothing_with_endless_text():
    endless, before = "\u0301\u0316" * 100_000, time.process_time()
    assert phones.read(endless) is None
    assert not phones.lost_digits(endless)
    assert phones.whole_numbers(endless) == []
    assert len(names.key(endless)) <= 40
    assert len(names.organisation_key(endless)) <= 120
    assert time.process_time() - before < MOST_SECONDS
