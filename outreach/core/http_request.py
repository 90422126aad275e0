"""The request as views see it: parts of a form without a name, which no form of ours sends,
are dropped when it is read.
"""

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict


class NamedPartsRequest(Request):
    """A request whose form and files have names only."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        for kind in ("form", "files"):
            parts = self.__dict__.get(kind)
            if parts is not None and None in parts:
                named = [(name, value) for name, value in parts.items(multi=True) if name is not None]
                self.__dict__[kind] = ImmutableMultiDict(named)
