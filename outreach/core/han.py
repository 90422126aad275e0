"""Traditional and simplified characters: one spelling to compare by (OpenCC, table ``t2s``)."""

from functools import lru_cache

from opencc import OpenCC

_TO_SIMPLIFIED = OpenCC("t2s")


@lru_cache(maxsize=50_000)
def simplified(text: str) -> str:
    """The text in simplified characters; what has no other form stays.

    >>> simplified("張偉明")
    '张伟明'
    """
    return text if text.isascii() else _TO_SIMPLIFIED.convert(text)
