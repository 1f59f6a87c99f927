"""Schemas made ahead of time: the recorded tables of a release and the spares replayed from it (public schema)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
    """A schema with its defaults waiting for a firm; adopting it deletes the row, the schema keeps its own name."""

    schema_name = models.CharField(_("schema"), max_length=63, unique=True)
    fingerprint = models.CharField(_("migration state"), max_length=64)
    # Which defaults lie in it (services.defaults.fingerprint); empty in one an earlier release made.
    defaults = models.CharField(max_length=64, db_default="", editable=False)

    class Meta:
        verbose_name = _("spare schema")
        verbose_name_plural = _("spare schemas")
        indexes = [models.Index(fields=["fingerprint", "created_at"], name="spare_ready")]

    def __str__(self) -> str:
        return self.schema_name
