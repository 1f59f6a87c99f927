"""What can be refused about surveys, answers and complaints."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, Gone, InvalidInput

# What is wrong with one answer, by the code of logic.answers.
ANSWER_PROBLEMS: Final[dict[str, Promise]] = {
    "required": _("Please answer this question."),
    "not_a_number": _("Please choose one of the numbers."),
    "out_of_range": _("Please choose one of the numbers."),
    "not_text": _("Please answer in words."),
    "too_long": _("Please use at most 4000 characters."),
    "not_a_choice": _("Please choose from the list."),
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


class EditWindowClosed(Conflict):
    code = "response.edit_window_closed"
    message = _("You have already answered, and the answer can no longer be changed. Thank you!")


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
