"""What people at the desk work with: ready words, colleagues called into a case, the customer's point of view."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel
from feedback.models.complaint import Complaint, ComplaintNote


class ReplyTemplate(TenantModel):
    """Words for a reply, with flat placeholders (see logic.placeholders); the firm edits them."""

    class Language(models.TextChoices):
        VI = "vi", _("Vietnamese")
        EN = "en", _("English")

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.VI)
    text = models.TextField(_("text"), max_length=4000)
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("touchpoint"),
        help_text=_("Empty: offered for every complaint."),
    )
    severity = models.CharField(
        _("severity"),
        max_length=2,
        choices=Complaint.Severity,
        blank=True,
        help_text=_("Empty: offered for every severity."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    is_active = models.BooleanField(_("in use"), default=True)
    # Words that wait for the brand steward; "" when none do. Until they are approved ``text`` is what is used, and a
    # template nobody approved yet is not in use.
    proposed_text = models.TextField(_("proposed words"), max_length=4000, blank=True, db_default="", editable=False)

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["position", "name"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["language", "name"], name="reply_template_once")]

    def __str__(self) -> str:
        return self.name


class NoteMention(TenantModel):
    """A colleague called into a case by an internal note; ``seen_at`` once they looked at it."""

    note = models.ForeignKey(ComplaintNote, models.CASCADE, related_name="mentions", verbose_name=_("note"))
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("who"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="mentioned_once")]
        indexes = [
            models.Index(fields=["user", "-created_at"], condition=models.Q(seen_at=None), name="mention_unseen")
        ]

    def __str__(self) -> str:
        return f"{self.note_id} → {self.user_id}"


class Perspective(TenantModel):
    """A case as the customer sees it: the four questions of domain.md §1, 0.11."""

    class Feeling(models.TextChoices):
        """The discrete emotions of domain.md §2.12."""

        IMPATIENT = "impatient", _("impatient")
        ANNOYED = "annoyed", _("annoyed")
        DISAPPOINTED = "disappointed", _("disappointed")
        WORRIED = "worried", _("worried")
        ASHAMED = "ashamed", _("ashamed")
        LOOKED_DOWN = "looked_down", _("looked down on")
        CALM = "calm", _("calm")
        RESPECTED = "respected", _("respected")

    complaint = models.OneToOneField(Complaint, models.CASCADE, related_name="perspective", verbose_name=_("complaint"))
    trying = models.CharField(_("what were they trying to do?"), max_length=500, blank=True)
    happened = models.CharField(_("what happened, seen from their side?"), max_length=500, blank=True)
    feeling = models.CharField(_("how do they feel?"), max_length=12, choices=Feeling, blank=True)
    quote = models.CharField(_("in their words"), max_length=300, blank=True)
    good_end = models.CharField(_("what ending would be all right for them?"), max_length=500, blank=True)
    written_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("customer's point of view")
        verbose_name_plural = _("customers' points of view")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.good_end or self.trying

    @property
    def missing(self) -> list[str]:
        """What a serious case still needs before it is answered; their words may be left out."""
        return [name for name in ("trying", "happened", "feeling", "good_end") if not getattr(self, name)]

    @property
    def is_complete(self) -> bool:
        return not self.missing
