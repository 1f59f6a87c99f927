"""How likely each customer is to stop coming, and the training runs that say so with their proof."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class ChurnModel(TenantModel):
    """One training run: what was trained on whom, how it stood the test of the past, and what is used since."""

    class Stage(models.TextChoices):
        TRAIN = "train", _("being trained")
        SCORE = "score", _("customers are being counted")
        DONE = "done", _("done")

    class Basis(models.TextChoices):
        MODEL = "model", _("trained forecast")
        COLD_START = "cold_start", _("rule of thumb")
        NOTHING = "nothing", _("nothing to count on")

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("the forecast is used")
        NOT_BETTER = "not_better", _("no better than the rule of thumb")
        OFF = "off", _("too far beside what came")
        FEW_CUSTOMERS = "few_customers", _("too few customers")
        FEW_LEAVING = "few_leaving", _("too few left, or too few stayed")
        SHORT_HISTORY = "short_history", _("too short a past")
        NO_PURCHASES = "no_purchases", _("no purchases known")

    stage = models.CharField(_("stage"), max_length=8, choices=Stage, default=Stage.TRAIN)
    # Everybody up to this id is counted; and as of when.
    reached = models.UUIDField(null=True, blank=True, editable=False)
    as_of = models.DateTimeField(_("as of"), default=now)
    trained_at = models.DateTimeField(_("trained"), null=True, blank=True)
    asked_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked for by")
    )
    basis = models.CharField(_("what is used"), max_length=12, choices=Basis, default=Basis.NOTHING)
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict, blank=True)
    # How far is looked ahead; without a contract, days without a purchase after which a customer counts as gone.
    horizon = models.PositiveSmallIntegerField(_("horizon in days"), default=0)
    # The firm's middle gap between two purchases, in days.
    usual_gap = models.FloatField(_("usual gap in days"), default=0)
    customers = models.PositiveIntegerField(_("customers looked at"), default=0)
    # Of the trained model: {"intercept", "shift", "columns": [{"feature", "coefficient", "mean", "deviation"}],
    # "judged": [{"feature", "log_odds", "mean"}]}.
    coefficients = models.JSONField(_("coefficients"), default=dict, blank=True)
    # Of the rule of thumb: the scores customers are ranked by, and the average customer.
    ranked = ArrayField(models.FloatField(), default=list, blank=True)
    means = ArrayField(models.FloatField(), default=list, blank=True)
    # One entry per cut-off, the newest first; logic.backtest.judged says of what.
    report = models.JSONField(_("back-test"), default=list, blank=True)

    class Meta:
        verbose_name = _("forecast of who leaves")
        verbose_name_plural = _("forecasts of who leaves")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["stage"], condition=Q(stage="train"), name="one_training_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.as_of:%d/%m/%Y}"


class CustomerHealth(TenantModel):
    """Where one customer stands as of the last night; written by services.health only.

    Whoever is not under contract and came only once, or not lately, has no number; they have a row only while a flag
    holds.
    """

    class Band(models.TextChoices):
        HEALTHY = "healthy", _("healthy")
        WATCH = "watch", _("to be watched")
        AT_RISK = "at_risk", _("at risk")

    class Flag(models.TextChoices):
        CRITICAL_CASE = "critical_case", _("an open critical complaint")
        REPEATED_CASES = "repeated_cases", _("complained more than once in 90 days")

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, related_name="health", verbose_name=_("customer")
    )
    model = models.ForeignKey(ChurnModel, models.CASCADE, related_name="+", verbose_name=_("forecast"))
    # 100 · (1 − probability of leaving), or 100 − the place among all by the rule of thumb.
    health = models.DecimalField(_("health"), max_digits=4, decimal_places=1, null=True, blank=True)
    # Only where a trained forecast is used: a rank is no probability.
    risk = models.FloatField(_("risk of leaving"), null=True, blank=True)
    band = models.CharField(_("band"), max_length=8, choices=Band)
    flag = models.CharField(_("flag"), max_length=16, choices=Flag, blank=True)
    # Up to three of {"code", "part", and the plain numbers a sentence needs}; said in the reader's language.
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    # What they spent in 365 days, in the firm's currency: the list of who may leave begins with the largest.
    spent = models.DecimalField(_("spent in a year"), max_digits=16, decimal_places=2, default=0)
    # Of who is under contract: the last day paid for, as it was counted.
    covered_until = models.DateField(_("covered until"), null=True, blank=True)
    is_held_out = models.BooleanField(_("left alone by chance"), default=False)
    as_of = models.DateTimeField(_("as of"), default=now)

    class Meta:
        verbose_name = _("health of a customer")
        verbose_name_plural = _("health of customers")
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(health__gte=0, health__lte=100), name="health_0_to_100"),
            models.CheckConstraint(condition=Q(risk__gte=0, risk__lte=1), name="risk_0_to_1"),
            models.CheckConstraint(condition=Q(flag="") | Q(band="at_risk"), name="flag_is_at_risk"),
        ]
        indexes = [models.Index(fields=["band", "-spent", "-id"], name="health_band")]

    def __str__(self) -> str:
        return str(self.get_band_display())


class RiskSpell(TenantModel):
    """One time a customer came to be at risk without a flag, and what chance made of them: listed or left alone.

    It lasts a horizon; until it is over no other begins. What they bought in it tells whether being listed helps.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, db_index=False, related_name="+", verbose_name=_("customer")
    )
    began_at = models.DateTimeField(_("since"), default=now)
    ends_at = models.DateTimeField(_("until"))
    is_held_out = models.BooleanField(_("left alone by chance"), default=False)

    class Meta:
        verbose_name = _("time at risk")
        verbose_name_plural = _("times at risk")
        ordering = ["-began_at", "-id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["customer", "-ends_at"], name="spell_customer"),
            models.Index(fields=["ends_at"], name="spell_over"),
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%d/%m/%Y}"
