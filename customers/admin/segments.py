"""Segments: the list, the page of one, and the rule put together row by row with a count that follows the hand."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from customers.admin.rules import Row, Rule, begun, check, grouped, note, read_form, read_stored
from customers.models import Segment
from customers.selectors.personas import live_personas
from customers.selectors.segment_fields import CUSTOMER_FIELDS
from customers.selectors.segments import (
    Counted,
    Found,
    look,
    members_of,
    sizes_of,
    stored_condition,
    values_for,
    visible_to,
)
from customers.selectors.tags import tags_in_use
from customers.services.segments import MAX_DESCRIPTION, MAX_NAME, change_segment, create_segment, recount_segment
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import show_refusal
from cxcrm.core.conditions.errors import ConditionInvalid
from cxcrm.core.conditions.fields import Field
from cxcrm.core.conditions.words import in_words
from cxcrm.core.errors import DomainError
from tenants.staff.selectors.firm import the_firm

MEMBERS_SHOWN = 20
DAYS_SHOWN = 30
CHART_WIDTH, CHART_HEIGHT = 300, 60


class SegmentForm(WorkForm):
    """What a segment is called, and how it is put together."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    description = forms.CharField(
        label=_("What it is for"),
        max_length=MAX_DESCRIPTION,
        required=False,
        help_text=_("One line for colleagues, such as: to invite for the tasting."),
    )
    kind = forms.ChoiceField(
        label=_("Who belongs to it?"),
        widget=forms.RadioSelect,
        choices=[
            (Segment.Kind.RULE, _("Whoever a rule finds, asked anew every night")),
            (Segment.Kind.STATIC, _("Whom we choose from the list of customers")),
        ],
        initial=Segment.Kind.RULE,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SegmentAdmin(RoomAdmin):
    list_display = ("called", "rule", "number", "standing", "refreshed_at")
    list_display_links = ("called",)
    list_filter = ("kind", "is_active")
    search_fields = ("name__unaccent", "description__unaccent")
    search_help_text = _("Name; accents do not matter")
    ordering = ("-is_active", "name")
    nothing_here = _("No segments yet. A segment is a group of customers you want to treat alike.")
    add_words = _("New segment")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        return visible_to(request.user)

    @display(description=_("segment"), ordering="name")
    def called(self, segment: Segment) -> str:
        return format_html(
            '<b class="cx-name">{}</b><br><span class="cx-quiet">{}</span>', segment.name, segment.description
        )

    @display(description=_("who belongs to it"))
    def rule(self, segment: Segment) -> str:
        return format_html('<span class="cx-why">{}</span>', sentence_of(segment))

    @display(description=_("customers"), ordering="size")
    def number(self, segment: Segment) -> str:
        return format_html('<b class="cx-name">{}</b>', number_format(segment.size, force_grouping=True))

    @display(description=_("state"))
    def standing(self, segment: Segment) -> str:
        if segment.is_broken:
            return pill(_("rule does not work"), "bad")
        return pill(_("in use"), "good") if segment.is_active else pill(_("put away"), "plain")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("rule/", view(self.rule_view), name="customers_segment_rule"),
            path("<path:object_id>/edit/", view(self.edit_view), name="customers_segment_edit"),
            path("<path:object_id>/refresh/", view(self.refresh_view), name="customers_segment_refresh"),
            path("<path:object_id>/use/", view(self.use_view), name="customers_segment_use"),
            *super().get_urls(),
        ]

    def rule_view(self, request: HttpRequest) -> HttpResponse:
        """The rows and what they find, as a piece of the page; for the script that follows the hand."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        fields = CUSTOMER_FIELDS.fields()
        rule, found, _node, refusal = _read(request, fields, is_live=request.POST.get("do") == "live")
        return TemplateResponse(request, "admin/customers/rule.html", _shown(rule, fields, found, refusal))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SegmentForm(request.POST or None, initial={"name": request.GET.get("name", "")[:MAX_NAME]})
        return self._edit(request, form, None)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        segment = self.get_object(request, object_id)
        if segment is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, segment):
            raise PermissionDenied
        told = {name: getattr(segment, name) for name in ("name", "description", "kind", "version")}
        form = SegmentForm(request.POST or None, initial=told)
        form.fields["kind"].required = False
        form.fields["kind"].widget = forms.HiddenInput()
        return self._edit(request, form, segment)

    def _edit(self, request: HttpRequest, form: SegmentForm, segment: Segment | None) -> HttpResponse:
        fields = CUSTOMER_FIELDS.fields()
        kind = segment.kind if segment else (form.data or form.initial).get("kind") or Segment.Kind.RULE
        is_rule = kind == Segment.Kind.RULE
        found: Found | None = None
        refusal: ConditionInvalid | None = None
        saves = request.POST.get("do") == "save"
        stored = read_stored(segment.condition if segment else None, fields, the_firm())
        if request.method == "POST":
            rule, found, node, refusal = _read(request, fields, counts=not saves)
            rule.is_deep = stored.is_deep
            if not saves:
                form = _unbound(form, request)
            elif form.is_valid() and not (is_rule and refusal and not rule.is_deep):
                kept = self._save(request, form, segment, node.raw() if is_rule and node else None, rule)
                if kept is not None:
                    return kept
        else:
            rule = stored
        return self.page(
            request,
            "admin/customers/segment_form.html",
            title=segment.name if segment else _("New segment"),
            form=form,
            segment=segment,
            is_rule=is_rule,
            stored=sentence_of(segment) if segment and rule.is_deep else "",
            **_shown(rule, fields, found, refusal),
        )

    def _save(
        self, request: HttpRequest, form: SegmentForm, segment: Segment | None, condition: Any, rule: Rule
    ) -> HttpResponse | None:
        data = form.cleaned_data
        told: dict[str, Any] = {"name": data["name"], "description": data["description"], "reader": request.user}
        if condition is not None and not rule.is_deep:
            told["condition"] = condition
        try:
            if segment is None:
                kept = create_segment(kind=data["kind"], **told)
            else:
                kept = change_segment(segment_id=segment.pk, version=data["version"], **told)
        except ConditionInvalid as refusal:
            note(rule, refusal.problems)
            form.add_error(None, str(refusal))
            return None
        except DomainError as refusal:
            show_refusal(form, refusal)
            return None
        messages.success(request, _told_size(kept))
        return redirect(f"{self.admin_site.name}:customers_segment_change", kept.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Who belongs to it, why, and how it grew; editing has a page of its own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        segment = self.get_object(request, object_id)
        if segment is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        node = stored_condition(segment) if segment.kind == Segment.Kind.RULE else None
        latest = members_of(segment.pk).select_related("customer", "customer__branch")[:MEMBERS_SHOWN]
        customers = [member.customer for member in latest]
        values = values_for(node, customers, request.user) if node and customers else {}
        return self.page(
            request,
            "admin/customers/segment.html",
            title=segment.name,
            segment=segment,
            sentence=sentence_of(segment),
            size=number_of_customers(segment.size),
            is_gone=segment.kind == Segment.Kind.RULE and node is None,
            asked=list(next(iter(values.values()), {})),
            members=[{"customer": one, "values": list(values.get(one.pk, {}).items())} for one in customers],
            chart=size_chart(segment),
            personas=live_personas().filter(segment=segment),
            may_change=self.has_change_permission(request, segment),
        )

    def refresh_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(request, object_id, lambda segment: recount_segment(segment_id=segment.pk))

    def use_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put a segment away, or to use again."""
        return self._do(
            request,
            object_id,
            lambda segment: change_segment(
                segment_id=segment.pk, reader=request.user, is_active=request.POST.get("use") == "1"
            ),
        )

    def _do(self, request: HttpRequest, object_id: str, act: Any) -> HttpResponse:
        segment = self.get_object(request, object_id)
        if segment is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            if not self.has_change_permission(request, segment):
                raise PermissionDenied
            try:
                messages.success(request, _told_size(act(segment)))
            except DomainError as refusal:
                messages.error(request, str(refusal))
        return redirect(f"{self.admin_site.name}:customers_segment_change", segment.pk)


