"""Words for jobs, letters and text messages, and what their lists are narrowed by."""

from wtforms import SelectField, StringField

from outreach.core import sms
from outreach.core.forms import Filters
from outreach.core.i18n import lazy
from outreach.core.jobs import TASKS, JobState, Lane
from outreach.ops.health import Part

PART_NAMES = {
    Part.VERSION: lazy("Database is of this version"),
    Part.DATABASE: lazy("Database takes writes"),
    Part.DISK: lazy("Free disk space"),
    Part.WORKER: lazy("Worker last heard of"),
    Part.JOBS: lazy("Oldest job that is due"),
}
JOB_STATES = {
    JobState.FAILED: lazy("Set aside after failing"),
    JobState.RETRYING: lazy("Failed, is tried again"),
    JobState.RUNNING: lazy("Running"),
    JobState.WAITING: lazy("Waiting to run"),
    JobState.DONE: lazy("Done"),
}
LANE_NAMES = {
    Lane.SOON: lazy("At once"),
    Lane.ORDINARY: lazy("Ordinary"),
    Lane.BULK: lazy("Bulk mail"),
    Lane.IMPORT: lazy("Imports"),
}
TASK_NAMES = {
    "mail.send": lazy("Send a letter"),
    "sms.send": lazy("Hand over a text message"),
    "robots.send": lazy("Post to a group robot"),
    "directory.read_batch": lazy("Read a roster"),
    "directory.apply_batch": lazy("Enter a roster"),
    "directory.revert_batch": lazy("Take a roster back"),
    "directory.find_duplicates": lazy("Look for duplicates"),
    "liaison.remind": lazy("Remind leaders of contacts that are due"),
    "reception.forget_travel": lazy("Delete journeys a month after the event"),
    "registrations.forget_answers": lazy("Delete answers after the event"),
    "registrations.lapse_offers": lazy("Offer lapsed places to the next"),
    "registrations.remind": lazy("Remind guests the day before"),
    "ops.forget_old": lazy("Delete what is older than its period"),
    "ops.tidy_jobs": lazy("Delete old finished jobs"),
    "ops.send_waiting": lazy("Look for letters that nobody sends"),
}
LETTER_STATES = {
    "failed": lazy("Failed"),
    "trying": lazy("Failed, is tried again"),
    "waiting": lazy("Waiting to be sent"),
    "sent": lazy("Sent"),
}
TEXT_STATES = {
    sms.FAILED: lazy("Failed"),
    sms.WRITTEN: lazy("Waiting to be sent"),
    sms.HANDED_OVER: lazy("Handed over"),
    sms.DELIVERED: lazy("Delivered"),
    sms.UNWANTED: lazy("Withdrawn or not wanted"),
}


def task_name(task: str) -> str:
    """The words for a task; a task of an older version keeps its own name."""
    return str(TASK_NAMES.get(task, task))


class JobFilters(Filters):
    """The list of jobs."""

    text = StringField(lazy("Words of the fault"))
    state = SelectField(lazy("State"), choices=[("", lazy("All states")), *JOB_STATES.items()], default="")
    lane = SelectField(
        lazy("Lane"),
        choices=[("", lazy("All lanes")), *((str(int(lane)), name) for lane, name in LANE_NAMES.items())],
        default="",
    )
    task = SelectField(lazy("Task"), default="")

    def __init__(self, *given, **more):
        super().__init__(*given, **more)
        self.task.choices = [("", lazy("All tasks")), *((name, task_name(name)) for name in sorted(TASKS))]


class LetterFilters(Filters):
    """The list of letters; ``kinds`` are those that occur."""

    text = StringField(lazy("Mail address or words of the fault"))
    state = SelectField(lazy("State"), choices=[("", lazy("All states")), *LETTER_STATES.items()], default="")
    kind = SelectField(lazy("Kind"), default="")

    def __init__(self, *given, kinds: list[str] = (), **more):
        super().__init__(*given, **more)
        self.kind.choices = [("", lazy("All kinds")), *((kind, kind) for kind in kinds)]


class TextFilters(Filters):
    """The list of text messages; ``kinds`` are those that occur."""

    text = StringField(lazy("Words of the fault"))
    state = SelectField(lazy("State"), choices=[("", lazy("All states")), *TEXT_STATES.items()], default="")
    kind = SelectField(lazy("Kind"), default="")

    def __init__(self, *given, kinds: list[str] = (), **more):
        super().__init__(*given, **more)
        self.kind.choices = [("", lazy("All kinds")), *((kind, kind) for kind in kinds)]
