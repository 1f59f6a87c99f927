"""Journeys, their stages and the touchpoints where customers meet the firm."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel
from journeys.logic.publishing import MapState
from journeys.models.viewpoint import SeenFrom

SENTENCE = 200


class Named(TenantModel):
    """A thing with a name in both languages; the English one may be left out."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name


class Journey(Named):
    """The way a customer goes with the firm."""

    class State(models.TextChoices):
        DRAFT = MapState.DRAFT.value, pgettext_lazy("state of a map", "draft")
        IN_REVIEW = MapState.IN_REVIEW.value, pgettext_lazy("state of a map", "in review")
        PUBLISHED = MapState.PUBLISHED.value, pgettext_lazy("state of a map", "published")

    is_default = models.BooleanField(_("default"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, db_default=State.DRAFT, editable=False
    )

    class Meta(Named.Meta):
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_journey")
        ]


class Stage(SeenFrom, Named):
    """A step of the journey."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="stages", verbose_name=_("journey"))
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    customer_goal = models.CharField(
        _("what customers want here"),
        max_length=SENTENCE,
        blank=True,
        default="",
        db_default="",
        help_text=_("In one sentence, as they would say it: “I want to know when you are open.”"),
    )

    class Meta(Named.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["journey", "position"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "code"], name="stage_code_once"),
            models.UniqueConstraint(fields=["journey", "position"], name="stage_position_once"),
        ]


class StageLink(TenantModel):
    """Customers go from one stage to another that is not simply the next: a loop or a short cut."""

    from_stage = models.ForeignKey(Stage, models.CASCADE, related_name="links", verbose_name=_("from"))
    to_stage = models.ForeignKey(Stage, models.CASCADE, related_name="links_here", verbose_name=_("to"))

    class Meta:
        verbose_name = _("way between stages")
        verbose_name_plural = _("ways between stages")
        base_manager_name = "objects"
        ordering = ["from_stage__position", "to_stage__position"]
        constraints = [
            models.UniqueConstraint(fields=["from_stage", "to_stage"], name="stages_linked_once"),
            models.CheckConstraint(condition=~Q(from_stage=models.F("to_stage")), name="no_stage_leads_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"


class Touchpoint(Named):
    """Where customers meet the firm: the queue, the QR payment, the hotline."""

    class Channel(models.TextChoices):
        PLACE = "place", _("on site")
        PHONE = "phone", _("phone")
        CHAT = "chat", _("chat")
        SOCIAL = "social", _("social network")
        WEB = "web", _("website")
        APP = "app", _("app")
        MAIL = "mail", _("e-mail")
        DELIVERY = "delivery", _("delivery")
        PRINT = "print", _("sign or print")
        OTHER = "other", _("something else")

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="touchpoints", verbose_name=_("stage"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    department = models.ForeignKey(
        "staff.Department",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department in charge"),
    )
    is_public = models.BooleanField(_("customers may choose it"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_default=0, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True, default="", db_default="")
    is_moment_of_truth = models.BooleanField(
        _("moment of truth"),
        default=False,
        db_default=False,
        help_text=_("Here a customer is won or lost."),
    )
    has_own_feeling = models.BooleanField(
        _("has its own point on the emotion curve"),
        default=False,
        db_default=False,
        help_text=_("For a stage in which customers feel very differently from one touchpoint to the next."),
    )
    customer_outcome = models.CharField(
        _("what the customer gets out of it"),
        max_length=SENTENCE,
        blank=True,
        default="",
        db_default="",
        help_text=_("In one sentence: “Out of the shop in four minutes with the right drink.”"),
    )

    class Meta(Named.Meta):
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        ordering = ["stage__position", "position", "name"]
