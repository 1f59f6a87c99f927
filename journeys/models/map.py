"""What a published map rests on and what was published: customers' words at stages, and versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.selectors.quotes import cites_quotes
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


@cites_quotes
class StageQuote(TenantModel):
    """A customer's words cited at a stage."""

    stage = models.ForeignKey("journeys.Stage", models.CASCADE, related_name="quotes", verbose_name=_("stage"))
    quote = models.ForeignKey("customers.Quote", models.CASCADE, related_name="+", verbose_name=_("customer's words"))

    class Meta:
        verbose_name = _("customer's words at a stage")
        verbose_name_plural = _("customers' words at stages")
        base_manager_name = "objects"
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["stage", "quote"], name="stage_cites_once")]

    def __str__(self) -> str:
        return str(self.quote)


class JourneyVersion(TenantModel):
    """A journey as it was published; never changed. It holds ids of customers' words, not the words."""

    journey = models.ForeignKey(
        "journeys.Journey", models.CASCADE, related_name="versions", verbose_name=_("journey")
    )  # fmt: skip
    number = models.PositiveSmallIntegerField(_("version"))
    snapshot = models.JSONField(_("map"))
    # Of what was designed: a hand-over or one more quote makes no new version.
    digest = models.CharField(max_length=64, editable=False)
    published_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published"), default=now)

    class Meta:
        verbose_name = _("version of a journey")
        verbose_name_plural = _("versions of journeys")
        base_manager_name = "objects"
        ordering = ["journey", "-number"]
        constraints = [models.UniqueConstraint(fields=["journey", "number"], name="journey_version_once")]

    def __str__(self) -> str:
        return f"{self.journey} v{self.number}"
