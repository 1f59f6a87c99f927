"""Every mail that came in as an answer to one of ours: as it came, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class IncomingMail(TenantModel):
    """One mail, stored before anything else is done with it, and once however often it is brought."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waiting")
        NOTED = "noted", _("became a note on the complaint")
        REOPENED = "reopened", _("reopened the complaint")
        TIMELINE = "timeline", _("stands on the customer's timeline")
        AUTOMATIC = "automatic", _("automatic reply, left alone")
        BOUNCED = "bounced", _("our mail could not be delivered")
        UNMATCHED = "unmatched", _("answers no mail we know")
        LEFT = "left", _("looked at, left alone")
        FAILED = "failed", _("could not be read")

    # As the sender's server gave it, or made from the content of a mail that has none.
    message_id = models.CharField("Message-ID", max_length=255, unique=True)
    answers = models.ForeignKey(
        "workflows.Message",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answers the mail"),
    )
    # The first megabyte; emptied by a night's tidying once nobody needs it to find out what went wrong.
    raw = models.BinaryField(default=b"")
    sender = models.CharField(_("sender"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    # Those that could not be kept, each with the reason.
    attachments = models.JSONField(_("attachments, not kept"), default=list, blank=True)
    # Somebody else than whom we wrote to: a note says so, and nothing is reopened.
    from_other_address = models.BooleanField(_("from another address"), default=False)
    outcome = models.CharField(_("what became of it"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    user = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("staff member")
    )
    complaint = models.ForeignKey(
        "feedback.Complaint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("complaint")
    )
    note = models.ForeignKey(
        "feedback.ComplaintNote", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("note")
    )

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="incoming_newest"),
            models.Index(fields=["created_at"], condition=~Q(raw=b""), name="incoming_with_raw"),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"
