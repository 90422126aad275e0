"""The request: one transaction, answers as page or fragment, refusals and errors in words, headers."""

import errno
import json
import logging
import secrets
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Network
from urllib.parse import urlsplit

from flask import current_app, flash, g, make_response, redirect, render_template, request, session
from flask_limiter import Limiter, RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RoutingException

from outreach.core import clock, files, form_errors, headers, once, versions
from outreach.core.db import db, writing
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.settings import ROOT

log = logging.getLogger("yangui")
csrf = CSRFProtect()


def sender() -> str:
    """The address of who asks; of IPv6 the network of a household (64 bits),
    for one household has all the addresses in it.
    """
    address = request.remote_addr or ""
    if ":" not in address:
        return address
    try:
        return str(IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


class Throttles(Limiter):
    """A store that is away is replaced by counting in this process, with one line of log:
    throttles never answer 500.

    Flask-Limiter turns the counting over for the first request that finds the store away, and lets the error
    of those beside it through: they are counted once more, by then in this process.
    """

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        try:
            super()._check_request_limit(callable_name, in_middleware)
        except RateLimitExceeded:
            raise
        except Exception:
            if not self._storage_dead:
                raise
            super()._check_request_limit(callable_name, in_middleware)


limiter = Throttles(sender, default_limits=[], in_memory_fallback_enabled=True)
#: bytes of a body that anybody may send; ``access.takes`` names the routes that take more
PUBLIC_BYTES = 256 * 1024
# the page of a refused form is made within the request that was counted already
limiter.request_filter(lambda: bool(g.get("refused")))


def wants_fragment() -> bool:
    """True when htmx asked (and did not restore a page from history)."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page(full: str, *, part: str | None = None, status: int = 200, rest=None, **context):
    """The template ``full``, or only ``part`` when htmx asked for it.

    ``rest`` gives the context that only the whole page needs, so that a search letter by letter does not read
    it each time.
    """
    if part and wants_fragment():
        return make_response(render_template(part, **context), status)
    return make_response(render_template(full, **(rest() if rest else {}), **context), status)


def again(form, title: str, back: str):
    """The page of a small form that stands in a list or on another domain's page, after it was refused:
    with what was typed and what is wrong.
    """
    return page("errors/form.html", form=form, title=title, back=back, status=422)


def done(part: str | None, onwards: str, **context):
    """After a deed: the fragment ``part`` for htmx, else a 303 to ``onwards``."""
    if part and wants_fragment():
        return make_response(render_template(part, **context))
    return redirect(onwards, 303)


def reads_first(view):
    """Mark a route that reads and checks much before it writes a little: a hot one, or one that makes a file.

    On SQLite it takes the write lock only at its operation's ``lock()`` or ``begin_writing()``, or for the
    audit entry when everything is made (``core.audit``): others write meanwhile. What notes much and then
    makes a file of it says ``end_writing()`` in between.
    """
    view.reads_first = True
    return view


def keep_writes() -> None:
    """Commit this request although its answer is an error (a failed sign-in is counted)."""
    g.keep_writes = True


@lru_cache
def _manifest() -> dict:
    path = ROOT / "static" / "dist" / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def asset(name: str) -> str:
    """The address of a built file, with its hash: ``asset("app.css")``."""
    return "/static/dist/" + _manifest().get(name, name)


def _begin(view) -> None:
    """Whether the transaction of this request begins as one that writes."""
    writing.set(request.method not in ("GET", "HEAD", "OPTIONS") and not getattr(view, "reads_first", False))


def _start():
    view = current_app.view_functions.get(request.endpoint)
    _begin(view)
    if session.permanent and "seen" in session:
        _limit_session()
    if _is_public(view) or "_user_id" not in session:
        most = getattr(view, "most_bytes", PUBLIC_BYTES)
        request.max_content_length = request.max_form_memory_size = most


def _not_of_this_version():
    """A database that is behind or ahead is not worked with: 503, and what to do, until it fits.

    Health is told all the same.
    """
    if request.endpoint in ("static", "ops.health"):
        return None
    found = versions.standing()
    if found is versions.Standing.FITS:
        return None
    if found is versions.Standing.AHEAD:
        reason = _(
            "The database is newer than the program that runs here. Who runs the system: "
            "start the newer version of the program."
        )
    else:
        reason = _(
            "The database is older than the program that runs here. Who runs the system: "
            "run flask set-up, then start web server"
            " and worker anew."
        )
    title = _("The system is being updated")
    words = _("Nothing was saved. Try again in a few minutes.") + " " + reason
    answer = current_app.make_response(problem(503, title, words, again=_sent_again()))
    answer.headers["Retry-After"] = "60"
    return answer


def _is_public(view) -> bool:
    """Whether anybody may open it; also what is no route."""
    return getattr(view, "access", "open_to_all") == "open_to_all"


def _limit_session():
    """Idle and absolute limits, checked here because a stolen cookie does not expire by itself."""
    limits = current_app.config
    seen = datetime.fromtimestamp(session["seen"], UTC)
    began = datetime.fromtimestamp(session.get("began", 0), UTC)
    moment = clock.now()
    if moment - seen > limits["IDLE_LIMIT"] or moment - began > limits["PERMANENT_SESSION_LIFETIME"]:
        language = session.get("lang")
        session.clear()
        if language:
            session["lang"] = language
        return
    if (moment - seen).total_seconds() > 60:
        session["seen"] = int(moment.timestamp())


def session_seconds() -> int:
    """After how many seconds without a request this session ends."""
    limits = current_app.config
    ends = datetime.fromtimestamp(session.get("began", 0), UTC) + limits["PERMANENT_SESSION_LIFETIME"]
    return max(0, int(min(limits["IDLE_LIMIT"], ends - clock.now()).total_seconds()))


def form_wrong() -> bool:
    """Whether the page answers a form that was refused; its title says so."""
    return g.get("passed") is False


def page_sent_from() -> str:
    """Path and query of our own page that this request came from; empty when it is not known."""
    came = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    own = came.netloc == request.host and came.path.startswith("/") and not came.path.startswith("//")
    return (came.path + (f"?{came.query}" if came.query else "")) if own else ""


def _not_too_much_text():
    """A form without files has a limit of its own: what was pasted into it comes back with the page."""
    if (
        request.mimetype == "application/x-www-form-urlencoded"
        and (request.content_length or 0) > request.max_form_memory_size
    ):
        raise RequestEntityTooLarge


def _say_done(response):
    """A deed of staff that leads to a page without a word of its own says that it was done."""
    view = current_app.view_functions.get(request.endpoint)
    silent = (
        request.method != "POST"
        or response.status_code != 303
        or _is_public(view)
        or "_user_id" not in session
        or session.get("_flashes")
    )
    if not silent:
        flash(_("It has been done."))
    return response


def _finish(response):
    if response.status_code < 400 or g.get("keep_writes"):
        try:
            db.session.commit()
        except OperationalError as error:
            response = current_app.make_response(_busy(error))
    else:
        db.session.rollback()
    headers.set_on(response)
    response.vary.add("HX-Request")
    return response


def problem(status: int, title: str, reason: str, again: list[tuple[str, str]] | None = None):
    """An error as a page, as a fragment for htmx, or as JSON for a machine.

    ``again``: the form that was sent.
    """
    db.session.rollback()
    if request.accept_mimetypes.best == "application/json":
        return {"error": title, "reason": reason}, status
    template = "errors/_problem.html" if wants_fragment() else "errors/problem.html"
    return render_template(template, title=title, reason=reason, status=status, again=again or []), status


def _nothing_there() -> str:
    """Staff may lack the reach; a guest has a piece of an address."""
    if "_user_id" in session:
        return _("It does not exist, or it belongs to another unit.")
    return _("This address is incomplete or no longer valid. Copy the whole link from the letter or message.")


def _page_at(path: str) -> tuple[str, str] | None:
    """(address, endpoint) of the page at this path, or of the nearest above it."""
    adapter = current_app.create_url_adapter(request)
    while path:
        try:
            return path, adapter.match(path, "GET")[0]
        except (HTTPException, RoutingException):  # only for deeds, or written with another ending
            path = path.rpartition("/")[0]
    return None


def _page_above() -> str | None:
    """Where somebody goes who reloads the answer to a form, or changes its language."""
    above = _page_at(request.path.rpartition("/")[0])
    return above and above[0] + (
        "?" + request.query_string.decode(errors="replace") if request.query_string else ""
    )


def endpoint_shown() -> str:
    """The page somebody is on, for the menu: a form that came back with mistakes stands on the page above
    it.
    """
    found = _page_at(request.path) if request.method == "POST" else None
    return found[1] if found else request.endpoint or ""


def _http_error(error: HTTPException):
    too_large, view = error.code == 413, current_app.view_functions.get(request.endpoint)
    if too_large and not _is_public(view) and "_user_id" not in session:
        return current_app.login_manager.unauthorized()  # the session ended while the form was open
    words = {
        400: (_("That request was not understood"), _("Go back and try again.")),
        401: (_("Please sign in"), _("This page is for staff.")),
        403: (_("Not allowed"), _("Your role does not include this. Ask your administrator.")),
        404: (_("Not found"), _nothing_there()),
        405: (_("Not possible this way"), _("Go back and use the button on the page.")),
        413: (
            _("Too large"),
            _(
                "This is larger than the %(most)s MB that this system takes.",
                most=current_app.config["UPLOAD_MEGABYTES"],
            )
            if request.mimetype == "multipart/form-data" and request.max_content_length != PUBLIC_BYTES
            else _("The text you pasted is too long. Nothing was changed; go back and shorten it."),
        ),
        429: (_("Too many tries"), _("Wait a minute, then try again.")),
    }
    code = error.code or 500
    asks_page = (
        request.method == "GET"
        and not wants_fragment()
        and request.accept_mimetypes.best != "application/json"
    )
    if code == 405 and asks_page and (above := _page_above()):
        return redirect(above)
    title, reason = words.get(code, (_("Something went wrong"), error.description or ""))
    return problem(code, title, reason)


def install(app) -> None:
    """Hooks, error pages, CSRF, throttles, template globals."""
    csrf.init_app(app)
    limiter.init_app(app)
    if hops := int(app.config["TRUSTED_PROXIES"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    app.before_request_funcs.setdefault(None, []).insert(0, _start)
    app.before_request_funcs[None].insert(1, _not_of_this_version)
    app.before_request(_not_too_much_text)
    app.before_request(files.look_at_uploads)
    app.after_request(_finish)
    app.after_request(_say_done)
    app.jinja_env.globals.update(
        asset=asset,
        endpoint_shown=endpoint_shown,
        form_wrong=form_wrong,
        may_be_indexed=headers.may_be_indexed,
        note_error=form_errors.note,
        page_errors=form_errors.of_page,
        request_key=lambda: secrets.token_hex(16),
        session_seconds=session_seconds,
    )
    once.install(app)
    _answer_errors(app)


def _form_again(refusal: Refused):
    """The page of the form that was refused, with what was typed and the reason;
    None where there is no such form.

    The view that read the form runs once more; this time the form says no, so that the view does what it does
    with any wrong value.
    """
    if not g.get("passed") or wants_fragment() or request.accept_mimetypes.best == "application/json":
        return None
    db.session.rollback()
    for _name, sent in request.files.items(multi=True):
        sent.seek(0)
    g.passed, g.refusal, g.refused = False, refusal, str(refusal)
    view = current_app.view_functions[request.endpoint]
    _begin(view)
    try:
        answer = current_app.make_response(view(**request.view_args))
    except (Refused, HTTPException):
        answer = None
    if answer is None or answer.status_code < 400 or "refusal" in g:  # it asked no form this time
        g.refused = ""
        return None
    if not refusal.at:  # nothing typed is wrong, only the hour for it
        answer.status_code = 409
    return answer


#: what the system says where no byte goes in any more; SQLite and PostgreSQL say it in words and by number
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _is_full(error: BaseException) -> bool:
    """Whether the disk is full: as the error says, or, where SQLite cannot even open its journal, as
    the disk itself says.
    """
    if (
        getattr(error, "errno", None) in _FULL
        or getattr(error, "sqlstate", "") == "53100"
        or "is full" in str(error)
    ):
        return True
    with suppress(OSError):
        return shutil.disk_usage(current_app.config["INSTANCE"]).free < 2**20
    return False


def _busy(error: OperationalError):
    """The database is busy, full or away, also at the commit: 503 with what was typed, to be sent once more.
    One line of log.
    """
    log.error("database: %s (%s %s)", str(error.orig).strip(), request.method, request.endpoint)
    if _is_full(error.orig):
        return _full()
    return _unsaved(
        _("Busy"), _("Nothing was saved: the database takes no writes at this moment. Try again in a minute.")
    )


def _full():
    """The disk is full: said as it is, for an administrator may be the reader."""
    reason = _(
        "Nothing was saved: the disk of the system is full. Who runs the system: make room on it; the page"
        " System and /healthz tell how much is free. Then send it once more."
    )
    return _unsaved(_("The disk is full"), reason)


def _unsaved(title: str, reason: str):
    answer = current_app.make_response(problem(503, title, reason, again=_sent_again()))
    answer.headers["Retry-After"] = "30"
    return answer


def _sent_again() -> list[tuple[str, str]]:
    """The fields of the form that was sent, to be sent once more;
    one with a password or a file is not kept.
    """
    if request.method != "POST" or request.files or any("password" in name for name in request.form):
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _answer_errors(app) -> None:
    """What goes wrong is said in words of the house."""

    @app.errorhandler(Refused)
    def refused(error):
        return _form_again(error) or problem(409, _("Not possible"), str(error))

    @app.errorhandler(CSRFError)
    def stale_form(_error):
        view = current_app.view_functions.get(request.endpoint)
        if not current_user.is_authenticated and not _is_public(view):
            return current_app.login_manager.unauthorized()  # the session ended while the form was open
        return problem(400, _("This form is too old"), _("Go back, reload the page and send it again."))

    @app.errorhandler(HTTPException)
    def http_error(error):
        return _http_error(error)

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def no_such_value(_error):
        """A number or text in the address that no column can hold: nothing is there."""
        return _http_error(NotFound())

    @app.errorhandler(IntegrityError)
    def twice(error):
        """Two people did the same at the same moment; the database let one of them."""
        log.warning("refused by the database", exc_info=error)
        return problem(
            409, _("Not possible"), _("Somebody did the same at this moment. Reload the page and look.")
        )

    app.register_error_handler(OperationalError, _busy)

    @app.errorhandler(OSError)
    def no_room(error):
        """A file that finds no room is said; any other fault of the machine is a fault like all others."""
        if error.errno not in _FULL:
            return broken(error)
        log.error("disk: %s (%s %s)", error.strerror, request.method, request.endpoint)
        return _full()

    @app.errorhandler(Exception)
    def broken(error):
        log.exception("unexpected", exc_info=error)
        db.session.rollback()
        if app.testing:
            raise error
        return problem(
            500, _("Something went wrong"), _("Nothing was changed. The fault has been written down.")
        )
