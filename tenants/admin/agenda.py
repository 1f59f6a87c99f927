"""The agenda as operators see it: what is due, what was given up, and giving it another start."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.html import pill
from tenants.models import AgendaItem
from tenants.services.kinds import kinds
from tenants.services.operations import REPLAYED_AT_ONCE, replay_items

TONES = {
    AgendaItem.State.PENDING: "info",
    AgendaItem.State.LEASED: "info",
    AgendaItem.State.DONE: "good",
    AgendaItem.State.CANCELLED: "plain",
    AgendaItem.State.DEAD: "bad",
}


class KindFilter(SimpleListFilter):
    """The kinds there are, without asking the longest table of the house which occur in it."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class AgendaItemAdmin(ReadOnlyAdmin):
    list_display = ("kind", "firm", "standing", "due_at", "attempts", "last_error")
    list_select_related = ("tenant",)
    list_filter = ("state", "lane", KindFilter)
    search_fields = ("dedupe_key", "tenant__name")
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("kind", "firm", "standing", "last_error")}),
        (_("When"), {"fields": ("due_at", "attempts", "lease_until", "finished_at", "created_at")}),
        (_("What"), {"fields": ("lane", "ref", "dedupe_key")}),
    )
    actions = ("replay_chosen",)
    actions_detail = ("replay_item",)

    def has_replay_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if not request.user.has_perm("tenants.change_agendaitem"):
            return False
        item = self.get_object(request, object_id) if object_id else None
        return item is None or item.state == AgendaItem.State.DEAD

    @display(description=_("firm"))
    def firm(self, item: AgendaItem) -> str:
        return str(item.tenant)

    @display(description=_("standing"), ordering="state")
    def standing(self, item: AgendaItem) -> str:
        return pill(item.get_state_display(), TONES[item.state])

    @action(description=_("Start given-up items again"), permissions=["replay"])
    def replay_chosen(self, request: HttpRequest, queryset: QuerySet[AgendaItem]) -> None:
        chosen = list(queryset.filter(state=AgendaItem.State.DEAD).values_list("pk", flat=True)[: REPLAYED_AT_ONCE + 1])
        count = replay_items(item_ids=chosen)
        messages.info(request, ngettext("%(n)d item starts again.", "%(n)d items start again.", count) % {"n": count})
        if len(chosen) > REPLAYED_AT_ONCE:
            more = _("There are more. See how these fare first, then start the next %(n)d.")
            messages.warning(request, more % {"n": REPLAYED_AT_ONCE})

    @action(description=_("Start again"), permissions=["replay"], url_path="replay", icon="replay")
    def replay_item(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = self.get_object(request, object_id)
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Start this item again?"),
                what=f"{item.kind}: {item.last_error}",
                button=_("Start again"),
            )
        if replay_items(item_ids=[item.pk]):
            messages.success(request, _("It starts again."))
        else:
            messages.warning(request, _("Only items that were given up can be started again."))
        return redirect(f"{self.admin_site.name}:tenants_agendaitem_change", item.pk)
