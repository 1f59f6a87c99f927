"""Groups of customers: put together by hand, or by a rule that is asked again every night."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class Segment(TenantModel):
    """A group of customers under a name. ``condition`` is in the product's one condition language, of a rule only."""

    class Kind(models.TextChoices):
        RULE = "rule", _("by a rule")
        STATIC = "static", _("by hand")

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it is for"), max_length=300, blank=True)
    kind = models.CharField(_("put together"), max_length=6, choices=Kind, default=Kind.RULE)
    condition = models.JSONField(_("rule"), default=dict, blank=True)
    size = models.PositiveIntegerField(_("customers"), default=0, editable=False)
    refreshed_at = models.DateTimeField(_("counted"), null=True, blank=True, editable=False)
    # A rule that cannot be asked any more, since a field of it is gone; its members stay as they were.
    is_broken = models.BooleanField(_("rule does not work"), default=False, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name", "id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(is_active=True), name="segment_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMember(TenantModel):
    """A customer belongs to a segment."""

    # An index of several columns begins with it.
    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="members", db_index=False, verbose_name=_("segment")
    )
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["segment", "customer"], name="segment_member_once")]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.customer_id}"


class SegmentSize(TenantModel):
    """How large a segment was at the end of a day."""

    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="sizes", db_index=False, verbose_name=_("segment")
    )
    day = models.DateField(_("day"))
    size = models.PositiveIntegerField(_("customers"))

    class Meta:
        verbose_name = _("size of a segment")
        verbose_name_plural = _("sizes of segments")
        ordering = ["-day"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="segment_size_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.size}"
