"""JSON as the database keeps it: Chinese as itself, not escaped; what JSON does not know is refused."""

import json

import orjson

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def write(value) -> str:
    """Numbers as keys become texts, named tuples lists, what is no number nothing.

    Exact amounts and days are a ``TypeError``.
    """
    return orjson.dumps(value, default=_listed, option=_OPTIONS).decode()


def read(text: str):
    """What :func:`write` wrote, or the standard library before it, which also wrote NaN."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _listed(value) -> list:
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be kept as JSON")
