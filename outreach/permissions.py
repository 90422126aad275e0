"""Who may do what, on one page. A role is held *at a unit* and reaches that unit and everything below it."""

from enum import StrEnum


class Permission(StrEnum):
    """What can be done. The word is the route's, the operation's and the audit entry's."""

    ACCOUNTS_MANAGE = "accounts.manage"
    DIRECTORY_VIEW = "directory.view"
    DIRECTORY_EDIT = "directory.edit"
    DIRECTORY_DECIDE = "directory.decide"
    DIRECTORY_IMPORT = "directory.import"
    DIRECTORY_UNMASK = "directory.unmask"
    DIRECTORY_EXPORT = "directory.export"
    DIRECTORY_ERASE = "directory.erase"
    LIAISON_VIEW = "liaison.view"
    LIAISON_EDIT = "liaison.edit"
    LIAISON_PAIR = "liaison.pair"
    EVENTS_VIEW = "events.view"
    EVENTS_EDIT = "events.edit"
    EVENTS_PUBLISH = "events.publish"
    EVENTS_INVITE = "events.invite"
    REGISTRATIONS_VIEW = "registrations.view"
    REGISTRATIONS_EDIT = "registrations.edit"
    REGISTRATIONS_EXPORT = "registrations.export"
    CHECKIN_SCAN = "checkin.scan"
    CHECKIN_UNDO = "checkin.undo"
    CHECKIN_GATES = "checkin.gates"
    PIPELINE_VIEW = "pipeline.view"
    PIPELINE_EDIT = "pipeline.edit"
    PIPELINE_EXPORT = "pipeline.export"
    PIPELINE_RULES = "pipeline.rules"
    SYSTEM_MANAGE = "system.manage"


class Role(StrEnum):
    """The parts people play."""

    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    INVESTMENT_OFFICER = "investment_officer"
    LIAISON = "liaison"
    GATE_STAFF = "gate_staff"
    VIEWER = "viewer"


_P = Permission
_LOOK = {_P.DIRECTORY_VIEW, _P.LIAISON_VIEW, _P.EVENTS_VIEW, _P.REGISTRATIONS_VIEW, _P.PIPELINE_VIEW}

#: role -> permissions
ROLES: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.ORGANISER: frozenset(
        _LOOK
        | {
            _P.DIRECTORY_EDIT,
            _P.DIRECTORY_DECIDE,
            _P.DIRECTORY_IMPORT,
            _P.DIRECTORY_UNMASK,
            _P.DIRECTORY_EXPORT,
            _P.DIRECTORY_ERASE,
        }
        | {_P.LIAISON_EDIT, _P.LIAISON_PAIR}
        | {_P.EVENTS_EDIT, _P.EVENTS_PUBLISH, _P.EVENTS_INVITE}
        | {_P.REGISTRATIONS_EDIT, _P.REGISTRATIONS_EXPORT}
        | {_P.CHECKIN_SCAN, _P.CHECKIN_UNDO, _P.CHECKIN_GATES}
        | {_P.PIPELINE_EDIT, _P.PIPELINE_EXPORT, _P.PIPELINE_RULES}
    ),
    Role.INVESTMENT_OFFICER: frozenset(
        _LOOK | {_P.DIRECTORY_UNMASK, _P.LIAISON_EDIT, _P.PIPELINE_EDIT, _P.PIPELINE_EXPORT}
    ),
    Role.LIAISON: frozenset(
        _LOOK
        | {
            _P.DIRECTORY_EDIT,
            _P.DIRECTORY_IMPORT,
            _P.DIRECTORY_UNMASK,
            _P.LIAISON_EDIT,
            _P.LIAISON_PAIR,
            _P.EVENTS_INVITE,
        }
    ),
    Role.GATE_STAFF: frozenset({_P.EVENTS_VIEW, _P.CHECKIN_SCAN}),
    Role.VIEWER: frozenset(_LOOK),
}
