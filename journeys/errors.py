"""What can be refused about journeys and who answers for them."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, InvalidInput, NotAllowed
from journeys.wording import GATES, MISSING


class NotOneTarget(InvalidInput):
    code = "accountability.not_one_target"
    message = _("Name either a touchpoint or a stage, not both.")


class PersonUnfit(InvalidInput):
    code = "accountability.person_unfit"
    message = _("Choose somebody who works here; the deputy must be another person.")


class CodeTaken(Conflict):
    code = "journey.code_taken"
    message = _("This code is already in use. Choose another.")


class BrandInvalid(InvalidInput):
    """``data``: field, problem."""

    code = "brand.invalid"
    message = _("A brand has three to five traits, each with a name of its own.")

    @classmethod
    def because(cls, problem: str) -> "BrandInvalid":
        return cls(_BRAND_PROBLEMS[problem], field="traits", problem=problem)


_BRAND_PROBLEMS = {
    "few": _("Name at least three traits; with fewer nobody can tell your brand from another."),
    "many": _("Name at most five traits; more than five nobody remembers."),
    "name": _("Give every trait a name."),
    "twice": _("Two traits have the same name."),
    "long": _("Keep a trait's name to 40 characters and its wording to 300."),
}


class ParentUnfit(InvalidInput):
    code = "insight.parent_unfit"
    message = _("An insight of execution hangs on a strategic one; a strategic one hangs on none.")


class PrevalenceInvalid(InvalidInput):
    code = "insight.prevalence_invalid"
    message = _("Of those asked, at most all can have shown it: enter both numbers.")


class UnservedInvalid(InvalidInput):
    code = "insight.unserved_invalid"
    message = _("Only those who showed it can be without it: enter at most as many as showed it.")


class InsightNotBorneOut(Conflict):
    """``data``: quotes, people."""

    code = "insight.not_borne_out"
    message = _("It takes three quotes of three different customers before this counts as validated.")


class InsightFromOurSide(Conflict):
    """``data``: missing (feeling, good_end)."""

    code = "insight.from_our_side"
    message = _("First say how the customer feels and what ending would be all right for them: choose “Change”.")


class InsightIsRetired(Conflict):
    code = "insight.retired"
    message = _("This insight is retired. Write a new one instead.")


class ChangedMeanwhile(Conflict):
    """``data``: version, the one stored now."""

    code = "journeys.changed_meanwhile"
    message = _("Somebody changed this in the meantime. Reload and enter your changes again.")


class EvidenceMissing(InvalidInput):
    """``data``: field."""

    code = "decision.evidence_missing"
    message = _("“What customers said” needs at least one quote. Add one, or name the real ground.")


class EffectMissing(InvalidInput):
    """``data``: field."""

    code = "decision.effect_missing"
    message = _("Say what saving this money means for customers and for staff.")


class CheckBackInvalid(InvalidInput):
    """``data``: field."""

    code = "decision.check_back_invalid"
    message = _("Look back after the day of the decision, at most a year later.")


class AlreadyChecked(Conflict):
    code = "decision.already_checked"
    message = _("Somebody has already looked back at this decision.")


class LinksInvalid(InvalidInput):
    """``data``: reason, to_itself, twice or elsewhere."""

    code = "journey.links_invalid"
    message = _("A stage leads to other stages of its own journey, to each of them once.")


class StageInUse(Conflict):
    code = "journey.stage_in_use"
    message = _(
        "This stage has touchpoints, or customers were in it or told how they felt. Move its touchpoints, or rename it."
    )


class NotReady(Conflict):
    """``data``: missing, a list of {code, stage, touchpoint, message}."""

    code = "journey.not_ready"
    message = _("This map is not complete yet. See what is missing, and try again.")


class WrongState(Conflict):
    code = "journey.wrong_state"
    message = _("The map is in another state by now. Reload the page.")


class NothingChanged(Conflict):
    code = "journey.nothing_changed"
    message = _("Nothing has changed since this map was last published.")


class StandardReplaced(Conflict):
    code = "standard.replaced"
    message = _("There is a newer version of this standard by now. Reload the page and read that one.")


class StandardUnchanged(Conflict):
    code = "standard.unchanged"
    message = _("This is what the standard says already. Change something, or leave it as it is.")


class CurveDrawn(Conflict):
    code = "emotion.curve_drawn"
    message = _("You have drawn your curve already. What you assumed before you saw the customers' is what counts.")


class CurveIncomplete(InvalidInput):
    """``data``: missing, the points without a value."""

    code = "emotion.curve_incomplete"
    message = _("Choose a face for every point, also where you are not sure.")


class FeelingUnfit(InvalidInput):
    code = "emotion.feeling_unfit"
    message = _("The feeling and the face do not go together. Choose another of the two.")


class WordsNeeded(InvalidInput):
    code = "emotion.words_needed"
    message = _("Choose the customer's words in which this feeling was read.")


class PointUnfit(InvalidInput):
    code = "emotion.point_unfit"
    message = _("Choose a touchpoint of this stage.")


class PersonOnly(NotAllowed):
    code = "journey.person_only"
    message = _("Only a member of staff can do this for themselves, not a partner's key.")


class WalkNotTold(InvalidInput):
    """``data``: field (steps), stage where it is about one."""

    code = "journey.walk_not_told"
    message = _("Choose a face for at least one stage you came to, and say of each in one sentence what happened.")


class JourneyWalkedToday(Conflict):
    code = "journey.walked_today"
    message = _("You have walked this journey today already. Look at what you felt, and walk it again another day.")


class InitiativeInState(Conflict):
    """``data``: state."""

    code = "initiative.invalid_state"
    message = _("This cannot be done with an initiative in this state.")

    @classmethod
    def now(cls, state: str, label: str) -> "InitiativeInState":
        return cls(_("This initiative is “%(state)s”; that cannot be done now.") % {"state": label}, state=state)


class InitiativeIncomplete(InvalidInput):
    """``data``: missing, the codes of what is still to be said."""

    code = "initiative.incomplete"
    message = _("Something is still to be said before this can be proposed.")

    @classmethod
    def lacking(cls, missing: list[str]) -> "InitiativeIncomplete":
        return cls(" ".join(str(MISSING[code]) for code in missing), missing=missing)


class GatesNotPassed(Conflict):
    """``data``: gates."""

    code = "initiative.gates_not_passed"
    message = _("A gate is not passed; only an executive leads past it, with a reason.")

    @classmethod
    def of(cls, gates: list[str]) -> "GatesNotPassed":
        return cls(
            _("Not passed: %(gates)s. Only an executive leads past a gate, with a reason.")
            % {"gates": ", ".join(str(GATES[gate]) for gate in gates)},
            gates=gates,
        )


class NotTheSteward(NotAllowed):
    code = "initiative.not_the_steward"
    message = _("Only the brand steward signs for the brand.")


class AskTheSteward(NotAllowed):
    code = "brand.ask_the_steward"
    message = _("Your brand steward puts this in force. Submit it: the answer comes within two working days.")


class _FieldWrong(InvalidInput):
    """``data``: field. Each field that can be wrong has a sentence of its own."""

    problems: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def because(cls, field: str) -> Self:
        return cls(cls.problems[field], field=field)


class VisitRuleInvalid(_FieldWrong):
    code = "visit_rule.invalid"
    message = _("Choose a stage of the journey.")
    problems: ClassVar[Mapping[str, Any]] = {
        "stage": _("Choose the stage; only surveys and complaints know it by their touchpoint."),
        "channel": _("Only purchases, visits and deliveries have a channel. Leave it empty."),
        "touchpoint": _("Only surveys and complaints are about a touchpoint. Leave it empty."),
    }


class VisitRuleThere(Conflict):
    code = "visit_rule.there_already"
    message = _("There is this rule already.")


class VisitInvalid(_FieldWrong):
    code = "visit.invalid"
    message = _("Something about this visit is not right.")
    problems: ClassVar[Mapping[str, Any]] = {
        "customer": _("Nobody, or more than one customer, is meant. Send the customer's id or number."),
        "stage": _("There is no such stage. Send the id of a stage of a journey."),
        "visited_at": _("Send a moment with its time zone, not in the future."),
        "external_id": _("Send the number this visit has in your system, so that it counts once."),
    }


class EnvironmentNameTaken(Conflict):
    """``data``: field."""

    code = "environment.name_taken"
    message = _("There is an environment of this name already. Choose another name.")


class ChecklistEmpty(InvalidInput):
    """``data``: field."""

    code = "environment.checklist_empty"
    message = _("Write at least one point to look at, and at most 20, each on a line of its own.")


class WalkIncomplete(InvalidInput):
    """``data``: fields, the points that are left; lacking, those not in order of which nothing is told."""

    code = "environment.walk_incomplete"
    message = _("Say of every point whether it is in order, and of what is not, what is wrong.")


class WalkedToday(Conflict):
    code = "environment.walked_today"
    message = _("This place was walked today already. Look at what was found, and walk it again another day.")


class ChecklistChanged(Conflict):
    code = "environment.checklist_changed"
    message = _("The checklist was changed in the meantime. Reload and look at the points again.")


class EnvironmentNotInUse(Conflict):
    code = "environment.not_in_use"
    message = _("This place is not in use any more. Put it to use again first.")


class PointInOrder(Conflict):
    code = "environment.point_in_order"
    message = _("This point is in order, so there is nothing to change.")


class PictureOnly(InvalidInput):
    """``data``: field."""

    code = "environment.picture_only"
    message = _("Only pictures can be kept with a point: JPEG, PNG or WebP.")


class PhotoThere(Conflict):
    code = "environment.photo_there"
    message = _("There is a photo of this point already. Remove it before you send another.")


class PhotoTooLate(Conflict):
    code = "environment.photo_too_late"
    message = _("Photos can be added within a day of the walk. Walk the place again to show how it looks now.")
