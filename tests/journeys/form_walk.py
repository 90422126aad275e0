"""A walk over all pages and all forms, as a tester with time would do it: forms that are filled in make the pages of the next round."""

import io
import re
import time
from collections import Counter, deque
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from urllib.parse import urljoin, urlsplit

from lxml import etree, html
from sqlalchemy import text

from outreach.core import clock
from outreach.core.db import Base, db
from tests.visitor import Visitor

#: forms that take something away, or end what other forms work on, are sent last
LAST = re.compile(
    r"/(remove|revoke|withdraw|decline|cancel|call-off|close|retire|end|discard|revert|clear|undo|take|give-up|stop|refuse|active"
    r"|reset-password|freeze|lock|hold|archive|merge|different|replace-ticket|forget)\b"
)
NEVER = re.compile(r"^/(sign-out|language|password)$")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FOREIGN = "999999999"
#: fields that somebody types into
TEXTS = ("text", "textarea", "email", "tel", "search", "password", "url")
#: processor time for a refusal
MOST_SECONDS = 1.0
#: pages of one kind that are looked at, forms of one kind that are sent
PAGES, FORMS = 2, 1


@dataclass
class Field:
    """One field as the page shows it."""

    name: str
    kind: str  # of the input, or select, textarea
    options: list[str] = field(default_factory=list)
    value: str = ""
    accept: str = ""
    required: bool = False


@dataclass
class Sheet:
    """A form of a page."""

    address: str
    path: str
    endpoint: str
    given: dict
    fields: list[Field]

    @property
    def typed(self) -> list[Field]:
        """The fields somebody fills in."""
        return [one for one in self.fields if one.kind not in ("hidden", "submit", "button")]

    @property
    def key(self) -> tuple:
        """Forms with the same key are one kind."""
        return (self.endpoint, frozenset(one.name for one in self.fields))


@dataclass
class Fault:
    """What a form did wrong."""

    address: str
    how: str
    what: str

    def __str__(self):
        return f"{self.address} [{self.how}] {self.what}"


def fields_of(form) -> list[Field]:
    """Every field of a form of a page that has a name, once; also those elsewhere on the page that belong to it."""
    found: dict[str, Field] = {}
    outside = form.xpath("//*[@form=$id]", id=form.get("id")) if form.get("id") else []
    for node in [*form.iter("input", "select", "textarea", "button"), *outside]:
        name = node.get("name")
        if not name or name == "csrf_token":
            continue
        kind = node.tag if node.tag != "input" else (node.get("type") or "text")
        value = node.get("value") or ""
        options = [option.get("value", option.text or "") for option in node.iter("option")]
        if name in found:
            if kind in ("radio", "checkbox", "submit", "button"):
                found[name].options.append(value)
            continue
        found[name] = Field(
            name,
            "submit" if kind == "button" else kind,
            options or [value],
            value,
            node.get("accept") or "",
            node.get("required") is not None,
        )
    return list(found.values())


def counts() -> dict[str, int]:
    """Table -> rows."""
    names = sorted(Base.metadata.tables)
    union = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
    found = dict(db.session.execute(text(union)).tuples().all())
    db.session.commit()
    return found


