"""A walk over all pages and all forms, as a tester with time would do it:
forms that are filled in make the pages of the next round.
"""

import re
import time
from collections import Counter, deque
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin, urlsplit

from lxml import etree, html
from sqlalchemy import text

from outreach.core.db import Base, db
from tests.journeys.form_ways import Ways
from tests.journeys.sheets import Sheet, fields_of
from tests.visitor import Visitor
from tests.workplace import Workplace

#: forms that take something away, or end what other forms work on, are sent last
LAST = re.compile(
    r"/(remove|revoke|withdraw|decline|cancel|call-off|close|retire|end|discard|revert|clear|undo|take|"
    r"give-up|stop|refuse|active"
    r"|reset-password|freeze|lock|hold|archive|merge|different|replace-ticket|forget)\b"
)
NEVER = re.compile(r"^/(sign-in|sign-out|language|password|healthz)$")
#: processor time for a refusal
MOST_SECONDS = 1.0
#: forms that show something, and further forms beside it
SHOWING = {"directory.dossier", "directory.open_edit", "directory.open_row", "pipeline.look"}
#: how a form is sent that is meant to be accepted
RIGHT = ("filled", "twice")
#: pages of one kind that are looked at, forms of one kind that are sent
PAGES, FORMS = 2, 4


@dataclass
class Fault:
    """What a form did wrong."""

    address: str
    how: str
    what: str

    def __str__(self):
        return f"{self.address} [{self.how}] {self.what}"


def counts() -> dict[str, int]:
    """Table -> rows."""
    names = sorted(Base.metadata.tables)
    union = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
    found = dict(db.session.execute(text(union)).tuples().all())
    db.session.commit()
    return found


