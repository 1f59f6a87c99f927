"""What the brand stands for, and how it speaks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class BrandProfile(TenantModel):
    """Position, target majority and character of the brand (domain.md §1, 1.6); at most one row a firm."""

    class Preset(models.TextChoices):
        GENTLE = "gentle", _("Gentle and graceful")
        REBEL = "rebel", _("Rebellious and strong")
        LUXURY = "luxury", _("Refined and luxurious")
        FRIENDLY = "friendly", _("Down-to-earth and close")
        OWN = "own", _("One of our own")

    slot = models.PositiveSmallIntegerField(default=1, unique=True, editable=False)
    positioning = models.CharField(_("positioning"), max_length=300)
    majority = models.CharField(_("whom most of it is for"), max_length=200)
    # What everybody in the firm means by the word (domain.md §1, 4.0); it stands above every journey.
    meaning = models.CharField(_("what experience means here"), max_length=300, blank=True, default="", db_default="")
    preset = models.CharField(_("character"), max_length=10, choices=Preset, default=Preset.OWN)
    # Three to five of {"name", "do", "dont"}; see journeys.logic.brand.
    traits = models.JSONField(_("traits"), default=list)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("brand profile")
        verbose_name_plural = _("brand profile")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.positioning
