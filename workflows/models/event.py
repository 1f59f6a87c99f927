"""The event ledger, which is also the audit log, and who has dealt with what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.events import words_of
from cxcrm.core.models import TenantModel


class Event(TenantModel):
    """Something that happened, written with the change that caused it. Never altered."""

    name = models.CharField(_("event"), max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField(_("ids"), default=dict)
    occurred_at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(_("by"), max_length=160, blank=True)
    causation_id = models.UUIDField(_("caused by"), null=True)
    depth = models.PositiveSmallIntegerField(_("depth"), default=0)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-occurred_at", "-id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="event_newest"),
            models.Index(fields=["name", "-occurred_at"], name="event_name"),
        ]

    def __str__(self) -> str:
        return words_of(self.name)


class Receipt(TenantModel):
    """A handler has dealt with an event; written in the handler's own transaction."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="receipts")
    handler = models.CharField(_("handler"), max_length=160)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="handled_once")]

    def __str__(self) -> str:
        return self.handler
