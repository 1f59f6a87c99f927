"""Whose data a firm has erased (public schema): ids alone, kept where no backup of the firm reaches."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import Row
from tenants.models.tenant import Tenant


class Erasure(Row):
    """One person of one firm who was forgotten; a restored backup forgets them again before the firm goes on."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    subject = models.UUIDField(_("person"))
    erased_at = models.DateTimeField(_("erased"), default=now)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [models.UniqueConstraint(fields=["tenant", "subject"], name="erased_once")]

    def __str__(self) -> str:
        return str(self.subject)
