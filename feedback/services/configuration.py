"""How listening is set up: surveys and their questions, root causes, remedies."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.configuration import drop, keep
from cxcrm.core.errors import Conflict, InvalidInput
from feedback.item_words import AGREEMENT, COMPARED, WORDINGS
from feedback.logic.answers import PICKS
from feedback.models import Answer, Question, Remedy, RootCause, Survey
from journeys.selectors.brand import words_to_pick


@transaction.atomic
def save_survey(*, survey: Survey) -> Survey:
    """Keep a survey. Raises Conflict when what it measures would change although it was answered."""
    before = Survey.objects.select_for_update().filter(pk=survey.pk).first()
    if before and before.metric != survey.metric and before.responses.exists():
        raise Conflict(_("This survey has answers, so what it measures stays. Make a new one."), code="survey.answered")
    if survey.expires_after_days < 1:
        raise InvalidInput(_("A link must be valid for at least one day."), code="survey.expiry")
    return keep(survey)


@transaction.atomic
def save_question(*, question: Question) -> Question:
    """Keep a question; the first asks for the survey's score. A wording left out is that of the other language.

    An item brings its kind and its wording where they are left out. Raises InvalidInput, Conflict when it was answered.
    """
    if question.item:
        _take_item(question)
    question.text_vi, question.text_en = question.text_vi or question.text_en, question.text_en or question.text_vi
    if not question.text_vi:
        raise InvalidInput(_("Word the question in at least one language."), code="question.no_wording")
    survey = Survey.objects.select_for_update().get(pk=question.survey_id)
    if question.position == 1 and question.kind != Survey.Metric(survey.metric).scale:
        raise InvalidInput(
            _("The first question must ask for the score: %(scale)s.")
            % {"scale": Question.Kind(Survey.Metric(survey.metric).scale).label},
            code="survey.first_question",
        )
    before = Question.objects.filter(pk=question.pk).first()
    if before and before.kind != question.kind and Answer.objects.filter(question=before).exists():
        raise Conflict(_("This question has answers, so its kind stays."), code="question.answered")
    if question.kind == Question.Kind.WORDS:
        _mix_words(question)
    if question.item == Question.Item.COMPARED:
        _compare(question)
    _mirror(question)
    return keep(question)


def _take_item(question: Question) -> None:
    """What many firms ask comes with its kind and its words. Raises InvalidInput for the score and for another kind."""
    kind = Question.Kind.CHOICE if question.item == Question.Item.COMPARED else Question.Kind.CSAT
    question.kind = question.kind or kind
    if question.position == 1:
        raise InvalidInput(
            _("The first question asks for the score. Let a later one tell this."), code="question.item_first"
        )
    if question.kind != kind:
        raise InvalidInput(
            _("This is told by a question of another kind. Choose: %(kind)s.") % {"kind": kind.label},
            code="question.item_kind",
        )
    if not (question.text_vi or question.text_en):
        question.text_vi, question.text_en = WORDINGS[question.item]
    if kind == Question.Kind.CSAT:
        _agree(question)


def _agree(question: Question) -> None:
    for name, words in AGREEMENT.items():
        setattr(question, name, getattr(question, name) or words)


def _compare(question: Question) -> None:
    """Its three choices mean worse, the same and better, in this order. Raises InvalidInput, Conflict when answered."""
    values = [choice["value"] for choice in COMPARED]
    question.choices = question.choices or [dict(choice) for choice in COMPARED]
    if {choice["value"] for choice in question.choices} == set(values) and len(question.choices) == len(values):
        return
    if len(question.choices) != len(values):
        raise InvalidInput(
            _("Give three choices, in this order: worse, the same, better."), code="question.compared_choices"
        )
    if Answer.objects.filter(question=question).exists():
        raise Conflict(
            _("This question has answers, so its choices keep their meaning. Add a new question."),
            code="question.answered",
        )
    question.choices = [{**choice, "value": value} for choice, value in zip(question.choices, values, strict=True)]


def _mix_words(question: Question) -> None:
    """Left without choices, a question of words gets the brand's own among others. Raises InvalidInput."""
    if not question.choices:
        pairs = enumerate(words_to_pick(), start=1)
        question.choices = [{"value": str(number), "vi": vi, "en": en} for number, (vi, en) in pairs]
    if not question.choices:
        raise InvalidInput(
            _("Write the brand profile first; its traits are mixed with other words then. Or write the words here."),
            code="question.no_words",
        )
    if len(question.choices) <= PICKS:
        raise InvalidInput(
            _("Give more than three words to choose from, those of your brand among others."), code="question.few_words"
        )


def _mirror(question: Question) -> None:
    """A sentence asked of staff too is one both can agree with. Raises InvalidInput."""
    if not question.is_mirror:
        question.touchpoint = None
        return
    if question.kind != Question.Kind.CSAT:
        raise InvalidInput(
            _("A sentence asked of staff too is answered from 1 to 5. Choose that kind."), code="question.mirror_kind"
        )
    if any(word in text for word in ("{xh}", "{Xh}") for text in (question.text_vi, question.text_en)):
        raise InvalidInput(
            _("Staff read this sentence too, so leave out {xh}: let it speak of {brand}, not to the customer."),
            code="question.mirror_wording",
        )
    _agree(question)


@transaction.atomic
def remove_question(*, question: Question) -> None:
    """Remove a question nobody answered. Raises Conflict otherwise, and for the score."""
    if question.position == 1:
        raise Conflict(_("The first question is the score and stays."), code="survey.first_question")
    drop(question)


@transaction.atomic
def save_root_cause(*, root_cause: RootCause) -> RootCause:
    """Keep a root cause. Raises InvalidInput for a third level."""
    if root_cause.parent and (root_cause.parent.parent_id or root_cause.children.exists()):
        raise InvalidInput(_("Root causes have two levels, not more."), code="root_cause.depth")
    return keep(root_cause)


@transaction.atomic
def save_remedy(*, remedy: Remedy) -> Remedy:
    """Keep a remedy. Raises InvalidInput for a negative cost."""
    if remedy.cost < 0:
        raise InvalidInput(_("A cost cannot be negative."), code="remedy.cost")
    return keep(remedy)
