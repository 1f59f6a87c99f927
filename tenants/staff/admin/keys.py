"""Pages of partners' keys: the secret is shown once, when the key is made."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import DomainError
from tenants.staff.admin.step_up import is_fresh, prove_first
from tenants.staff.models import ApiKey
from tenants.staff.roles import CONTACTS, ROOMS, Level
from tenants.staff.services.api_keys import create_api_key, revoke_api_key

ROOM_NAMES = {
    "staff": _("Organisation"),
    "customers": _("Customers"),
    "journeys": _("Journey"),
    "feedback": _("Surveys and complaints"),
    "workflows": _("Escalation and messages"),
    CONTACTS: _("Phone numbers and e-mail addresses"),
}
LEVEL_NAMES = {
    Level.READ: _("read"),
    Level.WRITE: _("write"),
    Level.MANAGE: _("manage"),
    Level.EXPORT: _("export lists"),
}
_ONE_OF = (Level.READ, Level.WRITE, Level.MANAGE)


class KeyForm(WorkForm):
    """What a new key is for and what it may do: one level per room, and whether their lists may leave as files."""

    name = forms.CharField(label=_("Who will use it?"), max_length=80)
    expires_on = forms.DateField(
        label=_("Valid until (empty: without end)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    may_export = forms.BooleanField(label=_("May also export the lists of these rooms as files"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = ("", _("nothing"))
        for room in ROOMS:
            choices = [nothing, *((f"{room}:{level}", LEVEL_NAMES[level]) for level in _ONE_OF)]
            self.fields[f"room_{room}"] = forms.ChoiceField(
                label=ROOM_NAMES[room], choices=choices, required=False, widget=forms.RadioSelect
            )

        self.fields[f"room_{CONTACTS}"] = forms.ChoiceField(
            label=ROOM_NAMES[CONTACTS],
            choices=[("", _("masked")), (f"{CONTACTS}:{Level.READ}", LEVEL_NAMES[Level.READ])],
            required=False,
            widget=forms.RadioSelect,
        )

    def rooms(self) -> list[forms.BoundField]:
        return [self[f"room_{room}"] for room in (*ROOMS, CONTACTS)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        scopes = [data[f"room_{room}"] for room in (*ROOMS, CONTACTS) if data.get(f"room_{room}")]
        if not scopes and not self.errors:
            self.add_error(None, _("Choose at least one thing the key may do."))
        if data.get("may_export"):
            scopes += [f"{room}:{Level.EXPORT}" for room in ROOMS if data.get(f"room_{room}")]
        return {"name": data.get("name"), "scopes": scopes, "expires_on": data.get("expires_on")}


class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "prefix", "may", "created_by", "last_used_at", "expires_at", "standing")
    list_select_related = ("created_by",)
    search_fields = ("name", "prefix")
    fields = ("name", "prefix", "may", "created_by", "created_at", "last_used_at", "expires_at", "revoked_at")
    actions_detail = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("staff.add_apikey")

    def has_view_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return request.user.has_perm("staff.change_apikey")

    def has_revoke_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("staff.change_apikey")

    @display(description=_("what it may do"))
    def may(self, key: ApiKey) -> str:
        words = [scope.partition(":") for scope in key.scopes]
        return ", ".join(
            f"{ROOM_NAMES.get(room, room)}: {LEVEL_NAMES.get(level, level)}" for room, _colon, level in words
        )

    @display(description=_("standing"))
    def standing(self, key: ApiKey) -> str:
        if key.revoked_at or key.epoch != current_tenant().epoch:
            return pill(_("revoked"), "bad")
        if key.expires_at and key.expires_at <= now():
            return pill(_("expired"), "warn")
        return pill(_("in use"), "good")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if not is_fresh(request):
            return prove_first(request)
        form = KeyForm(request.POST or None)
        secret = None
        if form.is_valid():
            made = ask(form, lambda **data: _make(request, **data))
            secret = made[1] if made else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("New API key"),
            "opts": self.opts,
            "form": form,
            "secret": secret,
        }
        response = TemplateResponse(request, "admin/staff/api_key_new.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @action(description=_("Revoke"), permissions=["revoke"], url_path="revoke", icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask on GET, stop the key on POST."""
        key = self.get_object(request, object_id)
        if key is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        back = redirect(f"{self.admin_site.name}:staff_apikey_changelist")
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Revoke this key?"),
                what=_("“%(key)s” stops working at once. This cannot be undone.") % {"key": key},
                button=_("Revoke"),
            )
        try:
            revoke_api_key(key_id=key.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The key was revoked."))
        return back


def _make(request: HttpRequest, *, name: str, scopes: list[str], expires_on: date | None) -> tuple[ApiKey, str]:
    end = None
    if expires_on:
        end = timezone.make_aware(datetime.combine(expires_on + timedelta(days=1), time.min))
    return create_api_key(name=name, scopes=scopes, created_by=request.user, expires_at=end)
