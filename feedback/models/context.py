"""Times in which customers have other worries, where they are, and the invitations held back in them."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from feedback.logic.contexts import standing
from feedback.models.response import Invitation


class ContextEvent(TenantModel):
    """A storm, an epidemic, Tết, a price shock (domain.md §1, 0.18): where, from when until when, and what it pauses.

    Complaints are never paused. It is over at ``ends_at``, or at ``ended_at`` where somebody ended it before.
    """

    class Kind(models.TextChoices):
        STORM = "storm", _("Storm or flood")
        EPIDEMIC = "epidemic", _("Epidemic")
        TET = "tet", _("Tết")
        PRICES = "prices", _("Price shock")
        OTHER = "other", _("Something else")

    class Pauses(models.TextChoices):
        ALL = "all", _("every survey")
        RELATIONSHIP = "relationship", _("relationship surveys only")
        NOTHING = "nothing", _("nothing, only our words change")

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    starts_at = models.DateTimeField(_("begins at"))
    ends_at = models.DateTimeField(_("ends at"))
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True, editable=False)
    # Codes of customers.logic.addresses; none is everywhere.
    provinces = ArrayField(models.CharField(max_length=2), verbose_name=_("provinces"), default=list, blank=True)
    pauses = models.CharField(_("what it pauses"), max_length=12, choices=Pauses, default=Pauses.ALL)
    # What invitations and receipts begin with meanwhile; left empty, the words of its kind (feedback.context_words).
    care_vi = models.CharField(_("words of care in Vietnamese"), max_length=300, blank=True)
    care_en = models.CharField(_("words of care in English"), max_length=300, blank=True)
    segment = models.ForeignKey(
        "customers.Segment",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whom to reach in any case"),
    )
    declared_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("declared by")
    )
    accountable = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("answers for it"))
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("special context")
        verbose_name_plural = _("special contexts")
        ordering = ["-starts_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="context_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__lt=F("ends_at")), name="context_ended_before_its_end"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="context_not_over")]

    def __str__(self) -> str:
        return self.name

    def standing(self, at: datetime) -> str:
        """ "coming", "on", "over" or "called_off" at ``at``."""
        return standing(self.starts_at, self.ends_at, self.ended_at, at)


class HeldInvitation(TenantModel):
    """An invitation that did not leave when it should have, since a context pauses surveys where its customer lives."""

    context = models.ForeignKey(
        ContextEvent, models.CASCADE, related_name="+", db_index=False, verbose_name=_("special context")
    )
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="+", verbose_name=_("invitation"))
    # The context's version it was last looked at by: after a change the older ones are looked at again.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("invitation held back")
        verbose_name_plural = _("invitations held back")
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["context", "invitation"], name="held_once_by_a_context")]

    def __str__(self) -> str:
        return f"{self.context_id}: {self.invitation_id}"
