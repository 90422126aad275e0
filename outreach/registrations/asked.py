"""Which questions a guest is asked; the same rule as ``static/src/asked.js``
(``tests/vectors/asked.json``).
"""

from collections.abc import Iterable, Mapping
from typing import Protocol


class Askable(Protocol):
    """A question as far as it decides whether it is asked."""

    id: int
    types: list[int]
    when_id: int | None
    when_value: str


def asked(questions: Iterable[Askable], type_id: int | None, given: Mapping[int, list[str]]) -> set[int]:
    """The ids of the questions that are asked of a guest type (None:
    not known yet), with what is answered so far.

    A question with a parent on the form is asked only if the parent is asked and has the wanted answer.
    """
    by_id = {question.id: question for question in questions}

    def is_asked(question: Askable, above: frozenset[int]) -> bool:
        if question.id in above:
            return False
        if question.types and type_id and type_id not in question.types:
            return False
        parent = by_id.get(question.when_id) if question.when_id is not None else None
        if parent is None:
            return True
        return is_asked(parent, above | {question.id}) and question.when_value in given.get(parent.id, [])

    return {question.id for question in by_id.values() if is_asked(question, frozenset())}
