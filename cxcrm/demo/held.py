"""What customers of the demo firms hold of them: whoever trusts comes back more often."""

import random
from collections.abc import Mapping

from feedback.models import Answer, Question, Response, Survey
from feedback.services.configuration import save_question

Item = Question.Item
MORE = (Item.LOVE, Item.COMPARED)


def ask_more(survey: Survey) -> dict[str, Question]:
    """The survey's questions by item, with two more than a new firm asks."""
    known = set(survey.questions.values_list("item", flat=True))
    position = max(survey.questions.values_list("position", flat=True))
    for number, item in enumerate(MORE, start=1):
        if item not in known:
            save_question(question=Question(survey=survey, position=position + number, item=item))
    return {question.item: question for question in survey.questions.exclude(item="")}


def held_answers(
    response: Response, asked: Mapping[str, Question], rng: random.Random, *, comes_back: bool
) -> list[Answer]:
    """What one customer says; who comes back trusts more often, and who trusts mostly feels understood."""
    trusts = rng.random() < (0.78 if comes_back else 0.42)
    agrees = {
        Item.TRUST: trusts,
        Item.UNDERSTOOD: rng.random() < (0.74 if trusts else 0.3),
        Item.LOVE: rng.random() < (0.7 if trusts else 0.35),
    }
    said = [
        _answer(response, asked[item], number=rng.choice((4, 5) if does else (1, 2, 3, 3)))
        for item, does in agrees.items()
        if rng.random() < 0.85  # they may be left out, and are
    ]
    if rng.random() < 0.7:
        choice = rng.choices(("better", "same", "worse"), (50, 38, 12) if trusts else (18, 50, 32))[0]
        said.append(_answer(response, asked[Item.COMPARED], text=choice))
    return said


def _answer(response: Response, question: Question, *, number: int | None = None, text: str = "") -> Answer:
    return Answer(
        response=response,
        question=question,
        kind=question.kind,
        number=number,
        text=text,
        created_at=response.answered_at,
    )
