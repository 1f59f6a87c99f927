"""Well-known items of a survey bring their kind and their words, once, and never the score."""

import pytest

from cxcrm.core.errors import Conflict, InvalidInput
from feedback.item_words import WORDINGS
from feedback.models import Question
from feedback.services.configuration import save_question
from tests.support.gaps import answered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def ask(nps):
    def ask(item, position=13, **given):
        return save_question(question=Question(survey=nps, position=position, item=item, **given))

    nps.questions.exclude(item="").delete()  # a new firm asks two of them
    return ask


def test_each_has_a_wording():
    assert set(WORDINGS) == set(Question.Item)


def test_kind_and_words_are_brought_and_those_given_stay(ask):
    trust = ask("trust")
    assert (trust.kind, trust.text_vi, trust.text_en) == ("csat", "Tôi tin tưởng {brand}.", "I trust {brand}.")
    assert (trust.low_vi, trust.high_en) == ("Hoàn toàn không đồng ý", "Strongly agree")
    own = ask("love", 4, kind="csat", text_vi="Tôi thương {brand}.", low_vi="Không")
    assert (own.text_vi, own.text_en, own.low_vi) == ("Tôi thương {brand}.", "Tôi thương {brand}.", "Không")
    compared = ask("compared", 5)
    assert (compared.kind, [choice["value"] for choice in compared.choices]) == ("choice", ["worse", "same", "better"])
    compared.choices = [{**choice, "vi": choice["vi"].upper()} for choice in reversed(compared.choices)]
    assert [choice["value"] for choice in save_question(question=compared).choices] == ["better", "same", "worse"]


def test_own_choices_mean_worse_same_and_better(ask):
    lines = [{"value": str(number), "vi": word, "en": word} for number, word in enumerate(("Dở", "Như nhau", "Hơn"))]
    made = ask("compared", kind="choice", choices=lines)
    assert [(one["value"], one["vi"]) for one in made.choices] == [
        ("worse", "Dở"),
        ("same", "Như nhau"),
        ("better", "Hơn"),
    ]
    made.choices = made.choices[:2]
    with pytest.raises(InvalidInput) as refused:
        save_question(question=made)
    assert refused.value.code == "question.compared_choices"
    plain = ask("", 4, kind="choice", choices=lines, text_vi="Sao?")
    answered(plain, ["1"])
    plain.item = "compared"
    Question.objects.filter(pk=made.pk).delete()
    with pytest.raises(Conflict) as kept:
        save_question(question=plain)
    assert kept.value.code == "question.answered"
    assert Question.objects.get(pk=plain.pk).choices == lines


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"item": "trust", "position": 1, "kind": "csat"}, "question.item_first"),
        ({"item": "trust", "kind": "choice"}, "question.item_kind"),
        ({"item": "compared", "kind": "csat"}, "question.item_kind"),
        ({"item": "understood"}, "setting.invalid"),
    ],
)
def test_what_is_refused_leaves_nothing(ask, given, code):
    ask("understood", 4)
    before = Question.objects.count()
    with pytest.raises(InvalidInput) as refused:
        ask(**given)
    assert (refused.value.code, Question.objects.count()) == (code, before)
