"""How listening is set up: surveys and their questions, root causes, remedies."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.configuration import drop, keep
from cxcrm.core.errors import Conflict, InvalidInput
from feedback.models import Answer, Question, Remedy, RootCause, Survey


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

    Raises InvalidInput, Conflict when it was answered.
    """
    question.text_vi, question.text_en = question.text_vi or question.text_en, question.text_en or question.text_vi
    if not question.text_vi:
        raise InvalidInput(_("Word the question in at least one language."), code="question.no_wording")
    survey = Survey.objects.select_for_update().get(pk=question.survey_id)
    if question.position == 1 and question.kind != survey.metric:
        raise InvalidInput(
            _("The first question must ask for the score: %(scale)s.") % {"scale": survey.get_metric_display()},
            code="survey.first_question",
        )
    before = Question.objects.filter(pk=question.pk).first()
    if before and before.kind != question.kind and Answer.objects.filter(question=before).exists():
        raise Conflict(_("This question has answers, so its kind stays."), code="question.answered")
    return keep(question)


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
