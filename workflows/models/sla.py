"""Promised times and the clocks that measure them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class SlaPolicy(TenantModel):
    """Times promised for one severity. Durations are business time unless ``around_the_clock``."""

    severity = models.CharField(_("severity"), max_length=2, unique=True)
    first_contact = models.DurationField(_("first personal contact within"))
    resolve = models.DurationField(_("answer within"))
    around_the_clock = models.BooleanField(_("day and night"), default=False)
    calendar = models.ForeignKey(
        "workflows.Calendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("calendar"),
    )

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ["severity"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.severity


class SlaClock(TenantModel):
    """One measured promise to one customer; a reopened complaint gets a new run."""

    class Kind(models.TextChoices):
        FIRST_CONTACT = "first_contact", _("first personal contact")
        RESOLVE = "resolve", _("resolution")

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("kept")
        BREACHED = "breached", _("missed")

    complaint = models.ForeignKey("feedback.Complaint", models.CASCADE, related_name="+", verbose_name=_("complaint"))
    kind = models.CharField(_("promise"), max_length=14, choices=Kind)
    run = models.PositiveSmallIntegerField(_("run"), default=1)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    breached_at = models.DateTimeField(_("missed"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    # Time left when it was paused, as it is counted; meanwhile ``due_at`` is when it will be due if the pause lasts.
    left = models.DurationField(_("time left"), null=True, blank=True)
    # Business time by which the promise was missed, once it is known.
    late_by = models.DurationField(_("late by"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["due_at"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["complaint", "kind", "run"], name="clock_once_per_run")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(stopped_at=None), name="clock_running"),
            # What is due next on each case of a list: few clocks run, and this says it without reading them.
            models.Index(
                fields=["complaint", "due_at"], condition=Q(stopped_at=None), include=["kind"], name="clock_running_of"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"
