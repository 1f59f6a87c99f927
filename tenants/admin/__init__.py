"""The operators' pages: the registry of firms, their plans, the agenda, and what is held back."""

from cxcrm.core.admin.site import Site
from tenants.admin.agenda import AgendaItemAdmin
from tenants.admin.control import PauseAdmin, RouteAdmin
from tenants.admin.registry import PlanAdmin, TenantAdmin
from tenants.models import AgendaItem, Pause, Plan, Route, Tenant


def register(site: Site) -> None:
    site.register(Tenant, TenantAdmin)
    site.register(Plan, PlanAdmin)
    site.register(AgendaItem, AgendaItemAdmin)
    site.register(Pause, PauseAdmin)
    site.register(Route, RouteAdmin)
