"""The operators' pages: the registry of firms, their plans and the agenda."""

from cxcrm.core.admin.site import Site
from tenants.admin.agenda import AgendaItemAdmin
from tenants.admin.registry import PlanAdmin, TenantAdmin
from tenants.models import AgendaItem, Plan, Tenant


def register(site: Site) -> None:
    site.register(Tenant, TenantAdmin)
    site.register(Plan, PlanAdmin)
    site.register(AgendaItem, AgendaItemAdmin)
