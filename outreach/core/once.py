"""A form that makes something is taken once, however often it arrives:
a second tap, an answer that came too late, Back and again.
"""

import hashlib
import json
from datetime import datetime, timedelta

from flask import flash, g, redirect, request, session
from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import clock
from outreach.core.db import Base, db, lock_name
from outreach.core.i18n import _

#: the hidden field with the key of a form; pages write it with ``token(once=true)``
FIELD = "once"
KEPT = timedelta(days=7)


class UsedForm(Base):
    """A form that did its work.

    ``digest``: of its key, who sent it and all that stood in it, so that another text under the same key is
    another deed.
    """

    __tablename__ = "used_forms"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(String(500))  # where its answer led
    used_at: Mapped[datetime] = mapped_column(index=True)


def _hash(stream) -> str:
    found = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return found


def _digest() -> str:
    texts = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    files = [(name, file.filename, _hash(file.stream)) for name, file in request.files.items(multi=True)]
    whole = json.dumps([session.get("_user_id"), request.full_path, texts, files])
    return hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()


def _answered_already():
    """The way the first answer led, when this very form did its work before;
    a second one at the same moment waits for the first.
    """
    if request.method != "POST" or not request.form.get(FIELD):
        return None
    digest = _digest()
    lock_name(f"form {digest}")
    used = db.session.get(UsedForm, digest)
    if used is None:
        g.form_in_use = digest
        return None
    flash(_("It was entered already; here it is."))
    return redirect(used.location, 303)


def _note(response):
    if (digest := g.pop("form_in_use", None)) and response.status_code == 303:
        db.session.execute(delete(UsedForm).where(UsedForm.used_at < clock.now() - KEPT))
        db.session.add(UsedForm(digest=digest, location=response.location[:500], used_at=clock.now()))
    return response


def install(app) -> None:
    """Looks before the view, notes after it and before the request is committed (the last hook added runs
    first).
    """
    app.before_request(_answered_already)
    app.after_request(_note)
