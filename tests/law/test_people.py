"""Every table that points at a person either goes with the card or keeps it from going."""

import importlib
import importlib.util

from outreach import DOMAINS
from outreach.core.db import Base
from outreach.directory.announcements import people_in_use

#: table -> the domain whose listener says that the card is in use
KEEPS = {
    "invitations": "events",
    "registrations": "registrations",
    "agreements": "pipeline",
    "projects": "pipeline",
    "rights_requests": "ops",
}


def test_every_pointer_at_a_person_is_known(app):
    pointing = {
        table.name: key.ondelete
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "people"
    }
    unknown = {name for name, ondelete in pointing.items() if ondelete != "CASCADE" and name not in KEEPS}
    assert not unknown, f"say in a people_in_use listener what keeps the card: {unknown}"
    assert set(KEEPS) <= set(pointing)


def test_every_keeper_listens(app):
    modules = {listener.__module__.split(".")[1] for listener in people_in_use._listeners}
    # contacts go with an erased card, but keep it from going by the way
    assert modules == {
        *KEEPS.values(),
        "liaison",
    }
    assert modules <= {
        domain for domain in DOMAINS if importlib.util.find_spec(f"outreach.{domain}.listeners")
    }