class Walk:
    """Pages are fetched, forms are sent in every wrong way and then filled in."""

    def __init__(self, app, visitor: Visitor, here: Workplace, *, rooms: tuple[str, ...], strangers: dict):
        """``here``: the rows that are worked on. ``rooms``: the blueprints whose forms are sent.

        ``strangers``: argument -> id of a row the visitor may not see.
        """
        self.app, self.visitor = app, visitor
        self.rooms = rooms
        self.adapter = app.url_map.bind("localhost")
        self.ways = Ways(self.adapter, strangers, here)
        self.pages: deque[str] = deque()
        self.forms: deque[Sheet] = deque()
        self.late: deque[Sheet] = deque()
        self.seen_pages: Counter = Counter()
        self.seen_forms: Counter = Counter()
        self.known: set[str] = set()
        self.with_forms: set[str] = set()
        self.faults: list[Fault] = []
        self.taken: list[tuple[str, str]] = []  # (endpoint, how) of what was accepted
        self.empty_taken: list[Sheet] = []
        self.long_taken: list[Sheet] = []
        self.gaps_taken: list[tuple[str, str]] = []
        self.foreign_taken: list[tuple[str, str]] = []
        self.sent: Counter = Counter()
        self.why: dict[str, tuple] = {}
        self.led = ""  # where the last form that was taken led
        self.passed_over: tuple[str, ...] = ()  # addresses that begin so are the visitor's own account
        self.rows = counts()
        self.again = False  # only what was never accepted is sent

    # pages

    @property
    def accepted(self) -> set[str]:
        """The routes that took a form as it is meant at least once."""
        return {endpoint for endpoint, how in self.taken if how in RIGHT}

    @property
    def done(self) -> set[str]:
        """The routes whose forms need no further sending."""
        return self.accepted - SHOWING

    def start_again(self, visitor: Visitor, here: Workplace) -> None:
        """From here on only what was never accepted is sent, and every page is looked at again:
        its rows are others.
        """
        self.again, self.visitor, self.ways.here = True, visitor, here
        self.seen_pages.clear()
        self.seen_forms.clear()
        self.known.clear()
        self.with_forms.clear()

    def _match(self, path: str, method: str):
        try:
            return self.adapter.match(path, method)
        except Exception:
            return None

    def visit_later(self, address: str, *, always: bool = False) -> None:
        """Put a page into the queue unless enough pages of its kind were seen (``always``: however many)."""
        parts = urlsplit(address)
        if parts.netloc and parts.netloc not in ("localhost", "127.0.0.1:8000"):
            return
        found = self._match(parts.path, "GET")
        if not found or found[0] == "static" or NEVER.match(parts.path):
            return
        if not always and not self.of_rooms(found[0]):
            return
        where = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = (found[0], frozenset(part.split("=")[0] for part in parts.query.split("&") if part))
        if not always and (
            where in self.known
            or (self.seen_pages[kind] >= PAGES)
            or (parts.query and self.seen_pages[found[0]] >= 3)
        ):
            return
        self.known.add(where)
        self.seen_pages[kind] += 1
        self.seen_pages[found[0]] += 1
        self.pages.append(where)

    def of_rooms(self, endpoint: str) -> bool:
        """Whether the forms of this route are sent."""
        return not self.rooms or endpoint.partition(".")[0] in self.rooms

    def look_again(self) -> None:
        """Pages with forms are read once more: the forms made new ones."""
        self.pages.extend(sorted(self.with_forms))

    def send(self, method: str, address: str, **options):
        """The answer; None after an exception, which is a fault."""
        options.setdefault("headers", {})
        if method == "POST":
            self.rows = counts()  # what pages wrote meanwhile is no form's doing
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
            for goal in form.xpath(".//@formaction") + page.xpath(
                "//*[@form=$id]/@formaction", id=form.get("id") or "-"
            ):
                self.meet(address, form, goal)
        for node in page.xpath("//*[@data-close]"):
            self.meet(address, node, node.get("data-close"))

    def meet(self, address: str, form, goal: str = "") -> None:
        """A form goes into the queue unless one of its kind was sent;
        ``goal``: where one of its buttons sends it.
        """
        goal = urljoin(address, goal or form.get("action") or "")
        parts = urlsplit(goal)
        found = self._match(parts.path, "POST")
        if NEVER.match(parts.path) or parts.path.startswith(self.passed_over or "//"):
            return
        if found and (not self.of_rooms(found[0]) or (self.again and found[0] in self.done)):
            return
        if not found:
            self.faults.append(Fault(goal, "form", f"no such route (on {address})"))
            return
        if address in self.known:
            self.with_forms.add(address)
        sheet = Sheet(goal, parts.path, found[0], found[1], fields_of(form))
        if self.seen_forms[sheet.key] >= FORMS:
            return
        self.seen_forms[sheet.key] += 1
        (self.late if LAST.search(parts.path) else self.forms).append(sheet)

    def refuse(self, sheet: Sheet, how: str, data: dict) -> None:
        """Too much text is refused, and nobody waits for it."""
        self.how, before = how, time.process_time()
        answer = self.send("POST", sheet.address, data=data)
        if (spent := time.process_time() - before) > MOST_SECONDS:
            self.faults.append(Fault(sheet.address, how, f"took {spent:.1f} s"))
        if self.judge(sheet, how, answer):
            self.long_taken.append(sheet)
        self.follow(sheet, answer)

    # judging

    def judge(self, sheet: Sheet, how: str, answer) -> bool:
        """True when it was accepted; otherwise nothing was written and the page says why."""
        self.sent[sheet.endpoint] += 1
        if answer is None:
            return False
        status, source = answer.status_code, ""
        if status >= 500 or status == 401:
            self.faults.append(Fault(sheet.address, how, f"{status}"))
        if answer.mimetype == "text/html":
            source = answer.get_data(as_text=True)
        now = counts()
        changed = {name: now[name] - self.rows[name] for name in now if now[name] != self.rows[name]}
        # a form that is shown again with a number in full leaves its trace
        traced = status in (409, 422) and set(changed) <= {"audit_entries"}
        if status >= 400 and changed and not traced:
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
        """All wrong ways, then the right one twice.

        Further forms of a kind are sent only until one of them is taken.
        """
        if sheet.endpoint in self.done:
            return
        if self.sent[sheet.endpoint]:
            self.send_right(sheet)
            return
        for how, data in self.ways.wrong(sheet):
            self.send_wrong(sheet, how, data)
        for name, address in self.ways.foreign_addresses(sheet):
            self.how = f"at another unit's {name}"
            answer = self.send("POST", address, data=self.ways.plain(sheet))
            self.judge(sheet, self.how, answer)
            if answer is not None and answer.status_code != 404:
                self.faults.append(Fault(address, self.how, f"{answer.status_code}, not 404"))
        for how, data in self.ways.too_long(sheet):
            self.refuse(sheet, how, data)
        self.how = "nameless part"
        body, kind = self.ways.multipart(sheet)
        self.judge(sheet, self.how, self.send("POST", sheet.address, data=body, content_type=kind))
        self.send_right(sheet)

    def send_wrong(self, sheet: Sheet, how: str, data: dict) -> None:
        """The form in one wrong way; what was taken all the same is kept for the verdict."""
        self.how = how
        answer = self.send("POST", sheet.address, data=data)
        if self.judge(sheet, how, answer):
            if not sheet.typed:
                self.taken.append((sheet.endpoint, how))
            elif how in ("empty", "nothing"):
                self.empty_taken.append(sheet)
            elif how.startswith(("without", "blank")):
                self.gaps_taken.append((sheet.endpoint, how))
            if how.startswith(("foreign", "another")):
                self.foreign_taken.append((sheet.endpoint, how))
        self.follow(sheet, answer)

    def send_right(self, sheet: Sheet) -> None:
        """The form as it is meant, twice."""
        for self.how in RIGHT:
            answer = self.send("POST", sheet.address, data=self.ways.plain(sheet))
            if self.judge(sheet, self.how, answer):
                self.taken.append((sheet.endpoint, self.how))
            elif answer is not None:
                self.why[sheet.endpoint] = (
                    answer.status_code,
                    re.findall(r'(?:field-error|is-stop)"[^>]*>([^<]+)', answer.get_data(as_text=True))[:4],
                )
            self.follow(sheet, answer)

    def follow(self, sheet: Sheet, answer) -> None:
        """Where an answer leads is the next page; a page that a form opens may hold the next form."""
        if (
            answer is not None
            and answer.status_code == 200
            and answer.mimetype == "text/html"
            and answer.data
        ):
            self.gather(sheet.address, answer.get_data(as_text=True))
        if answer is not None and answer.status_code == 303:
            self.led = urljoin(sheet.address, answer.location)
            self.visit_later(self.led)

    def go(self, rounds: int = 3) -> None:
        """Until there is no page and no form left."""
        for _round in range(rounds):
            self._empty()
            self.look_again()
        while self.pages or self.forms or self.late:
            self._empty()
            if self.late:
                self.work_on(self.late.popleft())
                # what was taken away can be put back there
                self.visit_later(self.led, always=True)

    def _empty(self) -> None:
        """Read every page and send every form that waits."""
        while self.pages or self.forms:
            while self.pages:
                self.read(self.pages.popleft())
            if self.forms:
                self.work_on(self.forms.popleft())
