"""What waits for the brand steward's yes, until when, and what became of it."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel

# What is reviewed: exactly one of these is named.
SUBJECTS = ("journey", "touchpoint", "initiative", "reply_template")


class Review(TenantModel):
    """One request for the brand steward's approval; of each thing at most one waits."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for an answer")
        APPROVED = "approved", _("approved")
        SENT_BACK = "sent_back", _("sent back")
        # It was put aside without an answer: withdrawn, decided or removed by others.
        SETTLED = "settled", _("no longer needed")

    journey = models.ForeignKey(
        "journeys.Journey", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("journey")
    )
    # The place whose standard was proposed.
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("standard of")
    )
    initiative = models.ForeignKey(
        "journeys.Initiative", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("initiative")
    )
    reply_template = models.ForeignKey(
        "feedback.ReplyTemplate",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reply template"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    # Who answers: the steward, or who stands in; after the two working days the firm's chief.
    steward = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("waits for")
    )
    answer_by = models.DateTimeField(_("answer by"))
    raised_at = models.DateTimeField(_("chief told"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *(
                        Q(**{f"{name}__isnull": name != subject for name in SUBJECTS})
                        for subject in SUBJECTS
                    ),
                    _connector=Q.OR,
                ),
                name="review_of_one_thing",
            ),
            *(
                models.UniqueConstraint(fields=[name], condition=Q(state="waiting"), name=f"one_review_of_{name}")
                for name in SUBJECTS
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(state="waiting"), name="review_waiting"),
            models.Index(fields=["-created_at", "-id"], name="review_newest"),
        ]

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def kind(self) -> str:
        """One of ``SUBJECTS``."""
        return next(name for name in SUBJECTS if getattr(self, f"{name}_id") is not None)

    @property
    def ref(self) -> UUID:
        """The id of what is reviewed."""
        return getattr(self, f"{self.kind}_id")

    @property
    def subject(self) -> models.Model:
        """What is reviewed; of a standard the touchpoint it is for."""
        return getattr(self, self.kind)