def sentence_of(segment: Segment) -> str:
    """The rule in the reader's language; of one by hand that it is so."""
    if segment.kind == Segment.Kind.STATIC:
        return str(_("Chosen by hand"))
    node = stored_condition(segment)
    return in_words(node, the_firm().currency) if node else str(_("This rule asks for something that is gone."))


def number_of_customers(count: int) -> str:
    said: str = ngettext("%(n)s customer", "%(n)s customers", count) % {"n": number_format(count, force_grouping=True)}
    return said


def size_in_words(counted: Counted) -> str:
    """How many, said as exactly as it is known."""
    if counted.is_exact:
        return number_of_customers(counted.number)
    if not counted.number:
        looked = number_format(counted.looked_at, force_grouping=True)
        return str(_("Very few: nobody among %(n)s customers looked at") % {"n": looked})
    digits = max(len(str(counted.number)) - 2, 0)
    rounded = round(counted.number, -digits)
    return str(_("About %(n)s customers") % {"n": number_format(rounded, force_grouping=True)})


def size_chart(segment: Segment) -> dict[str, Any] | None:
    """The sizes of the last days as a line; None for fewer than two days."""
    sizes = list(reversed(sizes_of(segment.pk)[:DAYS_SHOWN]))
    if len(sizes) < 2:
        return None
    low, high = min(one.size for one in sizes), max(one.size for one in sizes)
    room, step = max(high - low, 1), CHART_WIDTH / (len(sizes) - 1)
    points = [
        f"{round(index * step, 1)},{round(CHART_HEIGHT - 6 - (CHART_HEIGHT - 12) * (one.size - low) / room, 1)}"
        for index, one in enumerate(sizes)
    ]
    return {"points": " ".join(points), "sizes": sizes, "low": low, "high": high, "first": sizes[0], "last": sizes[-1]}


