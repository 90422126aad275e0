"""A search that also finds by telephone numbers, where lists show numbers masked.

A whole number is looked for only by who may see numbers, and leaves an entry: otherwise somebody who sees
``138****1234`` asks ten thousand times and has it. Others find by the last four digits, which lists show; of
a whole number they type, those are taken.
"""

import re

from flask import flash, has_request_context
from flask_login import current_user
from wtforms import StringField

from outreach.core import audit, phones
from outreach.core.db import begin_writing
from outreach.core.i18n import _
from outreach.core.web import limiter, wants_fragment
from outreach.permissions import Permission

#: figures of the shortest telephone number; fewer find nobody unless they are the last four
_SHORTEST = 5
TAIL = 4
#: figures with blanks, hyphens or brackets between them, that are no part of a code
_WHOLE = re.compile(rf"(?<![A-Za-z0-9])\+?\(?(?:[0-9][\s\-–—().]{{0,2}}){{{_SHORTEST},}}(?![A-Za-z0-9])")
_TAIL_ONLY = re.compile(rf"(?<![0-9])[0-9]{{{TAIL}}}(?![0-9])")


def _by_user() -> str:
    return f"user {getattr(current_user, 'id', 0)}"


def may_search_whole_numbers() -> bool:
    """Whether who asks may see numbers."""
    return has_request_context() and bool(
        current_user.is_authenticated and current_user.holds(Permission.DIRECTORY_UNMASK)
    )


def _shortened(match: re.Match) -> str:
    return f"{phones.figures(match[0])[-TAIL:]} "


def allowed(typed: str) -> str:
    """What of a typed text is looked for by who asks; a whole number leaves an entry."""
    folded = phones.fold(typed)
    if not _WHOLE.search(folded):
        if _TAIL_ONLY.search(folded) and has_request_context():
            with limiter.limit("60 per minute; 600 per hour", key_func=_by_user, scope="tail"):
                return typed
        return typed
    if not may_search_whole_numbers():
        if has_request_context() and not wants_fragment():
            flash(_("You may not see whole numbers, so the last four digits were looked for."))
        return allowed(_WHOLE.sub(_shortened, folded).strip())
    with limiter.limit("60 per minute; 600 per hour", key_func=_by_user, scope="number"):
        begin_writing()
        audit.record(current_user, "core.search_number")
    return typed


class SearchField(StringField):
    """A line of a list's search that also finds by number."""

    def process_formdata(self, valuelist):
        """As ever, with whole numbers as far as they may be looked for."""
        super().process_formdata(valuelist)
        if self.data:
            self.data = allowed(self.data)
