"""Erasing a person: what they are known by, taking it out of texts,
and the messages that were written to them.
"""

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from flask import current_app
from sqlalchemy import Text, cast, delete, false, func, or_, select, update

from outreach.core import audit, audit_chain, phones
from outreach.core.audit import AuditEntry
from outreach.core.db import Base, db
from outreach.core.held_data import TABLES
from outreach.core.mail import Mail
from outreach.core.masking import ERASED
from outreach.core.sms import Sms, SmsOptOut

_PORTION = 500


def digest(mark: str) -> str:
    """What is kept of a mark by which somebody is to be recognised:
    under a key, for names and numbers can be guessed.
    """
    config = current_app.config
    key = f"yangui-erased|{config['ERASURE_KEY'] or config['SECRET_KEY']}"
    return hmac.new(key.encode(), mark.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Traces:
    """What a person is known by.

    ``shared``: names and numbers that somebody else bears too; those stay in texts about others.
    """

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()  # of mail, and WeChat ids
    shared: frozenset[str] = field(default=frozenset())

    def joined(self, *others: "Traces") -> "Traces":
        """All of these together."""
        every = (self, *others)
        return Traces(
            *(
                frozenset().union(*(getattr(one, name) for one in every))
                for name in ("names", "numbers", "addresses", "shared")
            )
        )

    def words(self, *, also_shared: bool = False) -> list[str]:
        """Every spelling under which a text may say it, the longest first."""
        numbers = {
            form for number in self.numbers for form in (number, phones.stored(number), _digits(number))
        }
        found = {*self.names, *numbers, *self.addresses}
        if not also_shared:
            found -= self.shared
        spelled = {
            form
            for word in found
            if len(word) > 1
            for form in (word, quote(word), quote_plus(word), _escaped(word))
        }
        return sorted(spelled, key=len, reverse=True)


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())


def _escaped(word: str) -> str:
    """As JSON of older rows writes it."""
    return word.encode("ascii", "backslashreplace").decode()


def without(value, words: list[str]):
    """``value`` (a text, or what JSON holds) with :data:`ERASED` where one of ``words`` stood."""
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, ERASED)
        return value
    if isinstance(value, list):
        return [without(one, words) for one in value]
    if isinstance(value, dict):
        return {key: without(one, words) for key, one in value.items()}
    return value


def sweep(words: list[str], within: dict | None = None) -> Counter:
    """Take ``words`` out of every text column that ``held_data`` names; table -> rows that changed.

    ``within``: table -> condition, where only these rows are looked at. Audit entries have their own way.
    """
    done: Counter = Counter()
    names = [name for name, held in TABLES.items() if held.swept and name != "audit_entries"]
    for name in names if words else ():
        if within is not None and name not in within:
            continue
        table = Base.metadata.tables[name]
        columns = [table.c[column] for column in sorted(TABLES[name].swept)]
        said = [cast(column, Text).contains(word, autoescape=True) for column in columns for word in words]
        chosen = select(*table.primary_key.columns, *columns).where(or_(*said))
        if within is not None:
            chosen = chosen.where(within[name])
        for row in db.session.execute(chosen).all():
            _rewrite(table, columns, row._mapping, words)
            done[name] += 1
    db.session.expire_all()
    return done


def _rewrite(table, columns, row, words: list[str]) -> None:
    values = {}
    for column in columns:
        after = without(row[column], words)
        if isinstance(after, str) and (most := getattr(column.type, "length", None)):
            after = after[:most]
        if after != row[column]:
            values[column.name] = after
    if values:
        same = [column == row[column] for column in table.primary_key.columns]
        db.session.execute(update(table).where(*same).values(**values))


def blot_audit(words: list[str]) -> int:
    """Take ``words`` out of the reasons people typed; of how many entries.

    The chain goes on holding (``reason_digest``).
    """
    said = [AuditEntry.reason.contains(word, autoescape=True) for word in words]
    rows = db.session.scalars(select(AuditEntry).where(or_(*said))).all() if said else []
    for row in rows:
        values = {"reason": without(row.reason, words), "reason_digest": audit_chain.of_reason(row)}
        db.session.execute(update(AuditEntry).where(AuditEntry.id == row.id).values(**values))
    return len(rows)


def forget_messages(mails, messages) -> Counter:
    """Delete these letters and text messages; nothing points at them any more.

    A job that waits finds nothing to send.
    """
    done: Counter = Counter()
    for model, ids in ((Mail, sorted(set(mails))), (Sms, sorted(set(messages)))):
        for start in range(0, len(ids), _PORTION):
            gone = db.session.execute(delete(model).where(model.id.in_(ids[start : start + _PORTION])))
            done[model.__tablename__] += gone.rowcount
    return +done


def forget_addressed(traces: Traces) -> Counter:
    """Delete what was written to the person's numbers and addresses,
    unless it belongs to somebody who shares them.
    """
    addresses = sorted(address.lower() for address in traces.addresses if "@" in address)
    letters = select(Mail.id).where(func.lower(Mail.recipient).in_(addresses), ~_belongs(Mail))
    texts = select(Sms.id).where(Sms.mobile.in_(sorted(traces.numbers)), ~_belongs(Sms))
    done = forget_messages(db.session.scalars(letters), db.session.scalars(texts))
    own = sorted(traces.numbers - traces.shared)
    gone = db.session.execute(delete(SmsOptOut).where(SmsOptOut.mobile.in_(own)))
    done["sms_opt_outs"] += gone.rowcount
    return +done


def finish(verb: str, erased: Base, traces: Traces, done: Counter, *, why: str, note: str, by) -> Counter:
    """After the own rows are gone: letters, texts and reasons that still tell of the person, then the trace.

    ``done`` and these.
    """
    done.update(forget_addressed(traces))
    done.update(sweep(traces.words()))
    done["audit_entries"] += blot_audit(traces.words())
    rows = {table: count for table, count in sorted(done.items()) if count}
    reason = without(note, traces.words(also_shared=True))
    audit.record(by, verb, erased, reason=reason, why=why, rows=rows)
    return done


def _belongs(model):
    """Whether a row of any table points at the message."""
    table = model.__table__
    pointing = [
        key.parent
        for other in Base.metadata.tables.values()
        for key in other.foreign_keys
        if key.column.table is table
    ]
    return or_(false(), *(select(column).where(column == model.id).exists() for column in pointing))
