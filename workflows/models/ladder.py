"""Escalation: who is told when, rung by rung, and what they decided."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class EscalationPolicy(TenantModel):
    """A ladder to climb while nobody acts; exactly one is the default."""

    name = models.CharField(_("name"), max_length=80)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("escalation policy")
        verbose_name_plural = _("escalation policies")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_ladder")
        ]

    def __str__(self) -> str:
        return self.name


class EscalationLevel(TenantModel):
    """One rung: reached after a share of the clock, or some business time after the promise was missed."""

    class Audience(models.TextChoices):
        OWNER = "owner", _("owner of the complaint")
        MANAGER = "manager", _("their manager")
        EXECUTIVE = "executive", _("executive accountable for the touchpoint")
        CHIEF = "chief", _("chief executive")

    policy = models.ForeignKey(EscalationPolicy, models.CASCADE, related_name="levels", verbose_name=_("policy"))
    position = models.PositiveSmallIntegerField(_("rung"))
    audience = models.CharField(_("who"), max_length=10, choices=Audience)
    share = models.DecimalField(
        _("after this share of the clock"), max_digits=4, decimal_places=3, null=True, blank=True
    )
    after_breach = models.DurationField(_("or this long after it ran out"), null=True, blank=True)

    class Meta:
        verbose_name = _("rung")
        verbose_name_plural = _("rungs")
        ordering = ["policy", "position"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["policy", "position"], name="rung_once"),
            models.CheckConstraint(
                condition=Q(share__isnull=False, after_breach=None) | Q(share=None, after_breach__isnull=False),
                name="rung_has_one_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_audience_display()}"


class Ladder(TenantModel):
    """One climb for one complaint. A reopened complaint climbs anew, one rung higher."""

    class State(models.TextChoices):
        CLIMBING = "climbing", _("climbing")
        HELD = "held", _("somebody acted; waiting for the result")
        FINISHED = "finished", _("finished")

    complaint = models.ForeignKey("feedback.Complaint", models.CASCADE, related_name="+", verbose_name=_("complaint"))
    policy = models.ForeignKey(EscalationPolicy, models.PROTECT, related_name="+", verbose_name=_("policy"))
    run = models.PositiveSmallIntegerField(_("run"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.CLIMBING)
    held_until = models.DateTimeField(_("climbs on at"), null=True, blank=True)

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        ordering = ["-created_at"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["complaint", "run"], name="ladder_run_once"),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state__in=["climbing", "held"]), name="one_live_ladder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} #{self.run}"


class EscalationStep(TenantModel):
    """One rung of one climb: when it is due, whom it reached, and that it happened once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TOLD = "told", _("told")
        CANCELLED = "cancelled", _("not needed")

    class Reason(models.TextChoices):
        """Why a step told nobody."""

        ALREADY_TOLD = "already_told", _("this person had been told already")
        ANSWERED = "answered", _("the complaint was answered before")
        HELD = "held", _("somebody acted before")
        NOBODY = "nobody", _("there was nobody to tell")

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="steps", verbose_name=_("ladder"))
    position = models.PositiveSmallIntegerField(_("rung"))
    audience = models.CharField(_("who"), max_length=10, choices=EscalationLevel.Audience)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    recipient = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("told to")
    )
    deputy_for = models.ForeignKey(
        "staff.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("standing in for"),
    )
    is_fallback = models.BooleanField(_("nobody was found, so the default executive"), default=False)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    # What the mail asked to be decided by; the next rung's time, or the end of the legal term.
    decide_by = models.DateTimeField(_("decision wanted by"), null=True, blank=True)

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")
        ordering = ["ladder", "position"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["ladder", "position"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_audience_display()}"


class LadderDecision(TenantModel):
    """What somebody did about an escalated complaint; it holds the ladder until ``until``."""

    class Kind(models.TextChoices):
        TAKE = "take", _("took it over")
        CHOOSE = "choose", _("chose an option")
        DELEGATE = "delegate", _("gave it to somebody")
        MORE_TIME = "more_time", _("asked for time")

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="decisions", verbose_name=_("ladder"))
    step = models.OneToOneField(EscalationStep, models.CASCADE, related_name="decision", verbose_name=_("step"))
    decided_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("decided by"))
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    remedy = models.ForeignKey(
        "feedback.Remedy", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("option")
    )
    delegate = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given to")
    )
    until = models.DateTimeField(_("result promised by"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-created_at"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.get_kind_display()
