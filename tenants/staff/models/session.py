"""Who is logged in where, and who tried."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Session(TenantModel):
    """A browser that is logged in, or on its way; its cookie is kept as a digest only."""

    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    data = models.TextField(editable=False)
    user = models.ForeignKey(
        "staff.User", models.CASCADE, null=True, related_name="+", verbose_name=_("staff member"), editable=False
    )
    address = models.CharField(_("IP address"), max_length=45, blank=True, editable=False)
    device = models.CharField(_("device"), max_length=60, blank=True, editable=False)
    seen_at = models.DateTimeField(_("last seen"), editable=False)
    expires_at = models.DateTimeField(_("ends"), db_index=True, editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.device}"


class Tries(TenantModel):
    """How often somebody tried one thing from one place, and until when the next try is not looked at."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    count = models.PositiveIntegerField(_("tries"), default=0)
    last_at = models.DateTimeField(_("last try"), db_index=True)
    wait_until = models.DateTimeField(_("waits until"))

    class Meta:
        verbose_name = _("tries to log in")
        verbose_name_plural = _("tries to log in")

    def __str__(self) -> str:
        return f"{self.count}"
