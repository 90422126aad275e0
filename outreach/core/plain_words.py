"""What strangers write into names goes out in letters and text messages to others:
it holds no link, no number to call and no sentence.
"""

import re
import unicodedata

from wtforms import ValidationError

from outreach.core.i18n import _

_ENDINGS = (
    "com|cn|net|org|top|xyz|vip|cc|io|info|shop|site|online|club|link|ltd|work|win|wang|pro|biz|icu|fun|"
    "live|app|dev|ru|ly|gl|gd|hk|tw|jp|kr"
    "|us|uk|eu|gov|edu"
)
_LINK = re.compile(
    (
        rf"[a-z][a-z0-9+.-]*://|www\.|[a-z0-9-]+\.(?:{_ENDINGS})(?![a-z0-9])"
        rf"|@[a-z0-9]|[a-z0-9]@|\b(?:t|u|b|dwz)\.[a-z]{{2}}/"
    ),
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。!?;…\n]|\.\s*\.|[，,、:].*[，,、:].*[，,、:]")
_STOPS = str.maketrans("．｡、", "...")
#: figures in a row: the number of a telephone, of QQ or WeChat
_NUMBER = re.compile(r"(?:[0-9][\s-]?){6,}")


def is_plain(text: str) -> bool:
    """Whether a name (of a person, a company, a post) is only that."""
    folded = unicodedata.normalize("NFKC", text)
    if _SENTENCE.search(folded) or _NUMBER.search(folded):
        return False
    # a stop of any script makes a link for some reader
    return not _LINK.search(folded) and not _LINK.search(re.sub(r"\s+", "", folded.translate(_STOPS)))


def plain(_form, field) -> None:
    """A validator of what strangers write."""
    if field.data and not is_plain(field.data):
        raise ValidationError(_("Only the name itself: no link, no number, no sentence."))
