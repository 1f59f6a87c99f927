"""Who is accountable: exactly one executive per object at any time."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


def _one_at_a_time(target: str) -> ExclusionConstraint:
    """No two accountabilities of the same object may overlap; the database decides a race."""
    return ExclusionConstraint(
        name=f"one_executive_per_{target}",
        expressions=[
            (F(target), RangeOperators.EQUAL),
            (DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
        ],
        condition=Q(**{f"{target}__isnull": False}),
    )


class Accountability(TenantModel):
    """``executive`` answers for one stage or touchpoint from ``valid_from`` up to, not including, ``valid_to``."""

    stage = models.ForeignKey(
        "journeys.Stage",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="accountabilities",
        verbose_name=_("stage"),
    )
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="accountabilities",
        verbose_name=_("touchpoint"),
    )
    executive = models.ForeignKey(
        "staff.User", models.PROTECT, related_name="+", verbose_name=_("accountable executive")
    )
    deputy = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note on the hand-over"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("accountability")
        verbose_name_plural = _("accountabilities")
        ordering = ["-valid_from"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__isnull=False, touchpoint__isnull=True)
                | Q(stage__isnull=True, touchpoint__isnull=False),
                name="accountable_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="accountable_some_time"
            ),
            models.CheckConstraint(condition=~Q(executive=F("deputy")), name="deputy_is_another"),
            _one_at_a_time("stage"),
            _one_at_a_time("touchpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.executive} – {self.touchpoint or self.stage}"
