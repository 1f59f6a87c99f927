"""Journeys, their stages and the touchpoints where customers meet the firm."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Named(TenantModel):
    """A thing with a name in both languages; the English one may be left out."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name


class Journey(Named):
    """The way a customer goes with the firm."""

    is_default = models.BooleanField(_("default"), default=False)

    class Meta(Named.Meta):
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_journey")
        ]


class Stage(Named):
    """A step of the journey."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="stages", verbose_name=_("journey"))
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta(Named.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["journey", "position"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "code"], name="stage_code_once"),
            models.UniqueConstraint(fields=["journey", "position"], name="stage_position_once"),
        ]


class Touchpoint(Named):
    """Where customers meet the firm: the queue, the QR payment, the hotline."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="touchpoints", verbose_name=_("stage"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    department = models.ForeignKey(
        "staff.Department",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department in charge"),
    )
    is_public = models.BooleanField(_("customers may choose it"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(Named.Meta):
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        ordering = ["stage__position", "name"]
