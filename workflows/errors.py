"""What the workflows room refuses."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, Gone, InvalidInput, NotAllowed, NotFound


class DecisionOver(Gone):
    code = "workflows.decision_over"
    message = _("This decision is no longer open: somebody acted, or the complaint was answered.")


class IncomingNotWaiting(Conflict):
    code = "workflows.incoming_not_waiting"
    message = _("Somebody has looked after this mail already.")


class DecisionInvalid(InvalidInput):
    code = "workflows.decision_invalid"
    message = _("This decision is not complete.")


class NotYourDecision(NotAllowed):
    code = "workflows.not_your_decision"
    message = _("This decision was asked of somebody else.")


class DecisionIsPersonal(NotAllowed):
    code = "workflows.decision_personal"
    message = _("Only the person who was asked may decide: log in as that person instead of using a key.")


class OverAuthority(NotAllowed):
    code = "workflows.over_authority"
    message = _("This option costs more than may be granted here alone. Choose another, or leave it to the next rung.")


class AlertUnknown(NotFound):
    code = "workflows.alert_unknown"


class PauseNeedsLeader(NotAllowed):
    code = "workflows.pause_needs_leader"
    message = _("A critical case does not stand still: only a manager or an executive may pause it. Ask one of them.")


class PauseInvalid(InvalidInput):
    """``data``: ``field`` (reason, until or note)."""

    code = "workflows.pause_invalid"
    message = _("Choose a reason, a time in the next ten working days, and say it in at most 300 characters.")


class PauseOver(Conflict):
    code = "workflows.pause_over"
    message = _("This case is paused already, or not open any more. Look at it again.")


class PromiseInvalid(InvalidInput):
    """``data``: ``field`` (text, due_at, owner, evidence)."""

    code = "workflows.promise_invalid"
    message = _("Say what is promised, by when (from now on, within a year) and who keeps it.")


class PromiseSettled(Conflict):
    code = "workflows.promise_settled"
    message = _("This promise was settled already. Look at it again.")


class BrandPromiseInvalid(InvalidInput):
    """``data``: ``field`` (text, due_at, owner, said_where, touchpoint, renews_months, evidence)."""

    code = "workflows.brand_promise_invalid"
    message = _(
        "Say what the brand promises, where it is said, by when (from now on, within a year), after how many months it"
        " comes back (1 to 12) and which executive keeps it."
    )


class BrandPromiseEvidence(InvalidInput):
    """``data``: ``field`` (evidence)."""

    code = "workflows.brand_promise_evidence"
    message = _("Say in at most 500 characters how one can see it.")


class BrandPromiseNotBegun(Conflict):
    code = "workflows.brand_promise_not_begun"
    message = _("This period has not begun yet. Settle it once the one before is over.")


class BudgetInvalid(InvalidInput):
    """``data``: ``field`` (quarter, note, or the amount)."""

    code = "workflows.budget_invalid"
    message = _("Name a quarter of the last three years or the next one, and amounts from zero up.")


class CompensationInvalid(InvalidInput):
    """``data``: ``field`` (amount, reason, note)."""

    code = "workflows.compensation_invalid"
    message = _("Say how much, above zero, and for what.")


class CompensationIsPersonal(NotAllowed):
    code = "workflows.compensation_personal"
    message = _("Money is granted by a person: log in as that person instead of using a key.")


class CompensationOver(Conflict):
    """``data``: ``state``."""

    code = "workflows.compensation_over"
    message = _("Somebody has answered this request already, or it was withdrawn. Look at the case again.")


class CompensationWaiting(Conflict):
    code = "workflows.compensation_waiting"
    message = _("A request is waiting on this case already. Withdraw it before you ask for another amount.")


class NotYourRequest(NotAllowed):
    code = "workflows.not_your_request"
    message = _("This request was put to somebody else.")


class NobodyToAsk(Conflict):
    code = "workflows.nobody_to_ask"
    message = _("Nobody here may grant this amount. Ask the owner to raise somebody's limit.")


class ReviewOver(Gone):
    """``data``: state."""

    code = "workflows.review_over"
    message = _("This was answered already, or is no longer needed.")


class CauseDecided(Conflict):
    code = "workflows.cause_decided"
    message = _("Somebody has decided on this cause already. Look at it again.")


class CauseIsPersonal(NotAllowed):
    code = "workflows.cause_personal"
    message = _(
        "Whoever answers for the place, or an executive, decides on this. Ask one of them, or log in as that person."
    )


class NotDoneYet(Conflict):
    code = "workflows.not_done_yet"
    message = _("Nothing was done yet that customers could be told of. Launch the initiative first.")


class AlreadyTold(Conflict):
    code = "workflows.already_told"
    message = _("Those who raised this were told already. Nobody is written to twice.")


class NobodyToTell(Conflict):
    code = "workflows.nobody_to_tell"
    message = _("There is nobody to write to: the initiative rests on no words of a customer who can be reached.")


class TellingIsPersonal(NotAllowed):
    code = "workflows.telling_personal"
    message = _("A person writes to customers about this: the accountable one, a manager or an executive.")


class ChangeIsPersonal(NotAllowed):
    code = "workflows.change_personal"
    message = _("People ask each other for changes: log in as yourself instead of using a key.")


class NoDepartment(Conflict):
    code = "workflows.no_department"
    message = _(
        "You belong to no department yet. Ask an owner to enter yours on your page under Staff, then ask again."
    )


class OwnDepartment(InvalidInput):
    code = "workflows.own_department"
    message = _("This is your own department. Choose another one, or talk to your colleagues.")


class NobodyAnswers(Conflict):
    """``data``: ``field``."""

    code = "workflows.nobody_answers"
    message = _("Nobody answers for this department. Ask an owner to enter its head under Departments.")


class NotYourTurn(NotAllowed):
    code = "workflows.not_your_turn"
    message = _("This is for somebody else to say, or for whoever stands in for them. The page says whose turn it is.")


class NotYoursToDismiss(NotAllowed):
    code = "workflows.not_yours_to_dismiss"
    message = _("Only the brand steward, or whoever answers for the place, says that it is none. Ask one of them.")


class ChangeOver(Conflict):
    """``data``: ``state``."""

    code = "workflows.change_over"
    message = _("Somebody was faster: this request stands differently by now. Look at it again before you do anything.")


class HandedOver(Conflict):
    """``data``: ``accountable``, the id of who has it now."""

    code = "workflows.handed_over"

    def __init__(self, who: str, accountable: UUID) -> None:
        message = _("Somebody was faster: %(who)s has this request by now. Look at it again before you do anything.")
        super().__init__(message % {"who": who}, accountable=str(accountable))


class NoDayProposed(Conflict):
    code = "workflows.no_day_proposed"
    message = _("This day is not proposed any more. Look at the request again: it says which day stands.")