def _told_size(segment: Segment) -> str:
    if segment.kind == Segment.Kind.RULE and segment.refreshed_at is None:
        return str(_("“%(name)s” is being counted; look again in a minute.") % {"name": segment.name})
    number = number_format(segment.size, force_grouping=True)
    said = ngettext("“%(name)s” has %(n)s customer.", "“%(name)s” has %(n)s customers.", segment.size)
    return said % {"name": segment.name, "n": number}


def _read(
    request: HttpRequest, fields: Mapping[str, Field], *, counts: bool = True, is_live: bool = False
) -> tuple[Rule, Found | None, Any, ConditionInvalid | None]:
    """The rule as posted; with ``counts`` also what it would find now."""
    rule = read_form(request.POST, fields)
    is_asked = request.POST.get("do") in ("check", "save") and not is_live
    node, refusal = check(rule if is_asked else begun(rule), fields, the_firm())
    if not is_asked:
        for row in rule.rows():  # nobody is told off while still typing
            row.problem = ""
    found = look(node, reader=request.user) if counts and refusal is None else None
    return rule, found, None if refusal else node, refusal


def _shown(
    rule: Rule, fields: Mapping[str, Field], found: Found | None, refusal: ConditionInvalid | None
) -> dict[str, Any]:
    if not rule.items and not rule.is_deep:
        rule.items.append(Row(name="r0", number=1))
    return {
        "rule": rule,
        "groups": grouped(fields),
        "found": found,
        "size": size_in_words(found.counted) if found else "",
        "refusal": refusal,
        "tags": tags_in_use(),
        "asked": [asked for asked, _value in found.samples[0].values] if found and found.samples else [],
    }


def _unbound(form: SegmentForm, request: HttpRequest) -> SegmentForm:
    """The form with what was typed and no complaints: only a row was added, or the rule tried."""
    told = {name: request.POST.get(name, "") for name in form.fields}
    fresh = SegmentForm(initial=told)
    if isinstance(form.fields["kind"].widget, forms.HiddenInput):
        fresh.fields["kind"].widget = forms.HiddenInput()
    return fresh
