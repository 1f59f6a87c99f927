"""Two records that were one customer: what a merge did, and pairs that are two people after all."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class MergeRecord(TenantModel):
    """One merge, with all that is needed to take it back."""

    survivor = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer that stayed")
    )
    merged = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer merged into it")
    )
    # How the merged customer was called then; the record itself keeps its own name.
    merged_name = models.CharField(_("name of the merged customer"), max_length=160)
    merged_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("merged by")
    )
    choices = models.JSONField(default=dict)  # field -> "survivor" or "merged"
    moved = models.JSONField(default=dict)  # app.model.field -> ids
    stayed = models.JSONField(default=dict)  # app.model.field -> ids a unique key kept with the merged record
    dropped = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # contact points both had, as they were
    no_longer_preferred = models.JSONField(default=list)
    survivor_before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    survivor_after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    merged_state = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    left = models.JSONField(default=dict)  # what had changed since and so stayed with the survivor

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once_at_a_time"),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="nobody_merges_into_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_name} → {self.survivor}"


class NotDuplicate(TenantModel):
    """Somebody looked: these two are two customers."""

    first = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    second = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("pair that is no duplicate")
        verbose_name_plural = _("pairs that are no duplicates")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_duplicate_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"
