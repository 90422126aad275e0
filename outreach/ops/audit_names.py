"""How deeds of the audit are called, for whoever reads it; a deed that is not here is shown by its code."""

from outreach.core.i18n import lazy

#: what left the house, or was read in full: kept for three years
DISCLOSED = {
    "checkin.export_attendance": lazy("exported the attendance"),
    "checkin.print_paper_list": lazy("printed the paper list of the door"),
    "checkin.unmask_problem": lazy("read what a gate sent, in full"),
    "desk.export_funnel": lazy("exported the funnel"),
    "desk.export_summary": lazy("exported the summary"),
    "desk.export_taking_part": lazy("exported who took part"),
    "directory.export_batch": lazy("exported doubtful rows of a roster"),
    "directory.export_organisation_proposals": lazy("exported proposals for organisations"),
    "directory.export_organisations": lazy("exported organisations"),
    "directory.export_people": lazy("exported people"),
    "directory.give_copy": lazy("took a copy of all that is kept of a person"),
    "directory.open_proposal_file": lazy("opened the file of a proposal"),
    "directory.print_directory": lazy("printed the directory"),
    "directory.show_dossier": lazy("read all that is kept of a person"),
    "directory.show_row": lazy("read a row of a roster in full"),
    "directory.unmask": lazy("read a card in full"),
    "events.print_letters": lazy("printed letters of invitation"),
    "events.take_out_sms": lazy("took text messages out"),
    "liaison.export_pairings": lazy("exported pairings"),
    "liaison.open_file": lazy("opened the file of a contact"),
    "liaison.print_trip": lazy("printed a trip"),
    "ops.export_audit": lazy("exported the audit"),
    "pipeline.export_pipeline": lazy("exported projects or agreements"),
    "pipeline.open_file": lazy("opened a paper of a project"),
    "reception.number_badges": lazy("printed badges"),
    "reception.print_paper": lazy("printed a paper of an event"),
    "reception.show_names": lazy("read names of the seating plan"),
    "registrations.export_guests": lazy("exported guests"),
    "registrations.export_messages": lazy("exported messages"),
    "registrations.show_number": lazy("read a guest’s number"),
    "registrations.show_words": lazy("read a message to a guest"),
    "registrations.unmask": lazy("read a registration in full"),
}
ACCOUNTS = {
    "accounts.add_user": lazy("added a user"),
    "accounts.change_password": lazy("changed the password"),
    "accounts.grant_role": lazy("granted a role"),
    "accounts.reset_password": lazy("reset a password"),
    "accounts.set_active": lazy("closed or opened an account"),
    "accounts.sign_in": lazy("signed in"),
    "accounts.sign_in_delayed": lazy("had to wait after wrong passwords"),
    "accounts.sign_in_failed": lazy("typed a wrong password"),
    "accounts.sign_out": lazy("signed out"),
    "accounts.withdraw_role": lazy("withdrew a role"),
}
FORGOTTEN = {
    "directory.erase_person": lazy("erased a person"),
    "directory.exhume": lazy("entered an erased person again"),
    "directory.forget_old_rows": lazy("forgot old rows of rosters"),
    "directory.remove_organisation": lazy("removed an organisation"),
    "directory.remove_person": lazy("removed a card"),
    "ops.forget_old": lazy("forgot what was older than its period"),
    "registrations.empty_guests": lazy("took names off guests"),
    "registrations.erase_guest": lazy("erased a guest"),
    "registrations.forget_answers": lazy("forgot answers"),
    "reception.forget_travel": lazy("forgot journeys and rooms"),
}
OTHERS = {
    "directory.accept_answer": lazy("accepted what a person sent"),
    "directory.add_organisation": lazy("added an organisation"),
    "directory.add_person": lazy("added a card"),
    "directory.apply_batch": lazy("entered a roster"),
    "directory.choose": lazy("recorded an agreement"),
    "directory.decide_tier": lazy("decided on a tier"),
    "directory.edit_organisation": lazy("changed an organisation"),
    "directory.edit_person": lazy("changed a card"),
    "directory.lift_restriction": lazy("lifted a restriction of processing"),
    "directory.make_link": lazy("made a link to an own page"),
    "directory.merge_people": lazy("merged two cards"),
    "directory.restrict_person": lazy("restricted the processing of a person"),
    "directory.revert_batch": lazy("took a roster back"),
    "directory.tag": lazy("tagged a card"),
    "directory.undo_merge": lazy("undid a merge"),
    "directory.upload_roster": lazy("uploaded a roster"),
    "events.add_event": lazy("added an event"),
    "events.cancel": lazy("called an event off"),
    "events.edit_event": lazy("changed an event"),
    "events.invite": lazy("invited people"),
    "events.publish": lazy("published an event"),
    "events.send_invitations": lazy("sent invitations"),
    "liaison.hold_contact": lazy("recorded a contact"),
    "liaison.pair": lazy("paired a leader with a person"),
    "pipeline.confirm": lazy("confirmed a fact"),
    "pipeline.enter_milestone": lazy("entered a milestone"),
    "pipeline.pay_in": lazy("entered paid-in money"),
    "pipeline.sign": lazy("entered a signed paper"),
    "pipeline.start_project": lazy("started a project"),
    "registrations.add_to_directory": lazy("made a guest a card"),
    "registrations.cancel": lazy("cancelled a registration"),
    "registrations.change": lazy("changed a registration"),
    "registrations.register": lazy("registered a guest"),
    "registrations.replace_ticket": lazy("replaced a ticket"),
    "registrations.thank": lazy("thanked guests"),
    "ops.restore": lazy("put a backup back"),
    "checkin.undo": lazy("took an entry at the door back"),
}
NAMES = {**DISCLOSED, **ACCOUNTS, **FORGOTTEN, **OTHERS}

#: domain -> how the area is called
AREAS = {
    "accounts": lazy("Users and sign-in"),
    "directory": lazy("People"),
    "liaison": lazy("Keeping in touch"),
    "events": lazy("Events"),
    "registrations": lazy("Guests"),
    "reception": lazy("Seats and travel"),
    "checkin": lazy("Door"),
    "pipeline": lazy("Agreements and projects"),
    "desk": lazy("Home"),
    "ops": lazy("Operation"),
}
#: groups a reader asks for, besides the areas
GROUPS = {
    "disclosed": lazy("Exports, prints, reading in full"),
    "accounts": lazy("Users and sign-in"),
    "forgotten": lazy("Erased, removed, forgotten"),
}
OBJECTS = {
    "people": lazy("Card"),
    "organisations": lazy("Organisation"),
    "registrations": lazy("Guest"),
    "events": lazy("Event"),
    "agreements": lazy("Agreement"),
    "projects": lazy("Project"),
    "users": lazy("User"),
    "batches": lazy("Roster"),
    "contacts": lazy("Contact"),
    "invitations": lazy("Invitation"),
}


def verbs_of(group: str) -> tuple[str, ...]:
    """The deeds of a group."""
    chosen = {"disclosed": DISCLOSED, "accounts": ACCOUNTS, "forgotten": FORGOTTEN}
    return tuple(chosen.get(group, {}))
