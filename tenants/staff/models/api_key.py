"""Keys for partners: scoped, hashed, shown once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class ApiKey(TenantModel):
    """A partner's key; only the SHA-256 of its secret is kept."""

    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=24, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    # The firm's epoch when the key was made; raising the epoch ends every key made before.
    epoch = models.PositiveIntegerField(default=1, editable=False)
    scopes = ArrayField(models.CharField(max_length=24), verbose_name=_("scopes"), default=list)
    created_by = models.ForeignKey(
        "staff.User",
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
