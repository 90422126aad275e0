"""What gates ask and tell. A gate's own credential, no cookie; it opens nothing but this.

``POST /door/sync``: scans and walk-ins up, changes down, in portions, each as often as the gate likes. Header
``Authorization: Gate <device>.<secret>``. Body (all optional): ``scans``, ``walk_ins`` (rows of
``protocol``), ``after`` (cursor of other gates' scans, null: not wanted), ``answers`` (rows of ``key`` and
``answers``), ``drawers`` (number -> digest of the roster, null: not wanted), ``passes`` (true: blank tickets
wanted), ``queue`` (scans that wait, those in this body among them), ``numbered`` (the highest number given to
a scan), ``offset``, ``version``, ``camera``. Answer: ``now``, ``gate``, ``results``, ``scans``, ``after``,
``more``, ``drawers``, ``passes``.

A withdrawn gate gets 410 with ``wipe``. As long as it also gets ``results``, what it sent was kept: it sends
the rest and wipes then.
"""

import base64
import hashlib
import io
import json
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache

from flask import Blueprint, Response, abort, request
from PIL import Image, ImageDraw

from outreach.checkin import (
    device_queries,
    hours,
    missing_queries,
    operations,
    protocol,
    queries,
    rehearsing,
    roster_queries,
)
from outreach.checkin.device_models import Device
from outreach.checkin.forms import VERDICT_NAMES
from outreach.checkin.models import Scan
from outreach.core import clock, tokens
from outreach.core.access import open_to_all, takes
from outreach.core.db import db, is_sqlite
from outreach.core.forms import whole_number
from outreach.core.i18n import LOCALES, _
from outreach.core.settings import ROOT
from outreach.core.web import asset, csrf, keep_writes, limiter, page, reads_first
from outreach.registrations import tickets

bp = Blueprint("door", __name__, url_prefix="/door")

LARGEST = 1_000_000
#: what a gate sends up
_SENT = ("scans", "walk_ins", "answers")
#: sizes of the gate's picture on a home screen, in dots
ICONS = (192, 512)
#: scans of other gates in one answer
FEED = 1000
#: so long after an event its gates still get the list of guests
KEPT_FOR = timedelta(days=7)
#: so long a withdrawn gate may still send what waits on it
TAKEN_FOR = missing_queries.TAKEN_FOR
#: what came in so recently is told again: an earlier one may still be on its way to the disk
OVERLAP = timedelta(seconds=30)


@bp.get("/")
@open_to_all
def app():
    """The gate's page: the same for everybody, it holds nothing."""
    return page(
        "checkin/gate_app.html",
        version=_version(),
        verdicts={name: str(words) for name, words in VERDICT_NAMES.items()},
    )


def _files() -> list[str]:
    return [asset(name) for name in ("door.js", "app.css", "theme.js", "icons.svg", "zxing_reader.wasm")]


def _version() -> str:
    """Another one with every build of what the gate needs."""
    return hashlib.sha256(" ".join(_files()).encode()).hexdigest()[:10]


