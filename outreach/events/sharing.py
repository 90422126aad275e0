"""The picture of an event for a chat: what, when, where, and the code of its page."""

from functools import lru_cache

from flask_babel import force_locale

from outreach.core import pdf, qr
from outreach.core.i18n import _, day, hour
from outreach.core.links import public_url
from outreach.events.models import Event


def picture(event: Event) -> bytes:
    """PNG; in Chinese, for it goes to groups in China whatever the language of who makes it."""
    with force_locale("zh_Hans_CN"):
        return _drawn(
            title=event.title,
            host=event.unit.name,
            summary=" ".join(event.summary.split())[:110],
            day=day(event.starts_at, event.zone),
            hour=hour(event.starts_at, event.zone),
            place=f"{event.city} {event.venue}",
            address=f"{public_url()}/e/{event.slug}",
            scan=_("Press and hold to open the page and register"),
        )


@lru_cache(maxsize=64)
def _drawn(*, address: str, **words: str) -> bytes:
    """Drawn once for the same words: strangers ask for it each time a link is shared."""
    return pdf.picture("share.typ", {**words, "qr": qr.svg(address)})
