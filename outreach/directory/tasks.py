"""What the worker does for the directory."""

from outreach.core import garbage, retention
from outreach.core.db import db
from outreach.core.i18n import lazy
from outreach.core.jobs import gave_up, task
from outreach.directory import erasure_queries, operations, roster_queries
from outreach.directory.roster_models import Batch


@task("directory.read_batch", seconds=3600)
def read_batch(batch_id: int, job_id: int) -> None:
    """The dry run of one roster."""
    batch = db.session.get(Batch, batch_id)
    if batch and batch.state == "reading":
        with garbage.looked_for_seldom():
            operations.read_batch(batch, job_id)


@task("directory.apply_batch", seconds=3600)
def apply_batch(batch_id: int, job_id: int) -> None:
    """Enter one roster."""
    batch = db.session.get(Batch, batch_id)
    if batch and batch.state == "applying":
        with garbage.looked_for_seldom():
            operations.apply_portions(batch, job_id)


@task("directory.revert_batch", seconds=3600)
def revert_batch(batch_id: int, job_id: int) -> None:
    """Take one roster back."""
    batch = db.session.get(Batch, batch_id)
    if batch and batch.state == "reverting":
        operations.revert_portions(batch, job_id)


@task("directory.find_duplicates", seconds=3600)
def find_duplicates(batch_id: int, job_id: int) -> None:
    """Pairs that an entered roster makes with the register."""
    batch = db.session.get(Batch, batch_id)
    if batch:
        operations.find_duplicates(roster_queries.people_of(batch), by=batch.applied_by)


@gave_up("directory.read_batch")
@gave_up("directory.apply_batch")
@gave_up("directory.revert_batch")
def give_up_batch(batch_id: int) -> None:
    """A fault nobody foresaw: the batch says so and can be discarded or taken back."""
    batch = db.session.get(Batch, batch_id)
    if batch and batch.busy:
        operations.give_up_batch(batch)


retention.rule(
    "rosters",
    "KEEP_ROSTER_DAYS",
    lazy("Rows of rosters"),
    lazy("What stood in the sheet goes; cards made from it stay. A roster nobody entered is discarded."),
    due=erasure_queries.old_row_count,
    forget=operations.forget_old_rows,
)
