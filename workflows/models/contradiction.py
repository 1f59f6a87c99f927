"""What only looked like a contradiction, and why it is none."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class DismissedContradiction(TenantModel):
    """Two sentences that may stand side by side after all; reworded, they are looked at anew."""

    # Made of both sentences and where they stand, so that it is theirs alone.
    key = models.CharField(max_length=64, unique=True, editable=False)
    first = models.CharField(_("one sentence"), max_length=4000)
    second = models.CharField(_("the other"), max_length=4000)
    why = models.CharField(_("why it is none"), max_length=300)
    said_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("said by")
    )

    class Meta:
        verbose_name = _("dismissed contradiction")
        verbose_name_plural = _("dismissed contradictions")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.first
