"""Imports of customer files: dry run first, then commit, row by row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class ImportJob(TenantModel):
    """One uploaded file on its way: read, checked, committed in the background."""

    class State(models.TextChoices):
        CHECKED = "checked", _("checked, waiting for your go-ahead")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        DISCARDED = "discarded", _("discarded")

    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CHECKED)
    mapping = models.JSONField(_("columns"), default=dict)  # column index (text) -> field
    headers = models.JSONField(_("headers"), default=list)
    warnings = models.JSONField(default=list)
    to_create = models.PositiveIntegerField(_("new"), default=0)
    to_update = models.PositiveIntegerField(_("to be updated"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    failed_count = models.PositiveIntegerField(_("failed"), default=0)
    uploaded_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.file_name


class ImportRow(TenantModel):
    """One row of the file: what it says, what will be or was done with it, and why not."""

    class Outcome(models.TextChoices):
        CREATE = "create", _("will be created")
        UPDATE = "update", _("will be updated")
        REFUSE = "refuse", _("cannot be taken")
        CREATED = "created", _("was created")
        UPDATED = "updated", _("was updated")
        FAILED = "failed", _("failed")

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"))  # as in the file, first row is 1
    cells = models.JSONField(_("cells"), default=list)
    values = models.JSONField(_("understood as"), default=dict)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    problems = models.JSONField(_("remarks"), default=list)  # [{"code", "column", "value"}]
    customer = models.ForeignKey(
        "customers.Customer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer"),
    )

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ["number"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["job", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return str(self.number)
