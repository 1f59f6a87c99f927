"""Places around an experience – a shop, a website, a hotline – and what was found when somebody walked them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from journeys.logic import environments as logic
from journeys.models.journey import Named


class Environment(Named):
    """A place with its checklist and the one person who answers for it; walked once a month."""

    class Kind(models.TextChoices):
        PLACE = "place", _("shop or office")
        WEB = "web", _("website or app")
        PHONE = "phone", _("hotline")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.PLACE)
    branch = models.ForeignKey(
        "staff.Branch", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    department = models.ForeignKey(
        "staff.Department", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("department in charge"),
    )  # fmt: skip
    accountable = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("answers for it"))
    # Where customers come upon it: in a whole stage, or at one touchpoint and so in its stage.
    stage = models.ForeignKey(
        "journeys.Stage", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stage")
    )
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    # What is looked at, in the firm's words, in the order one walks.
    items = models.JSONField(_("checklist"), default=list)
    due_on = models.DateField(_("to be walked by"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(Named.Meta):
        verbose_name = _("environment")
        verbose_name_plural = _("Environments")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="environment_name_once"),
            models.CheckConstraint(condition=Q(stage=None) | Q(touchpoint=None), name="stands_at_one_thing"),
        ]


class EnvironmentAudit(TenantModel):
    """Somebody walked a place on a day; once a day at most, and never changed."""

    environment = models.ForeignKey(
        Environment, models.CASCADE, related_name="audits", db_index=False, verbose_name=_("environment")
    )  # the key below begins with it
    done_on = models.DateField(_("day"))
    done_at = models.DateTimeField(_("walked"), default=now)
    done_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("walked by")
    )
    # As counted from the points below, so that lists are read without them.
    passed = models.PositiveSmallIntegerField(_("in order"))
    rated = models.PositiveSmallIntegerField(_("of"))

    class Meta:
        verbose_name = _("walk of an environment")
        verbose_name_plural = _("walks of environments")
        ordering = ["-done_on", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["environment", "done_on"], name="walked_once_a_day"),
            models.CheckConstraint(condition=Q(passed__lte=F("rated")), name="passed_of_rated"),
        ]

    def __str__(self) -> str:
        return f"{self.environment} {self.done_on:%d/%m/%Y}"

    @property
    def score(self) -> float | None:
        """0 to 100; None where nothing applied."""
        return logic.score(self.passed, self.rated)


class AuditItem(TenantModel):
    """One point of the checklist as it read that day, and what was found."""

    class Result(models.TextChoices):
        OK = "ok", _("in order")
        FAIL = "fail", _("not in order")
        NA = "na", _("does not apply")

    audit = models.ForeignKey(
        EnvironmentAudit, models.CASCADE, related_name="items", db_index=False, verbose_name=_("walk")
    )  # the key below begins with it
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("point"), max_length=logic.ITEM_LENGTH)
    result = models.CharField(_("found"), max_length=4, choices=Result)
    note = models.CharField(_("what is wrong"), max_length=200, blank=True)
    # What it takes more than a hand's turn to put right.
    initiative = models.ForeignKey(
        "journeys.Initiative", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("initiative")
    )

    class Meta:
        verbose_name = _("point of a walk")
        verbose_name_plural = _("points of walks")
        ordering = ["audit", "position"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["audit", "position"], name="point_once_a_walk"),
            models.CheckConstraint(condition=~Q(result="fail") | ~Q(note=""), name="what_fails_is_told"),
        ]

    def __str__(self) -> str:
        return self.text


class AuditPhoto(TenantModel):
    """What a point looked like that day; in a row of its own, so that no list reads its bytes."""

    item = models.OneToOneField(AuditItem, models.CASCADE, related_name="photo", verbose_name=_("point"))
    # As its first bytes say, never as somebody claims.
    content_type = models.CharField(_("kind of file"), max_length=100)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("photo of a point")
        verbose_name_plural = _("photos of points")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.item_id)
