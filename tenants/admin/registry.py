"""Pages of firms and plans."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.base import ReadOnlyAdmin, SettingAdmin
from cxcrm.core.admin.html import cell, pill
from cxcrm.core.admin.working import show_refusal
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError
from tenants.admin.acts import Act, ActForm, acts_for
from tenants.models import AgendaItem, Domain, Plan, Tenant
from tenants.models.country import Country
from tenants.selectors.operations import work_of
from tenants.selectors.usage import STANDING, sizes_of, usage_of
from tenants.services import fingerprints
from tenants.services.domains import url_for
from tenants.services.operations import save_plan

_State = Tenant.State
TONES = {
    _State.ACTIVE: "good",
    _State.REQUESTED: "info",
    _State.PROVISIONING: "info",
    _State.SUSPENDED: "warn",
    _State.FAILED: "bad",
    _State.CLOSING: "warn",
    _State.CLOSED: "plain",
}
JUST_NOW = timedelta(minutes=1)
# Only these have tables that a release could find behind.
_WITH_TABLES = (_State.ACTIVE, _State.SUSPENDED, _State.CLOSING)


class TablesFilter(SimpleListFilter):
    title = _("tables")
    parameter_name = "tables"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("current", _("up to date")), ("behind", _("behind")), ("failed", _("migration failed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> QuerySet[Tenant]:
        current = Q(fingerprint=fingerprints.current())
        asked = {"current": current, "behind": ~current, "failed": ~Q(migration_error="")}.get(self.value() or "")
        return queryset if asked is None else queryset.filter(asked, state__in=_WITH_TABLES)


class TenantAdmin(ReadOnlyAdmin):
    """Firms are made by sign-up or command; here they are seen, and acted on."""

    list_display = ("firm", "standing", "plan", "size", "due", "given_up", "tables", "active")
    list_display_links = ("firm",)
    list_select_related = ("plan",)
    list_filter = ("state", "paused", "plan", TablesFilter)
    search_fields = ("name", "slug", "owner_email")
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        primary = Domain.objects.filter(tenant=OuterRef("pk"), is_primary=True).values("domain")[:1]
        return super().get_queryset(request).annotate(host=Subquery(primary))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The rows of this page with their numbers, asked for all of them together."""
        found = super().get_changelist_instance(request)
        rows = list(found.result_list)
        ids = [row.pk for row in rows]
        work, sizes = work_of(ids), sizes_of(ids)
        for row in rows:
            row.work, row.sizes = work[row.pk], sizes.get(row.pk, {})
        found.result_list = rows
        return found

    @display(description=_("firm"), ordering="name")
    def firm(self, tenant: Tenant) -> str:
        return cell(format_html('<b class="cx-name">{}</b><br><span class="cx-quiet">{}</span>', tenant, tenant.host))

    @display(description=_("standing"), ordering="state")
    def standing(self, tenant: Tenant) -> str:
        return standing(tenant)

    @display(description=_("customers · MB"))
    def size(self, tenant: Tenant) -> str:
        if not tenant.sizes:
            return "–"
        return f"{tenant.sizes.get('customers', 0):n} · {tenant.sizes.get('storage', 0):n}"

    @display(description=_("due, oldest"))
    def due(self, tenant: Tenant) -> str:
        if not tenant.work.due:
            return "0"
        late = timesince(tenant.work.oldest, now(), depth=1)
        return cell(format_html('{} <span class="cx-quiet">{}</span>', tenant.work.due, late))

    @display(description=_("given up"))
    def given_up(self, tenant: Tenant) -> str:
        return pill(tenant.work.dead, "bad") if tenant.work.dead else "0"

    @display(description=_("tables"))
    def tables(self, tenant: Tenant) -> str:
        return tables(tenant)

    @display(description=_("last active"), ordering="last_active_at")
    def active(self, tenant: Tenant) -> str:
        if tenant.last_active_at is None:
            return "–"
        if now() - tenant.last_active_at < JUST_NOW:
            return str(_("just now"))
        ago = _("%(time)s ago") % {"time": timesince(tenant.last_active_at, now(), depth=1)}
        return format_html('<span class="cx-line">{}</span>', ago)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        tenant = self.get_object(request, object_id)
        if tenant is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        acts = acts_for(tenant) if request.user.has_perm("tenants.change_tenant") else []
        if request.method == "POST":
            done = self._act(request, tenant, acts)
            if done is not None:
                return done
        dead = AgendaItem.objects.filter(tenant=tenant, state=AgendaItem.State.DEAD)
        return self.page(
            request,
            "admin/platform_firm.html",
            title=str(tenant),
            firm=tenant,
            country=dict(Country.choices).get(tenant.country, tenant.country),
            link=url_for(tenant.host or "", "/admin/"),
            standing=standing(tenant),
            tables=tables(tenant),
            work=work_of([tenant.pk])[tenant.pk],
            uses=usage_of(tenant.pk),
            unmeasured=[] if sizes_of([tenant.pk]) else STANDING,
            dead=dead.order_by("-finished_at")[:8],
            old_addresses=Domain.objects.filter(tenant=tenant, is_primary=False).order_by("domain"),
            acts=acts,
        )

    def _act(self, request: HttpRequest, tenant: Tenant, acts: list[tuple[Act, ActForm]]) -> HttpResponse | None:
        """Do what was asked, if it is offered; the form with its refusal stays open otherwise."""
        for index, (act, _form) in enumerate(acts):
            if act.do != request.POST.get("do"):
                continue
            form = act.form(tenant, request.POST, auto_id=f"{act.do}_%s")
            if form.is_valid():
                try:
                    act.call(tenant_id=tenant.pk, **form.cleaned_data)
                except DomainError as refusal:
                    show_refusal(form, refusal)
                else:
                    messages.success(request, act.done)
                    return redirect(request.path)
            acts[index] = (act, form)
            return None
        messages.warning(request, _("This cannot be done now. The firm may have changed meanwhile."))
        return redirect(request.path)


def standing(tenant: Tenant) -> str:
    """Its state, and that it is paused where it is."""
    if tenant.is_platform:
        return pill(_("operators' own"), "info")
    word = pill(tenant.get_state_display(), TONES[tenant.state])
    return cell(format_html("{} {}", word, pill(_("paused"), "warn"))) if tenant.paused else word


def tables(tenant: Tenant) -> str:
    """How its tables stand to this release."""
    if tenant.state not in _WITH_TABLES:
        return "–"
    if tenant.migration_error:
        return pill(_("migration failed"), "bad")
    return pill(_("up to date"), "good") if fingerprints.is_current(tenant) else pill(_("behind"), "warn")


class PlanAdmin(SettingAdmin):
    list_display = (
        "name", "max_customers", "max_staff", "max_invitations_per_month", "max_storage_mb", "max_api_calls_per_day",
        "is_default",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": (("name", "code"), "is_default")}),
        (
            _("What a firm may use"),
            {
                "description": _("Left empty, it is unlimited. What customers send in is always taken."),
                "fields": (
                    ("max_customers", "max_staff"),
                    ("max_invitations_per_month", "max_api_calls_per_day"),
                    "max_storage_mb",
                ),
            },
        ),
    )
    ordering = ("name",)

    def save_setting(self, row: Plan, form: ModelForm, change: bool) -> None:
        save_plan(plan=row)
