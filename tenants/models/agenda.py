"""The agenda: everything that must happen later, as rows with ids and no personal data (public schema)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import Row
from tenants.models.tenant import Tenant


class Lane(models.TextChoices):
    """Escalations have a lane and a worker of their own, so that surveys cannot delay them."""

    ESCALATION = "escalation", _("escalations")
    NORMAL = "normal", _("everything else")


class AgendaItem(Row):
    """One thing due for one tenant. Reached only through ``services.agenda``."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        LEASED = "leased", _("being done")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        DEAD = "dead", _("given up")

    # No index of its own: the unique key begins with it.
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    lane = models.CharField(_("lane"), max_length=12, choices=Lane, default=Lane.NORMAL)
    kind = models.CharField(_("kind"), max_length=60)
    ref = models.UUIDField(_("object"))
    dedupe_key = models.CharField(_("key"), max_length=200)
    due_at = models.DateTimeField(_("due"), default=now)
    priority = models.PositiveSmallIntegerField(_("priority"), default=5)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda")
        constraints = [models.UniqueConstraint(fields=["tenant", "dedupe_key"], name="agenda_once")]
        indexes = [
            models.Index(
                fields=["lane", "tenant", "kind", "due_at"],
                condition=Q(state__in=["pending", "leased"]),
                name="agenda_claimable",
            ),
            models.Index(
                fields=["lane", "kind", "due_at"], condition=Q(state__in=["pending", "leased"]), name="agenda_due"
            ),
            # Who is working for whom now; small, and read by every claim.
            models.Index(fields=["tenant"], condition=Q(state="leased"), name="agenda_leased"),
            models.Index(fields=["state"], condition=Q(state="dead"), name="agenda_dead"),
            models.Index(fields=["finished_at"], condition=Q(state="done"), name="agenda_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class HandOver(Row):
    """How far a worker has come with a group of mails: those before ``answered`` are settled, those from ``begun`` on
    cannot have left.

    The table is unlogged: writing to it waits for no disk, and after a crash of the server it is empty, so that nothing
    is ever concluded from a position that may be older than what happened. Whoever concludes something closes it first,
    and a worker that was only slow finds it closed before it begins another mail.
    """

    answered = models.PositiveIntegerField(default=0)
    begun = models.PositiveIntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    def __str__(self) -> str:
        return f"{self.answered}…{self.begun}"


class SentRecord(Row):
    """What has left the house, append-only: restoring a tenant's backup re-sends nothing."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    dedupe_key = models.CharField(_("key"), max_length=200)
    message_id = models.CharField(_("Message-ID"), max_length=120)
    sent_at = models.DateTimeField(_("sent"), default=now)

    class Meta:
        verbose_name = _("sent record")
        verbose_name_plural = _("sent records")
        constraints = [models.UniqueConstraint(fields=["tenant", "dedupe_key"], name="sent_once")]

    def __str__(self) -> str:
        return self.message_id
