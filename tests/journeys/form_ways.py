"""The ways to send a form: as it is meant, and wrong in every way a page,
a broken browser or an attacker would do it.
"""

from tests.journeys import form_values
from tests.journeys.sheets import TEXTS, Field, Sheet
from tests.workplace import Workplace

FOREIGN = "999999999"
#: what stands in a field of odd text: no number, no day, no choice, signs that templates, shells and
#: databases know
ODD = "0x1F '\"<b>%s{{7*7}}\t\u0000 -- ９"


class Ways:
    """``strangers``: argument -> id of a row the visitor may not see.

    ``here``: the rows the visitor works on.
    """

    def __init__(self, adapter, strangers: dict, here: Workplace):
        self.adapter, self.strangers, self.here = adapter, strangers, here
        self.numbers = 0
        #: (endpoint, field) of numbers that are no known kind of row
        self.unmapped: set[tuple[str, str]] = set()

    def plain(self, sheet: Sheet) -> dict:
        """The whole form, filled in."""
        self.numbers += 1
        chosen = form_values.OF_FORM.get(sheet.endpoint, {})
        values = {one.name: form_values.fill(one, self.numbers, sheet.endpoint) for one in sheet.fields}
        for name, value in chosen.items():
            if value is None:
                values.pop(name, None)
            elif callable(value):  # also what a script sends and the page does not show
                values[name] = str(value(self.here))
            elif name in values:
                values[name] = value.format(number=self.numbers)
        return values

    def wrong(self, sheet: Sheet):
        """(how, data) of every wrong way of sending this form."""
        hidden = {one.name: one.value for one in sheet.fields if one.kind == "hidden"}
        boxes = ("checkbox", "radio", "file")
        yield "empty", {**hidden, **{one.name: "" for one in sheet.typed if one.kind not in boxes}}
        yield "nothing", {}
        yield "odd text", {one.name: ODD for one in sheet.fields if one.name != "once"}
        yield "each field twice", {one.name: [ODD, one.value] for one in sheet.fields if one.name != "once"}
        if any(one.kind == "file" for one in sheet.typed):
            texts = {one.name: "a.pdf" for one in sheet.typed if one.kind == "file"}
            yield "text for a file", {**self.plain(sheet), **texts}
        for one in sheet.typed:
            if one.required and one.kind not in (*boxes, "select"):
                yield f"blank {one.name}", {**self.plain(sheet), one.name: "  "}
                yield (
                    f"without {one.name}",
                    {name: value for name, value in self.plain(sheet).items() if name != one.name},
                )
        for one in sheet.fields:
            yield from self.foreign(sheet, one)

    def foreign(self, sheet: Sheet, one: Field):
        """The field with a row that is not there, and with another unit's."""
        numeric = any(value.isdigit() and value != "0" for value in one.options)
        if one.name == "once" or not (numeric or one.kind in ("select", "radio")):
            return
        if one.name in form_values.PASSED_OVER | form_values.OF_ANOTHER_BUTTON.get(sheet.endpoint, set()):
            return
        if one.kind in ("number", "text", "search"):
            yield f"huge {one.name}", {**self.plain(sheet), one.name: FOREIGN}
            return
        yield f"foreign {one.name}", {**self.plain(sheet), one.name: FOREIGN}
        if not numeric or one.name in form_values.NO_ROWS:
            return
        kind = form_values.ROWS.get(one.name)
        if kind is None or kind not in self.strangers:
            self.unmapped.add((sheet.endpoint, one.name))
        elif str(self.strangers[kind]) not in one.options:
            yield f"another unit's {one.name}", {**self.plain(sheet), one.name: str(self.strangers[kind])}

    def foreign_addresses(self, sheet: Sheet):
        """The address with another unit's row in the place of each of its own."""
        for name in sheet.given:
            # the rest are words, or links that open for who has them
            row = isinstance(self.strangers.get(name), int)
            if row and name not in form_values.NO_ROWS and sheet.endpoint not in form_values.KNOWN_TO_ALL:
                given = {**sheet.given, name: self.strangers[name]}
                if given != sheet.given:
                    yield name, self.adapter.build(sheet.endpoint, given, method="POST")

    def too_long(self, sheet: Sheet):
        """(how, data) with more in every field of text than it keeps:
        nearly as much as a body may hold, and characters that take long.
        """
        texts = [one.name for one in sheet.typed if one.kind in TEXTS]
        if texts:
            yield "long", {**self.plain(sheet), **dict.fromkeys(texts, "x" * (1_900_000 // len(texts)))}
            most = 250_000 // 7 // len(texts)
            yield "combining", {**self.plain(sheet), **dict.fromkeys(texts, "e\u0301" * most)}

    def multipart(self, sheet: Sheet) -> tuple[bytes, str]:
        """A body with a part that has no name, and one that is no text."""
        edge = "edge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; filename="x"\r\n\r\nnameless',
            f"--{edge}\r\nContent-Disposition: form-data\r\n\r\nnameless",
        ]
        parts += [
            f'--{edge}\r\nContent-Disposition: form-data; name="{one.name}"; filename="a"\r\n\r\nx'
            for one in sheet.fields
        ]
        return ("\r\n".join([*parts, f"--{edge}--\r\n"])).encode(), f"multipart/form-data; boundary={edge}"
