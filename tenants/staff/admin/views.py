"""The bar of saved views above every list, and the one address that changes them."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import DomainError
from tenants.staff.errors import ViewNotFound, ViewUnfit
from tenants.staff.selectors.views import may_change, views_for
from tenants.staff.services import views as services


def view_urls(site: AdminSite) -> list[URLPattern]:
    def change(request: HttpRequest) -> HttpResponse:
        return change_views(site, request)

    return [path("views/", site.admin_view(change), name="views")]


def bar_of(site: AdminSite, request: HttpRequest, model: Any) -> dict[str, Any]:
    """What the bar above the list of ``model`` shows: all rows, then each view, the one in use marked."""
    now = services.tidy(request.GET.urlencode())
    shown = [
        {
            "view": view,
            "is_now": view.query == now,
            "is_mine": view.owner_id == request.user.pk,
            "may_change": may_change(request.user, view.owner_id),
        }
        for view in views_for(request.user, model._meta.label_lower)
    ]
    return {
        "views": shown,
        "views_now": next((one for one in shown if one["is_now"]), None),
        "views_query": now,
        "views_model": model._meta.label_lower,
        "views_action": reverse(f"{site.name}:views"),
    }


def change_views(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Save, rename, share, put first or throw away; always back to the list it was asked from."""
    admin = _admin_of(site, request.POST.get("model", ""))
    if request.method != "POST" or admin is None or not admin.has_view_permission(request):
        raise PermissionDenied
    back = reverse(f"{site.name}:{admin.opts.app_label}_{admin.opts.model_name}_changelist")
    query = services.tidy(request.POST.get("query", "")[:2000])
    try:
        query = _changed(request, admin, query)
    except (DomainError, ValueError) as refusal:
        known = refusal if isinstance(refusal, DomainError) else ViewNotFound()
        messages.error(request, str(known))
    return redirect(f"{back}?{query}" if query else back)


def _changed(request: HttpRequest, admin: Any, query: str) -> str:
    """Do what was asked and tell it; returns the filters to show next. Raises DomainError, ValueError."""
    asked, data = request.POST.get("do", ""), request.POST
    if asked == "save":
        if not fits(request, admin, query):
            raise ViewUnfit
        view = services.save_view(
            owner_id=request.user.pk,
            model=admin.model._meta.label_lower,
            name=data.get("name", ""),
            query=query,
            is_shared="shared" in data,
        )
        messages.success(request, _("“%(name)s” was saved.") % {"name": view.name})
        return query
    view_id = UUID(data.get("view", ""))
    if asked == "rename":
        services.rename_view(view_id=view_id, name=data.get("name", ""), by=request.user)
    elif asked in {"share", "unshare"}:
        services.share_view(view_id=view_id, is_shared=asked == "share", by=request.user)
    elif asked == "first":
        services.put_first(view_id=view_id, by=request.user)
    elif asked == "remove":
        services.remove_view(view_id=view_id, by=request.user)
        messages.success(request, _("The view was thrown away."))
        return ""
    else:
        raise ViewNotFound
    messages.success(request, _("Saved."))
    return query


def fits(request: HttpRequest, admin: Any, query: str) -> bool:
    """Does the list understand ``query``? It is asked by listing."""
    before = request.GET
    request.GET = QueryDict(query)
    try:
        admin.get_changelist_instance(request)
    except (IncorrectLookupParameters, DisallowedModelAdminLookup):
        return False
    finally:
        request.GET = before
    return True


def _admin_of(site: AdminSite, label: str) -> Any:
    try:
        return site._registry.get(apps.get_model(label))
    except (LookupError, ValueError):
        return None
