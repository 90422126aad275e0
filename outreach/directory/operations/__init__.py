"""Every write of the directory: people, and rosters on their way in."""

from outreach.directory.operations.merging import FIELDS, merge_people, undo_merge
from outreach.directory.operations.pairs import find_duplicates, suspect, tell_apart
from outreach.directory.operations.people import (
    add_person,
    decide_tier,
    edit_person,
    export_people,
    join_card,
    organisation_named,
    remove_person,
    unmask,
)
from outreach.directory.operations.rosters import (
    apply_batch,
    apply_portions,
    discard_batch,
    export_batch,
    give_up_batch,
    read_batch,
    read_rows,
    remap_batch,
    revert_batch,
    revert_portions,
    upload_roster,
)

__all__ = [
    "FIELDS",
    "find_duplicates",
    "join_card",
    "merge_people",
    "suspect",
    "tell_apart",
    "undo_merge",
    "add_person",
    "apply_batch",
    "apply_portions",
    "decide_tier",
    "discard_batch",
    "edit_person",
    "export_batch",
    "export_people",
    "give_up_batch",
    "organisation_named",
    "read_batch",
    "read_rows",
    "remap_batch",
    "remove_person",
    "revert_batch",
    "revert_portions",
    "unmask",
    "upload_roster",
]
