"""Root causes that came back: what is proposed, what it rests on, and what was told to those who raised it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class CauseProposal(TenantModel):
    """A root cause came back: whoever answers for the place is asked to make an initiative of it, once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a decision")
        TAKEN = "taken", _("taken up")
        REJECTED = "rejected", _("not taken up")

    class Rule(models.TextChoices):
        CASES = "cases", _("three cases in 30 days")
        SHARE = "share", _("five percent of all cases in 30 days")

    root_cause = models.ForeignKey("feedback.RootCause", models.PROTECT, related_name="+", verbose_name=_("root cause"))
    # Where most of its cases happened.
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    owner = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("accountable"))
    rule = models.CharField(_("because of"), max_length=6, choices=Rule)
    # As they were when it was proposed; cases that come while it waits or is worked on are added to its evidence.
    counted = models.PositiveIntegerField(_("cases in 30 days"))
    everything = models.PositiveIntegerField(_("of all cases"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    initiative = models.OneToOneField(
        "journeys.Initiative", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("initiative")
    )
    decided_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    because = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("cause that came back")
        verbose_name_plural = _("causes that came back")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["root_cause"], condition=Q(state="waiting"), name="one_waiting_proposal_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(state="taken", initiative__isnull=False) | (~Q(state="taken") & Q(initiative=None)),
                name="taken_proposal_has_an_initiative",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(because=""), name="rejected_proposal_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["owner"], condition=Q(state="waiting"), name="proposal_waiting")]

    def __str__(self) -> str:
        return str(self.root_cause)

    @property
    def percent(self) -> int:
        """The share of the cause in the window's cases."""
        return round(100 * self.counted / self.everything) if self.everything else 0


class CauseCase(TenantModel):
    """A complaint a proposal rests on; each speaks for one proposal, so that the same cases never ask twice."""

    proposal = models.ForeignKey(
        CauseProposal, models.CASCADE, related_name="cases", verbose_name=_("cause that came back")
    )
    complaint = models.OneToOneField(
        "feedback.Complaint", models.CASCADE, related_name="+", verbose_name=_("complaint")
    )

    class Meta:
        verbose_name = _("case of a cause")
        verbose_name_plural = _("cases of causes")
        ordering = ["created_at", "id"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.complaint_id}"


class WeDid(TenantModel):
    """What was done about what customers said, in one sentence a language; told once to those who raised it."""

    initiative = models.OneToOneField(
        "journeys.Initiative", models.CASCADE, related_name="+", verbose_name=_("initiative")
    )
    said_vi = models.CharField(_("what we did, in Vietnamese"), max_length=300, blank=True)
    said_en = models.CharField(_("what we did, in English"), max_length=300, blank=True)
    written_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("written by"))
    sent_at = models.DateTimeField(_("sent"), default=now)
    # How many it was meant for when it was sent; how many it reached is counted from the mails.
    meant_for = models.PositiveIntegerField(_("meant for"))

    class Meta:
        verbose_name = _("you said – we did")
        verbose_name_plural = _("you said – we did")
        ordering = ["-sent_at", "-id"]
        base_manager_name = "objects"
        constraints = [models.CheckConstraint(condition=~Q(said_vi="") | ~Q(said_en=""), name="we_did_says_something")]

    def __str__(self) -> str:
        return self.said_vi or self.said_en
