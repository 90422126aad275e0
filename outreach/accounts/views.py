"""Signing in and out, one's own password, the users of one's units."""

import secrets
import time
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user

from outreach.accounts import operations, queries
from outreach.accounts.forms import (
    ROLE_NAMES,
    ActiveForm,
    GrantForm,
    PasswordForm,
    SignInForm,
    UserFilters,
    UserForm,
)
from outreach.accounts.models import Grant, Unit, User
from outreach.core.access import found, open_to_all, requires, signed_in
from outreach.core.db import db
from outreach.core.i18n import LOCALES, _
from outreach.core.lists import page_of
from outreach.core.refusals import Refused
from outreach.core.web import (
    keep_writes,
    limiter,
    page,
    page_sent_from,
    sender,
    session_seconds,
    wants_fragment,
)
from outreach.permissions import Permission, Role

bp = Blueprint("accounts", __name__)
login_manager = LoginManager()


@login_manager.user_loader
def load_user(key: str) -> User | None:
    """The user of a session, unless the password changed or the account closed since."""
    user = queries.signed_in(int(key), session.get("key", ""))
    return user if user and user.active and session.get("epoch") == user.epoch else None


@login_manager.unauthorized_handler
def unauthorized():
    """401 with the sign-in form, which leads back to where the visitor wanted to go."""
    back = (
        request.full_path.rstrip("?")
        if request.method == "GET" and not wants_fragment()
        else page_sent_from()
    )
    return page(
        "accounts/sign_in.html",
        part="accounts/_sign_in_again.html",
        form=SignInForm(onwards=back, formdata=None),
        back=back,
        ended=request.method == "POST",
        status=401,
    )


def _onwards(target: str) -> str:
    """Only paths of our own; control characters never come from a page of ours."""
    if any(ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0 or sign in "\u2028\u2029" for sign in target or ""):
        abort(400)
    parts = urlsplit(target or "")
    own = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    return target if own else url_for("desk.index")


@bp.get("/sign-in")
@open_to_all
def sign_in_form():
    if current_user.is_authenticated:
        return redirect(url_for("desk.index"))
    return page("accounts/sign_in.html", form=SignInForm(onwards=request.args.get("onwards", "")))


@bp.post("/sign-in")
@open_to_all
@limiter.limit("20 per minute")
def sign_in():
    form = SignInForm()
    if not form.validate_on_submit():
        return page("accounts/sign_in.html", form=form, status=422)
    target = _onwards(form.onwards.data or "")
    try:
        user = operations.sign_in(form.login.data, form.password.data, address=sender())
    except Refused as refusal:
        keep_writes()
        return page("accounts/sign_in.html", form=form, refusal=str(refusal), status=422)
    language = session.get("lang")
    session.clear()
    session.permanent = True
    session.update(
        key=secrets.token_hex(16),
        epoch=user.epoch,
        began=int(time.time()),
        seen=int(time.time()),
        **({"lang": language} if language else {}),
    )
    login_user(user)
    return redirect(target, 303)


@bp.post("/session")
@signed_in
def stay():
    """Stay signed in: this request itself counts as a sign of life (``core.web``)."""
    return {"seconds": session_seconds()}


@bp.post("/sign-out")
@signed_in
def sign_out():
    operations.sign_out(current_user, session.get("key", ""), lasts=current_app.permanent_session_lifetime)
    language = session.get("lang")
    logout_user()
    session.clear()
    if language:
        session["lang"] = language
    return redirect(url_for("accounts.sign_in_form"), 303)


@bp.post("/language")
@open_to_all
def language():
    if request.form.get("lang") in LOCALES:
        session["lang"] = request.form["lang"]
    return redirect(_onwards(request.form.get("onwards", "")), 303)


@bp.get("/password")
@signed_in
def password():
    return page("accounts/password.html", form=PasswordForm())


