"""The errors of the forms of a page: collected while fields are drawn, listed above them with links."""

from dataclasses import dataclass

from flask import g


@dataclass(frozen=True)
class FieldError:
    """One line of the summary: the id of the field in the page, its label, what is wrong."""

    field_id: str
    label: str
    text: str


def _as_heading(label: object) -> str:
    """A label before a colon: one that is a sentence loses its full stop."""
    return str(label).rstrip("。.：: ")


def note(field_id: str, label: object, errors: list[object]) -> str:
    """Remember what is wrong with a field that is being drawn; nothing is written at this place."""
    texts = " ".join(str(error) for error in errors)
    if texts:
        g.setdefault("field_errors", []).append(FieldError(field_id, _as_heading(label), texts))
    return ""


def of_page() -> list[FieldError]:
    """What was remembered in this request, in the order of the fields, each field once.

    When the page does not draw the fields that are wrong, the errors of the form that was sent, without a
    link.
    """
    drawn = list({error.field_id: error for error in g.get("field_errors", [])}.values())
    form = g.get("wrong_form")
    if drawn or form is None:
        return drawn
    return [
        FieldError("", _as_heading(field.label.text), " ".join(str(error) for error in field.errors))
        for field in form
        if field.errors
    ]
