"""Pages about records that may be one customer: the pairs, the merge field by field, and the way back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from unfold.decorators import action, display

from customers.models import Customer, MergeRecord
from customers.selectors.contacts import contacts_shown
from customers.selectors.customers import visible_to
from customers.selectors.duplicates import MAX_PAIRS, alike, duplicate_pairs
from customers.selectors.merging import arrows, belongings, chosen_fields, default_side, survivor_of
from customers.services.merging import keep_apart, merge_customers, undo_merge
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import row_asked
from cxcrm.core.errors import DomainError

# Records merged into the merged one before: they lead straight to the survivor, and nobody asks which.
_QUIET = frozenset({"customers.customer.merged_into"})


class Merging:
    """Mixed into the customers' admin."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("duplicates/", view(self.duplicates_view), name="customers_duplicates"),
            path("<path:object_id>/merge/", view(self.merge_view), name="customers_customer_merge"),
            *super().get_urls(),
        ]

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """An old link to a merged customer leads on to the one it became part of."""
        try:
            survivor = survivor_of(UUID(str(object_id)))
        except ValueError:
            survivor = None
        if survivor is None:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        messages.info(request, _("This customer was merged into another; here it is."))
        return redirect(f"{self.admin_site.name}:customers_customer_change", survivor)

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_merge = self.has_change_permission(request)
        if request.method == "POST":
            if not may_merge:
                raise PermissionDenied
            try:
                keep_apart(first_id=UUID(request.POST.get("first", "")), second_id=UUID(request.POST.get("second", "")))
            except (DomainError, ValueError) as refusal:
                messages.error(request, str(refusal) if isinstance(refusal, DomainError) else _("Choose a pair."))
            else:
                messages.success(request, _("Noted: these are two customers. They are not shown here again."))
            return redirect(request.path)
        pairs = duplicate_pairs()
        _show_contacts(request, (one for pair in pairs for one in (pair.first, pair.second)))
        return self.page(
            request,
            "admin/customers/duplicates.html",
            title=_("Duplicates"),
            pairs=pairs,
            is_cut=len(pairs) == MAX_PAIRS,
            may_merge=may_merge,
        )

    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        survivor = self.get_object(request, object_id)
        if survivor is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        merged = _asked(request, survivor)
        if merged is None:
            likely = alike(
                full_name=survivor.full_name,
                phones=[point.value for point in survivor.contact_points.all() if point.kind == "phone"],
                emails=[point.value for point in survivor.contact_points.all() if point.kind == "email"],
                address=survivor.address,
                ward=survivor.ward,
                province_code=survivor.province_code,
                but=survivor.pk,
            )
            q = request.GET.get("q", "")[:100]
            matching = self.get_search_results(request, visible_to(request.user).filter(kind=survivor.kind), q)[0]
            found = list(matching.exclude(pk=survivor.pk).prefetch_related("contact_points")[:10]) if q else []
            _show_contacts(request, [*(one for one, _why in likely), *found])
            return self.page(
                request,
                "admin/customers/merge_with.html",
                title=_("Merge %(name)s with…") % {"name": survivor},
                customer=survivor,
                likely=[one for one, _why in likely],
                q=q,
                found=found,
            )
        rows = [_row(field, survivor, merged) for field in chosen_fields()]
        if request.method == "POST":
            chosen = {row["name"]: request.POST.get(f"side-{row['name']}", row["side"]) for row in rows}
            try:
                record = merge_customers(survivor_id=survivor.pk, merged_id=merged.pk, choices=chosen)
            except DomainError as refusal:
                messages.error(request, str(refusal))
                return redirect(request.get_full_path())
            undo = reverse(f"{self.admin_site.name}:customers_mergerecord_change", args=[record.pk])
            done = _("%(name)s is part of this customer now.") % {"name": record.merged_name}
            messages.success(request, format_html('{} <a class="cx-link" href="{}">{}</a>', done, undo, _("Undo…")))
            return redirect(f"{self.admin_site.name}:customers_customer_change", survivor.pk)
        _show_contacts(request, [survivor, merged])
        return self.page(
            request,
            "admin/customers/merge.html",
            title=_("Merge two customers"),
            survivor=survivor,
            merged=merged,
            rows=[row for row in rows if row["ours"] != row["theirs"]],
            alike=[row for row in rows if row["ours"] == row["theirs"] and row["ours"] != "–"],
            belongings=_words(belongings([merged.pk])),
        )


