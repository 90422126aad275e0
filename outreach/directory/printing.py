"""《乡贤通讯录》 on A4: only what people agreed to see printed,
numbered and marked with the recipient's name.
"""

from itertools import groupby

from outreach.accounts.models import Unit
from outreach.core import latin, masking, pdf
from outreach.core.clock import in_zone
from outreach.core.i18n import _, day
from outreach.directory import strokes
from outreach.directory.card_models import PRINTED, PrintRun
from outreach.directory.models import Person


def copy_words(run: PrintRun) -> str:
    """No. 3, for the 县委办, 2 December 2026."""
    return _(
        "Copy %(copy)d, for %(recipient)s, %(day)s",
        copy=run.copy,
        recipient=run.recipient,
        day=day(run.printed_at),
    )


#: what an order tells of a person, so that it needs their word
_TELLS = {"town": "home", "city": "city"}


def in_order(people: list[Person], order: str) -> list[Person]:
    """Who did not agree to show what the order tells stands at the end, by strokes."""
    told = _TELLS.get(order)
    silent = [person for person in people if told and told not in person.consents.get(PRINTED, ())]
    return [person for person in people if person not in silent] + sorted(
        silent, key=lambda person: person.stroke_surname
    )


def _group(person: Person, order: str) -> str:
    if order in _TELLS and _TELLS[order] not in person.consents.get(PRINTED, ()):
        return _("Elsewhere")
    if order == "town":
        return person.comes_from
    if order == "city":
        return latin.place(person.city or person.province) or _("Elsewhere")
    return masking.surname(person.name)


def _entry(person: Person) -> dict:
    agreed = set(person.consents.get(PRINTED, ()))
    post = person.company if "company" in agreed else None
    return {
        "name": person.name,
        "company": post.organisation.name if post else "",
        "title": post.title if post else "",
        "city": latin.place(person.city or person.province) if "city" in agreed else "",
        "home": person.comes_from if "home" in agreed else "",
        "contact": [
            text
            for field, text in (
                ("mobile", person.mobile),
                ("wechat", _("WeChat %(text)s", text=person.wechat) if person.wechat else ""),
                ("email", person.email),
            )
            if field in agreed and text
        ],
    }


def directory(unit: Unit, run: PrintRun, people: list[Person]) -> bytes:
    """The PDF of one copy; ``people`` stand in the order of the run."""
    groups = [
        (name, [_entry(person) for person in members])
        for name, members in groupby(people, key=lambda person: _group(person, run.order))
    ]
    orders = {
        "strokes": _("By strokes of the surname"),
        "town": _("By township, then by strokes of the surname"),
        "city": _("By city, then by strokes of the surname"),
    }
    outside = [person.name for person in people if strokes.outside(person.name)]
    data = {
        "title": _("Hometown address book"),
        "unit": unit.shown,
        "count": _("%(num)d people", num=len(people)),
        "copy": copy_words(run),
        "number": run.copy,
        "order": orders[run.order],
        "recipient": run.recipient,
        "month": f"{in_zone(run.printed_at, 'Asia/Shanghai'):%Y-%m}",
        "groups": [{"name": name, "people": entries} for name, entries in groups],
        "contents": _("Contents"),
        "index": _("Index of names"),
        "legal": _(
            "Internal. Every field stands here with the consent of the person for print. Do not copy, "
            "photograph or pass on; return the copy when it is replaced."
        ),
        "outside": _(
            "Sorted last, because a character stands outside the stroke table: %(names)s",
            names="、".join(outside),
        )
        if outside
        else "",
        "page": _("Page"),
    }
    return pdf.render("directory.typ", data)
