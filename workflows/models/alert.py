"""What the firm must see and mend: a hole in the set-up, a mail that may not have left."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Alert(TenantModel):
    """A visible warning until somebody mends its cause; one per kind and object at a time."""

    class Kind(models.TextChoices):
        NOBODY_FOUND = "nobody_found", _("An escalation found nobody and went to the default executive")
        UNDELIVERED = "undelivered", _("A mail could not be delivered")
        UNCERTAIN = "uncertain", _("A mail was perhaps sent")
        UNREAD_MAIL = "unread_mail", _("A mail came in that somebody should read")
        GIVEN_UP = "given_up", _("Something due was given up after many tries")
        GUARDRAIL = "guardrail", _("A guardrail of an initiative was crossed")
        DATA_REQUEST = "data_request", _("A customer's request about their data is late")
        GAP = "gap", _("Customers see it otherwise than we believe")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    ref = models.UUIDField(_("object"))
    complaint = models.ForeignKey(
        "feedback.Complaint",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("complaint"),
    )
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-created_at"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref"], condition=Q(settled_at=None), name="one_open_alert")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
