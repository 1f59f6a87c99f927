"""The row of choices above the list of customers; what they are called in the address is Django's own."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from customers.models import Customer, CustomerHealth, CustomField, Understanding
from customers.selectors.custom_fields import fields_to_choose_by, having
from customers.selectors.segments import active_segments, in_segment
from customers.selectors.tags import tags_in_use
from cxcrm.core.admin.quick import FieldQuickFilter, QuickFilter, RowQuickFilter, TagQuickFilter
from tenants.staff.models import Branch, User


class KindFilter(FieldQuickFilter):
    title, parameter_name, field = _("kind"), "kind__exact", "kind"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return Customer.Kind.choices


class BranchFilter(RowQuickFilter):
    title, parameter_name, field = _("home branch"), "branch__id__exact", "branch"

    def options(self, request: HttpRequest) -> list[tuple[Any, Any]]:
        return list(Branch.objects.order_by("name").values_list("pk", "name"))


class OwnerFilter(RowQuickFilter):
    title, parameter_name, field = _("in charge"), "owner__id__exact", "owner"

    def options(self, request: HttpRequest) -> list[tuple[Any, Any]]:
        return list(User.objects.working().order_by("full_name").values_list("pk", "full_name"))


class LanguageFilter(FieldQuickFilter):
    title, parameter_name, field = _("language"), "language__exact", "language"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("vi", _("Vietnamese")), ("en", _("English"))]


class TagFilter(TagQuickFilter):
    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(tag, tag) for tag in tags_in_use()]


class SegmentFilter(QuickFilter):
    """Who belongs to a segment; one put away can still be asked for by its address."""

    title, parameter_name = _("segment"), "segment"

    def options(self, request: HttpRequest) -> list[tuple[Any, Any]]:
        return list(active_segments().values_list("pk", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        value = self.value()
        if not value:
            return queryset
        try:
            return in_segment(queryset, UUID(value))
        except ValueError:
            return queryset.none()


class LevelFilter(FieldQuickFilter):
    """Read from the stored row; whoever was never counted is on no level."""

    title, parameter_name, field = _("understanding"), "level", "understanding__level"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(str(level.value), level.label) for level in Understanding.Level]


class BandFilter(FieldQuickFilter):
    """As of the last night; whoever has no number is in no band."""

    title, parameter_name, field = _("health"), "band", "health__band"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return CustomerHealth.Band.choices


CUSTOMER_FILTERS = (
    KindFilter, BranchFilter, OwnerFilter, LanguageFilter, LevelFilter, BandFilter, TagFilter, SegmentFilter,
)  # fmt: skip


class OwnFieldFilter(FieldQuickFilter):
    """Customers by one of the firm's own fields."""

    own: CustomField

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        if self.own.kind == CustomField.Kind.YES_NO:
            return [("1", pgettext("value of a field", "yes")), ("0", pgettext("value of a field", "no"))]
        return [(one["value"], one["en" if request.LANGUAGE_CODE == "en" else "vi"]) for one in self.own.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        if not self.value():
            return queryset
        value = self.value() == "1" if self.own.kind == CustomField.Kind.YES_NO else self.value()
        return having(queryset, self.own, value)


def own_filters() -> list[type[OwnFieldFilter]]:
    """One filter for every field in use whose values are few."""
    return [
        type(f"Own{own.key}", (OwnFieldFilter,), {"own": own, "title": str(own), "parameter_name": f"own_{own.key}"})
        for own in fields_to_choose_by()
    ]
