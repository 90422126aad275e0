"""Letters that come back, as two kinds of mail servers report them."""

from pathlib import Path

import pytest

from outreach.core import bounces, clock, mail
from outreach.core.db import db
from outreach.core.mail import Mail

ID = "<176412@zhaoshang.example.cn>"
CASE_ID = "<179600928057.25962.3628841959877754077@example.gov.cn>"
CASES = Path(__file__).parent.parent / "cases"


def _letter(**values) -> Mail:
    row = Mail(kind="x", subject="x", text="x", written_at=clock.now(), sent_at=clock.now(), **values)
    db.session.add(row)
    db.session.flush()
    return row


def _report(*, action="failed", whole=True, letter=ID) -> bytes:
    carried = (
        (
            f"Content-Type: message/rfc822\r\n\r\nMessage-ID: {letter}\r\nSubject: "
            f"=?utf-8?b?6YKA6K+3?=\r\n\r\nx\r\n"
        )
        if whole
        else f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter}\r\n\r\n"
    )
    return (
        "From: MAILER-DAEMON@mx.example.cn\r\nTo: yangui@example.cn\r\nSubject: "
        "Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.cn\r\n\r\n"
        f"Final-Recipient: rfc822; wang@example.org\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\n{carried}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("whole", [True, False])
def test_a_report_names_the_letter_and_why(whole):
    report = bounces.read(_report(whole=whole))
    assert (report.message_ids, report.why) == ((ID,), "smtp; 550 5.1.1 User unknown")
    assert report.recipients == {"wang@example.org"}


@pytest.mark.parametrize("case", sorted(CASES.glob("bounce_*.eml")), ids=lambda path: path.stem)
def test_a_letter_is_found_wherever_the_server_names_it(app, case):
    row = _letter(message_id=CASE_ID, recipient="wang@example.com")
    assert mail.come_back(case.read_bytes()) is True
    assert "user unknown" in row.fault


def test_words_alone_mark_only_a_letter_to_the_address_they_name(app):
    row = _letter(message_id=CASE_ID, recipient="li@example.com")
    assert mail.come_back((CASES / "bounce_qmail.eml").read_bytes()) is False
    assert row.refused_at is None


@pytest.mark.parametrize(
    "said",
    [
        "Subject: Re: x\r\nIn-Reply-To: {id}\r\n\r\nI am away until Monday. <wang@example.com>",
        (
            "Subject: Re: x\r\nReferences: {id}\r\n\r\nThank you, "
            "550 5.1.1 user unknown is what wang@example.com got."
        ),
        "Subject: x\r\nContent-Type: multipart/report; boundary=b\r\nIn-Reply-To: {id}\r\n\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: displayed\r\n--b--\r\n",
    ],
)
def test_an_answer_is_no_bounce(app, said):
    row = _letter(message_id=CASE_ID, recipient="wang@example.com")
    assert mail.come_back(said.format(id=CASE_ID).encode()) is False
    assert row.refused_at is None


def test_a_report_larger_than_any_is_read_in_time(app):
    assert mail.come_back(b"Subject: x\r\n\r\n" + b"Message-ID: <" * 300_000) is False


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00\xfe",
        b"Subject: hello\r\n\r\nhi",
        _report(action="delayed"),
        _report(letter=""),
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x--",
    ],
)
def test_anything_else_is_no_bounce(app, raw):
    assert bounces.read(raw) is None
    assert mail.come_back(raw) is False


def test_the_letter_says_that_it_came_back(app):
    row = Mail(
        kind="x",
        recipient="wang@example.org",
        subject="x",
        text="x",
        message_id=ID,
        written_at=clock.now(),
        sent_at=clock.now(),
    )
    db.session.add(row)
    db.session.commit()
    assert mail.come_back(_report(letter="<other@x>")) is False
    answer = app.test_cli_runner().invoke(args=["bounce"], input=_report())
    assert "noted" in answer.output
    row = db.session.get(Mail, row.id)
    assert row.refused_at is not None
    assert "User unknown" in row.fault
    assert mail.come_back(_report()) is False  # reported twice is once
