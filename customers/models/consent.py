"""What customers agreed to, as a ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class Consent(TenantModel):
    """One statement of a customer on one purpose; append-only, the latest statement holds."""

    class Purpose(models.TextChoices):
        SURVEY = "survey", _("surveys")
        MARKETING = "marketing", _("advertising")
        PROFILING = "profiling", _("profiling")
        PUBLICATION = "publication", _("publishing their words")

    class Method(models.TextChoices):
        FILE = "file", _("customer file")
        STAFF = "staff", _("told to staff")
        PAGE = "page", _("own choice on a page")
        API = "api", _("through the API")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="consents", verbose_name=_("customer")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    granted = models.BooleanField(_("agreed"))
    method = models.CharField(_("how"), max_length=8, choices=Method)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    text_version = models.CharField(_("version of the wording"), max_length=20, blank=True)
    stated_at = models.DateTimeField(_("stated"), default=now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-stated_at", "-id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["customer", "purpose", "-stated_at", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {'✓' if self.granted else '✗'}"
