"""Letters to staff about keeping in touch."""

from outreach.accounts.models import User
from outreach.core import mail
from outreach.core.i18n import _
from outreach.core.links import public_url


def reminder(user: User, due, tasks) -> None:
    """What is overdue this morning. Names are masked: letters lie about."""
    mail.write(
        "liaison/reminder",
        user.email,
        _("Keeping in touch: %(num)d things are due", num=len(due) + len(tasks)),
        user=user,
        due=due,
        tasks=tasks,
        link=f"{public_url()}/liaison",
    )
