"""What firms have used of their plans (public schema)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import Row
from tenants.models.tenant import Tenant


class Usage(Row):
    """How much of one thing a firm used in one period; counted, never personal."""

    class Metric(models.TextChoices):
        INVITATIONS = "invitations", _("invitations")
        API_CALLS = "api_calls", _("API calls")
        CUSTOMERS = "customers", _("customers")
        STAFF = "staff", _("staff")
        STORAGE = "storage", _("storage")

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    metric = models.CharField(_("what"), max_length=16, choices=Metric)
    # The first day of what is counted: the month, the day, or the day of the last measurement.
    period = models.DateField(_("period"))
    amount = models.BigIntegerField(_("amount"), default=0)

    class Meta:
        verbose_name = _("usage")
        verbose_name_plural = _("usage")
        constraints = [models.UniqueConstraint(fields=["tenant", "metric", "period"], name="one_usage_each")]

    def __str__(self) -> str:
        return f"{self.metric} {self.period}"
