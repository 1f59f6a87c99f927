"""What the firm means to change for its customers, for whom that is good, what it costs, and what came of it."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from customers.selectors.quotes import cites_quotes
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from journeys.models.viewpoint import SeenFrom


def _money(label: Any) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=16, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class Initiative(SeenFrom, TenantModel):
    """Fit, not excellence: five gates, then a score (domain.md §2.11); an executive alone may lead past a gate."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")
        DECLINED = "declined", _("declined")

    class Foundation(models.TextChoices):
        """What is owed whatever the majority wants."""

        SAFETY = "safety", _("safety")
        LEGAL = "legal", _("the law asks for it")
        ERROR = "error", _("an error of ours put right")

    class Confidence(models.TextChoices):
        GUESS = "guess", _("a guess")
        EVIDENCE = "evidence", _("five quotes or more")
        PILOT = "pilot", _("tried out")
        MEASURED = "measured", _("measured")

    class Verdict(models.TextChoices):
        KEEP = "keep", _("we keep it")
        ADJUST = "adjust", _("we change it")
        STOP = "stop", _("we stop it")

    class Pillar(models.TextChoices):
        """The five pillars of the empathy audit (domain.md §1, 0.12)."""

        PEOPLE = "people", _("people")
        PROCESS = "process", _("process")
        STRATEGY = "strategy", _("strategy")
        LEADERSHIP = "leadership", _("leadership")
        TECHNOLOGY = "technology", _("technology")

    class Changes(models.TextChoices):
        """What an improvement changes (domain.md §1, 3.13)."""

        PRODUCT = "product", _("the product or service")
        PROCESS = "process", _("how we work")
        PEOPLE = "people", _("what people know and may do")
        ENVIRONMENT = "environment", _("the place")
        POLICY = "policy", _("a rule of ours")
        BUSINESS_MODEL = "business_model", _("what we sell and how we earn")

    name = models.CharField(_("name"), max_length=120)
    what = models.CharField(_("what changes for the customer"), max_length=500)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    owner = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("accountable executive"))
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("touchpoint"),
    )
    pillar = models.CharField(
        _("pillar of empathy it mends"), max_length=10, choices=Pillar, blank=True, default="", db_default=""
    )
    changes = models.CharField(
        _("what it changes"), max_length=14, choices=Changes, blank=True, default="", db_default=""
    )
    # In the buyer's seat (domain.md §1, 1.12).
    need = models.CharField(_("As the buyer: what do I really need here?"), max_length=300, blank=True)
    notice = models.CharField(_("Would I notice it?"), max_length=300, blank=True)
    price = models.CharField(_("What would I give up for it?"), max_length=300, blank=True)
    foundation = models.CharField(_("owed because of"), max_length=8, choices=Foundation, blank=True)
    confidence = models.CharField(_("how sure we are"), max_length=8, choices=Confidence, default=Confidence.GUESS)
    # The five lines of the brand checklist, 0 to 4, null where not answered.
    marks = models.JSONField(_("brand checklist"), default=list, blank=True)
    signed_by = models.ForeignKey(
        "staff.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signed by the brand steward"),
    )
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True, editable=False)
    one_off = _money(_("paid once"))
    run_people = _money(_("people, a month"))
    run_other = _money(_("everything else, a month"))
    margin = _money(_("gross margin of the customers reached, a month"))
    revenue = _money(_("the firm's revenue, a month"))
    # What it should bring, a month (domain.md §1, 0.13): saving cost is one of three ways, and not the first.
    gain_retained = _money(_("customers who stay, a month"))
    gain_referred = _money(_("customers who are brought along, a month"))
    gain_saved = _money(_("cost saved, a month"))
    capacity = models.PositiveSmallIntegerField(
        _("share of staff time it fills (%)"), null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    # RICE, which only orders what fits.
    reach = models.PositiveIntegerField(_("customers reached in a quarter"), null=True, blank=True)
    impact = models.DecimalField(_("impact"), max_digits=3, decimal_places=2, default=1)
    effort = models.DecimalField(
        _("work (person-weeks)"), max_digits=7, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    # Up to three ways it could harm other customers or staff (domain.md §1, 1.2).
    harms = models.JSONField(_("how it could do harm"), default=list, blank=True)
    # As reckoned when it was last looked at: the list is read without reckoning.
    fit = models.DecimalField(_("fit"), max_digits=4, decimal_places=1, default=0, editable=False)
    failed = models.JSONField(_("gates not passed"), default=list, editable=False)
    rice = models.DecimalField(max_digits=14, decimal_places=1, null=True, editable=False)
    reckoned_at = models.DateTimeField(default=now, editable=False)
    overridden_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("led past a gate by")
    )
    decided_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    # Why a gate was overruled, or why it was declined.
    decided_because = models.CharField(_("reason"), max_length=300, blank=True)
    launched_on = models.DateField(_("launched"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("ended"), null=True, blank=True, editable=False)
    verdict = models.CharField(_("verdict"), max_length=6, choices=Verdict, blank=True)
    learning = models.CharField(_("what was learned"), max_length=500, blank=True)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(overridden_by=None) | ~Q(decided_because=""),
                name="initiative_override_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", ended_on=None) | (~Q(verdict="") & Q(ended_on__isnull=False)),
                name="initiative_ends_with_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InitiativeEffect(TenantModel):
    """What one persona, or the staff, get out of an initiative: expected before, measured after."""

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="effects", db_index=False, verbose_name=_("initiative")
    )  # the keys below begin with it
    # None is the staff.
    persona = models.ForeignKey(
        "customers.Persona", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("persona")
    )
    expected = models.SmallIntegerField(_("expected"))
    mitigation = models.CharField(_("what is done about the harm"), max_length=300, blank=True)
    measured = models.SmallIntegerField(_("measured"), null=True, blank=True)

    class Meta:
        verbose_name = _("effect of an initiative")
        verbose_name_plural = _("effects of initiatives")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "persona"], nulls_distinct=False, name="one_effect_per_persona"
            ),
            models.CheckConstraint(
                condition=Q(expected__gte=-2, expected__lte=2)
                & (Q(measured=None) | Q(measured__gte=-2, measured__lte=2)),
                name="effect_on_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.persona_id}: {self.expected:+d}"


class InitiativeInsight(TenantModel):
    """An insight an initiative answers."""

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="insights", db_index=False, verbose_name=_("initiative")
    )
    insight = models.ForeignKey(
        "journeys.Insight", models.PROTECT, related_name="initiatives", verbose_name=_("insight")
    )

    class Meta:
        verbose_name = _("insight of an initiative")
        verbose_name_plural = _("insights of initiatives")
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["initiative", "insight"], name="initiative_insight_once")]

    def __str__(self) -> str:
        return f"{self.initiative_id}: {self.insight_id}"


