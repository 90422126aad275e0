"""What the answers of a feedback form come to. Nobody's name is in it."""

from decimal import Decimal

from outreach.registrations.question_models import CHOICE, MANY, NO, NUMBER, YES, YES_NO, Question, words


def counted(question: Question, answers: list) -> list[tuple[str, int]]:
    """(choice, how often) in the order of the choices; empty for what is not chosen from."""
    if question.kind not in (CHOICE, MANY, YES_NO):
        return []
    given = [one for answer in answers for one in (answer if isinstance(answer, list) else [answer])]
    values = (YES, NO) if question.kind == YES_NO else question.choices
    return [(words(value, question.kind), given.count(value)) for value in values]


def mean(question: Question, answers: list) -> Decimal | None:
    """The mean of numbers, to one decimal; None where there is none."""
    numbers = [Decimal(answer) for answer in answers] if question.kind == NUMBER else []
    return (sum(numbers, Decimal(0)) / len(numbers)).quantize(Decimal("0.1")) if numbers else None


def said(question: Question, answers: list) -> list[str]:
    """What was written in words."""
    return (
        []
        if question.kind in (CHOICE, MANY, YES_NO, NUMBER)
        else [words(answer, question.kind) for answer in answers]
    )
