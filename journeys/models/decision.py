"""What was decided, on what ground, and what came of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.selectors.quotes import cites_quotes
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from journeys.models.viewpoint import SeenFrom


class Decision(SeenFrom, TenantModel):
    """One entry of the decision log (domain.md §1, 2.5 and 2.17): topic, basis, for whom, and the day to look back."""

    class Basis(models.TextChoices):
        CUSTOMER_EVIDENCE = "customer_evidence", _("what customers said")
        BOSS_PREFERENCE = "boss_preference", _("what the boss prefers")
        COMPETITOR_MOVE = "competitor_move", _("what a competitor does")
        COST = "cost", _("cost")
        REGULATION = "regulation", _("law or rule")

    class Kind(models.TextChoices):
        GENERAL = "general", _("In general")
        COST_CUT = "cost_cut", _("Saving cost")
        SUPPLIER = "supplier", _("Choosing a supplier")
        EMAIL = "email", _("An e-mail or template")
        HIRING = "hiring", _("Hiring")
        TRAINING = "training", _("Training")
        POLICY = "policy", _("A policy")

    class Outcome(models.TextChoices):
        BETTER = "better", _("better than expected")
        AS_EXPECTED = "as_expected", _("as expected")
        WORSE = "worse", _("worse than expected")

    topic = models.CharField(_("what was decided"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GENERAL)
    basis = models.CharField(_("decided on the ground of"), max_length=20, choices=Basis)
    who_they_are = models.CharField(_("who are they?"), max_length=200, blank=True)
    what_they_need = models.CharField(_("what do they need?"), max_length=300, blank=True)
    insight = models.ForeignKey(
        "journeys.Insight", models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("insight")
    )
    # What saving cost does to those who expect something (domain.md §1, 0.13).
    effect_on_customers = models.CharField(_("what it means for customers"), max_length=300, blank=True)
    effect_on_staff = models.CharField(_("what it means for staff"), max_length=300, blank=True)
    # A mark from 0 to 4 for each line of the kind's checklist, null where not answered; journeys.logic.checklists.
    marks = models.JSONField(_("checklist"), default=list, blank=True)
    decider = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_on = models.DateField(_("decided on"))
    check_back_on = models.DateField(_("look back on"))
    checked_at = models.DateTimeField(_("looked back"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("what came of it"), max_length=12, choices=Outcome, blank=True)
    learning = models.CharField(_("what was learned"), max_length=500, blank=True)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_on", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_at=None, outcome="") | (Q(checked_at__isnull=False) & ~Q(outcome="")),
                name="decision_checked_with_outcome",
            )
        ]
        indexes = [
            models.Index(fields=["-decided_on", "-id"], name="decision_newest"),
            models.Index(fields=["check_back_on"], condition=Q(checked_at=None), name="decision_to_check"),
        ]

    def __str__(self) -> str:
        return self.topic


@cites_quotes
class DecisionQuote(TenantModel):
    """A customer's words a decision rests on."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="evidence", verbose_name=_("decision"))
    quote = models.ForeignKey("customers.Quote", models.CASCADE, related_name="+", verbose_name=_("quote"))

    class Meta:
        verbose_name = _("ground of a decision")
        verbose_name_plural = _("grounds of decisions")
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["decision", "quote"], name="quote_grounds_decision_once")]

    def __str__(self) -> str:
        return str(self.quote)