@cites_quotes
class InitiativeQuote(TenantModel):
    """A customer's words an initiative answers, beside those its insights rest on."""

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="quotes", db_index=False, verbose_name=_("initiative")
    )
    quote = models.ForeignKey("customers.Quote", models.CASCADE, related_name="+", verbose_name=_("quote"))

    class Meta:
        verbose_name = _("quote of an initiative")
        verbose_name_plural = _("quotes of initiatives")
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["initiative", "quote"], name="initiative_quote_once")]

    def __str__(self) -> str:
        return f"{self.initiative_id}: {self.quote_id}"


class Guardrail(TenantModel):
    """A figure that must not cross its threshold while an initiative runs; crossing it raises an alert by itself."""

    class Metric(models.TextChoices):
        NPS = "nps", _("Willingness to recommend (NPS®)")
        CSAT = "csat", _("Satisfaction (CSAT)")
        CES = "ces", _("Ease (CES)")
        COMPLAINTS = "complaints", _("Complaints a week")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="guardrails", verbose_name=_("initiative"))
    metric = models.CharField(_("figure"), max_length=10, choices=Metric)
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    # Scores stop below it, complaints above it.
    stop_at = models.DecimalField(_("stop at"), max_digits=7, decimal_places=1)
    crossed_at = models.DateTimeField(_("crossed"), null=True, blank=True, editable=False)
    seen = models.DecimalField(_("then it was"), max_digits=7, decimal_places=1, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("guardrail")
        verbose_name_plural = _("guardrails")
        ordering = ["initiative", "created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(crossed_at=None, seen=None) | Q(crossed_at__isnull=False, seen__isnull=False),
                name="guardrail_crossed_with_a_figure",
            )
        ]

    def __str__(self) -> str:
        sign = ">" if self.metric == self.Metric.COMPLAINTS else "<"
        whole = self.stop_at == int(self.stop_at)
        return f"{self.get_metric_display()} {sign} {localize(int(self.stop_at) if whole else self.stop_at)}"
