"""Schemas made ahead of time: the recorded tables of a release and the spares replayed from it (public schema)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import Row


class SchemaTemplate(Row):
    """The SQL that makes the tables of one release, taken from the one schema built by real migrations."""

    fingerprint = models.CharField(_("migration state"), max_length=64, unique=True)
    schema_name = models.CharField(_("schema"), max_length=63)
    sql = models.TextField(_("SQL"), blank=True)

    class Meta:
        verbose_name = _("schema template")
        verbose_name_plural = _("schema templates")

    def __str__(self) -> str:
        return self.fingerprint[:12]


class SpareSchema(Row):
    """An empty schema waiting for a firm; adopting it deletes the row and keeps the schema under its own name."""

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        READY = "ready", _("ready")

    schema_name = models.CharField(_("schema"), max_length=63, unique=True)
    fingerprint = models.CharField(_("migration state"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.BUILDING)
    started_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("spare schema")
        verbose_name_plural = _("spare schemas")
        indexes = [models.Index(fields=["state", "fingerprint"], name="spare_ready")]

    def __str__(self) -> str:
        return self.schema_name
