"""What the clock starts for the system itself."""

from datetime import time, timedelta

from outreach.core import audit, audit_chain, mail, retention
from outreach.core.i18n import lazy
from outreach.core.jobs import recurring
from outreach.core.retention import PORTION, RULES
from outreach.core.worker import portion
from outreach.ops import operations, request_queries


@recurring("ops.forget_old", at=time(3), seconds=3600)
def forget_old(job_id: int) -> None:
    """What is older than its period goes, portion by portion, every night at three."""
    for rule in RULES.values():
        count, before = 0, rule.before
        while (gone := rule.forget(before, PORTION)) > 0:
            count += gone
            portion(job_id)
        if count:
            audit.record(None, "ops.forget_old", kind=rule.name, count=count, days=rule.days)


@recurring("ops.tidy_jobs", every=timedelta(hours=24))
def tidy_jobs(job_id: int) -> None:
    """Finished jobs and workers that ended long ago are forgotten."""
    operations.tidy_jobs(job_id)


@recurring("ops.send_waiting", every=timedelta(minutes=5))
def send_waiting(job_id: int) -> None:
    """A letter without a job, for whatever reason, gets one."""
    mail.send_waiting()


@recurring("ops.link_audit", every=timedelta(minutes=5))
def link_audit(job_id: int) -> None:
    """Entries of the audit become links of its chain, also those from before there was one."""
    while audit_chain.link() == audit_chain.PORTION:
        portion(job_id)


retention.rule(
    "rights_requests",
    "KEEP_REQUESTS_DAYS",
    lazy("Requests about personal data"),
    lazy("Deleted, counted from the answer."),
    due=request_queries.closed_count,
    forget=operations.forget_requests,
)
