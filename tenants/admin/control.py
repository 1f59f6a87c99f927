"""What is held back for all firms, and how the ways out of the house are doing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask
from tenants.models import Pause, Route
from tenants.services.kinds import kinds
from tenants.services.operations import hold_back, let_go_on, try_route_again


class HoldBackForm(WorkForm):
    what = forms.ChoiceField(label=_("What"))
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        routes = [(f"route:{name}", name) for name in Route.objects.order_by("name").values_list("name", flat=True)]
        self.fields["what"].choices = [
            ("all:", _("Everything")),
            (_("One kind of work"), [(f"kind:{name}", name) for name in kinds()]),
            *([(_("One way out"), routes)] if routes else []),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        scope, _colon, name = data.pop("what", "").partition(":")
        return {**data, "scope": scope, "name": name}


class PauseAdmin(ReadOnlyAdmin):
    """Everything, one kind of work or one way out; a single firm has its own switch on its page."""

    list_display = ("what", "reason", "paused_by", "created_at")
    fields = ("what", "reason", "paused_by", "created_at")
    actions_detail = ("go_on",)
    nothing_here = _("Nothing is held back.")
    add_words = _("Hold work back")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenants.add_pause")

    def has_go_on_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("tenants.change_pause")

    @display(description=_("what"))
    def what(self, pause: Pause) -> str:
        return pause.name or pause.get_scope_display()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = HoldBackForm(request.POST or None)
        if form.is_valid() and ask(form, hold_back):
            messages.success(request, _("Held back. Work in hand is finished; nothing else begins."))
            return redirect(f"{self.admin_site.name}:tenants_pause_changelist")
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Hold work back"),
            intro=_("For all firms, until somebody lets it go on. Nothing is lost: what becomes due meanwhile waits."),
            form=form,
            button=_("Hold it back"),
        )

    @action(description=_("Go on"), permissions=["go_on"], url_path="go-on", icon="play_arrow")
    def go_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        pause = self.get_object(request, object_id)
        if pause is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Go on with %(what)s?") % {"what": self.what(pause)},
                what=_("Everything that became due meanwhile is carried out now."),
                button=_("Go on"),
            )
        let_go_on(pause_id=pause.pk)
        messages.success(request, _("It goes on."))
        return redirect(f"{self.admin_site.name}:tenants_pause_changelist")


class RouteAdmin(ReadOnlyAdmin):
    """A way out that failed several times in a row is left alone for a while; then one mail tries it."""

    list_display = ("name", "standing", "failures", "last_success_at", "last_error")
    fields = ("name", "standing", "failures", "open_until", "last_success_at", "last_error")
    ordering = ("name",)
    actions_detail = ("try_again",)

    def has_try_again_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if not request.user.has_perm("tenants.change_route"):
            return False
        route = self.get_object(request, object_id) if object_id else None
        return route is None or route.open_until is not None

    @display(description=_("standing"))
    def standing(self, route: Route) -> str:
        if route.open_until is not None:
            return pill(_("left alone"), "bad")
        return pill(_("failing"), "warn") if route.failures else pill(_("works"), "good")

    @action(description=_("Try it now"), permissions=["try_again"], url_path="try-again", icon="replay")
    def try_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        route = self.get_object(request, object_id)
        if route is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Try %(route)s now?") % {"route": route},
                what=_("Mails go by it again at once. If it still fails, it is left alone again."),
                button=_("Try it now"),
            )
        try_route_again(route_id=route.pk)
        messages.success(request, _("Mails go by it again."))
        return redirect(f"{self.admin_site.name}:tenants_route_change", route.pk)
