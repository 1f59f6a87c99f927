"""How to reach a customer, and what other systems call them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.logic.phones import display_phone
from cxcrm.core.models import TenantModel


class ContactPoint(TenantModel):
    """A phone number (E.164) or e-mail address of a customer; families share numbers, so two customers may hold one."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="contact_points", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    value = models.CharField(_("value"), max_length=254)
    raw = models.CharField(_("as received"), max_length=254, blank=True)
    is_primary = models.BooleanField(_("preferred"), default=False)
    undeliverable_at = models.DateTimeField(_("refused since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["kind", "-is_primary", "value"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="contact_once_per_customer"),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(is_primary=True),
                name="one_preferred_contact_per_kind",
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="contact_by_value")]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """A number as it is read aloud, an address as it is."""
        return display_phone(self.value) if self.kind == self.Kind.PHONE else self.value


class ExternalId(TenantModel):
    """The customer's number in another system, such as the till."""

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="external_ids", verbose_name=_("customer")
    )
    source = models.CharField(_("system"), max_length=40)
    value = models.CharField(_("number there"), max_length=120)

    class Meta:
        verbose_name = _("external number")
        verbose_name_plural = _("external numbers")
        ordering = ["source", "value"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="external_id_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"
