"""Who asked for a firm and has yet to confirm by mail (public schema)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import Row
from tenants.models.tenant import Tenant


class SignUp(Row):
    """A request for a firm; confirming it makes the firm once, however often it is done."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.CharField(_("address"), max_length=40)
    language = models.CharField(_("language"), max_length=5)
    time_zone = models.CharField(_("time zone"), max_length=40)
    country = models.CharField(_("country"), max_length=2)
    owner_email = models.EmailField(_("owner's e-mail"))
    owner_name = models.CharField(_("owner's name"), max_length=120)
    mails = models.PositiveSmallIntegerField(_("mails"), default=1)
    expires_at = models.DateTimeField(_("expires"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints = [
            # The same form sent twice is one request.
            models.UniqueConstraint(
                fields=["owner_email", "slug"], condition=Q(tenant=None), name="one_open_sign_up_each"
            )
        ]

    def __str__(self) -> str:
        return self.name
