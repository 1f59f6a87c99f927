"""What the firm means to spend on the experience of its customers in a quarter, and what it did spend."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


def _money(label: Any) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=16, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class CxBudget(TenantModel):
    """One quarter (domain.md §1, 0.2): listening, fixing and training, planned and spent; empty is not said yet."""

    quarter = models.DateField(_("quarter"), unique=True, help_text=_("Its first day."))
    listening_planned = _money(_("listening, planned"))
    listening_spent = _money(_("listening, spent"))
    fixing_planned = _money(_("fixing, planned"))
    fixing_spent = _money(_("fixing, spent"))
    training_planned = _money(_("training, planned"))
    training_spent = _money(_("training, spent"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    written_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)

    class Meta:
        verbose_name = _("budget for the experience")
        verbose_name_plural = _("budgets for the experience")
        ordering = ["-quarter"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=(1, 4, 7, 10)), name="budget_of_a_quarter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter:%m/%Y}"
