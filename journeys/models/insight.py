"""What customers think, wish and feel without saying it in so many words, and what bears it out."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from customers.selectors.quotes import cites_quotes
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from journeys.logic.insights import language_of
from journeys.models.emotion import Feeling


class Insight(TenantModel):
    """“I want … but … because …”: a hypothesis until customers' own words bear it out (domain.md §1, 1.15 and 3.6)."""

    class Level(models.TextChoices):
        STRATEGY = "strategy", _("strategy")
        EXECUTION = "execution", _("execution")

    class State(models.TextChoices):
        HYPOTHESIS = "hypothesis", _("hypothesis")
        VALIDATED = "validated", _("validated")
        RETIRED = "retired", _("retired")

    want = models.CharField(_("I want"), max_length=200)
    but = models.CharField(_("but"), max_length=200)
    because = models.CharField(_("because"), max_length=200)
    # With “I want” and “but”, the questions of domain.md §1, 0.11; their words are the quotes that bear it out.
    feeling = models.CharField(
        _("how they feel"), max_length=12, choices=Feeling, blank=True, default="", db_default=""
    )
    good_end = models.CharField(
        _("what ending would be all right for them"), max_length=300, blank=True, default="", db_default=""
    )
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.EXECUTION)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("strategic insight")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HYPOTHESIS)
    stage = models.ForeignKey(
        "journeys.Stage", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stage")
    )
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    # Of so many customers asked or looked at, so many showed it.
    shown_by = models.PositiveIntegerField(_("showed it"), null=True, blank=True)
    out_of = models.PositiveIntegerField(_("customers asked"), null=True, blank=True)
    # Of those who showed it, so many are not served today: they do not get what they want here.
    unserved = models.PositiveIntegerField(_("of these, not served today"), null=True, blank=True)
    review_on = models.DateField(_("look at it again"))
    validated_at = models.DateTimeField(_("validated"), null=True, blank=True, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    why_retired = models.CharField(_("why it was retired"), max_length=300, blank=True)
    written_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("insight")
        verbose_name_plural = _("insights")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            # A strategic insight hangs on none, so no chain can close.
            models.CheckConstraint(condition=Q(parent=None) | Q(level="execution"), name="strategy_has_no_parent"),
            models.CheckConstraint(
                condition=Q(shown_by=None, out_of=None) | Q(shown_by__lte=F("out_of"), out_of__gt=0),
                name="insight_shown_by_some_of_those_asked",
            ),
            models.CheckConstraint(
                condition=Q(unserved=None) | Q(shown_by__isnull=False, unserved__lte=F("shown_by")),
                name="insight_unserved_of_those_who_show_it",
            ),
        ]

    def __str__(self) -> str:
        told = {"want": self.want, "but": self.but, "because": self.because}
        with override(self.language):
            return gettext("I want %(want)s, but %(but)s, because %(because)s") % told

    @property
    def is_seen_from_their_side(self) -> bool:
        """Whether feeling and ending are written down too; what they want and met the sentence says."""
        return bool(self.feeling and self.good_end)

    @property
    def language(self) -> str:
        """The one it was written in: a sentence is not half in the reader's."""
        return language_of(f"{self.want} {self.but} {self.because}")


@cites_quotes
class InsightQuote(TenantModel):
    """A customer's words that bear an insight out."""

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="evidence", verbose_name=_("insight"))
    quote = models.ForeignKey("customers.Quote", models.CASCADE, related_name="+", verbose_name=_("quote"))
    added_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["insight", "quote"], name="quote_bears_insight_once")]

    def __str__(self) -> str:
        return str(self.quote)
