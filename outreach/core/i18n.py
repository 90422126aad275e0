"""Languages, and how numbers, money and times are written."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from flask import current_app, g, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from outreach.core import clock

__all__ = [
    "_",
    "lazy",
    "ngettext",
    "babel",
    "LOCALES",
    "locale_code",
    "wan",
    "yi",
    "yi_number",
    "amount",
    "percent",
    "day",
    "moment",
    "hour",
    "span",
]

#: code -> the language's own name
LOCALES = {"zh_Hans_CN": "中文", "en": "English"}
babel = Babel()
_WAN_PER_YI = 10_000


def choose_locale() -> str:
    """The address (``?lang=en``), then the visitor's choice, then the default.

    Never guessed from the browser.
    """
    if not has_request_context():
        return current_app.config["BABEL_DEFAULT_LOCALE"]
    for code in (request.args.get("lang"), session.get("lang")):
        if code in LOCALES:
            return code
        if code == "zh":
            return "zh_Hans_CN"
    return current_app.config["BABEL_DEFAULT_LOCALE"]


def default_language() -> AbstractContextManager[None]:
    """The language of words to people who chose none (invited people, people of the directory),
    whatever that of the member of staff.
    """
    return force_locale(current_app.config["BABEL_DEFAULT_LOCALE"])


def locale_code() -> str:
    """``zh-Hans`` or ``en``: what stands in ``<html lang>``."""
    return "en" if str(get_locale()).startswith("en") else "zh-Hans"


def other_languages() -> dict[str, str]:
    """Code -> own name of every language but the one of the page."""
    return {code: own for code, own in LOCALES.items() if code != str(get_locale())}


def is_chinese() -> bool:
    """True when the page is written in Chinese."""
    return locale_code() != "en"


_MARKS = {":": ("：", ": "), ";": ("；", "; "), ",": ("，", ", ")}


def mark(sign: str) -> str:
    """A colon, semicolon or comma between two values, as the language of the page writes it."""
    chinese, english = _MARKS[sign]
    return chinese if is_chinese() else english


def in_language(chinese: str, english: str) -> str:
    """What is written in both languages, in that of the page; Chinese where nobody wrote it in English."""
    return chinese if is_chinese() or not english else english


def _plain(value: Decimal, places: int) -> str:
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}"


def wan(value: Decimal | None) -> str:
    """An amount in 万元, written with its unit to 100 yuan:
    in 万元 with at most two decimals, in English in millions of yuan.
    """
    if value is None:
        return "–"
    if is_chinese():
        return f"{_plain(value, 2).removesuffix('.00')} 万元"
    return _millions(_short(_plain(Decimal(value) / 100, 4)))


def yi(value_wan: Decimal | None) -> str:
    """An amount given in 万元, written to a million yuan:
    in 亿元 with two decimals (1 亿元 = 10,000 万元), in English in millions of yuan.
    """
    if value_wan is None:
        return "–"
    number = yi_number(value_wan)
    return f"{number} 亿元" if is_chinese() else _millions(number)


def yi_number(value_wan: Decimal) -> str:
    """The number of :func:`yi` alone, for a column whose heading says the unit."""
    per_unit, places = (_WAN_PER_YI, 2) if is_chinese() else (100, 0)
    return _plain(Decimal(value_wan) / per_unit, places)


def amount(value_wan: Decimal | None) -> str:
    """An amount given in 万元, as official papers write it (domain 3.4): 71.15亿元 from one 亿 on, below
    300万元; at most two decimals, no thousands separators, no blank before the unit. In English as
    :func:`wan`.
    """
    if value_wan is None or not is_chinese():
        return wan(value_wan)
    in_yi = abs(value_wan) >= _WAN_PER_YI or _short(_plain(abs(value_wan), 2)) == "10,000"
    number = _short(_plain(Decimal(value_wan) / (_WAN_PER_YI if in_yi else 1), 2)).replace(",", "")
    return f"{number}{'亿元' if in_yi else '万元'}"


def _millions(number: str) -> str:
    return f"{'-' if number.startswith('-') else ''}¥{number.removeprefix('-')} million"


def _short(number: str) -> str:
    """Without the zeros that end its decimals."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def percent(part: int, whole: int) -> str:
    """``part/whole`` with one decimal, half up; a dash when there is nothing to divide by."""
    if not whole:
        return "–"
    return _plain(Decimal(100 * part) / Decimal(whole), 1) + "%"


def day(value: date | datetime | None, zone: str = "Asia/Shanghai") -> str:
    """2024年6月20日 / 20 Jun 2024 (no zero padding, as official papers write it);
    of a moment, the day in ``zone``.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.in_zone(value, zone).date()
    if is_chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%b} {value.year}"


def moment(value: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """Day and minute on the wall clock of ``zone``."""
    if value is None:
        return ""
    there = clock.in_zone(value, zone)
    return f"{day(there.date())} {there:%H:%M}"


def hour(value: datetime | None, zone: str = "Asia/Shanghai", beside: datetime | None = None) -> str:
    """The minute alone: 09:12; with its day where that is another than that of ``beside``."""
    if value is None:
        return ""
    there = clock.in_zone(value, zone)
    other = beside is not None and there.date() != clock.in_zone(beside, zone).date()
    return moment(value, zone) if other else f"{there:%H:%M}"


def span(start: datetime, end: datetime, zone: str = "Asia/Shanghai") -> str:
    """From a moment to a moment; the day once when it is the same."""
    return f"{moment(start, zone)} – {hour(end, zone, start)}"


def install(app) -> None:
    """Babel and the filters every template may use."""
    babel.init_app(app, locale_selector=choose_locale)
    app.jinja_env.filters.update(
        wan=wan, yi=yi, yi_number=yi_number, amount=amount, day=day, moment=moment, hour=hour, span=span
    )
    app.jinja_env.globals.update(
        locale_code=locale_code,
        is_chinese=is_chinese,
        mark=mark,
        in_language=in_language,
        other_languages=other_languages,
        percent=percent,
        g=g,
        today=clock.today,
    )
