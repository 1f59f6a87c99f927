"""Personas: one shared portrait for a segment, resting on what customers really said (domain.md §1, 2.8)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class Persona(TenantModel):
    """One version of a segment's portrait. At most one version is live, and at most one is being drafted."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")

    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, related_name="personas", db_index=False, verbose_name=_("segment")
    )  # the key below begins with it
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    name = models.CharField(
        _("name"), max_length=60, help_text=_("As one speaks of somebody: Ms Hà, 31, accountant, takes away.")
    )
    who = models.CharField(_("who they are"), max_length=240, blank=True)
    need = models.CharField(_("need or problem"), max_length=240, blank=True)
    expectation = models.CharField(_("what they expect"), max_length=240, blank=True)
    emotion = models.CharField(_("typical feeling"), max_length=80, blank=True)
    channel = models.CharField(_("channel they like"), max_length=80, blank=True)
    # One of the quotes below it: the sentence everybody remembers.
    sentence = models.ForeignKey(
        "customers.Quote", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("a true sentence")
    )
    position = models.PositiveSmallIntegerField(
        _("comes before others"),
        default=100,
        help_text=_("Who belongs to several segments gets the persona with the smallest number."),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("published by"),
    )  # fmt: skip
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        ordering = ["position", "name", "-number"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="persona_version_once"),
            models.UniqueConstraint(fields=["segment"], condition=Q(state="live"), name="one_live_persona"),
            models.UniqueConstraint(fields=["segment"], condition=Q(state="draft"), name="one_draft_persona"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonaQuote(TenantModel):
    """A persona rests on what a customer said."""

    persona = models.ForeignKey(
        Persona, models.CASCADE, related_name="citations", db_index=False, verbose_name=_("persona")
    )
    quote = models.ForeignKey("customers.Quote", models.CASCADE, related_name="+", verbose_name=_("quote"))

    class Meta:
        verbose_name = _("quote of a persona")
        verbose_name_plural = _("quotes of personas")
        ordering = ["created_at", "id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["persona", "quote"], name="persona_quote_once")]

    def __str__(self) -> str:
        return f"{self.persona_id}: {self.quote_id}"


class CustomerPersona(TenantModel):
    """Which persona a customer is taken for, how surely, and whether a rule or a person says so."""

    class By(models.TextChoices):
        RULE = "rule", _("by the segment's rule")
        HAND = "hand", _("by hand")

    customer = models.OneToOneField("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="+", verbose_name=_("persona"))
    confidence = models.DecimalField(_("how sure (0 to 1)"), max_digits=3, decimal_places=2)
    by = models.CharField(_("assigned"), max_length=4, choices=By)
    assigned_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("assigned by")
    )
    assigned_at = models.DateTimeField(_("since"), default=now)

    class Meta:
        verbose_name = _("persona of a customer")
        verbose_name_plural = _("personas of customers")
        ordering = ["-assigned_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(confidence__gte=0, confidence__lte=1), name="confidence_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.persona_id}"