class Walk:
    """Pages are fetched, forms are sent in every wrong way and then filled in."""

    def __init__(self, app, visitor: Visitor, budget: float = 1e9):
        self.app, self.visitor = app, visitor
        self.adapter = app.url_map.bind("localhost")
        self.pages: deque[str] = deque()
        self.forms: deque[Sheet] = deque()
        self.late: deque[Sheet] = deque()
        self.seen_pages: Counter = Counter()
        self.seen_forms: Counter = Counter()
        self.known: set[str] = set()
        self.faults: list[Fault] = []
        self.taken: list[tuple[str, str]] = []  # (endpoint, how) of what was accepted
        self.empty_taken: list[Sheet] = []
        self.long_taken: list[Sheet] = []
        self.sent: Counter = Counter()
        self.numbers = 0
        self.why: dict[str, tuple] = {}
        self.until = time.monotonic() + budget
        self.rows = counts()

    # pages

    def _match(self, path: str, method: str):
        try:
            return self.adapter.match(path, method)
        except Exception:
            return None

    def visit_later(self, address: str) -> None:
        """Put a page into the queue unless enough pages of its kind were seen."""
        parts = urlsplit(address)
        if parts.netloc and parts.netloc not in ("localhost", "127.0.0.1:8000"):
            return
        found = self._match(parts.path, "GET")
        if not found or found[0] == "static" or NEVER.match(parts.path):
            return
        where = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = (found[0], frozenset(part.split("=")[0] for part in parts.query.split("&") if part))
        if (
            where in self.known
            or (self.seen_pages[kind] >= PAGES)
            or (parts.query and self.seen_pages[found[0]] >= 3)
        ):
            return
        self.known.add(where)
        self.seen_pages[kind] += 1
        self.seen_pages[found[0]] += 1
        self.pages.append(where)

    def look_again(self) -> None:
        """Forget which pages were seen: the forms made new ones."""
        for where in sorted(self.known):
            self.pages.append(where)

    def send(self, method: str, address: str, **options):
        """The answer; None after an exception, which is a fault."""
        options.setdefault("headers", {})
        if method == "POST":
            options["headers"] = {"X-CSRFToken": self.visitor._token(), **options["headers"]}
        try:
            return Context().run(partial(self.visitor.client.open, address, method=method, **options))
        except Exception as error:
            db.session.rollback()
            self.faults.append(Fault(address, self.how, f"{type(error).__name__}: {str(error)[:200]}"))
            return None

    def read(self, address: str) -> None:
        """Fetch a page; its links and forms go into the queues."""
        self.how = "GET"
        answer = self.send("GET", address)
        if answer is None:
            return
        if answer.status_code in (301, 302, 303):
            self.visit_later(urljoin(address, answer.location))
        elif answer.status_code >= 500:
            self.faults.append(Fault(address, "GET", str(answer.status_code)))
        elif answer.mimetype == "text/html" and answer.data:
            self.gather(address, answer.get_data(as_text=True))

    def gather(self, address: str, source: str) -> None:
        """The links and forms of a page."""
        page = html.fromstring(source)
        for link in page.xpath("//a/@href | //@hx-get"):
            self.visit_later(urljoin(address, link))
        for form in page.iter("form"):
            if (form.get("method") or "").lower() == "post":
                self.meet(address, form)

    def meet(self, address: str, form) -> None:
        """A form goes into the queue unless one of its kind was sent."""
        goal = urljoin(address, form.get("action") or "")
        parts = urlsplit(goal)
        found = self._match(parts.path, "POST")
        if NEVER.match(parts.path):
            return
        if not found:
            self.faults.append(Fault(goal, "form", f"no such route (on {address})"))
            return
        sheet = Sheet(goal, parts.path, found[0], found[1], fields_of(form))
        if self.seen_forms[sheet.key] >= FORMS:
            return
        self.seen_forms[sheet.key] += 1
        (self.late if LAST.search(parts.path) else self.forms).append(sheet)

    # values

    def fill(self, one: Field):
        """What a careful person would type; the last of every choice."""
        self.numbers += 1
        day = clock.today()
        if one.kind == "select":
            return one.options[-1] if one.options else ""
        if one.kind in ("radio", "checkbox"):
            return one.options[-1] or "y"
        if one.kind in ("hidden", "submit"):
            return one.value
        if one.kind == "file":
            kind = "book.csv" if ".csv" in one.accept else "proof.pdf"
            content = "姓名,手机\n李四,15400001234\n".encode() if kind == "book.csv" else PDF
            return (io.BytesIO(content), kind)
        if one.kind == "date":
            return (
                (day - timedelta(days=1)).isoformat()
                if re.search("happen|paid|sign|held|since|received", one.name)
                else (day + timedelta(days=20)).isoformat()
            )
        if one.kind == "datetime-local":
            return (clock.now() + timedelta(days=10, minutes=self.numbers)).strftime("%Y-%m-%dT%H:%M")
        if one.kind == "number":
            return one.value or "2"
        return one.value if one.value and one.kind != "search" else self._word(one)

    def _word(self, one: Field) -> str:
        if re.search("mobile|phone", one.name):
            return f"154{self.numbers:08d}"
        if one.kind == "email" or "email" in one.name:
            return f"a{self.numbers}@example.com"
        if re.search("password", one.name):
            return "Grey-Goose-88"
        if "login" in one.name:
            return f"login{self.numbers}"
        if re.search("wan|amount|places|minutes|row|seats|number|companions|hours|days", one.name):
            return "3"
        if one.name == "on" or one.name.endswith("month"):
            return clock.today().isoformat()[:7]
        return "王小明"

    def plain(self, sheet: Sheet) -> dict:
        """The whole form, filled in."""
        return {one.name: self.fill(one) for one in sheet.fields if one.name}

    def wrong(self, sheet: Sheet):
        """(how, data) of every wrong way of sending this form."""
        hidden = {one.name: one.value for one in sheet.fields if one.kind == "hidden"}
        yield (
            "empty",
            {
                **hidden,
                **{one.name: "" for one in sheet.typed if one.kind not in ("checkbox", "radio", "file")},
            },
        )
        yield "nothing", {}
        for one in sheet.typed:
            if one.required and one.kind not in ("checkbox", "radio", "file", "select"):
                yield f"blank {one.name}", {**self.plain(sheet), one.name: "  "}
        for one in sheet.fields:
            numeric = any(value.isdigit() for value in one.options)
            if one.name != "once" and (numeric or one.kind in ("select", "radio")):
                yield f"foreign {one.name}", {**self.plain(sheet), one.name: FOREIGN}

    def too_long(self, sheet: Sheet):
        """(how, data) with more in every field of text than it keeps: nearly as much as a body may hold, and characters that take long."""
        texts = [one.name for one in sheet.typed if one.kind in TEXTS]
        if texts:
            yield "long", {**self.plain(sheet), **dict.fromkeys(texts, "x" * (1_900_000 // len(texts)))}
            most = 250_000 // 7 // len(texts)
            yield "combining", {**self.plain(sheet), **dict.fromkeys(texts, "e\u0301" * most)}

    def refuse(self, sheet: Sheet, how: str, data: dict) -> None:
        """Too much text is refused, and nobody waits for it."""
        self.how, before = how, time.process_time()
        answer = self.send("POST", sheet.address, data=data)
        if (spent := time.process_time() - before) > MOST_SECONDS:
            self.faults.append(Fault(sheet.address, how, f"took {spent:.1f} s"))
        if self.judge(sheet, how, answer):
            self.long_taken.append(sheet)
        self.follow(sheet, answer)

    def multipart(self, sheet: Sheet) -> tuple[bytes, str]:
        """A body with a part that has no name, and one that is no text."""
        edge = "edge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; filename="x"\r\n\r\nnameless',
            f"--{edge}\r\nContent-Disposition: form-data\r\n\r\nnameless",
        ]
        parts += [
            f'--{edge}\r\nContent-Disposition: form-data; name="{one.name}"; filename="a"\r\n\r\nx'
            for one in sheet.fields
        ]
        return ("\r\n".join([*parts, f"--{edge}--\r\n"])).encode(), f"multipart/form-data; boundary={edge}"

    # judging

    def judge(self, sheet: Sheet, how: str, answer) -> bool:
        """True when it was accepted; otherwise nothing was written and the page says why."""
        self.sent[sheet.endpoint] += 1
        if answer is None:
            return False
        status, source = answer.status_code, ""
        if status >= 500:
            self.faults.append(Fault(sheet.address, how, f"{status}"))
        if answer.mimetype == "text/html":
            source = answer.get_data(as_text=True)
        now = counts()
        if status >= 400 and now != self.rows:
            changed = {name: now[name] - self.rows[name] for name in now if now[name] != self.rows[name]}
            self.faults.append(Fault(sheet.address, how, f"{status}, and yet rows changed: {changed}"))
        self.rows = now
        if status == 422:
            self.beside(sheet, how, source)
        return status < 400

    def beside(self, sheet: Sheet, how: str, source: str) -> None:
        """The message stands beside some field: the field is marked and described by it."""
        if not re.search('class="(field-error|error-summary|note is-stop)"', source):
            self.faults.append(Fault(sheet.address, how, "refused without a message beside a field"))
        try:
            html.fromstring(source)
        except etree.ParserError:
            self.faults.append(Fault(sheet.address, how, "no page"))

    def work_on(self, sheet: Sheet) -> None:
        """All wrong ways, then the right one twice."""
        for how, data in self.wrong(sheet):
            self.how = how
            answer = self.send("POST", sheet.address, data=data)
            if self.judge(sheet, how, answer) and how in ("empty", "nothing") and sheet.typed:
                self.empty_taken.append(sheet)
            self.follow(sheet, answer)
        for how, data in self.too_long(sheet):
            self.refuse(sheet, how, data)
        self.how = "nameless part"
        body, kind = self.multipart(sheet)
        self.judge(sheet, self.how, self.send("POST", sheet.address, data=body, content_type=kind))
        for self.how in ("filled", "twice"):
            answer = self.send("POST", sheet.address, data=self.plain(sheet))
            if self.judge(sheet, self.how, answer):
                self.taken.append((sheet.endpoint, self.how))
            elif answer is not None:
                self.why[sheet.endpoint] = (
                    answer.status_code,
                    re.findall(r'(?:field-error|is-stop)"[^>]*>([^<]+)', answer.get_data(as_text=True))[:4],
                )
            self.follow(sheet, answer)

    def follow(self, sheet: Sheet, answer) -> None:
        """Where an answer leads is the next page."""
        if answer is not None and answer.status_code == 303:
            self.visit_later(urljoin(sheet.address, answer.location))

    def go(self, rounds: int = 3) -> None:
        """Until there is no page and no form left."""
        for _round in range(rounds):
            while self.pages or self.forms:
                while self.pages:
                    self.read(self.pages.popleft())
                if self.forms:
                    self.work_on(self.forms.popleft())
            self.look_again()
        while self.late or self.pages:
            while self.pages:
                self.read(self.pages.popleft())
            if self.late:
                self.work_on(self.late.popleft())
