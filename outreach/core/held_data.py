"""What every table holds of a person, and what becomes of it when the person is erased: all on one page.

A law compares this page with the schema: a table, or a text column of 30 signs or more, that is not named
here fails it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What happens at erasure."""

    GONE = "gone"  # the person's rows are deleted
    ANONYMOUS = "anonymous"  # the person's rows stay as facts that tell nothing of whose they are
    SWEPT = "swept"  # rows about something else: name, numbers and addresses are taken out of their texts
    NOBODY = "nobody"  # holds no person of the register


@dataclass(frozen=True)
class Held:
    """``emptied``: columns of the person's rows that lose their value; ``swept``: texts in which name,
    numbers and addresses are looked for everywhere; ``plain``: columns that hold no text about people.
    """

    fate: Fate
    emptied: frozenset[str]
    swept: frozenset[str]
    plain: frozenset[str]


def _held(fate: Fate, *, emptied: str = "", swept: str = "", plain: str = "") -> Held:
    return Held(fate, frozenset(emptied.split()), frozenset(swept.split()), frozenset(plain.split()))


_GONE, _ANONYMOUS, _SWEPT, _NOBODY = Fate.GONE, Fate.ANONYMOUS, Fate.SWEPT, Fate.NOBODY

#: table -> what it holds of people. Names of organisations are public knowledge and stay, also where they
#: contain a name.
TABLES: dict[str, Held] = {
    # the card
    "people": _held(
        _ANONYMOUS,
        emptied="name name_key pinyin stroke_surname stroke_name home_village lives_raw scale_stated wechat "
        "email note tags source consents",
        swept="note source",
    ),
    "person_phones": _held(_GONE, swept="source", plain="number"),
    "person_terms": _held(_GONE, plain="term"),
    "posts": _held(_GONE, swept="source", plain="title"),
    "tier_decisions": _held(_GONE, swept="reason"),
    "tier_proposals": _held(_GONE, swept="grounds reason"),
    "consents": _held(_GONE, plain="choices via"),
    "card_answers": _held(_GONE, swept="values reason"),
    "card_links": _held(_GONE, plain="sha256"),
    "restrictions": _held(_GONE, swept="reason lifted_why"),
    "duplicate_pairs": _held(_GONE, plain="reasons"),
    "merges": _held(_GONE, swept="reason", plain="gone before after moved"),
    "tombstones": _held(_ANONYMOUS, plain="digest"),
    "print_runs": _held(_ANONYMOUS, swept="recipient", plain="people"),
    "saved_views": _held(_SWEPT, swept="name query"),
    # rosters
    "batch_rows": _held(_ANONYMOUS, emptied="raw card doubts said added", plain="sheet"),
    "batches": _held(_SWEPT, swept="shapes fault", plain="chamber mapping counts kept"),
    "known_headings": _held(_NOBODY, plain="sha256 shape fields"),
    # organisations
    "organisations": _held(_SWEPT, swept="note", plain="name name_key"),
    "organisation_terms": _held(_NOBODY, plain="term"),
    "organisation_merges": _held(
        _SWEPT, swept="reason decision", plain="take gone before after moved lost_key"
    ),
    "organisation_proposals": _held(_SWEPT, swept="before values grounds reason", plain="taken"),
    # keeping in touch
    "pairings": _held(_ANONYMOUS, emptied="end_reason"),
    "contacts": _held(_ANONYMOUS, emptied="place party said reason", swept="place party said reason"),
    "follow_ups": _held(_ANONYMOUS, emptied="text outcome reopened", swept="text outcome", plain="reopened"),
    "trips": _held(_SWEPT, swept="party called_off"),
    "leader_posts": _held(_NOBODY, plain="title"),
    "tenures": _held(_NOBODY, plain="name"),
    "feeds": _held(_NOBODY, plain="sha256"),
    # events
    "events": _held(
        _SWEPT,
        swept="summary summary_en hosts contact letter",
        plain="slug title title_en city venue venue_en address zone",
    ),
    "event_hosts": _held(_NOBODY),
    "event_materials": _held(_SWEPT, swept="title title_en"),
    "programme_items": _held(_SWEPT, swept="title title_en speaker", plain="venue"),
    "guest_types": _held(_NOBODY, plain="name_en"),
    "invitations": _held(_ANONYMOUS, emptied="excuse", swept="excuse wave"),
    "invitation_messages": _held(_ANONYMOUS),
    # guests
    "registrations": _held(
        _ANONYMOUS,
        emptied="stands_in_for request_key name company post mobile email reason",
        swept="stands_in_for reason",
    ),
    "registration_changes": _held(_GONE, swept="before after"),
    "guest_messages": _held(_GONE, swept="details"),
    "answers": _held(_ANONYMOUS, emptied="value", swept="value"),
    "sign_ups": _held(_ANONYMOUS),
    "replaced_tickets": _held(_ANONYMOUS),
    "questions": _held(_NOBODY, plain="label label_en hint choices types when_value"),
    "message_templates": _held(_SWEPT, swept="subject body"),
    # receiving them
    "journeys": _held(_GONE, plain="station"),
    "stays": _held(_GONE, swept="shares_with"),
    "seats": _held(_ANONYMOUS),
    "badges": _held(_ANONYMOUS),
    "signing_lines": _held(_SWEPT, swept="title signer counterpart witness", plain="company"),
    "halls": _held(_NOBODY, plain="name"),
    "pickups": _held(_NOBODY, plain="station car driver"),
    "rooms": _held(_NOBODY, plain="hotel"),
    # the door
    "scans": _held(_ANONYMOUS, emptied="reason", swept="reason", plain="key answers"),
    "scan_decisions": _held(_SWEPT, swept="note"),
    "door_problems": _held(_SWEPT, swept="content", plain="key"),
    "briefs": _held(_ANONYMOUS),
    "door_passes": _held(_ANONYMOUS),
    "gates": _held(_SWEPT, swept="ended_why", plain="name types questions"),
    "gate_devices": _held(_NOBODY, plain="name invitation_sha256 secret_sha256 agent"),
    "gate_losses": _held(_SWEPT, swept="note"),
    "rehearsals": _held(_NOBODY),
    "rehearsal_reports": _held(_NOBODY, plain="verdicts"),
    "brief_choices": _held(_NOBODY, plain="address"),
    # agreements and projects
    "agreements": _held(_ANONYMOUS, swept="title witnesses void_reason", plain="stated review_number"),
    "agreement_corrections": _held(_SWEPT, swept="before after reason"),
    "agreement_parties": _held(_SWEPT, swept="name withdrawn_why"),
    "agreement_papers": _held(_SWEPT, swept="withdrawn_why"),
    "clauses": _held(_SWEPT, swept="text outcome reopened withdrawn_why"),
    "projects": _held(_ANONYMOUS, swept="source name responsible service_officer site", plain="park code"),
    "project_notes": _held(_SWEPT, swept="text", plain="key"),
    "note_files": _held(_NOBODY),
    "project_states": _held(_SWEPT, swept="reason"),
    "hand_overs": _held(_SWEPT, swept="reason"),
    "plan_changes": _held(_SWEPT, swept="reason"),
    "milestones": _held(_SWEPT, swept="note review returned_why"),
    "instalments": _held(_SWEPT, swept="note returned_why"),
    "monthly_reports": _held(_SWEPT, swept="progress correction"),
    "next_steps": _held(_SWEPT, swept="text outcome reopened withdrawn_why"),
    "concerns": _held(_SWEPT, swept="text owner outcome reopened"),
    "notices": _held(_SWEPT, swept="addressee text answer outcome reopened withdrawn_why"),
    "meetings": _held(_SWEPT, swept="title place chair present reopened"),
    "meeting_items": _held(_SWEPT, swept="topic decision owner was_owner"),
    "snapshots": _held(_SWEPT, swept="name rows", plain="definition figures"),
    "ledger_batches": _held(_SWEPT, swept="rows shapes made"),
    "ledger_headings": _held(_NOBODY, plain="sha256 shape fields"),
    "light_rules": _held(_NOBODY),
    "evidence_rules": _held(_NOBODY, plain="papers"),
    "month_locks": _held(_NOBODY),
    "calendar_days": _held(_NOBODY, plain="note"),
    # what leaves the house, and what the house needs itself
    "mails": _held(_GONE, swept="subject text html fault", plain="kind recipient attachments message_id"),
    "sms": _held(_GONE, swept="text fault", plain="kind mobile reference about"),
    "sms_opt_outs": _held(_GONE, plain="mobile"),
    "jobs": _held(_SWEPT, swept="arguments fault", plain="task key worker"),
    "workers": _held(_NOBODY, plain="name lanes"),
    "liveness": _held(_NOBODY, plain="name"),
    "stored_files": _held(_SWEPT, swept="name", plain="sha256 media_type"),
    "audit_entries": _held(
        _SWEPT, swept="reason", plain="verb object_kind detail address digest reason_digest"
    ),
    "rights_requests": _held(
        _ANONYMOUS,
        emptied="name reach said checked_how answer changes",
        swept="said checked_how answer changes",
    ),
    "used_forms": _held(_NOBODY, plain="digest location"),
    "ended_sessions": _held(_NOBODY, plain="key"),
    "sign_in_tries": _held(_NOBODY, plain="digest login"),
    "users": _held(_NOBODY, plain="login name post email password_hash"),
    "grants": _held(_NOBODY),
    "units": _held(_NOBODY, plain="name name_en path"),
    "places": _held(_NOBODY, plain="name"),
}

#: what rows are called by: no WeChat id is taken out of these, and a name only where they hang on the person
TITLES: dict[str, frozenset[str]] = {
    "projects": frozenset({"name"}),
    "agreements": frozenset({"title"}),
    "agreement_parties": frozenset({"name"}),
    "event_materials": frozenset({"title", "title_en"}),
    "programme_items": frozenset({"title", "title_en"}),
    "signing_lines": frozenset({"title"}),
    "meetings": frozenset({"title"}),
}
