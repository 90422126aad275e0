"""The system's state for who looks after it: health, jobs, letters, text messages;
tried again one by one or many at once.
"""

from flask import abort, current_app, flash, redirect, request, url_for
from flask_login import current_user

from outreach.core import clock, versions
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.forms import whole_number
from outreach.core.i18n import _
from outreach.core.jobs import Job
from outreach.core.lists import page_of
from outreach.core.logs import without_people
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.core.sms import Sms
from outreach.core.web import limiter, page
from outreach.ops import health, operations, queries
from outreach.ops.forms import (
    JOB_STATES,
    LANE_NAMES,
    LETTER_STATES,
    PART_NAMES,
    TEXT_STATES,
    JobFilters,
    LetterFilters,
    TextFilters,
    task_name,
)
from outreach.ops.views.machines import bp
from outreach.permissions import Permission

#: most rows that one click tries again
MOST_AT_ONCE = 2000


def _looks_after_all() -> None:
    """404 unless the user holds the permission for the whole prefecture:
    jobs and letters belong to no county.
    """
    if not current_user.holds_at_top(Permission.SYSTEM_MANAGE):
        abort(404)


@bp.get("/system")
@requires(Permission.SYSTEM_MANAGE)
def system():
    _looks_after_all()
    return page(
        "ops/system.html",
        checks=health.checks(current_app.config["INSTANCE"]),
        part_names=PART_NAMES,
        code_version=versions.of_code(),
        backup=queries.last_backup(),
        drill=queries.last_drill(),
        workers=queries.workers(),
        is_alive=queries.is_alive,
        recurring=queries.recurring_jobs(),
        task_name=task_name,
        job_counts=queries.job_counts(),
        letter_counts=queries.letter_counts(),
        text_counts=queries.text_counts(),
        moment_now=clock.now(),
    )


@bp.get("/system/jobs")
@requires(Permission.SYSTEM_MANAGE)
def jobs():
    _looks_after_all()
    filters = JobFilters(request.args)
    return page(
        "ops/jobs.html",
        part="ops/_jobs.html",
        filters=filters,
        listing=page_of(queries.select_jobs(**filters.chosen()), rows_of=list),
        job_states=JOB_STATES,
        lane_names=LANE_NAMES,
        task_name=task_name,
    )


@bp.post("/system/jobs/<int:job_id>/try")
@requires(Permission.SYSTEM_MANAGE)
def try_job(job_id: int):
    _looks_after_all()
    operations.try_job(found(db.select(Job), job_id), by=current_user)
    return _back(".jobs")


@bp.post("/system/jobs/<int:job_id>/set-aside")
@requires(Permission.SYSTEM_MANAGE)
def set_job_aside(job_id: int):
    _looks_after_all()
    operations.set_job_aside(found(db.select(Job), job_id), by=current_user)
    return _back(".jobs")


@bp.post("/system/jobs/try")
@requires(Permission.SYSTEM_MANAGE)
@limiter.limit("10 per minute")
def try_jobs():
    _looks_after_all()
    return _try_picked(queries.select_jobs, JobFilters(request.args), Job, operations.try_job, ".jobs")


@bp.get("/system/letters")
@requires(Permission.SYSTEM_MANAGE)
def letters():
    _looks_after_all()
    filters = LetterFilters(request.args, kinds=queries.kinds(Mail))
    return page(
        "ops/letters.html",
        part="ops/_letters.html",
        filters=filters,
        listing=page_of(queries.select_letters(**filters.chosen()), rows_of=list),
        letter_states=LETTER_STATES,
        without_people=without_people,
    )


@bp.post("/system/letters/try")
@requires(Permission.SYSTEM_MANAGE)
@limiter.limit("10 per minute")
def try_letters():
    _looks_after_all()
    filters = LetterFilters(request.args, kinds=queries.kinds(Mail))
    return _try_picked(queries.select_letters, filters, Mail, operations.try_letter, ".letters")


@bp.post("/system/letters/send-waiting")
@requires(Permission.SYSTEM_MANAGE)
def send_waiting():
    _looks_after_all()
    count = operations.send_all_waiting(by=current_user)
    flash(_("%(num)d letters wait to be sent.", num=count))
    return _back(".letters")


@bp.get("/system/texts")
@requires(Permission.SYSTEM_MANAGE)
def texts():
    _looks_after_all()
    filters = TextFilters(request.args, kinds=queries.kinds(Sms))
    return page(
        "ops/texts.html",
        part="ops/_texts.html",
        filters=filters,
        listing=page_of(queries.select_texts(**filters.chosen())),
        text_states=TEXT_STATES,
        without_people=without_people,
    )


@bp.post("/system/texts/try")
@requires(Permission.SYSTEM_MANAGE)
@limiter.limit("10 per minute")
def try_texts():
    _looks_after_all()
    filters = TextFilters(request.args, kinds=queries.kinds(Sms))
    return _try_picked(queries.select_texts, filters, Sms, operations.try_text, ".texts")


def _try_picked(select, filters, model, operation, endpoint: str):
    """Try again the rows that were ticked, or all that the filters find, each by itself:
    one that fails stops no other.
    """
    if "all" in request.form:
        picked = select(**filters.chosen()).limit(MOST_AT_ONCE)
    else:
        keys = [key for key in map(whole_number, request.form.getlist("row")) if key]
        picked = select().where(model.id.in_(keys))
    rows = list(db.session.scalars(picked))
    tried = 0
    for row in rows:
        try:
            operation(row, by=current_user)
            tried += 1
        except Refused:
            continue
    flash(_("%(num)d are tried again, %(none)d needed no further try.", num=tried, none=len(rows) - tried))
    return _back(endpoint)


def _back(endpoint: str):
    query = request.query_string.decode(errors="replace")
    return redirect(url_for(endpoint) + (f"?{query}" if query else ""), 303)
