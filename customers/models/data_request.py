"""What customers ask about their own data: a copy, a correction, to be forgotten; each with the clock of the law."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.logic.data_requests import next_due
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class DataRequest(TenantModel):
    """One request of a customer, and who answers for it by when (domain.md §4.8); one of a kind is open at a time."""

    class Kind(models.TextChoices):
        COPY = "copy", _("see and get a copy of their data")
        CORRECT = "correct", _("correct their data")
        DELETE = "delete", _("have their data erased")

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        REFUSED = "refused", _("refused, with the reason")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="data_requests", verbose_name=_("customer")
    )
    kind = models.CharField(_("asks to"), max_length=8, choices=Kind)
    words = models.TextField(_("in their words"), blank=True)
    asked_at = models.DateTimeField(_("asked"), default=now)
    # An answer within two working days; done within 10 days, erased within 20.
    answer_by = models.DateTimeField(_("answer by"))
    due_at = models.DateTimeField(_("to be done by"))
    owner = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answers for it")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    outcome = models.CharField(_("what became of it"), max_length=8, choices=Outcome, blank=True)
    # What the customer reads on their page.
    reply = models.TextField(_("what we told them"), blank=True)

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["due_at", "id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(settled_at=None), name="data_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="data_request_settled_somehow",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(settled_at=None), name="data_request_open")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def next_due(self) -> datetime:
        """The clock that runs: until it is answered the shorter one."""
        return next_due(self.answer_by, self.due_at, is_answered=self.answered_at is not None)
