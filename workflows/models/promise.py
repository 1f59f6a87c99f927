"""What somebody promised a customer, or the brand promised everybody; by when, and whether it was kept."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Promise(TenantModel):
    """One promise with an owner and a due time: to one customer or, without one, of the brand to everybody.

    A promise of the brand is written in an advert or on a menu and comes back: once it is settled, the next row holds
    it for the next period.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be kept")
        KEPT = "kept", _("kept")
        KEPT_LATE = "kept_late", _("kept late")
        BROKEN = "broken", _("broken")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # Still to be kept, in time or late.
    UNSETTLED = (State.OPEN, State.BROKEN)

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    complaint = models.ForeignKey(
        "feedback.Complaint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("complaint")
    )
    # The reply it was made in.
    note = models.ForeignKey(
        "feedback.ComplaintNote", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reply")
    )
    text = models.CharField(_("what was promised"), max_length=300)
    due_at = models.DateTimeField(_("by"))
    owner = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("owner"))
    # Of the owner when it was made: the share of a department does not change with a move.
    department = models.ForeignKey(
        "staff.Department", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    evidence = models.CharField(_("how one can see it"), max_length=500, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    # The owner's manager was told that it was broken.
    raised_at = models.DateTimeField(_("manager told"), null=True, blank=True)

    # Of the brand only: where everybody can read it, and where it is kept or not.
    said_where = models.CharField(_("where it is said"), max_length=120, blank=True, db_default="")
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    renews_months = models.PositiveSmallIntegerField(_("comes back after months"), null=True, blank=True)
    # The same promise one period before; unique, so that no period is laid twice.
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("follows")
    )

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["due_at", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(complaint__isnull=True), name="promise_of_brand_has_no_case"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_at"], condition=Q(state="open"), name="promise_open"),
            models.Index(fields=["due_at"], name="promise_due"),
            models.Index(fields=["complaint"], name="promise_complaint"),
            models.Index(fields=["due_at"], condition=Q(customer__isnull=True), name="promise_of_brand"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        # One of the brand may be settled as broken; what is settled is over, whatever became of it.
        return self.settled_at is None

    @property
    def is_of_brand(self) -> bool:
        return self.customer_id is None
