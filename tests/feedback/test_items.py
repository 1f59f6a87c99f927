"""Well-known items of a survey bring their kind and their words, once, and never the score."""

from datetime import timedelta

import pytest

from cxcrm.core.clock import now
from cxcrm.core.errors import Conflict, InvalidInput
from feedback.item_words import WORDINGS
from feedback.models import Complaint, Dispatch, Invitation, Question, Survey
from feedback.selectors.trends import scores_by
from feedback.services.configuration import save_question, save_survey
from feedback.services.responses import record_response
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


def test_a_survey_may_measure_nothing_and_counts_nowhere(make_customer):
    survey = save_survey(survey=Survey(name="Năm trụ cột", metric="none"))
    words = {"text_vi": "{brand} hiểu tôi.", "text_en": "{brand} understands me."}
    with pytest.raises(InvalidInput) as refusal:
        save_question(question=Question(survey=survey, position=1, kind="nps", **words))
    assert refusal.value.code == "survey.first_question"
    save_question(question=Question(survey=survey, position=1, kind="csat", **words))
    customer = make_customer()
    dispatch = Dispatch.objects.create(survey=survey)
    invitation = Invitation.objects.create(
        dispatch=dispatch, survey=survey, customer=customer, email="x@example.com", state="sent",
        expires_at=now() + timedelta(days=1),
    )  # fmt: skip
    response = record_response(invitation_id=invitation.pk, score=2, words="Gọi lại giúp tôi", contact_me=True)
    assert (response.metric, response.measured) == ("none", "2/5")
    assert Complaint.objects.get().response == response  # who asks to be called is
    assert scores_by(days=30, stretches=1, until=now()) == {}
