"""Clocks that stand still for a reason, and who held a complaint for how long."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class PauseReason(TenantModel):
    """Why a promised time may stand still; the firm edits the list."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    # On the customer's own page of the case; a reason without these words stays inside the house.
    told = models.CharField(
        _("what the customer reads"),
        max_length=200,
        blank=True,
        db_default="",
        help_text=_("On the page of their case while it is paused. Empty: they read nothing about it."),
    )
    told_en = models.CharField(_("what the customer reads, in English"), max_length=200, blank=True, db_default="")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason to pause")
        verbose_name_plural = _("reasons to pause")
        ordering = ["position", "name"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["name"], name="pause_reason_once")]

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name

    @property
    def told_now(self) -> str:
        """What the customer reads, in the active language; "" when it is not for them."""
        return (self.told_en or self.told) if get_language() == "en" else self.told


class ClockPause(TenantModel):
    """The promised times of one complaint stand still from ``started_at`` to ``ended_at``; the legal term never does.

    While it lasts, ``until`` is when it ends by itself, and the clocks' due times count with that.
    """

    class End(models.TextChoices):
        TIME = "time", _("the time was up")
        CUSTOMER = "customer", _("the customer wrote")
        STAFF = "staff", _("ended by staff")
        ANSWERED = "answered", _("the complaint was answered or closed")

    complaint = models.ForeignKey("feedback.Complaint", models.CASCADE, related_name="+", verbose_name=_("complaint"))
    reason = models.ForeignKey(PauseReason, models.PROTECT, related_name="+", verbose_name=_("reason"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    started_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paused by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    end = models.CharField(_("why it ended"), max_length=8, choices=End, blank=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["started_at"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(ended_at=None), name="one_pause_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="pause_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.reason}"


class ClockSegment(TenantModel):
    """One person held a complaint that was running, from ``started_at`` to ``ended_at``."""

    complaint = models.ForeignKey("feedback.Complaint", models.CASCADE, related_name="+", verbose_name=_("complaint"))
    holder = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("holder"))
    # As it was then: people move on, their department's time stays where it was spent.
    department = models.ForeignKey(
        "staff.Department", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)
    # Business time between the two, written down when it ends.
    spent = models.DurationField(_("time spent"), null=True, blank=True)

    class Meta:
        verbose_name = _("time at somebody")
        verbose_name_plural = _("who spent the time")
        ordering = ["started_at"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["complaint", "started_at"], name="segment_begins_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="segment_ends_after"
            ),
        ]
        indexes = [models.Index(fields=["started_at", "ended_at"], name="segment_span")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.holder_id}"
