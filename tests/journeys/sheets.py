"""Forms as a page shows them."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

#: fields that somebody types into
TEXTS = ("text", "textarea", "email", "tel", "search", "password", "url")


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
        """Forms with the same key are one kind: where they go, what their address asks, their fields."""
        asked = frozenset(parse_qs(urlsplit(self.address).query, keep_blank_values=True))
        return (self.endpoint, asked, frozenset(one.name for one in self.fields))


def fields_of(form) -> list[Field]:
    """Every field of a form of a page that has a name, once;
    also those elsewhere on the page that belong to it.
    """
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
