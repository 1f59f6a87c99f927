"""How well each customer is understood: the items it is made of, where they stand, the firm day by day."""

from typing import Any, Final

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


def _points(label: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=4, decimal_places=1, default=0)


class UnderstandingItem(TenantModel):
    """One item of logic.understanding that is known of one customer, and since when; what it is worth is reckoned."""

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", db_index=False, verbose_name=_("customer")
    )  # the unique key begins with it
    item = models.CharField(_("item"), max_length=16)
    confirmed_at = models.DateTimeField(_("last confirmed"))
    share = models.FloatField(_("share known"), default=1.0)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    class Meta:
        verbose_name = _("item known of a customer")
        verbose_name_plural = _("items known of customers")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["customer", "item"], name="understanding_item_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="understanding_share_0_to_1"),
        ]

    def __str__(self) -> str:
        return self.item


class Understanding(TenantModel):
    """Where one customer stands, as of their last change or the last night; written by services.understanding only."""

    class Level(models.IntegerChoices):
        """The four levels of the source article; the words are the method's own."""

        SEE = 1, pgettext_lazy("level of understanding", "See")
        KNOW = 2, pgettext_lazy("level of understanding", "Know")
        UNDERSTAND = 3, pgettext_lazy("level of understanding", "Understand")
        EMPATHISE = 4, pgettext_lazy("level of understanding", "Empathise")

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, related_name="understanding", verbose_name=_("customer")
    )
    known = _points(_("known"))
    understood = _points(_("understood"))
    empathised = _points(_("empathised"))
    progress = _points(_("progress"))
    level = models.PositiveSmallIntegerField(_("level of understanding"), choices=Level, default=Level.SEE)
    next_question = models.CharField(_("next question"), max_length=16, blank=True)
    # When the customer was last heard of; tells who is active.
    seen_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    as_of = models.DateTimeField(_("as of"), default=now)

    class Meta:
        verbose_name = _("understanding of a customer")
        verbose_name_plural = _("understanding of customers")
        base_manager_name = "objects"
        indexes = [models.Index(fields=["level", "customer"], name="understanding_level")]

    def __str__(self) -> str:
        return str(self.get_level_display())


class UnderstandingDay(TenantModel):
    """One day's tending of all levels: how far it got, and how many active customers stood on each level afterwards."""

    class Stage(models.TextChoices):
        MOVED = "moved", _("customers with news")
        DECAY = "decay", _("what fades")
        RECOUNT = "recount", _("everything anew")
        DONE = "done", _("done")

    # What a night does: those with news from their sources, then everybody fades; or everybody from their sources.
    NIGHT: Final = (Stage.MOVED, Stage.DECAY)

    day = models.DateField(_("day"), unique=True)
    as_of = models.DateTimeField(_("as of"))
    stage = models.CharField(_("stage"), max_length=8, choices=Stage)
    # Everybody up to this id is done in this stage.
    reached = models.UUIDField(null=True, blank=True, editable=False)
    is_recount = models.BooleanField(_("everything anew"), default=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    see = models.PositiveIntegerField(Understanding.Level.SEE.label, default=0)
    know = models.PositiveIntegerField(Understanding.Level.KNOW.label, default=0)
    understand = models.PositiveIntegerField(Understanding.Level.UNDERSTAND.label, default=0)
    empathise = models.PositiveIntegerField(Understanding.Level.EMPATHISE.label, default=0)

    class Meta:
        verbose_name = _("day of understanding")
        verbose_name_plural = _("days of understanding")
        ordering = ["-day"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"

    @property
    def active(self) -> int:
        """Active customers that day."""
        return self.see + self.know + self.understand + self.empathise


class UnderstandingBelief(TenantModel):
    """What somebody of the firm believes: the share of active customers it understands, in per cent."""

    share = models.PositiveSmallIntegerField(_("we believe we understand (%)"), validators=[MaxValueValidator(100)])
    stated_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stated by")
    )

    class Meta:
        verbose_name = _("belief about understanding")
        verbose_name_plural = _("beliefs about understanding")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [models.CheckConstraint(condition=Q(share__lte=100), name="belief_is_a_share")]

    def __str__(self) -> str:
        return f"{self.share} %"
