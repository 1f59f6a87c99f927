"""Surveys and their questions, in Vietnamese and English."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Survey(TenantModel):
    """A form of one to a few questions; the first one stands in the mail and is the score, where it measures one."""

    class Metric(models.TextChoices):
        NPS = "nps", _("Willingness to recommend (NPS®)")
        CSAT = "csat", _("Satisfaction (CSAT)")
        CES = "ces", _("Ease (CES)")
        # Its first question is one of 1 to 5 like the others and counts to no score.
        NONE = "none", _("no score of its own")

        @property
        def scale(self) -> str:
            """The kind its first question has."""
            return "csat" if self == "none" else str(self)

        @classmethod
        def scores(cls) -> list[tuple[str, Any]]:
            """The choices there is a score of."""
            return [one for one in cls.choices if one[0] != cls.NONE]

    class Cadence(models.TextChoices):
        RELATIONSHIP = "relationship", _("relationship")
        TRANSACTIONAL = "transactional", _("after an event")

    name = models.CharField(_("name"), max_length=120)
    metric = models.CharField(_("measures"), max_length=4, choices=Metric)
    cadence = models.CharField(_("kind"), max_length=14, choices=Cadence, default=Cadence.RELATIONSHIP)
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("touchpoint"),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    expires_after_days = models.PositiveSmallIntegerField(_("link is valid for (days)"), default=30)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["name"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.name


class Question(TenantModel):
    """One question. Wordings may use {brand}, {xh} and {Xh} (the customer's salutation)."""

    class Kind(models.TextChoices):
        NPS = "nps", _("0 to 10")
        CSAT = "csat", _("1 to 5")
        CES = "ces", _("1 to 7")
        TEXT = "text", _("free text")
        CHOICE = "choice", _("one of several")
        WORDS = "words", _("three words of several")

    class Item(models.TextChoices):
        """What many firms ask, so that it can be counted the same way whatever the wording."""

        LOVE = "love", _("fond of us")
        COMPARED = "compared", _("compared with elsewhere")
        TRUST = "trust", _("trust us")
        UNDERSTOOD = "understood", _("feel understood")
        COMMUNITY = "community", _("responsible toward the community")
        VALUES_FIT = "values_fit", _("fit what matters to them")
        PILLAR_PEOPLE = "pillar_people", _("pillar: people")
        PILLAR_PROCESS = "pillar_process", _("pillar: process")
        PILLAR_STRATEGY = "pillar_strategy", _("pillar: strategy")
        PILLAR_LEADERSHIP = "pillar_leadership", _("pillar: leadership")
        PILLAR_TECHNOLOGY = "pillar_technology", _("pillar: technology")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions", verbose_name=_("survey"))
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    text_vi = models.CharField(_("wording in Vietnamese"), max_length=400)
    text_en = models.CharField(_("wording in English"), max_length=400)
    low_vi = models.CharField(_("lowest, in Vietnamese"), max_length=60, blank=True)
    low_en = models.CharField(_("lowest, in English"), max_length=60, blank=True)
    high_vi = models.CharField(_("highest, in Vietnamese"), max_length=60, blank=True)
    high_en = models.CharField(_("highest, in English"), max_length=60, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)  # [{"value", "vi", "en"}]
    required = models.BooleanField(_("required"), default=False)
    item = models.CharField(
        _("what it tells"),
        max_length=17,
        choices=Item,
        blank=True,
        default="",
        db_default="",
        help_text=_("For what many firms ask: choose it and leave the wording empty, and you get a tried one."),
    )
    is_mirror = models.BooleanField(
        _("asked of staff too"),
        default=False,
        db_default=False,
        help_text=_("A sentence of agreement, 1 to 5: what staff believe stands beside what customers say."),
    )
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("speaks of"),
        help_text=_("For a sentence asked of staff too: the touchpoint it speaks of; left empty, the whole firm."),
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["survey", "position"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["survey", "position"], name="question_position_once"),
            models.CheckConstraint(
                condition=~Q(position=1) | Q(kind__in=["nps", "csat", "ces"]),
                name="first_question_is_the_score",
            ),
            models.CheckConstraint(
                condition=Q(item="")
                | (~Q(position=1) & (Q(item="compared", kind="choice") | (~Q(item="compared") & Q(kind="csat")))),
                name="item_has_its_kind",
            ),
            models.UniqueConstraint(
                fields=["survey", "item"],
                condition=~Q(item=""),
                name="item_once_in_a_survey",
                violation_error_message=_("This survey asks for that already. Once is enough."),
            ),
            models.CheckConstraint(condition=Q(is_mirror=False) | Q(kind="csat"), name="mirror_is_agreed_with"),
            models.UniqueConstraint(
                fields=["touchpoint"],
                condition=Q(is_mirror=True),
                nulls_distinct=False,
                name="one_mirror_for_each_place",
                violation_error_message=_("Another sentence is asked of staff about this already. Unmark that one."),
            ),
        ]

    def __str__(self) -> str:
        return self.text_en if get_language() == "en" else self.text_vi
