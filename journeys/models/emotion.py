"""How customers feel along the journey: what staff assume, and what customers report."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.selectors.quotes import cites_quotes
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from journeys.logic.emotions import HIGHEST, LOWEST


class Feeling(models.TextChoices):
    """The discrete emotions of domain.md §2.12, the pleasant ones first."""

    JOYFUL = "joyful", _("happy")
    CALM = "calm", _("calm")
    RESPECTED = "respected", _("respected")
    SURPRISED = "surprised", _("pleasantly surprised")
    IMPATIENT = "impatient", _("impatient")
    ANNOYED = "annoyed", _("annoyed")
    DISAPPOINTED = "disappointed", _("disappointed")
    WORRIED = "worried", _("worried")
    ASHAMED = "ashamed", _("ashamed")
    LOOKED_DOWN = "looked_down", _("looked down on")


def _valence() -> models.SmallIntegerField:
    return models.SmallIntegerField(
        _("how it feels"), validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
    )


class AssumedEmotion(TenantModel):
    """What one member of staff thinks customers feel at a point of the curve, said before they saw the customers'."""

    stage = models.ForeignKey("journeys.Stage", models.CASCADE, related_name="+", verbose_name=_("stage"))
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    valence = _valence()

    class Meta:
        verbose_name = _("assumed feeling")
        verbose_name_plural = _("assumed feelings")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "stage", "touchpoint"], nulls_distinct=False, name="assumed_once_by_each"
            ),
            models.CheckConstraint(
                condition=Q(valence__gte=LOWEST, valence__lte=HIGHEST), name="assumed_valence_on_scale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valence:+d}".replace("-", "−") if self.valence else "0"


@cites_quotes
class ReportedEmotion(TenantModel):
    """What a customer felt at a stage or touchpoint, as they said it."""

    class Source(models.TextChoices):
        SURVEY = "survey", _("answered in a survey")
        CODED = "coded", _("read from their words")
        STATED = "stated", _("told to staff")

    stage = models.ForeignKey(
        "journeys.Stage", models.CASCADE, related_name="+", db_index=False, verbose_name=_("stage")
    )  # the curve's index begins with it
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    customer = models.ForeignKey(
        "customers.Customer", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    quote = models.ForeignKey(
        "customers.Quote", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("customer's words")
    )
    valence = _valence()
    feeling = models.CharField(_("feeling"), max_length=12, choices=Feeling, blank=True)
    source = models.CharField(_("known from"), max_length=6, choices=Source)
    coder = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written down by")
    )
    felt_at = models.DateTimeField(_("when"), default=now)

    class Meta:
        verbose_name = _("reported feeling")
        verbose_name_plural = _("reported feelings")
        base_manager_name = "objects"
        ordering = ["-felt_at", "-id"]
        indexes = [
            models.Index(fields=["stage", "touchpoint", "felt_at"], include=["valence"], name="emotion_curve"),
            models.Index(fields=["-felt_at", "-id"], name="emotion_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valence__gte=LOWEST, valence__lte=HIGHEST), name="reported_valence_on_scale"
            )
        ]

    def __str__(self) -> str:
        value = f"{self.valence:+d}".replace("-", "−") if self.valence else "0"
        return f"{value} {self.get_feeling_display()}".strip()
