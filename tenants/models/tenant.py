"""Firms, their addresses and their plans (public schema)."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from cxcrm.core.models import Row

# A DNS label that cannot be mistaken for a service name; see services.domains.RESERVED for the taken ones.
slug_validator = RegexValidator(
    r"^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$",
    _("Use lower-case letters, digits and hyphens, beginning with a letter."),
)


class Plan(Row):
    """What a firm may use; limits of null mean unlimited."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    max_staff = models.PositiveIntegerField(_("staff"), null=True, blank=True)
    max_customers = models.PositiveIntegerField(_("customers"), null=True, blank=True)
    max_invitations_per_month = models.PositiveIntegerField(_("invitations per month"), null=True, blank=True)
    max_storage_mb = models.PositiveIntegerField(_("storage in MB"), null=True, blank=True)
    max_api_calls_per_day = models.PositiveIntegerField(_("API calls per day"), null=True, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_plan")
        ]

    def __str__(self) -> str:
        return self.name


class Tenant(TenantMixin, Row):
    """A firm. Its schema is named by an opaque id that is never used again; its address lives in Domain."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        PROVISIONING = "provisioning", _("being set up")
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        FAILED = "failed", _("set-up failed")
        CLOSING = "closing", _("closing")
        CLOSED = "closed", _("closed")

    auto_create_schema = False
    auto_drop_schema = False

    name = models.CharField(_("name"), max_length=120)
    slug = models.CharField(_("address"), max_length=40, unique=True, validators=[slug_validator])
    language = models.CharField(_("language"), max_length=5, default="vi")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Ho_Chi_Minh")
    country = models.CharField(_("country"), max_length=2, default="VN")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", verbose_name=_("plan"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.REQUESTED)
    owner_email = models.EmailField(_("owner's e-mail"))
    owner_name = models.CharField(_("owner's name"), max_length=120)
    # Raised to kill every session, link and key of the firm at once.
    epoch = models.PositiveIntegerField(_("epoch"), default=1)
    is_platform = models.BooleanField(_("operators' own tenant"), default=False)
    paused = models.BooleanField(_("paused"), default=False, help_text=_("Nothing due is carried out while paused."))
    # Which migrations the schema has seen; set in the same transaction as the migration itself.
    fingerprint = models.CharField(_("migration state"), max_length=64, blank=True, db_index=True)
    migration_error = models.CharField(_("migration failed"), max_length=500, blank=True)
    suspension_reason = models.CharField(_("why suspended"), max_length=200, blank=True)
    closes_at = models.DateTimeField(_("closes for good"), null=True, blank=True)
    last_active_at = models.DateTimeField(_("last active"), null=True, blank=True)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_platform"], condition=Q(is_platform=True), name="one_platform_tenant")
        ]

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin, Row):
    """A host name a firm answers at; exactly one is primary and used in mails, an old one redirects for a while."""

    redirects_until = models.DateTimeField(_("redirects until"), null=True, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=Q(is_primary=True), name="one_primary_domain")
        ]

    def __str__(self) -> str:
        return self.domain
