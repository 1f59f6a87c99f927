"""What firms have used of their plans (public schema)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import Row
from tenants.models.tenant import Tenant


class Usage(Row):
    """How much of one thing a firm used in one period; counted, never personal."""

    class Metric(models.TextChoices):
        CUSTOMERS = "customers", _("customers")
        STAFF = "staff", _("staff")
        INVITATIONS = "invitations", _("invitations")
        STORAGE = "storage", _("storage")
        API_CALLS = "api_calls", _("API calls")
        # No plan limits these; operators watch them.
        UNCERTAIN_MAILS = "uncertain_mails", _("mails perhaps sent")
        REFUSED_MAILS = "refused_mails", _("mails refused")

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    metric = models.CharField(_("what"), max_length=16, choices=Metric)
    # The day for API calls, the first of the month for all else; what exists is measured anew within its month.
    period = models.DateField(_("period"))
    amount = models.BigIntegerField(_("amount"), default=0)

    class Meta:
        verbose_name = _("usage")
        verbose_name_plural = _("usage")
        constraints = [models.UniqueConstraint(fields=["tenant", "metric", "period"], name="one_usage_each")]

    def __str__(self) -> str:
        return f"{self.metric} {self.period}"
