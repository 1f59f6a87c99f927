"""Questions as one customer reads them: in their language, with the brand and the right form of address."""

from dataclasses import dataclass
from uuid import UUID

from customers.logic.names import Address
from customers.models import Customer
from customers.selectors.salutations import address_for
from cxcrm.core.placeholders import filled
from feedback.logic.answers import SCALES
from feedback.models import Answer, Question, Response, Survey
from tenants.staff.selectors.firm import the_firm


@dataclass(frozen=True)
class Asked:
    """One question ready to show. ``scale`` holds the numbers to choose from, ``choices`` (value, words) pairs."""

    id: UUID
    kind: str
    text: str
    low: str
    high: str
    scale: tuple[int, ...]
    choices: tuple[tuple[str, str], ...]
    required: bool


def questions_for(survey: Survey, customer: Customer, language: str) -> list[Asked]:
    """The questions of ``survey`` in order; the first is the score."""
    return questions_addressed(survey, address_for(customer, language=language), language)


def questions_addressed(survey: Survey, address: Address, language: str) -> list[Asked]:
    """The same for whoever is addressed so."""
    words = _words(address)

    def said(question: Question, field: str) -> str:
        return _said(question, field, language, words)

    return [
        Asked(
            id=question.id,
            kind=question.kind,
            text=said(question, "text"),
            low=said(question, "low"),
            high=said(question, "high"),
            scale=_numbers(question.kind),
            choices=tuple((str(c["value"]), str(c.get(language) or c["value"])) for c in question.choices),
            required=question.required or question.position == 1,
        )
        for question in survey.questions.order_by("position")
    ]


def answers_in_words(response: Response, language: str) -> list[tuple[str, str]]:
    """Every question of ``response`` but the first as it was put to the customer, and the answer, in order.

    A number with the end of its scale, a choice in its words; both in ``language``.
    """
    words = _words(address_for(response.customer, language=language))
    rows = response.answers.select_related("question").filter(question__position__gt=1)
    return [(_said(row.question, "text", language, words), _answer(row, language)) for row in rows]


def _answer(row: Answer, language: str) -> str:
    if row.number is not None:
        return f"{row.number}/{SCALES[row.kind][1]}" if row.kind in SCALES else str(row.number)
    if row.kind == Question.Kind.CHOICE:
        named = {str(one["value"]): str(one.get(language) or one["value"]) for one in row.question.choices}
        return named.get(row.text, row.text)
    return row.text


def _words(address: Address) -> dict[str, str]:
    return {"{brand}": the_firm().brand, "{xh}": address.inline, "{Xh}": address.inline_capital}


def _said(question: Question, field: str, language: str, words: dict[str, str]) -> str:
    text: str = getattr(question, f"{field}_{language}") or getattr(question, f"{field}_vi")
    return filled(text, words)


def _numbers(kind: str) -> tuple[int, ...]:
    low, high = SCALES.get(kind, (0, -1))
    return tuple(range(low, high + 1))
