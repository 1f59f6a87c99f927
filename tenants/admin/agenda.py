"""The agenda as operators see it: what is due, what was given up, and giving it another start."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.html import pill
from tenants.models import AgendaItem
from tenants.services.agenda import replay

TONES = {
    AgendaItem.State.PENDING: "info",
    AgendaItem.State.LEASED: "info",
    AgendaItem.State.DONE: "good",
    AgendaItem.State.CANCELLED: "plain",
    AgendaItem.State.DEAD: "bad",
}


class AgendaItemAdmin(ReadOnlyAdmin):
    list_display = ("kind", "tenant", "standing", "due_at", "attempts", "last_error")
    list_select_related = ("tenant",)
    list_filter = ("state", "lane", "kind")
    search_fields = ("kind", "dedupe_key", "tenant__name")
    ordering = ("-due_at",)
    fields = (
        "kind",
        "tenant",
        "lane",
        "standing",
        "ref",
        "dedupe_key",
        "due_at",
        "attempts",
        "lease_until",
        "last_error",
        "finished_at",
        "created_at",
    )
    actions = ("replay_items",)
    actions_detail = ("replay_item",)

    def has_replay_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("tenants.change_agendaitem")

    @display(description=_("standing"), ordering="state")
    def standing(self, item: AgendaItem) -> str:
        return pill(item.get_state_display(), TONES[item.state])

    @action(description=_("Start given-up items again"), permissions=["replay"])
    def replay_items(self, request: HttpRequest, queryset: QuerySet[AgendaItem]) -> None:
        count = sum(replay(pk) for pk in queryset.values_list("pk", flat=True))
        messages.info(request, ngettext("%(n)d item starts again.", "%(n)d items start again.", count) % {"n": count})

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
        if replay(item.pk):
            messages.success(request, _("It starts again."))
        else:
            messages.warning(request, _("Only items that were given up can be started again."))
        return redirect(f"{self.admin_site.name}:tenants_agendaitem_change", item.pk)
