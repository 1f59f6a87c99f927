"""The shared tables: who the firms are, where they answer, and what is due for whom."""

from tenants.models.agenda import AgendaItem, Lane, SentRecord
from tenants.models.tenant import Domain, Plan, Tenant

__all__ = ["AgendaItem", "Domain", "Lane", "Plan", "SentRecord", "Tenant"]
