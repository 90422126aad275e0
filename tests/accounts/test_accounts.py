import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.accounts import operations, passwords, queries
from outreach.accounts.models import Place, SignInTry, Unit
from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.permissions import Permission, Role
from tests.make import PASSWORD


def _sign_in(browser, login, password=PASSWORD, **more):
    return browser.post("/sign-in", {"login": login, "password": password, **more})


def test_the_gazetteer_is_whole(app):
    """NBS 2023: 31 provinces; Puyang has 8 county-level units and 89 townships, 20 of them in 濮阳县."""
    assert len(queries.provinces()) == 31
    levels = dict(db.session.execute(select(Unit.level, func.count()).group_by(Unit.level)).all())
    assert levels == {"city": 1, "county": 8, "township": 89}
    assert (
        db.session.scalar(select(func.count()).select_from(Place).where(Place.parent_code == "410928")) == 20
    )
    assert db.session.get(Place, "410928101").name == "柳屯镇"


def test_sign_in_leads_where_one_wanted_to_go(make, visit):
    user = make.user()
    answer = _sign_in(visit(), user.login.upper(), onwards="/people?tier=3")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/people?tier=3"


def test_sign_in_never_leads_out_of_the_house(make, visit):
    user = make.user()
    assert _sign_in(visit(), user.login, onwards="//evil.example").headers["Location"] == "/home"


def test_a_wrong_password_keeps_the_name_and_says_nothing_more(make, visit):
    user = make.user()
    browser = visit()
    wrong, unknown = _sign_in(browser, user.login, "nope"), _sign_in(visit(), "nobody-here", "nope")
    assert wrong.status_code == unknown.status_code == 422
    assert f'value="{user.login}"' in wrong.text
    assert "登录名或密码不正确" in wrong.text
    assert "登录名或密码不正确" in unknown.text


def _from(address: str) -> dict:
    return {"environ_base": {"REMOTE_ADDR": address}}


def _wrong(visit, login: str, times: int, address: str = "127.0.0.1") -> str:
    for _try in range(times):
        text = visit().post("/sign-in", {"login": login, "password": "nope"}, **_from(address)).text
    return re.sub(r"<head.*?</head>|value=\"[^\"]*\"", "", text, flags=re.DOTALL)


def test_after_five_wrong_passwords_the_next_try_waits_each_time_longer(make, visit, monkeypatch):
    user, moment = make.user(), clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    _wrong(visit, user.login, 5)
    assert "1 分钟" in _sign_in(visit(), user.login).text
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(seconds=61))
    assert "登录名或密码不正确" in _sign_in(visit(), user.login, "nope").text
    assert "2 分钟" in _sign_in(visit(), user.login).text
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=4))
    assert _sign_in(visit(), user.login).status_code == 303
    assert "登录名或密码不正确" in _sign_in(visit(), user.login, "nope").text  # counted from one again


def test_a_wait_is_never_longer_than_a_quarter_of_an_hour():
    moment = clock.now()
    assert SignInTry(failures=60, failed_at=moment).wait(moment) == timedelta(minutes=15)
    assert not SignInTry(failures=60, failed_at=moment).wait(moment + timedelta(minutes=15))
    assert not SignInTry(failures=60, failed_at=moment + timedelta(days=30)).wait(moment)


def test_the_words_are_the_same_whether_there_is_such_a_user(make, visit):
    known, closed = make.user().login, make.user(active=False).login
    for times in (1, 4, 1, 1):
        texts = {_wrong(visit, login, times) for login in (known, closed, "nobody-here")}
        assert len(texts) == 1


def test_nobody_locks_out_somebody_elsewhere(make, visit):
    user = make.user()
    _wrong(visit, user.login, 9, "203.0.113.7")
    assert _sign_in(visit(), user.login).status_code == 303
    waits = visit().post("/sign-in", {"login": user.login, "password": PASSWORD}, **_from("203.0.113.7"))
    assert waits.status_code == 422


def test_addresses_of_one_household_count_together(make, visit):
    user = make.user()
    for number in range(5):
        _wrong(visit, user.login, 1, f"2001:db8:1:2::{number}")
    assert "1 分钟" in _wrong(visit, user.login, 1, "2001:db8:1:2:ffff::9")
    assert "登录名或密码不正确" in _wrong(visit, user.login, 1, "2001:db8:1:3::1")


def test_a_new_password_ends_the_wait(make, visit):
    user = make.user()
    _wrong(visit, user.login, 6)
    password = operations.reset_password(user, by=make.user(Role.ADMINISTRATOR))
    assert _sign_in(visit(), user.login, password).status_code == 303


def test_names_and_addresses_are_not_kept(make, visit):
    _wrong(visit, "MyPassword-7", 1)
    row = db.session.scalar(select(SignInTry))
    assert "password" not in f"{row.digest} {row.login}".lower()
    assert "127.0" not in f"{row.digest} {row.login}"


