"""Erasing a person: what they are known by, taking it out of texts,
and the messages that were written to them.
"""

import hashlib
import hmac
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote, quote_plus

from flask import current_app
from sqlalchemy import Text, cast, delete, false, func, or_, select, update

from outreach.core import audit, audit_chain, erasing_scope, phones
from outreach.core.audit import AuditEntry
from outreach.core.db import Base, db
from outreach.core.held_data import TABLES, TITLES
from outreach.core.mail import Mail
from outreach.core.masking import ERASED
from outreach.core.sms import Sms, SmsOptOut
from outreach.core.surnames import is_personal

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

    def marks(self, *, also_shared: bool = False) -> list[str]:
        """Numbers and addresses of mail: what means one person wherever it stands. The longest first."""
        numbers = [one for one in self._all("numbers", also_shared) if phones.read(one) is not None]
        forms = {form for one in numbers for form in (one, phones.stored(one), _digits(one))}
        return _spelled(forms | {one for one in self._all("addresses", also_shared) if _MAIL.fullmatch(one)})

    def handles(self, *, also_shared: bool = False) -> list[str]:
        """WeChat ids that are no word of a text: with a figure. They mean one person, too."""
        return _spelled({one for one in self._wechat(also_shared) if any(sign.isdigit() for sign in one)})

    def called(self, *, also_shared: bool = False) -> list[str]:
        """Names, whatever they are: only for rows that hang on the person."""
        return _spelled(self._all("names", also_shared) | self._wechat(also_shared))

    def told(self) -> list[str]:
        """Names that a text of the person's own county means them by: personal names that nobody else bears;
        and WeChat ids of letters alone.
        """
        return _spelled({one for one in self._all("names") if is_personal(one)} | self._wechat())

    def _wechat(self, also_shared: bool = False) -> set[str]:
        return {one for one in self._all("addresses", also_shared) if is_wechat(one)}

    def _all(self, kind: str, also_shared: bool = False) -> set[str]:
        return set(getattr(self, kind) - (frozenset() if also_shared else self.shared))


#: six to twenty signs, the first a letter (微信号设置规则)
_WECHAT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
_MAIL = re.compile(r"[^\s@,;，；]+@[^\s@,;，；]+\.[^\s@,;，；]{2,}")


def is_wechat(text: str) -> bool:
    """Whether this is a well-formed WeChat id; what else stands in the field is anybody's words."""
    return bool(_WECHAT.fullmatch(text))


def _spelled(words) -> list[str]:
    """Every spelling under which a text may say one of ``words``, the longest first."""
    spelled = {
        form
        for word in words
        if len(word) > 1
        for form in (word, quote(word), quote_plus(word), _escaped(word))
    }
    return sorted(spelled, key=len, reverse=True)


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())


def _escaped(word: str) -> str:
    """As JSON of older rows writes it."""
    return word.encode("ascii", "backslashreplace").decode()


_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
#: figures shorter than this also stand within amounts and codes
_LONG = 10


@lru_cache(maxsize=200)
def _pattern(words: tuple[str, ...]) -> re.Pattern:
    return re.compile("|".join(map(_whole, words)))


def _whole(word: str) -> str:
    """A word of Latin letters and a short number mean the person only where they stand alone."""
    if _LATIN.fullmatch(word):
        return rf"(?<![A-Za-z0-9_-]){re.escape(word)}(?![A-Za-z0-9_-])"
    if word.isdecimal() and len(word) < _LONG:
        return rf"(?<![0-9]){word}(?![0-9])"
    return re.escape(word)


def without(value, words: list[str]):
    """``value`` (a text, or what JSON holds) with :data:`ERASED` where one of ``words`` stood."""
    if not words:
        return value
    if isinstance(value, str):
        return _pattern(tuple(words)).sub(ERASED, value)
    if isinstance(value, list):
        return [without(one, words) for one in value]
    if isinstance(value, dict):
        return {key: without(one, words) for key, one in value.items()}
    return value