class MergeRecordAdmin(ReadOnlyAdmin):
    """What was merged, by whom, what moved; and the way back."""

    list_display = ("merged_name", "survivor", "merged_by", "created_at", "standing")
    list_display_links = ("merged_name",)
    list_select_related = ("survivor", "merged_by")
    search_fields = ("merged_name", "survivor__full_name")
    fields = (
        "merged_name",
        "survivor",
        "merged_by",
        "created_at",
        "united",
        "standing",
        "undone_by",
        "undone_at",
        "kept",
    )
    actions_detail = ("undo",)
    nothing_here = _("No customers have been merged yet.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_undo_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("customers.change_customer")

    @display(description=_("standing"))
    def standing(self, record: MergeRecord) -> str:
        return pill(_("undone"), "plain") if record.undone_at else pill(_("merged"), "good")

    @display(description=_("what moved"))
    def united(self, record: MergeRecord) -> str:
        return " · ".join(_words({label: len(ids) for label, ids in record.moved.items()})) or "–"

    @display(description=_("changed since, and so left with the survivor"))
    def kept(self, record: MergeRecord) -> str:
        names = {field.name: field.verbose_name for field in Customer._meta.concrete_fields}
        said = [capfirst(str(names.get(name, name))) for name in record.left.get("fields", [])]
        said += _words({label: len(ids) for label, ids in record.left.items() if label != "fields"})
        return " · ".join(said) or "–"

    @action(description=_("Undo the merge"), permissions=["undo"], url_path="undo", icon="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        record = self.get_object(request, object_id)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Make two customers of one again?"),
                what=_("%(name)s gets everything back that was theirs. What changed since stays with %(survivor)s.")
                % {"name": record.merged_name, "survivor": record.survivor},
                button=_("Undo the merge"),
            )
        try:
            undo_merge(merge_id=record.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("They are two customers again."))
        return redirect(f"{self.admin_site.name}:customers_mergerecord_change", record.pk)


def alike_to(form: Any) -> list[tuple[Customer, str]]:
    """Whom a filled-in form may describe; people share numbers, so it is a question, never a refusal."""
    data = form.cleaned_data
    return alike(
        full_name=data["full_name"],
        phones=data["phones"],
        emails=data["emails"],
        **{name: data.get(name, "") for name in ("address", "ward", "province_code")},
    )


def _show_contacts(request: HttpRequest, customers: Iterable[Any]) -> None:
    """Give each its ``contacts`` as this reader may see them."""
    for one in customers:
        one.contacts = contacts_shown(one.contact_points.all(), request.user)


def _asked(request: HttpRequest, survivor: Customer) -> Customer | None:
    return row_asked(request, "with", visible_to(request.user).exclude(pk=survivor.pk))


def _row(field: Any, survivor: Customer, merged: Customer) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": capfirst(str(field.verbose_name)),
        "ours": _said(field, survivor),
        "theirs": _said(field, merged),
        "side": default_side(field, survivor, merged),
    }


def _said(field: Any, customer: Customer) -> str:
    value = getattr(customer, f"get_{field.name}_display", lambda: getattr(customer, field.name))()
    if isinstance(value, dict):
        return " · ".join(f"{key}: {one}" for key, one in value.items()) or "–"
    if isinstance(value, bool):
        return pgettext("value of a field", "yes") if value else "–"
    return "–" if value in field.empty_values else str(value)


def _words(counts: dict[str, int]) -> list[str]:
    """How many of what, in the reader's language: "complaints: 3"."""
    known = arrows()
    return [
        f"{known[label].model._meta.verbose_name_plural if label in known else label}: {count}"
        for label, count in counts.items()
        if label not in _QUIET
    ]
