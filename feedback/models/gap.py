"""What staff believe of the firm, what executives foretell, and the gaps that were found."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from feedback.models.survey import Question, Survey


class Belief(TenantModel):
    """How far one member of staff agrees with a sentence customers are asked about too; once a quarter, 1 to 5.

    Who said it is kept only so that nobody says it twice: no page, file or answer of the API shows a single one.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="+", verbose_name=_("sentence"))
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    # The team they were in when they said it.
    department = models.ForeignKey(
        "staff.Department", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    quarter = models.DateField(_("first day of the quarter"))
    value = models.PositiveSmallIntegerField(
        _("agreement, 1 to 5"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        verbose_name = _("belief")
        verbose_name_plural = _("We believe, they say")
        base_manager_name = "objects"
        indexes = [models.Index(fields=["quarter", "question"], include=["value"], name="belief_quarter")]
        constraints = [
            models.UniqueConstraint(fields=["user", "question", "quarter"], name="believed_once_a_quarter"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="belief_on_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter:%m/%Y}"


class Forecast(TenantModel):
    """An executive's score of a month to come, sealed: never changed, and shown to nobody else until it is over."""

    METRICS = (Survey.Metric.NPS, Survey.Metric.CSAT)

    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("executive"))
    metric = models.CharField(_("measure"), max_length=4, choices=Survey.Metric)
    month = models.DateField(_("first day of the month"))
    value = models.SmallIntegerField(_("foretold"))

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        base_manager_name = "objects"
        ordering = ["-month", "metric", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "metric", "month"], name="foretold_once"),
            models.CheckConstraint(
                condition=Q(metric="nps", value__gte=-100, value__lte=100)
                | Q(metric="csat", value__gte=0, value__lte=100),
                name="forecast_on_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.month:%m/%Y}"


class RealGap(TenantModel):
    """A gap between belief and customers found to be real; told once a quarter to who answers for its place."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="+", verbose_name=_("sentence"))
    quarter = models.DateField(_("first day of the quarter"))
    executive = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("told to")
    )
    found_at = models.DateTimeField(_("found"), default=now)

    class Meta:
        verbose_name = _("gap found")
        verbose_name_plural = _("gaps found")
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["question", "quarter"], name="gap_told_once_a_quarter")]

    def __str__(self) -> str:
        return f"{self.quarter:%m/%Y}"