def sweep(words: list[str], within: dict | None = None, *, titles: bool = True) -> Counter:
    """Take ``words`` out of every text column that ``held_data`` names; table -> rows that changed.

    ``within``: table -> condition, where only these rows are looked at. ``titles``: also of what
    ``held_data.TITLES`` names. Audit entries have their own way.
    """
    done: Counter = Counter()
    names = [name for name, held in TABLES.items() if held.swept and name != "audit_entries"]
    for name in names if words else ():
        if within is not None and name not in within:
            continue
        table = Base.metadata.tables[name]
        swept = TABLES[name].swept - (frozenset() if titles else TITLES.get(name, frozenset()))
        if not swept:
            continue
        columns = [table.c[column] for column in sorted(swept)]
        said = [cast(column, Text).contains(word, autoescape=True) for column in columns for word in words]
        chosen = select(*table.primary_key.columns, *columns).where(or_(*said))
        if within is not None:
            chosen = chosen.where(within[name])
        for row in db.session.execute(chosen).all():
            done[name] += _rewrite(table, columns, row._mapping, words)
    db.session.expire_all()
    return done


def _rewrite(table, columns, row, words: list[str]) -> int:
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
    return len(values and columns[:1])


def blot_audit(words: list[str], about: dict[str, set[int]] | None = None) -> int:
    """Take ``words`` out of the reasons people typed; of how many entries.

    ``about``: table -> ids, where only entries about these rows are looked at. The chain goes on holding
    (``reason_digest``).
    """
    said = [AuditEntry.reason.contains(word, autoescape=True) for word in words]
    chosen = select(AuditEntry).where(or_(false(), *said))
    if about is not None:
        rows = [
            (AuditEntry.object_kind == name) & AuditEntry.object_id.in_(ids) for name, ids in about.items()
        ]
        chosen = chosen.where(or_(false(), *rows))
    count = 0
    for row in db.session.scalars(chosen).all() if said else ():
        reason = without(row.reason, words)
        if reason != row.reason:
            values = {"reason": reason, "reason_digest": audit_chain.of_reason(row)}
            db.session.execute(update(AuditEntry).where(AuditEntry.id == row.id).values(**values))
            count += 1
    return count


def sweep_own(traces: Traces, within: dict) -> Counter:
    """Take out of rows that hang on the person whatever they are called, also what others are called too:
    here it means this one.
    """
    done = sweep(_spelled(traces.names) + traces.marks(also_shared=True), within)
    done.update(sweep(traces.called(also_shared=True), within, titles=False))
    return done


def forget_tied(traces: Traces, **rows: set[int]) -> Counter:
    """The same for all that hangs on these rows (table -> ids), and for the audit of it. Before they go."""
    tied = erasing_scope.tied(rows)
    tables = Base.metadata.tables
    done = sweep_own(traces, {name: tables[name].c.id.in_(ids) for name, ids in tied.items()})
    done["audit_entries"] += blot_audit(traces.called(also_shared=True), tied)
    return +done


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


def finish(
    verb: str, erased: Base, traces: Traces, done: Counter, *, units, why: str, note: str, by
) -> Counter:
    """After the own rows are gone: letters, texts and reasons that still tell of the person, then the trace.

    Numbers and addresses are looked for everywhere, names only in what belongs to ``units`` (a select of
    ids: the county that kept the person). ``done`` and these.
    """
    done.update(forget_addressed(traces))
    done.update(sweep(traces.marks()))
    done.update(sweep(traces.handles(), titles=False))
    done.update(sweep(traces.told(), erasing_scope.rows_of(units), titles=False))
    done["audit_entries"] += blot_audit(sorted(traces.marks() + traces.handles(), key=len, reverse=True))
    rows = {table: count for table, count in sorted(done.items()) if count}
    reason = without(note, _spelled(traces.names) + traces.marks(also_shared=True))
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
