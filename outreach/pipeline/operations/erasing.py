"""What agreements and projects forget of an erased person. Facts stay, with the company they are about."""

from collections import Counter

from sqlalchemy import or_, select

from outreach.accounts.models import User
from outreach.core import audit, erasing
from outreach.core.db import db
from outreach.core.erasing import Traces
from outreach.core.held_data import TABLES
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.models import Project


def forget_named(person_id: int, traces: Traces, *, by: User) -> Counter:
    """Take the name out of the papers and projects of the person, also a name that others bear too:
    here it means this one.
    """
    papers = select(Agreement.id).where(Agreement.person_id == person_id)
    projects = select(Project.id).where(or_(Project.person_id == person_id, Project.agreement_id.in_(papers)))
    signed, led = set(db.session.scalars(papers)), set(db.session.scalars(projects))
    tables = db.metadata.tables
    within = {
        "agreements": tables["agreements"].c.id.in_(signed),
        "projects": tables["projects"].c.id.in_(led),
    }
    for name, held in TABLES.items():
        columns = tables[name].c
        if held.swept and "project_id" in columns:
            within[name] = columns.project_id.in_(led)
        elif held.swept and "agreement_id" in columns and name != "projects":
            within[name] = columns.agreement_id.in_(signed)
    done = erasing.sweep_own(traces, within)
    audit.record(by, "pipeline.forget_named", papers=len(signed), projects=len(led))
    return done
