"""Walks: somebody of the firm went the customer's way and said at each stage how it felt."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel
from journeys.logic.emotions import HIGHEST, LOWEST


class JourneyWalk(TenantModel):
    """One walk of a journey (domain.md §1, 0.10); once a day by each, and never changed."""

    class How(models.TextChoices):
        ORDER = "order", _("ordered or bought")
        CALL = "call", _("called or wrote")
        COMPLAIN = "complain", _("complained")
        LOOK = "look", _("looked for us")

    journey = models.ForeignKey("journeys.Journey", models.CASCADE, related_name="walks", verbose_name=_("journey"))
    walker = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("who walked"))
    how = models.CharField(_("what was done"), max_length=8, choices=How)
    walked_on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("journey walk")
        verbose_name_plural = _("journey walks")
        ordering = ["-walked_on", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["walker", "journey", "walked_on"], name="journey_walked_once_a_day"),
        ]
        indexes = [models.Index(fields=["-walked_on", "-id"], name="journey_walk_newest")]

    def __str__(self) -> str:
        return f"{self.journey} {self.walked_on:%d/%m/%Y}"


class WalkStep(TenantModel):
    """How one stage felt on a walk, in a face and a sentence."""

    walk = models.ForeignKey(
        JourneyWalk, models.CASCADE, related_name="steps", db_index=False, verbose_name=_("journey walk")
    )  # the key below begins with it
    stage = models.ForeignKey("journeys.Stage", models.CASCADE, related_name="+", verbose_name=_("stage"))
    valence = models.SmallIntegerField(
        _("how it felt"), validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
    )
    note = models.CharField(_("what happened"), max_length=300)

    class Meta:
        verbose_name = _("step of a journey walk")
        verbose_name_plural = _("steps of journey walks")
        base_manager_name = "objects"
        ordering = ["walk", "stage__position"]
        constraints = [
            models.UniqueConstraint(fields=["walk", "stage"], name="stage_walked_once"),
            models.CheckConstraint(
                condition=Q(valence__gte=LOWEST, valence__lte=HIGHEST), name="walked_valence_on_scale"
            ),
        ]

    def __str__(self) -> str:
        return self.note
