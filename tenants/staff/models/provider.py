"""Log-in by the firm's own identity provider (OpenID Connect)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel
from tenants.staff.roles import Role


class IdentityProvider(TenantModel):
    """A service the firm's staff already log in to: Google Workspace, Microsoft Entra, Keycloak and the like."""

    name = models.CharField(_("name"), max_length=40, help_text=_("Stands on the button: “Log in with …”."))
    issuer = models.CharField(
        _("issuer"),
        max_length=300,
        help_text=_("Its address, as its guide gives it, such as https://accounts.google.com."),
    )
    client_id = models.CharField(_("client ID"), max_length=300)
    client_secret = models.TextField(_("client secret"), editable=False)
    email_domains = ArrayField(
        models.CharField(max_length=253),
        verbose_name=_("e-mail domains"),
        help_text=_("Only addresses of these domains get in, such as example.vn. Separate several with commas."),
    )
    creates_accounts = models.BooleanField(
        _("makes accounts"), default=False, help_text=_("Whoever logs in for the first time gets an account by that.")
    )
    role = models.CharField(_("role of new accounts"), max_length=16, choices=Role, default=Role.READ_ONLY)
    is_second_factor = models.BooleanField(
        _("counts as a second factor"),
        default=False,
        help_text=_("Tick this when the service itself asks for a second factor."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("single sign-on")
        verbose_name_plural = _("single sign-on")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="provider_name_once"),
            models.CheckConstraint(condition=~Q(role=Role.OWNER), name="provider_makes_no_owners"),
        ]

    def __str__(self) -> str:
        return self.name


class Identity(TenantModel):
    """Who somebody is at a provider: its own name for them, which outlives a change of their e-mail address."""

    provider = models.ForeignKey(IdentityProvider, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=255, editable=False)
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_once"),
            models.UniqueConstraint(fields=["provider", "user"], name="one_identity_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user}"
