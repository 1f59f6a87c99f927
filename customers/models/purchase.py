"""What customers bought, booked or came for."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class Purchase(TenantModel):
    """One order, visit, delivery, booking or contract; its number in the system it comes from makes it one."""

    class Kind(models.TextChoices):
        ORDER = "order", _("Order")
        VISIT = "visit", _("Visit")
        DELIVERY = "delivery", _("Delivery")
        BOOKING = "booking", _("Booking")
        CONTRACT = "contract", _("Contract")

    class State(models.TextChoices):
        PAID = "paid", _("paid")
        OPEN = "open", _("not paid yet")
        CANCELLED = "cancelled", _("cancelled")
        RETURNED = "returned", _("returned")

    # What counts as business done; the others are kept and shown, and count for nothing.
    COUNTED = (State.PAID, State.OPEN)

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="purchases", db_index=False, verbose_name=_("customer")
    )  # an index of several columns begins with it
    source = models.CharField(_("system"), max_length=40, blank=True)
    external_id = models.CharField(_("number there"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ORDER)
    occurred_at = models.DateTimeField(_("when"))
    # The last day a plan, membership or contract is paid for, on the firm's calendar; never before the purchase itself.
    covers_until = models.DateField(_("covered until"), null=True, blank=True)
    amount = models.DecimalField(_("amount of money"), max_digits=16, decimal_places=2, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3)
    branch = models.ForeignKey(
        "staff.Branch", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    branch_name = models.CharField(_("branch as written"), max_length=120, blank=True)
    items = models.TextField(_("what was bought"), blank=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PAID)
    note = models.TextField(_("note"), blank=True)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        ordering = ["-occurred_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="purchase_number_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="purchase_amount_not_negative"),
        ]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="purchase_newest"),
            # How often, how lately and for how much is answered from this index alone.
            models.Index(
                fields=["customer", "-occurred_at", "-id"],
                include=["amount", "currency", "state", "kind"],
                name="purchase_of_customer",
            ),
            # Until when each customer is covered; empty for firms without plans.
            models.Index(
                fields=["customer", "-covers_until"],
                include=["state", "occurred_at"],
                condition=Q(covers_until__isnull=False),
                name="purchase_covers",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id or str(self.get_kind_display())

    @property
    def place(self) -> str:
        """The branch, or what the source called it."""
        return str(self.branch) if self.branch else self.branch_name
