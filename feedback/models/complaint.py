"""Complaints: tracked from receipt to the customer's own "yes, it is solved" (ISO 10002)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel

# What the desk looks at: open, or waiting for the customer.
_LIVE = ["received", "acknowledged", "assessed", "investigating", "decided", "reopened", "communicated"]


class RootCause(TenantModel):
    """Why things go wrong, in two levels the firm edits itself."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("root cause")
        verbose_name_plural = _("root causes")
        ordering = ["parent__name", "name"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="root_cause_once", nulls_distinct=False),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="root_cause_is_no_own_parent"),
        ]

    def __str__(self) -> str:
        own = (self.name_en or self.name) if get_language() == "en" else self.name
        return f"{self.parent} › {own}" if self.parent_id else own


class Remedy(TenantModel):
    """An option an executive can choose for a complaint: what would be done and what it costs."""

    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("touchpoint"),
        help_text=_("Empty: offered for every complaint."),
    )
    name = models.CharField(_("what is done"), max_length=160)
    name_en = models.CharField(_("in English"), max_length=160, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, default=0)
    is_recommended = models.BooleanField(_("recommended"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")
        ordering = ["position", "name"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name


class ComplaintCounter(TenantModel):
    """The last complaint number given in a year; locked while the next is taken, so there is no gap and no twin."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Complaint(TenantModel):
    """One matter a customer is unhappy about, with exactly one owner."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        ASSESSED = "assessed", _("assessed")
        INVESTIGATING = "investigating", _("being worked on")
        DECIDED = "decided", _("decided")
        COMMUNICATED = "communicated", _("answered, waiting for the customer")
        CLOSED_CONFIRMED = "closed_confirmed", _("solved, the customer says so")
        CLOSED_NO_REPLY = "closed_no_reply", _("closed without a reply")
        REOPENED = "reopened", _("reopened")
        REFERRED_EXTERNAL = "referred_external", _("referred to an outside body")

    class Severity(models.TextChoices):
        S1 = "S1", _("S1 critical")
        S2 = "S2", _("S2 high")
        S3 = "S3", _("S3 normal")
        S4 = "S4", _("S4 suggestion")

    class Channel(models.TextChoices):
        SURVEY = "survey", _("survey")
        PAGE = "page", _("complaint page")
        STAFF = "staff", _("taken by staff")
        API = "api", _("partner")

    # So bad that it is seen from the customer's side before it is answered (domain.md §1, 0.11).
    SERIOUS = ("S1", "S2")

    OPEN_STATES = ("received", "acknowledged", "assessed", "investigating", "decided", "reopened")

    LIVE_STATES = tuple(_LIVE)

    number = models.CharField(_("number"), max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    response = models.OneToOneField(
        "feedback.Response",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaint",
        verbose_name=_("response"),
    )
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("touchpoint"),
    )
    branch = models.ForeignKey(
        "staff.Branch", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    channel = models.CharField(_("came by"), max_length=8, choices=Channel)
    state = models.CharField(_("state"), max_length=18, choices=State, default=State.RECEIVED)
    severity = models.CharField(_("severity"), max_length=2, choices=Severity)
    severity_reasons = models.JSONField(default=list, blank=True)
    subject = models.CharField(_("subject"), max_length=160)
    description = models.TextField(_("what happened"))
    remedy_sought = models.TextField(_("what the customer asks for"), blank=True)
    owner = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("owner"))
    remedy = models.ForeignKey(
        Remedy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("remedy chosen")
    )
    root_cause = models.ForeignKey(
        RootCause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("root cause")
    )
    action_taken = models.TextField(_("action taken"), blank=True)
    received_at = models.DateTimeField(_("received"), default=now)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first personal contact"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, db_default=[], blank=True)
    # What it is about, as feedback.logic.key_terms has it: cases alike by words are found by these.
    terms = ArrayField(models.CharField(max_length=60), default=list, db_default=[], blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-received_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["communicated", "closed_confirmed", "closed_no_reply"])
                | (Q(root_cause__isnull=False) & ~Q(action_taken="")),
                name="answered_needs_cause_and_action",
            )
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="complaint_newest"),
            models.Index(fields=["owner", "state"], name="complaint_owner_state"),
            models.Index(fields=["customer", "-received_at"], name="complaint_customer"),
            models.Index(fields=["touchpoint", "-received_at"], name="complaint_touchpoint"),
            # The desk: what is open or waits for the customer is a small part of all there ever was.
            models.Index(fields=["owner", "received_at"], condition=Q(state__in=_LIVE), name="complaint_live"),
            models.Index(fields=["-closed_at"], condition=Q(closed_at__isnull=False), name="complaint_closed"),
            GinIndex(fields=["tags"], name="complaint_tags"),
            GinIndex(fields=["terms"], name="complaint_terms"),
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class ComplaintNote(TenantModel):
    """A remark on a complaint: kept inside, sent to the customer, or written by the customer.

    Internal ones never leave the house. What the customer wrote is marked internal too, since nothing is mailed for it.
    """

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="notes", verbose_name=_("complaint"))
    author = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    author_label = models.CharField(_("by"), max_length=160, blank=True)
    body = models.TextField(_("text"))
    is_internal = models.BooleanField(_("internal"), default=True)
    from_customer = models.BooleanField(_("from the customer"), default=False)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["created_at"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.body[:60]
