"""The customer's timeline: one append-only ledger of everything that happened on any channel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class Interaction(TenantModel):
    """One thing that happened with a customer. Never changed; a correction is another entry."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        CALL = "call", _("Call")
        CHAT = "chat", _("Chat")
        MAIL = "mail", _("E-mail")
        ORDER = "order", _("Order")
        DELIVERY = "delivery", _("Delivery")
        SURVEY = "survey", _("Survey")
        COMPLAINT = "complaint", _("Complaint")
        CONSENT = "consent", _("Consent")
        NOTE = "note", _("Note")
        IMPORT = "import", _("Import")

    class Direction(models.TextChoices):
        IN = "in", _("from the customer")
        OUT = "out", _("from us")
        INTERNAL = "internal", _("internal")

    class MeantFor(models.TextChoices):
        """A way in the firm keeps open; said in the words of ``Kind`` where it is one of them."""

        VISIT = "visit", _("the counter")
        CALL = "call", _("the phone")
        CHAT = "chat", _("chat (Zalo, Facebook)")
        MAIL = "mail", _("e-mail")
        PAGE = "page", _("the website")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="interactions", db_index=False, verbose_name=_("customer")
    )  # the timeline's index begins with it
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.INTERNAL)
    occurred_at = models.DateTimeField(_("when"), default=now)
    # A stable code such as "complaint.opened"; the words are chosen in the reader's language when shown.
    what = models.CharField(_("what"), max_length=60)
    body = models.TextField(_("text"), blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    # Where we expected them to write, call or come, where that was somewhere else.
    meant_for = models.CharField(_("meant for"), max_length=12, choices=MeantFor, blank=True, default="", db_default="")
    # The object it is about, as app.model and id: never a content-type number, those differ between schemas.
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    actor_kind = models.CharField(max_length=10, default="system")
    actor_id = models.UUIDField(null=True, blank=True)
    actor_label = models.CharField(_("by"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline")
        ordering = ["-occurred_at", "-id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="timeline"),
            models.Index(fields=["subject_id"], name="timeline_subject"),
            models.Index(fields=["-occurred_at"], condition=~models.Q(meant_for=""), name="timeline_meant_for"),
            # Which cases somebody had a hand in.
            models.Index(
                fields=["actor_id", "subject_id"],
                condition=models.Q(kind="complaint", actor_kind="user"),
                name="timeline_by_staff",
            ),
        ]

    def __str__(self) -> str:
        return self.what
