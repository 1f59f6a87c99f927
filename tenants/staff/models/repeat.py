"""Calls of the API a partner may safely send again."""

from django.db import models

from cxcrm.core.models import TenantModel


class RepeatableCall(TenantModel):
    """A call that carried an idempotency key, and what it was answered; written with its effect."""

    caller = models.UUIDField()  # the API key or the member of staff
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="called_once")]
        indexes = [models.Index(fields=["created_at"], name="repeatable_age")]

    def __str__(self) -> str:
        return self.key
