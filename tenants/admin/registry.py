"""Pages of firms and plans."""

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from cxcrm.core.admin.base import ReadOnlyAdmin, SettingAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.errors import DomainError
from tenants.models import Domain, Plan, Tenant
from tenants.services.domains import url_for
from tenants.services.operations import save_plan, set_paused

TONES = {
    Tenant.State.ACTIVE: "good",
    Tenant.State.REQUESTED: "info",
    Tenant.State.PROVISIONING: "info",
    Tenant.State.SUSPENDED: "warn",
    Tenant.State.FAILED: "bad",
}


class TenantAdmin(ReadOnlyAdmin):
    """Firms are made by sign-up or command; here they are seen and paused."""

    list_display = ("name", "address", "standing", "plan", "language", "owner_email", "created_at")
    list_select_related = ("plan",)
    list_filter = ("state", "paused", "plan", "language")
    search_fields = ("name", "slug", "owner_email")
    ordering = ("-created_at",)
    fieldsets = (
        (None, {"fields": ("name", "address", "standing", "step", "paused")}),
        (_("Owner"), {"fields": ("owner_name", "owner_email")}),
        (_("Set-up"), {"fields": ("plan", "language", "country", "time_zone", "schema_name", "epoch", "created_at")}),
    )
    actions_detail = ("pause", "resume")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        primary = Domain.objects.filter(tenant=OuterRef("pk"), is_primary=True).values("domain")[:1]
        return super().get_queryset(request).annotate(host=Subquery(primary))

    def has_pause_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("tenants.change_tenant")

    @display(description=_("address"))
    def address(self, tenant: Tenant) -> str:
        url = url_for(tenant.host or "", "/admin/")
        return format_html('<a class="cx-link" href="{}">{}</a>', url, tenant.host)

    @display(description=_("standing"), ordering="state")
    def standing(self, tenant: Tenant) -> str:
        word = pill(tenant.get_state_display(), TONES[tenant.state])
        return format_html("{} {}", word, pill(_("paused"), "warn")) if tenant.paused else word

    @action(description=_("Pause"), permissions=["pause"], url_path="pause", icon="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._toggle(request, object_id, paused=True)

    @action(description=_("Resume"), permissions=["pause"], url_path="resume", icon="play_arrow")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._toggle(request, object_id, paused=False)

    def _toggle(self, request: HttpRequest, object_id: str, *, paused: bool) -> HttpResponse:
        tenant = self.get_object(request, object_id)
        if tenant is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            what = _("Nothing due is carried out for this firm until it is resumed. Nothing is lost.")
            return self.confirm(
                request,
                title=_("Pause %(firm)s?") % {"firm": tenant} if paused else _("Resume %(firm)s?") % {"firm": tenant},
                what=what if paused else _("Everything that became due meanwhile is carried out now."),
                button=_("Pause") if paused else _("Resume"),
            )
        try:
            set_paused(tenant_id=tenant.pk, paused=paused)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Paused.") if paused else _("Resumed."))
        return redirect(f"{self.admin_site.name}:tenants_tenant_change", tenant.pk)


class PlanAdmin(SettingAdmin):
    list_display = ("name", "code", "max_staff", "max_customers", "max_invitations_per_month", "is_default")
    fields = (("name", "code"), ("max_staff", "max_customers", "max_invitations_per_month"), "is_default")

    def save_setting(self, row: Plan, form: ModelForm, change: bool) -> None:
        save_plan(plan=row)