def test_many_tries_from_one_address_are_throttled(make, visit, app):
    from outreach.core.web import limiter

    limiter.enabled = True
    limiter.reset()
    try:
        answers = [_sign_in(visit(), f"nobody{number}", "nope").status_code for number in range(22)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers.count(429) == 2


def test_a_closed_account_cannot_sign_in(make, visit):
    assert _sign_in(visit(), make.user(active=False).login).status_code == 422


def test_the_first_sign_in_asks_for_a_new_password(make, visit):
    user = make.user(must_change_password=True)
    browser = visit(user)
    assert browser.get("/people").headers["Location"] == "/password"
    data = {"old": PASSWORD, "new": "Gans-nach-Hause-3", "again": "Gans-nach-Hause-3"}
    assert browser.post("/password", data).status_code == 303
    assert browser.get("/people").status_code == 200


@pytest.mark.parametrize(
    "weak",
    [
        "short1!",
        "alllowercase",
        "Password-123",
        "nodigitsHERE",
        "Aa123456!",
        "Henan2026",
        "Puyang@123",
        "Qwer1234!",
        "Zaq12wsx!",
        "Zhang-2026",
    ],
)
def test_weak_passwords_are_refused_with_the_reason(make, visit, weak):
    answer = visit(make.user()).post("/password", {"old": PASSWORD, "new": weak, "again": weak})
    assert answer.status_code == 422


@pytest.mark.parametrize("good", [PASSWORD, "Grey-Goose-88", "fkq7Mwz-8Jk", "Laub-Regen-Uhr-4"])
def test_passwords_that_nobody_guesses_are_taken(good):
    assert passwords.weakness(good, "user1") is None


def test_the_sign_in_name_makes_no_password():
    assert passwords.weakness("Liming-Wildgoose-7", "liming")


def test_a_long_password_is_judged_quickly():
    before = time.process_time()
    passwords.weakness("Aa1!" * 50, "user1")
    assert time.process_time() - before < 2


def test_first_passwords_are_good():
    assert passwords.weakness(passwords.suggested(), "user1") is None


def test_a_new_password_ends_other_sessions(make, visit):
    user = make.user()
    other, mine = visit(user), visit(user)
    mine.post("/password", {"old": PASSWORD, "new": "Gans-nach-Hause-3", "again": "Gans-nach-Hause-3"})
    assert other.get("/home").status_code == 401
    assert mine.get("/home").status_code == 200


def test_a_session_that_was_signed_out_of_is_over_wherever_its_cookie_lies(make, visit):
    user = make.user()
    mine, other = visit(), visit()
    for browser in (mine, other):
        assert _sign_in(browser, user.login, PASSWORD).status_code == 303
    stolen = mine.client.get_cookie("yangui").value
    assert mine.get("/people").status_code == 200
    mine.post("/sign-out")
    thief = visit()
    thief.client.set_cookie("yangui", stolen)
    assert thief.get("/people").status_code == 401
    assert other.get("/people").status_code == 200


def test_passwords_are_argon2(app):
    assert passwords.hashed("x").startswith("$argon2id$")


def test_a_role_reaches_its_unit_and_below_only(make):
    user = make.user(Role.ORGANISER, unit=make.county)
    assert user.reaches(Permission.DIRECTORY_VIEW, make.township)
    assert not user.reaches(Permission.DIRECTORY_VIEW, make.other_county)
    assert not user.reaches(Permission.DIRECTORY_VIEW, make.city)
    assert not user.reaches(Permission.ACCOUNTS_MANAGE, make.county)


def test_an_administrator_adds_a_user_who_gets_a_first_password(make, visit):
    browser = visit(make.user(Role.ADMINISTRATOR))
    data = {
        "login": "zhang.san",
        "name": "张三",
        "post": "科员",
        "email": "",
        "unit_id": make.township.id,
        "role": "liaison",
    }
    answer = browser.post("/users/new", data)
    first = browser.page.find_class("password-shown")[0].text
    assert answer.status_code == 200
    assert passwords.matches(queries.user_by_login("zhang.san").password_hash, first)
    assert queries.user_by_login("zhang.san").must_change_password


def test_an_administrator_of_one_county_gives_no_role_in_another(make, visit):
    browser = visit(make.user(Role.ADMINISTRATOR))
    data = {
        "login": "li.si",
        "name": "李四",
        "post": "",
        "email": "",
        "unit_id": make.other_county.id,
        "role": "viewer",
    }
    assert browser.post("/users/new", data).status_code == 422
    assert queries.user_by_login("li.si") is None


def test_the_last_administrator_stays(make, visit):
    top = make.user(Role.ADMINISTRATOR, unit=make.city)
    answer = visit(top).post(f"/users/{top.id}/grants/{top.grants[0].id}/withdraw")
    assert answer.status_code == 409


def test_closing_an_account_ends_its_sessions(make, visit):
    boss, user = make.user(Role.ADMINISTRATOR), make.user()
    theirs = visit(user)
    assert visit(boss).post(f"/users/{user.id}/active", {}).status_code == 303
    assert theirs.get("/home").status_code == 401


def test_one_cannot_close_oneself(make):
    user = make.user(Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        operations.set_active(user, False, by=user)


def test_failures_leave_a_trace(make, visit):
    user = make.user()
    _sign_in(visit(), user.login, "nope")
    assert db.session.scalar(select(func.count()).where(AuditEntry.verb == "accounts.sign_in_failed")) == 1


def test_the_list_of_users_filters(make, visit):
    boss = make.user(Role.ADMINISTRATOR, name="管理甲")
    make.user(Role.LIAISON, name="联络乙")
    browser = visit(boss)
    assert "联络乙" in browser.get("/users?role=liaison").text
    assert "管理甲" not in browser.get("/users?role=liaison&text=乙").text.split('id="users"')[1]
