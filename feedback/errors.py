"""What can be refused about surveys, answers and complaints."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, Gone, InvalidInput, NotAllowed

# What is wrong with one answer, by the code of logic.answers.
ANSWER_PROBLEMS: Final[dict[str, Promise]] = {
    "required": _("Please answer this question."),
    "not_a_number": _("Please choose one of the numbers."),
    "out_of_range": _("Please choose one of the numbers."),
    "not_text": _("Please answer in words."),
    "too_long": _("Please use at most 4000 characters."),
    "not_a_choice": _("Please choose from the list."),
    "not_three": _("Please choose exactly three words."),
}


class SurveyInactive(Conflict):
    code = "survey.inactive"
    message = _("This survey is not in use. Put it in use first.")


class InvitationExpired(Gone):
    code = "invitation.expired"
    message = _("This survey has ended. Thank you for wanting to answer.")


class AnswerInvalid(InvalidInput):
    """``data``: ``field`` (score, words, touchpoint or a question's id) and ``reason`` (a code of logic.answers)."""

    code = "answer.invalid"
    message = _("Please check your answer.")


class PerspectiveMissing(Conflict):
    """``data``: missing (trying, happened, feeling, good_end)."""

    code = "complaint.perspective_missing"
    message = _(
        "A case as serious as this is answered once you have seen it from the customer's side: what they were trying "
        "to do, what happened, how they feel, what ending would be all right."
    )


class EditWindowClosed(Conflict):
    code = "response.edit_window_closed"
    message = _("You have already answered, and the answer can no longer be changed. Thank you!")


class AlreadyBelieved(Conflict):
    code = "belief.already_said"
    message = _("You have already said this quarter what you believe about this. Next quarter you are asked again.")


class NothingSaid(InvalidInput):
    code = "belief.nothing_said"
    message = _("Answer at least one of the sentences.")


class NotAsked(InvalidInput):
    code = "belief.not_asked"
    message = _("This sentence is not asked of staff now. Choose one from the page.")


class OffScale(InvalidInput):
    code = "belief.off_scale"
    message = _("Choose a number from 1 to 5.")


class QuestionnaireNotAsked(NotAllowed):
    code = "questionnaire.not_asked"
    message = _("This is not asked of you now. Choose from what is asked of you.")


class QuestionnaireIncomplete(InvalidInput):
    """``data``: field."""

    code = "questionnaire.incomplete"
    message = _("Answer every line: all answers are counted alike.")


class QuestionnaireOffScale(InvalidInput):
    """``data``: field, low, high."""

    code = "questionnaire.off_scale"

    def __init__(self, field: str, low: int, high: int) -> None:
        message = _("Enter a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
        super().__init__(message, field=field, low=low, high=high)


class QuestionnaireUnknownItem(InvalidInput):
    """``data``: field."""

    code = "questionnaire.unknown_item"
    message = _("This is no line of this questionnaire. Leave it out.")


class QuestionnaireWordsTooLong(InvalidInput):
    """``data``: field."""

    code = "questionnaire.words_too_long"
    message = _("Write at most a thousand characters.")


class AlreadyAnswered(Conflict):
    code = "questionnaire.already_answered"
    message = _("You have answered this already. It is asked again in the next period.")


class MonthBegun(Conflict):
    code = "forecast.month_begun"
    message = _("This month has begun, so nothing can be foretold of it any more. Choose a later month.")


class MonthTooFar(InvalidInput):
    code = "forecast.too_far"
    message = _("Foretell at most twelve months ahead.")


class ForecastSealed(Conflict):
    code = "forecast.sealed"
    message = _("Your forecast of this month is sealed and stays as it is. It opens when the month is over.")


class ForecastOffScale(InvalidInput):
    code = "forecast.off_scale"

    def __init__(self, low: int, high: int) -> None:
        message = _("Enter a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
        super().__init__(message, field="value", low=low, high=high)


class ContextTimesInvalid(InvalidInput):
    """``data``: field."""

    code = "context.times_invalid"
    message = _("It must end after it begins, and in the future. Choose a later end.")


class ContextTooLong(InvalidInput):
    """``data``: field."""

    code = "context.too_long"
    message = _("A context lasts 92 days at most. Choose an earlier end; it can be made longer later.")


class ProvinceUnknown(InvalidInput):
    """``data``: field, value."""

    code = "context.province_unknown"
    message = _("This is no province or city. Choose from the list.")


class AccountableUnfit(InvalidInput):
    """``data``: field."""

    code = "context.accountable_unfit"
    message = _("Name somebody who works here and answers for it.")


class ContextOver(Conflict):
    code = "context.over"
    message = _("This is over and stays as it was. Declare a new one.")


class ContextChangedMeanwhile(Conflict):
    """``data``: version, the one stored now."""

    code = "context.changed_meanwhile"
    message = _("Somebody changed this in the meantime. Reload and enter your changes again.")


class ComplaintInvalid(InvalidInput):
    """``data``: ``field`` and ``reason``."""

    code = "complaint.invalid"
    message = _("Please check what you entered about the case.")


class InvalidState(Conflict):
    """``data``: ``current`` (state), ``action`` and ``allowed`` (actions possible now)."""

    code = "complaint.invalid_state"
    message = _("This is not possible in the present state of the case.")


class PersonNotWorking(InvalidInput):
    code = "complaint.person_not_working"
    message = _("Choose somebody who works here.")


class RemedyNotOffered(InvalidInput):
    code = "complaint.remedy_not_offered"
    message = _("This option is not offered for this case.")


class CauseNotInUse(InvalidInput):
    code = "complaint.cause_not_in_use"
    message = _("Choose a root cause from the list.")


class ReopenWindowClosed(Gone):
    code = "complaint.reopen_window_closed"
    message = _("This case was closed too long ago to be reopened. Please send a new one.")


class CaseOpen(Conflict):
    """``data``: number."""

    code = "complaint.case_open"

    def __init__(self, number: str) -> None:
        message = _(
            "Complaint %(number)s is still open, and the customer could not be told how it ends. Close it first."
        )
        super().__init__(message % {"number": number}, number=number)


class NotOdd(Conflict):
    code = "feedback.not_odd"
    message = _("Nothing odd was found about this answer: it counts. A low score alone is no reason to set it aside.")


class SettingAsideInvalid(InvalidInput):
    """``data``: ``field`` (because)."""

    code = "feedback.setting_aside_invalid"
    message = _("Say in at most 300 characters why this answer should not count.")


class SettingAsideIsPersonal(NotAllowed):
    code = "feedback.setting_aside_personal"
    message = _("The brand steward, an executive or an owner sets answers aside, as themselves. Ask one of them.")


class QuestionEmpty(InvalidInput):
    """``data``: field."""

    code = "question.empty"
    message = _("Please write your question.")


class AnswerEmpty(InvalidInput):
    """``data``: field."""

    code = "community_answer.empty"
    message = _("Please write the answer.")


class QuestionSetAside(Conflict):
    code = "question.set_aside"
    message = _("This question was set aside. Take it up again first.")


class NoLeaveToPublish(Conflict):
    code = "question.no_leave"
    message = _("Whoever asked did not agree that it is shown to others, so it stays between you.")


class QuestionInternal(Conflict):
    code = "question.internal"
    message = _("This was asked among colleagues and stays there. Write a new question for everybody.")


class QuestionNotOpenToCustomers(Conflict):
    code = "question.not_open_to_customers"
    message = _("This question cannot be answered here any more. Choose another one.")


class AlreadyAnsweredThis(Conflict):
    code = "community_answer.already"
    message = _("You have answered this question already. Thank you!")


class OwnAnswer(Conflict):
    code = "community_answer.own"
    message = _("This answer is your own. Others say whether it helps.")


class AnswerNotShown(Conflict):
    code = "community_answer.not_shown"
    message = _("This answer was taken back. Write a new one.")


class AnswerNotAccepted(Conflict):
    code = "community_answer.not_accepted"
    message = _("Only an accepted answer is looked at again. Accept it first.")


class ImpactWithoutEvidence(InvalidInput):
    """``data``: field."""

    code = "impact.no_evidence"
    message = _("Say what shows it: what was done, who saw it, what came of it.")


class PhotoNotTaken(InvalidInput):
    """``data``: field."""

    code = "impact.photo_not_taken"
    message = _("Choose a photo (JPEG, PNG or WebP) of at most 5 MB.")
