"""Money a customer gets for what went wrong: granted within somebody's limit, or asked of whoever may."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Compensation(TenantModel):
    """One compensation for one complaint: granted at once, or waiting for somebody's yes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for an answer")
        GRANTED = "granted", _("granted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("nobody answered")

    complaint = models.ForeignKey("feedback.Complaint", models.CASCADE, related_name="+", verbose_name=_("complaint"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reason = models.CharField(_("for what"), max_length=300)
    # Chosen for the complaint as soon as it is granted.
    remedy = models.ForeignKey(
        "feedback.Remedy", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("option")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    decided_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("compensation")
        verbose_name_plural = _("compensations")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="compensation_is_positive"),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state="waiting"), name="one_compensation_waiting"
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="compensation_newest")]

    def __str__(self) -> str:
        return self.reason


class CompensationAsk(TenantModel):
    """One person who was asked for one compensation, and until when they had time."""

    compensation = models.ForeignKey(Compensation, models.CASCADE, related_name="asks", verbose_name=_("compensation"))
    position = models.PositiveSmallIntegerField(_("turn"))
    person = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("asked"))
    deputy_for = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("standing in for")
    )
    answer_by = models.DateTimeField(_("answer wanted by"))
    passed_on_at = models.DateTimeField(_("passed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["position"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["compensation", "position"], name="ask_position_once"),
            models.UniqueConstraint(fields=["compensation", "person"], name="asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.compensation_id} → {self.person_id}"
