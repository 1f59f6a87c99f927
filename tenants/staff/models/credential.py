"""What a person proves themselves with beside the password; nothing here is any use to whoever reads the table."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class AuthenticatorApp(TenantModel):
    """A phone that shows a new code every 30 seconds; its key is kept sealed."""

    user = models.OneToOneField("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    secret = models.TextField(_("key, sealed"), editable=False)
    last_step = models.BigIntegerField(
        _("last step used"), default=0, help_text=_("A code of this or an earlier step is refused.")
    )

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(TenantModel):
    """One of ten codes for the day the phone is gone; only its digest is kept, and it opens once."""

    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    digest = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(_("used"), null=True, editable=False)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return str(self.user)


class Passkey(TenantModel):
    """A key in somebody's phone, computer or security stick (WebAuthn); we keep its public half."""

    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    name = models.CharField(_("name"), max_length=60)
    host = models.CharField(
        _("address"), max_length=253, editable=False, help_text=_("It answers at this address only.")
    )
    credential_id = models.CharField(max_length=1400, unique=True, editable=False)
    public_key = models.BinaryField(editable=False)
    uses = models.BigIntegerField(_("uses, as the key counts them"), default=0, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        ordering = ["created_at"]
        constraints = [models.CheckConstraint(condition=Q(uses__gte=0), name="passkey_counts_up")]

    def __str__(self) -> str:
        return self.name
