"""What can be refused about journeys and who answers for them."""

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, InvalidInput


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


class InsightNotBorneOut(Conflict):
    """``data``: quotes, people."""

    code = "insight.not_borne_out"
    message = _("It takes three quotes of three different customers before this counts as validated.")


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
