"""Where customers were on their way, how that is read in the timeline, and what the ways of a journey come to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Interaction
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class StageVisit(TenantModel):
    """A customer was at a stage; the stage is the same in every published version of its journey.

    Read in an entry of the timeline by the firm's rules (``entry``), or told by another system under a number of its
    own (``source`` and ``external_id``).
    """

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", db_index=False, verbose_name=_("customer")
    )  # the index of ways begins with it
    stage = models.ForeignKey(
        "journeys.Stage", models.CASCADE, related_name="+", db_index=False, verbose_name=_("stage")
    )  # an index begins with it
    visited_at = models.DateTimeField(_("when"))
    # The timeline's entry it was read in. No foreign key: whoever removes entries knows nothing of this room, and what
    # is read in none any more goes with the next reading.
    entry = models.UUIDField(_("timeline entry"), null=True, blank=True)
    source = models.CharField(_("system"), max_length=40, blank=True)
    external_id = models.CharField(_("number there"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("visit of a stage")
        verbose_name_plural = _("visits of stages")
        base_manager_name = "objects"
        ordering = ["-visited_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "stage"], name="entry_visits_stage_once"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="visit_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "visited_at"], include=["stage"], name="visit_way"),
            models.Index(fields=["stage", "visited_at"], include=["customer"], name="visit_of_stage"),
            models.Index(fields=["-visited_at", "-id"], name="visit_latest"),
        ]

    def __str__(self) -> str:
        return str(self.stage)


class VisitRule(TenantModel):
    """What on the timeline counts as a visit of which stage; of several rules that say the same stage one is enough."""

    # What a customer does; what the firm does or only notes is no visit.
    KINDS = (
        Interaction.Kind.VISIT,
        Interaction.Kind.ORDER,
        Interaction.Kind.DELIVERY,
        Interaction.Kind.CALL,
        Interaction.Kind.CHAT,
        Interaction.Kind.MAIL,
        Interaction.Kind.SURVEY,
        Interaction.Kind.COMPLAINT,
    )
    CHOICES = tuple((kind.value, kind.label) for kind in KINDS)
    # What is about a touchpoint; others have none.
    ABOUT = (Interaction.Kind.SURVEY, Interaction.Kind.COMPLAINT)
    # What has a channel in the words of the till.
    SOLD = (Interaction.Kind.VISIT, Interaction.Kind.ORDER, Interaction.Kind.DELIVERY)

    kind = models.CharField(_("what happened"), max_length=12, choices=CHOICES)
    channel = models.CharField(
        _("channel"),
        max_length=40,
        blank=True,
        help_text=_("As the till calls it; left empty, any. Only for purchases and visits."),
    )
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("touchpoint"),
        help_text=_("Left empty, any. Only for surveys and complaints."),
    )
    stage = models.ForeignKey(
        "journeys.Stage",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("is a visit of"),
        help_text=_("Left empty for surveys and complaints, it is the stage of the touchpoint they are about."),
    )

    class Meta:
        verbose_name = _("visit rule")
        verbose_name_plural = _("visit rules")
        base_manager_name = "objects"
        ordering = ["kind", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel", "touchpoint", "stage"], nulls_distinct=False, name="visit_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(stage__isnull=False) | Q(kind__in=["survey", "complaint"]), name="visit_rule_has_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.stage or _('the stage of its touchpoint')}"


class VisitReading(TenantModel):
    """A day's reading of the timeline by the rules: how far it got, of whoever had news or of everybody."""

    day = models.DateField(_("day"), unique=True)
    as_of = models.DateTimeField(_("begun"), default=now)
    is_whole = models.BooleanField(_("everybody"), default=False)
    reached = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("reading of visits")
        verbose_name_plural = _("readings of visits")
        base_manager_name = "objects"
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


class JourneyFlow(TenantModel):
    """How many come on along a journey, counted at night for its map."""

    journey = models.OneToOneField(
        "journeys.Journey", models.CASCADE, related_name="flow", verbose_name=_("journey")
    )  # fmt: skip
    counted_at = models.DateTimeField(_("counted"), default=now)
    since = models.DateTimeField(_("from"))
    # Of each way drawn: {"start": stage, "end": stage, "n": customers, "came": customers}.
    ways = models.JSONField(default=list)

    class Meta:
        verbose_name = _("ways of a journey, counted")
        verbose_name_plural = _("ways of journeys, counted")
        base_manager_name = "objects"
        ordering = ["-counted_at"]

    def __str__(self) -> str:
        return str(self.counted_at)