@bp.post("/password")
@signed_in
@limiter.limit("10 per minute")
def change_password():
    form = PasswordForm()
    if not form.validate_on_submit():
        return page("accounts/password.html", form=form, status=422)
    operations.change_password(current_user, form.old.data, form.new.data, by=current_user)
    session["epoch"] = current_user.epoch
    flash(_("Your password has been changed. Other devices have been signed out."))
    return redirect(url_for("desk.index"), 303)


@bp.get("/users")
@requires(Permission.ACCOUNTS_MANAGE)
def users():
    filters = UserFilters(request.args)
    chosen = queries.searched_users(queries.select_users(current_user), **filters.chosen())
    return page(
        "accounts/users.html",
        part="accounts/_users.html",
        filters=filters,
        listing=page_of(chosen.order_by(User.name, User.id)),
        role_names=ROLE_NAMES,
    )


def _units():
    return queries.units_for_choice(current_user, Permission.ACCOUNTS_MANAGE)


def _unit(unit_id: int) -> Unit:
    return found(queries.select_units(current_user, Permission.ACCOUNTS_MANAGE), unit_id)


@bp.get("/users/new")
@requires(Permission.ACCOUNTS_MANAGE)
def new_user():
    return page("accounts/new_user.html", form=UserForm(units=_units(), role=Role.VIEWER))


@bp.post("/users/new")
@requires(Permission.ACCOUNTS_MANAGE)
def add_user():
    form = UserForm(units=_units())
    if not form.validate_on_submit():
        return page("accounts/new_user.html", form=form, status=422)
    values = form.values()
    unit = _unit(values.pop("unit_id"))
    user, first = operations.add_user(**values, unit=unit, by=current_user)
    return page(
        "accounts/user.html",
        user=user,
        first_password=first,
        form=GrantForm(units=_units()),
        role_names=ROLE_NAMES,
    )


@bp.get("/users/<int:user_id>")
@requires(Permission.ACCOUNTS_MANAGE)
def user(user_id: int):
    row = found(queries.select_users(current_user), user_id)
    return page("accounts/user.html", user=row, form=GrantForm(units=_units()), role_names=ROLE_NAMES)


@bp.post("/users/<int:user_id>/grants")
@requires(Permission.ACCOUNTS_MANAGE)
def grant_role(user_id: int):
    row = found(queries.select_users(current_user), user_id)
    form = GrantForm(units=_units())
    if not form.validate_on_submit():
        return page("accounts/user.html", user=row, form=form, role_names=ROLE_NAMES, status=422)
    operations.grant_role(row, _unit(form.unit_id.data), form.role.data, by=current_user)
    return redirect(url_for(".user", user_id=row.id), 303)


@bp.post("/users/<int:user_id>/grants/<int:grant_id>/withdraw")
@requires(Permission.ACCOUNTS_MANAGE)
def withdraw_role(user_id: int, grant_id: int):
    row = found(queries.select_users(current_user), user_id)
    grant = found(db.select(Grant).where(Grant.user_id == row.id), grant_id)
    operations.withdraw_role(row, grant, by=current_user)
    flash(_("The role has been withdrawn."))
    return redirect(url_for(".users"), 303)


@bp.post("/users/<int:user_id>/reset-password")
@requires(Permission.ACCOUNTS_MANAGE)
def reset_password(user_id: int):
    row = found(queries.select_users(current_user), user_id)
    first = operations.reset_password(row, by=current_user)
    return page(
        "accounts/user.html",
        user=row,
        first_password=first,
        form=GrantForm(units=_units()),
        role_names=ROLE_NAMES,
    )


@bp.post("/users/<int:user_id>/active")
@requires(Permission.ACCOUNTS_MANAGE)
def set_active(user_id: int):
    row = found(queries.select_users(current_user), user_id)
    operations.set_active(row, ActiveForm().active.data, by=current_user)
    return redirect(url_for(".user", user_id=row.id), 303)
