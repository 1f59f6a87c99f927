"""What good looks like at a touchpoint, and who has read it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel

MAX_BEHAVIOURS = 5


class Standard(TenantModel):
    """One version of a touchpoint's standard; exactly one is in force, the ones before say since and until when."""

    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.CASCADE, related_name="standards", verbose_name=_("touchpoint")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.CharField(_("what good looks like"), max_length=600)
    behaviours = ArrayField(
        models.CharField(max_length=160), size=MAX_BEHAVIOURS, default=list, blank=True, verbose_name=_("behaviours")
    )
    written_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    in_force_since = models.DateTimeField(_("in force since"), default=now)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        base_manager_name = "objects"
        ordering = ["touchpoint", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["touchpoint", "version"], name="standard_version_once"),
            models.UniqueConstraint(
                fields=["touchpoint"], condition=Q(replaced_at=None), name="one_standard_in_force"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.touchpoint} v{self.version}"


class StandardProposal(TenantModel):
    """Words for a touchpoint's standard that wait for the brand steward; in force they become its next version."""

    touchpoint = models.OneToOneField(
        "journeys.Touchpoint", models.CASCADE, related_name="proposed_standard", verbose_name=_("touchpoint")
    )
    text = models.CharField(_("what good looks like"), max_length=600)
    behaviours = ArrayField(
        models.CharField(max_length=160), size=MAX_BEHAVIOURS, default=list, blank=True, verbose_name=_("behaviours")
    )
    proposed_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )

    class Meta:
        verbose_name = _("proposed standard")
        verbose_name_plural = _("proposed standards")
        base_manager_name = "objects"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text[:80]


class StandardAcknowledgement(TenantModel):
    """Somebody has read one version of a standard and will work by it."""

    standard = models.ForeignKey(
        Standard, models.CASCADE, related_name="acknowledgements", verbose_name=_("standard")
    )  # fmt: skip
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    acknowledged_at = models.DateTimeField(_("read"), default=now)

    class Meta:
        verbose_name = _("acknowledgement of a standard")
        verbose_name_plural = _("acknowledgements of standards")
        base_manager_name = "objects"
        ordering = ["-acknowledged_at"]
        constraints = [models.UniqueConstraint(fields=["standard", "user"], name="standard_read_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.standard}"
