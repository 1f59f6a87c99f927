"""What the brand steward thought of mails that were really sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class ReplyAudit(TenantModel):
    """One reply to a customer, drawn by lot: does it sound like the brand?"""

    note = models.OneToOneField("feedback.ComplaintNote", models.CASCADE, related_name="+", verbose_name=_("reply"))
    fits = models.BooleanField(_("sounds like us"))
    audited_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("looked at by")
    )
    audited_at = models.DateTimeField(_("looked at"), default=now)

    class Meta:
        verbose_name = _("audited reply")
        verbose_name_plural = _("audited replies")
        ordering = ["-audited_at", "-id"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.note)
