"""The operators' home: how many firms stand where, and what was given up."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.site import Site
from cxcrm.core.clock import db_now
from tenants.models import AgendaItem, Tenant


def platform_home(site: Site, request: HttpRequest) -> HttpResponse:
    firms = Tenant.objects.filter(is_platform=False)
    waiting = AgendaItem.objects.filter(state=AgendaItem.State.PENDING)
    dead = AgendaItem.objects.filter(state=AgendaItem.State.DEAD)
    context = {
        **site.each_context(request),
        "title": _("Home"),
        "counts": firms.aggregate(
            active=Count("pk", filter=Q(state=Tenant.State.ACTIVE)),
            coming=Count("pk", filter=Q(state__in=[Tenant.State.REQUESTED, Tenant.State.PROVISIONING])),
            stopped=Count("pk", filter=Q(state__in=[Tenant.State.SUSPENDED, Tenant.State.FAILED])),
            paused=Count("pk", filter=Q(paused=True)),
        ),
        "dead_count": dead.count(),
        "overdue_count": waiting.filter(due_at__lt=db_now()).count(),
        "dead": dead.select_related("tenant").order_by("-due_at")[:10],
        "newest": firms.select_related("plan").order_by("-created_at")[:10],
    }
    request.current_app = site.name
    return TemplateResponse(request, "admin/platform_home.html", context)
