"""The audit, for administrators: read, narrowed, exported."""

from flask import request
from flask_login import current_user

from outreach.core import audit as trace
from outreach.core import masking
from outreach.core.access import requires
from outreach.core.db import db
from outreach.core.downloads import attachment
from outreach.core.i18n import _, moment
from outreach.core.lists import page_of
from outreach.core.sheets import XLSX, Column, write
from outreach.core.web import limiter, page, reads_first
from outreach.directory.forms import ReasonForm
from outreach.ops import audit_queries
from outreach.ops.audit_forms import AuditFilters
from outreach.ops.audit_names import AREAS, NAMES, OBJECTS
from outreach.ops.views.machines import bp
from outreach.permissions import Permission

MOST_EXPORTED = 50_000


def _filters() -> AuditFilters:
    return AuditFilters(request.args, users=audit_queries.users_for_choice(current_user))


def _audit(*, status: int = 200, **forms):
    filters = _filters()
    listing = page_of(audit_queries.select_entries(current_user, **filters.chosen()))
    forms.setdefault("export", ReasonForm(formdata=None))
    return page(
        "ops/audit.html",
        part="ops/_audit.html",
        filters=filters,
        listing=listing,
        users=audit_queries.users_of(listing.rows),
        status=status,
        **_WORDS,
        **forms,
    )


@bp.get("/audit")
@requires(Permission.ACCOUNTS_MANAGE)
def audit():
    """Every deed that left a trace, with who, from where and why."""
    return _audit()


@bp.post("/audit/export")
@requires(Permission.ACCOUNTS_MANAGE)
@limiter.limit("10 per minute")
@reads_first
def export_audit():
    form = ReasonForm()
    if not form.validate_on_submit():
        return _audit(export=form, status=422)
    chosen = audit_queries.select_entries(current_user, **_filters().chosen())
    rows = db.session.scalars(chosen.limit(MOST_EXPORTED)).all()
    trace.record(current_user, "ops.export_audit", reason=form.reason.data, count=len(rows))
    title = _("Audit")
    return attachment(write(title, _columns(audit_queries.users_of(rows)), rows), f"{title}.xlsx", XLSX)


def _columns(users: dict) -> list[Column]:
    def who(row) -> str:
        return f"{users[row.user_id].name} ({users[row.user_id].login})" if row.user_id in users else ""

    return [
        Column(_("No."), lambda row: row.id, 10),
        Column(_("When"), lambda row: moment(row.at), 20),
        Column(_("User"), who, 20),
        Column(_("Deed"), lambda row: str(NAMES.get(row.verb, "")), 28),
        Column(_("Code"), lambda row: row.verb, 28),
        Column(
            _("About"),
            lambda row: f"{OBJECTS.get(row.object_kind, row.object_kind)} {row.object_id or ''}",
            18,
        ),
        Column(_("Reason"), lambda row: masking.discreet(row.reason), 36),
        Column(_("Source address"), lambda row: row.address, 18),
        Column(_("Details"), lambda row: words_of(row.detail), 40),
    ]


def words_of(detail: dict) -> str:
    """Counts and codes of an entry on one line."""
    return "；".join(f"{name}: {value}" for name, value in detail.items() if value not in (None, "", [], {}))


_WORDS = {"names": NAMES, "areas": AREAS, "objects": OBJECTS, "words_of": words_of}
