"""The blueprint, and what its pages share."""

from flask import Blueprint
from flask_login import current_user

from outreach.accounts.models import User
from outreach.core.access import found
from outreach.core.db import db
from outreach.directory import queries as directory
from outreach.directory.models import Person
from outreach.liaison import queries
from outreach.liaison.forms import KIND_NAMES, STATE_NAMES, WAY_NAMES
from outreach.liaison.models import LeaderPost
from outreach.permissions import Permission

bp = Blueprint("liaison", __name__)
NAMES = {"way_names": WAY_NAMES, "state_names": STATE_NAMES, "kind_names": KIND_NAMES}


def person_within(person_id: int, permission: Permission = Permission.LIAISON_VIEW) -> Person:
    """A card within reach, else 404."""
    return found(directory.select_visible(current_user, permission), person_id)


def post_of(post_id: int, permission: Permission = Permission.LIAISON_VIEW) -> LeaderPost | None:
    """The post of a form; None for "myself"."""
    return found(queries.select_posts(current_user, permission), post_id) if post_id else None


def user_of(user_id: int) -> User | None:
    """The user of a form that offered them; None for "nobody" or "myself"."""
    return db.session.get(User, user_id) if user_id else None
