"""Every mail that leaves: what, to whom, and whether it really left."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class SharedText(TenantModel):
    """The text of a mail that many got, kept once, with marks where readers differ."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the text
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.text[:60]


class Message(TenantModel):
    """One delivery. Rendered when it is sent, from the object ``ref`` as it is then."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("survey invitation")
        ACKNOWLEDGEMENT = "acknowledgement", _("complaint received")
        RESOLUTION = "resolution", _("is it solved?")
        RESOLUTION_REMINDER = "resolution_reminder", _("is it solved? (reminder)")
        REPLY = "reply", _("reply to the customer")
        ESCALATION = "escalation", _("escalation")
        CLOSING = "closing", _("closing note")
        WELCOME = "welcome", _("welcome")
        PASSWORD = "password", _("new password")
        ASSIGNED = "assigned", _("a complaint is yours")
        ANSWERED = "answered", _("the customer wrote")
        DIGEST = "digest", _("the morning's digest")
        SIGN_UP = "sign_up", _("sign-up")
        MENTION = "mention", _("a colleague called you in")
        PROMISE_DUE = "promise_due", _("a promise is due")
        PROMISE_BROKEN = "promise_broken", _("a promise was not kept")
        COMPENSATION_ASKED = "compensation_asked", _("a compensation waits for you")
        COMPENSATION_DECIDED = "compensation_decided", _("a compensation was decided")
        REVIEW_ASKED = "review_asked", _("an approval waits for you")
        REVIEW_LATE = "review_late", _("an approval is late")
        REVIEW_ANSWERED = "review_answered", _("an approval was answered")
        SUPERVISION = "supervision", _("the month's supervision report")
        CAUSE_PROPOSED = "cause_proposed", _("a cause came back")
        WE_DID = "we_did", _("you said – we did")
        CHANGE_ASKED = "change_asked", _("another department asks for a change")
        CHANGE_RAISED = "change_raised", _("a change request waits for your decision")
        CHANGE_NEWS = "change_news", _("news of a change request")
        CHANGE_PASSED = "change_passed", _("a change request is yours now")
        CHANGES_PASSED = "changes_passed", _("several change requests are yours now")
        MY_PAGE = "my_page", _("the way to their own page")
        DATA_REQUEST = "data_request", _("a customer asks about their data")
        QUESTION_ASKED = "question_asked", _("a question to you")
        QUESTION_RAISED = "question_raised", _("a question nobody answered")
        QUESTION_ANSWERED = "question_answered", _("a question was answered")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("not sent")
        REFUSED = "refused", _("refused by the mailbox")
        UNCERTAIN = "uncertain", _("perhaps sent")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    ref = models.UUIDField(_("object"))
    dedupe_key = models.CharField(max_length=160)
    user = models.ForeignKey(
        "staff.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("to staff member"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to customer"),
    )
    email = models.EmailField(_("to"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    # As sent, with the secret part of links blotted out; of a mail that many got, what differs from ``shared_text``.
    # See selectors.messages.text_of.
    text = models.TextField(_("text"), blank=True)
    shared_text = models.UUIDField(null=True, blank=True, editable=False)
    filled_in = models.JSONField(default=dict, blank=True, editable=False)
    message_id = models.CharField("Message-ID", max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # The group it was handed over in (tenants.HandOver), and its place there from 0; of one that went alone, nothing.
    handover = models.UUIDField(null=True, blank=True, editable=False)
    place = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # When it should leave, where that is not as soon as it was asked for.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # What a sent mail means to the other rooms has been written down; a worker may die between the two.
    followed_up = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="message_once")]
        # None of the state: it changes twice on a mail's way, and an index of it would make each change one of all
        # indexes (see the table's fill factor in the first migration).
        indexes = [
            models.Index(fields=["ref"], name="message_ref"),
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            models.Index(fields=["user"], condition=Q(user__isnull=False), name="message_to_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.email}"
