"""Imports of files: dry run first, then commit in the background, and the way back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class ImportJob(TenantModel):
    """One uploaded file on its way: read, checked, committed in the background, perhaps undone."""

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, waiting for your go-ahead")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")
        DISCARDED = "discarded", _("discarded")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    class Mode(models.TextChoices):
        BOTH = "both", _("add new ones and update known ones")
        CREATE = "create", _("only add new ones")
        UPDATE = "update", _("only update known ones")

    class MatchBy(models.TextChoices):
        ANY = "any", _("number, else phone, else e-mail")
        NUMBER = "number", _("customer number only")
        PHONE = "phone", _("phone only")
        EMAIL = "email", _("e-mail only")

    class Blank(models.TextChoices):
        KEEP = "keep", _("keep what is known")
        CLEAR = "clear", _("empty the field")

    file_name = models.CharField(_("file"), max_length=200)
    # Which kind of rows: a name of customers.services.import_kinds; floors above add theirs.
    kind = models.CharField(_("holds"), max_length=20, default="customers", db_default="customers")
    # Names of the systems whose lists look like this one, as shown; from customers.logic.presets.
    looks_like = models.CharField(_("looks like"), max_length=60, blank=True, default="", db_default="")
    mode = models.CharField(_("rows"), max_length=8, choices=Mode, default=Mode.BOTH, db_default=Mode.BOTH)
    match_by = models.CharField(
        _("recognised by"), max_length=8, choices=MatchBy, default=MatchBy.ANY, db_default=MatchBy.ANY
    )
    blank = models.CharField(_("blank cells"), max_length=8, choices=Blank, default=Blank.KEEP, db_default=Blank.KEEP)
    # Unknown customers of purchases and feedback are added, where the row says enough to know them again.
    add_missing = models.BooleanField(_("add unknown customers"), default=True, db_default=True)
    # Automations hear of each row; silent unless chosen, so that no history sets off surveys.
    is_loud = models.BooleanField(_("run automations"), default=False, db_default=False)
    # Past feedback opens complaints, where chosen.
    opens_complaints = models.BooleanField(_("open complaints"), default=False, db_default=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CHECKED)
    mapping = models.JSONField(_("columns"), default=dict)  # column index (text) -> field
    headers = models.JSONField(_("headers"), default=list)
    warnings = models.JSONField(default=list)
    row_count = models.PositiveIntegerField(_("rows in the file"), default=0, db_default=0)
    checked_count = models.PositiveIntegerField(_("rows checked"), default=0, db_default=0)
    to_create = models.PositiveIntegerField(_("new"), default=0)
    to_update = models.PositiveIntegerField(_("to be updated"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    skipped = models.PositiveIntegerField(_("left alone"), default=0, db_default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    failed_count = models.PositiveIntegerField(_("failed"), default=0)
    undone_count = models.PositiveIntegerField(_("undone"), default=0, db_default=0)
    kept_count = models.PositiveIntegerField(_("kept"), default=0, db_default=0)
    uploaded_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

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
        UNREAD = "unread", _("not checked yet")
        CREATE = "create", _("will be created")
        UPDATE = "update", _("will be updated")
        SKIP = "skip", _("left alone")
        REFUSE = "refuse", _("cannot be taken")
        CREATED = "created", _("was created")
        UPDATED = "updated", _("was updated")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("was undone")
        KEPT = "kept", _("could not be undone")

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
    # What the row made or changed where that is no customer: a purchase, an answer.
    record_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ["number"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["job", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return str(self.number)


class ImportChange(TenantModel):
    """What one row changed: the field before and after; an empty field is a whole record that was made beside it."""

    class Fate(models.TextChoices):
        STANDS = "stands", _("stands")
        UNDONE = "undone", _("undone")
        KEPT = "kept", _("kept: changed since")

    job = models.ForeignKey(
        ImportJob, models.CASCADE, related_name="changes", db_index=False, verbose_name=_("import")
    )  # the index begins with it
    number = models.PositiveIntegerField(_("row"))
    # customers.customer, customers.purchase, customers.consent or a model of a floor above.
    model = models.CharField(max_length=60)
    record_id = models.UUIDField()
    field = models.CharField(_("field"), max_length=40, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    fate = models.CharField(_("what became of it"), max_length=8, choices=Fate, default=Fate.STANDS)
    # What stood there when it was to be undone, where that was something else.
    found = models.JSONField(_("found"), null=True, blank=True)

    class Meta:
        verbose_name = _("change by an import")
        verbose_name_plural = _("changes by imports")
        ordering = ["number", "id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["job", "number", "id"], name="import_change_row")]

    def __str__(self) -> str:
        return f"{self.number}: {self.field}"


class ImportMapping(TenantModel):
    """What the firm took the columns of a set of headers for, the last time; offered for the next such file."""

    headers_key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("holds"), max_length=20)
    columns = models.JSONField(_("columns"), default=dict)  # header as a search key -> field
    options = models.JSONField(default=dict)
    used_at = models.DateTimeField(_("last used"), default=now)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.kind
