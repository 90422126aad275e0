"""Mail: an outbox row in the same transaction as the deed, sent by the worker,
tried again when the server is away.
"""

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from flask import current_app, render_template
from sqlalchemy import JSON, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import bounces, clock
from outreach.core.db import Base, Key, db, lock, only_where
from outreach.core.jobs import Lane, enqueue, enqueue_once, gave_up, task
from outreach.core.outbound import SILENCE, Unreachable, check_no_transaction
from outreach.core.worker import reading

log = logging.getLogger("yangui.mail")
_makers: dict[str, Callable] = {}


class Mail(Base):
    """One letter. ``attachments``: [[maker, key], ...], made by the worker just before sending."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_recipient_written_at", "recipient", "written_at"),
        Index("ix_mails_unsent", "id", **only_where("sent_at IS NULL AND refused_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    attachments: Mapped[list] = mapped_column(JSON, default=list)
    message_id: Mapped[str] = mapped_column(String(250), default="")
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    refused_at: Mapped[datetime | None]  # the server said no for good (5xx): it bounced
    fault: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_waiting(self) -> bool:
        """Neither sent nor refused for good."""
        return self.sent_at is None and self.refused_at is None


def attachment(name: str):
    """Register a maker: ``make(key) -> (file name, bytes, "type/subtype")``."""

    def register(make: Callable) -> Callable:
        _makers[name] = make
        return make

    return register


def write(
    kind: str,
    recipient: str,
    subject: str,
    attachments=(),
    *,
    template: str = "",
    lane: Lane = Lane.ORDINARY,
    **context,
) -> Mail:
    """Put a letter into the outbox and a job behind it;
    it is made of ``templates/mail/<template or kind>.txt`` and ``.html``.

    Its Message-ID is fixed here: however often it is sent, a receiver recognises it as the same.
    """
    template = template or kind
    row = Mail(
        kind=kind,
        recipient=recipient,
        subject=" ".join(subject.split())[:250],
        text=render_template(f"mail/{template}.txt", **context),
        html=render_template(f"mail/{template}.html", subject=subject, **context),
        attachments=[list(pair) for pair in attachments],
        message_id=_fresh_id(),
        written_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    enqueue("mail.send", key=_key(row.id), lane=lane, mail_id=row.id)
    return row


WITHDRAWN = "withdrawn"


def withdraw(rows) -> int:
    """What still waits is not sent; how many. A letter that is on its way in this moment arrives."""
    waiting = [row for row in rows if row.is_waiting]
    for row in waiting:
        row.refused_at, row.fault = clock.now(), WITHDRAWN
    return len(waiting)


def written_to(recipient: str, kind: str, since: datetime) -> int:
    """How many letters of a kind were written to an address."""
    chosen = select(func.count()).where(
        Mail.recipient == recipient, Mail.kind == kind, Mail.written_at > since
    )
    return db.session.scalar(chosen) or 0


def _fresh_id() -> str:
    return make_msgid(domain=current_app.config["MAIL_FROM"].rsplit("@", 1)[-1].rstrip(">"))


def _key(mail_id: int) -> str:
    return f"mail-{mail_id}"


def compose(row: Mail) -> EmailMessage:
    """The row as a MIME message with its attachments."""
    letter = EmailMessage()
    letter["From"] = current_app.config["MAIL_FROM"]
    letter["To"] = row.recipient
    letter["Subject"] = row.subject
    letter["Date"] = formatdate(row.written_at.timestamp())
    letter["Message-ID"] = row.message_id
    letter.set_content(row.text)
    letter.add_alternative(row.html, subtype="html")
    for name, key in row.attachments:
        file_name, content, media_type = _makers[name](key)
        main, sub = media_type.split(";")[0].split("/")
        if main == "text":
            letter.add_attachment(
                content.decode(), subtype=sub, filename=file_name, params=_parameters(media_type)
            )
        else:
            letter.add_attachment(content, maintype=main, subtype=sub, filename=file_name)
    return letter


def _parameters(media_type: str) -> dict:
    pairs = (part.strip().split("=", 1) for part in media_type.split(";")[1:])
    return {key: value for key, value in pairs if key != "charset"}


def deliver(letter: EmailMessage) -> None:
    """Hand one letter to the SMTP server of the settings.

    :class:`Unreachable` where it does not answer or lets nobody in.
    """
    check_no_transaction()
    config = current_app.config
    host, port, tls = config["SMTP_HOST"], int(config["SMTP_PORT"]), config["SMTP_TLS"]
    client = smtplib.SMTP_SSL if tls == "ssl" else smtplib.SMTP
    try:
        with client(host, port, timeout=SILENCE) as server:
            if tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if config["SMTP_USER"]:
                server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
            server.send_message(letter)
    except _SILENT as fault:
        raise Unreachable(str(fault) or type(fault).__name__) from fault


#: what says that no letter at all goes out at this moment
_SILENT = (
    smtplib.SMTPConnectError,
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPNotSupportedError,
    smtplib.SMTPHeloError,
    TimeoutError,
    ConnectionError,
    socket.gaierror,
    ssl.SSLError,
)


@task("mail.send", seconds=60, most_tries=24)
def send(mail_id: int, job_id: int) -> None:
    """Send one letter: read it, let go of the database, speak to the server, write what it said."""
    if not current_app.config["SMTP_HOST"]:
        return  # it stays in the outbox; send_waiting() takes it up once a mail server is set
    with reading():
        row = db.session.get(Mail, mail_id)
        letter = compose(row) if row is not None and row.is_waiting else None
    if letter is None:
        return
    try:
        deliver(letter)
    except (OSError, smtplib.SMTPException) as fault:
        _note(mail_id, str(fault)[:500], for_good=_for_good(fault))
        if not _for_good(fault):
            raise
        return
    _note(mail_id, "", for_good=False)


def _note(mail_id: int, fault: str, *, for_good: bool) -> None:
    """Write what became of a letter; one that was erased meanwhile has no row any more."""
    row = db.session.get(Mail, mail_id)
    if row is None:
        return
    lock(row)
    row.fault = fault
    if not fault:
        row.sent_at = clock.now()
    elif for_good:
        row.refused_at = clock.now()
    db.session.commit()


def _for_good(fault: Exception) -> bool:
    """Whether every recipient, or the letter itself, was refused with a 5xx: trying again changes nothing."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in fault.recipients.values())
    return isinstance(fault, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and fault.smtp_code >= 500


@gave_up("mail.send")
def give_up(mail_id: int) -> None:
    """The mail server did not take the letter for the last time: it failed, and is listed as such."""
    row = db.session.get(Mail, mail_id)
    if row is not None and row.sent_at is None and row.refused_at is None:
        row.refused_at, row.fault = clock.now(), row.fault or "the mail server did not answer"


def send_waiting() -> int:
    """Put a job behind every letter that has none any more and was never sent; how many letters wait."""
    if not current_app.config["SMTP_HOST"]:
        return 0
    unsent = db.session.scalars(select(Mail.id).where(Mail.sent_at.is_(None), Mail.refused_at.is_(None)))
    jobs = {_key(mail_id): {"mail_id": mail_id} for mail_id in unsent}
    enqueue_once("mail.send", jobs, lane=Lane.BULK)
    db.session.commit()
    return len(jobs)


def come_back(raw: bytes) -> bool:
    """A message to our own address: when it reports that a letter of ours failed for good,
    the letter says so from now on. Whether it did.
    """
    report = bounces.read(raw)
    row = _meant(report) if report else None
    if row is None or report is None or row.refused_at is not None:
        return False
    row.refused_at, row.fault = clock.now(), report.why.replace("\0", "")
    return True


def _meant(report: bounces.Report) -> Mail | None:
    """The letter a report is about.

    Where only words say that it failed, it must be one to the address they name.
    """
    rows = {
        row.message_id: row
        for row in db.session.scalars(select(Mail).where(Mail.message_id.in_(report.message_ids[:50])))
        if report.formal or row.recipient.lower() in report.recipients
    }
    return next((rows[key] for key in report.message_ids if key in rows), None)