@bp.get("/worker.js")
@open_to_all
def worker():
    """The service worker; it must stand above what it serves, and changes with every build."""
    source = (ROOT / asset("worker.js").lstrip("/")).read_text(encoding="utf-8")
    files = json.dumps(
        {
            "version": _version(),
            "languages": list(LOCALES),
            "list": [
                "/door/",
                *(f"/door/?lang={code}" for code in LOCALES),
                "/door/manifest.webmanifest",
                *_files(),
            ],
        }
    )
    return Response(
        f"const FILES = {files};\n{source}",
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@bp.get("/manifest.webmanifest")
@open_to_all
def manifest():
    """What the phone needs to put the gate on its home screen."""
    text = {
        "name": _("Yangui gate"),
        "short_name": _("Gate"),
        "start_url": "/door/",
        "scope": "/door/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#9a3324",
        "icons": [
            {
                "src": f"/door/icon-{size}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in ICONS
        ],
    }
    return Response(json.dumps(text, ensure_ascii=False), content_type="application/manifest+json")


@bp.get("/icon-<int:size>.png")
@open_to_all
def icon(size: int):
    """The gate on a home screen: a wild goose in flight on the red of the house."""
    return Response(
        _icon(size) if size in ICONS else abort(404),
        content_type="image/png",
        headers={"Cache-Control": "public, max-age=86400"},
    )


@lru_cache
def _icon(size: int) -> bytes:
    drawn, target = Image.new("RGB", (4 * size, 4 * size), "#9a3324"), io.BytesIO()
    goose = (
        (0.16, 0.40),
        (0.40, 0.46),
        (0.50, 0.58),
        (0.60, 0.46),
        (0.84, 0.40),
        (0.60, 0.58),
        (0.50, 0.74),
        (0.40, 0.58),
    )
    ImageDraw.Draw(drawn).polygon([(4 * size * x, 4 * size * y) for x, y in goose], fill="white")
    drawn.resize((size, size), Image.Resampling.LANCZOS).save(target, "PNG")
    return target.getvalue()


def _line(*, held: bool = False) -> device_queries.Line:
    scheme, _blank, credential = request.headers.get("Authorization", "").partition(" ")
    number, _dot, secret = credential.partition(".")
    key = whole_number(number)
    return (
        device_queries.line_of(key, secret, held=held) if scheme == "Gate" and key and secret else None
    ) or abort(401)


def _live() -> device_queries.Line:
    """The same of a device that was not withdrawn."""
    line = _line()
    return line if line.revoked_at is None else abort(401)


def _body() -> dict:
    if (request.content_length or 0) > LARGEST:
        abort(413)
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # ten thousand brackets
        body = None
    return body if isinstance(body, dict) else abort(400)


def _word(body: dict, name: str, most: int = 20) -> str:
    return protocol.storable(str(body.get(name, "")))[:most]


def _json(answer: dict, status: int = 200) -> Response:
    return Response(
        json.dumps(answer, ensure_ascii=False, separators=(",", ":")), status, content_type="application/json"
    )


def _stamp(moment) -> int | None:
    return int(1000 * moment.timestamp()) if moment else None


def _gate(device: Device) -> dict:
    gate, event, rehearsal = (
        device.gate,
        device.gate.event,
        device_queries.open_rehearsal(device.gate.event_id),
    )
    opening = hours.of_gate(event, gate)
    return {
        "name": gate.name,
        "purpose": gate.purpose,
        "rule": gate.rule,
        "types": gate.types,
        "letters": gate.letters,
        "opens": _stamp(opening.opens),
        "closes": _stamp(opening.closes),
        "questions": gate.questions,
        "lock_hours": gate.lock_hours,
        "off": event.state == "cancelled",
        "event": event.title,
        "zone": event.zone,
        "key": base64.b64encode(tickets.public_key(event.ticket_seed)).decode(),
        "names": roster_queries.types(event),
        "walk_in": event.types[0].id,
        "rehearsal": rehearsal.id if rehearsal else None,
    }


@bp.post("/join")
@csrf.exempt
@open_to_all
@limiter.limit("20 per minute")
def join():
    """One browser becomes a gate by its one-time invitation."""
    token = _word(_body(), "token", 64).strip().upper()
    device, secret = operations.join_device(token, agent=request.headers.get("User-Agent", ""))
    return _json(
        {
            "device": device.id,
            "secret": secret,
            "name": device.name,
            "now": _stamp(clock.now()),
            "gate": _gate(device),
        }
    )


@bp.post("/sync")
@csrf.exempt
@open_to_all
@takes(LARGEST)
@limiter.limit("3000 per minute")
@reads_first
def sync():
    body = _body()
    line = _line(held=any(body.get(name) for name in _SENT))
    with suppress(operations.Withdrawn):  # in this very moment
        if line.revoked_at is None:
            return _json(_answer(line, body))
    return _json({"wipe": True} | _last_words(line, body), 410)


def _last_words(line: device_queries.Line, body: dict) -> dict:
    """What a withdrawn gate sends before it wipes: kept for some days; nothing is told to it but that."""
    withdrawn = line.revoked_at or clock.now()
    if line.wiped_at is not None or withdrawn + TAKEN_FOR < clock.now():
        return {}
    results = _taken(line, body)
    keep_writes()  # although the answer is 410
    return {"now": _stamp(clock.now()), "results": results}


def _taken(line: device_queries.Line, body: dict) -> dict[str, str]:
    """Keep what came; what still waits on the device is noted without it."""
    sent = [_list(body, name) for name in _SENT]
    if sum(map(len, sent)) > protocol.PORTION:
        abort(413)
    results = operations.take(line, *sent) if any(sent) else {}
    operations.note_contact(
        line,
        queue=max(_count(body, "queue") - len(sent[0]), 0),
        numbered=_count(body, "numbered"),
        offset_ms=_offset(body.get("offset")),
        version=_word(body, "version"),
        camera=_word(body, "camera"),
    )
    return results


def _count(body: dict, name: str) -> int:
    return min(abs(whole_number(body.get(name)) or 0), protocol.MOST_SCANS)


def _answer(line: device_queries.Line, body: dict) -> dict:
    answer: dict = {"now": _stamp(clock.now())}
    results = _taken(line, body)
    if any(body.get(name) for name in _SENT):
        answer["results"] = results
    if body.get("after") is not None:
        answer |= _feed(line, whole_number(body["after"]) or 0)
    if (isinstance(body.get("drawers"), dict) or body.get("passes")) and not _is_over(line):
        answer |= _changes(line, body)
    return answer


def _is_over(line: device_queries.Line) -> bool:
    """The event is long past: what a device still brings is taken, nothing is given out any more."""
    return line.ends_at + KEPT_FOR < clock.now()


@bp.post("/standing")
@csrf.exempt
@open_to_all
@takes(LARGEST)
@limiter.limit("600 per minute")
@reads_first
def standing():
    """A locked device asks whether it was withdrawn. Its leash opens nothing and tells nothing else."""
    revoked = (_leashed() or abort(401)).revoked_at is not None
    return _json({"wipe": revoked}, 410 if revoked else 200)


def _leashed() -> Device | None:
    scheme, _blank, credential = request.headers.get("Authorization", "").partition(" ")
    number, _dot, leash = credential.partition(".")
    key = whole_number(number)
    return device_queries.leashed(key, leash) if scheme == "Leash" and key else None


@bp.post("/wiped")
@csrf.exempt
@open_to_all
@takes(LARGEST)
@limiter.limit("60 per minute")
def wiped():
    """A device has deleted what it held: ``queue`` scans had not been sent.

    It was withdrawn (then its leash may say so too) or given up.
    """
    body, leashed = _body(), _leashed()
    device = leashed or db.session.get_one(Device, _line().id)
    if device.revoked_at is None and (leashed or not body.get("given_up")):
        abort(401 if leashed else 409)
    thrown_away = _count(body, "queue") if "queue" in body else None
    operations.note_wiped(device, thrown_away=thrown_away, numbered=_count(body, "numbered"))
    return _json({"noted": True})


def _changes(line: device_queries.Line, body: dict) -> dict:
    """The gate's rules and what is different in its roster; blank tickets where they are wanted."""
    device = db.session.get_one(Device, line.id)
    answer = {}
    if isinstance(body.get("drawers"), dict):
        answer |= {
            "gate": _gate(device),
            "drawers": roster_queries.changed_drawers(device.gate.event, body["drawers"], device.gate.types),
        }
    if body.get("passes"):
        seed = device.gate.event.ticket_seed
        answer["passes"] = [
            [tokens.alias(code), tickets.signed(code, seed)] for code in operations.lend_passes(line)
        ]
    return answer


def _list(body: dict, name: str) -> list:
    value = body.get(name) or []
    return value if isinstance(value, list) else abort(400)


def _offset(value) -> int:
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2_000_000_000 else 0
    )


def _feed(line: device_queries.Line, after: int) -> dict:
    rows = db.session.execute(queries.select_scans_since(line.event_id, after).limit(FEED)).all()
    last, more = rows[-1][0] if rows else after, len(rows) == FEED
    if not more and not is_sqlite():  # SQLite lets one write after the other: nothing comes late
        again = (
            queries.select_scans_since(line.event_id, after, clock.now() - OVERLAP)
            .order_by(None)
            .order_by(Scan.id.desc())
        )
        rows = [*rows, *db.session.execute(again.limit(FEED)).all()]
    told = [
        [key, guest, scope, verdict, _stamp(at), gate or "", undoes or ""]
        for _id, key, guest, scope, verdict, at, gate, undoes, _got in rows
    ]
    return {"scans": told, "after": last, "more": more}


@bp.post("/rehearsal")
@csrf.exempt
@open_to_all
@takes(LARGEST)
@limiter.limit("60 per minute")
@reads_first
def rehearsal():
    """The guests of the rehearsal that is going on."""
    row = device_queries.open_rehearsal(_live().event_id) or abort(404)
    return _json(
        {
            "id": row.id,
            "key": base64.b64encode(tickets.public_key(row.seed)).decode(),
            "rows": rehearsing.rows(row),
        }
    )


@bp.post("/report")
@csrf.exempt
@open_to_all
@takes(LARGEST)
@limiter.limit("600 per minute")  # a hall full of gates behind one router
def report():
    """What the device found out about itself in the rehearsal."""
    line, body = _live(), _body()
    row = device_queries.open_rehearsal(line.event_id) or abort(404)
    counts = {
        name: min(whole_number(body.get(name)) or 0, 1_000_000)
        for name in ("scans", "offline_scans", "median_ms", "slowest_ms")
    }
    said = body.get("verdicts")
    verdicts = (
        {
            name: min(whole_number(said.get(name)) or 0, 1_000_000)
            for name in protocol.VERDICTS
            if name in said
        }
        if isinstance(said, dict)
        else {}
    )
    operations.report_rehearsal(row, db.session.get_one(Device, line.id), verdicts=verdicts, **counts)
    return _json({"kept": True})
