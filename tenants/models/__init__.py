"""The shared tables: who the firms are, where they answer, what is due for whom, and what stands ready."""

from tenants.models.agenda import AgendaItem, HandOver, Lane, SentRecord
from tenants.models.control import Pause, Route
from tenants.models.erasure import Erasure
from tenants.models.schema import SchemaTemplate, SpareSchema
from tenants.models.sign_up import SignUp
from tenants.models.tenant import Domain, Plan, Tenant
from tenants.models.usage import Usage

__all__ = [
    "AgendaItem",
    "Domain",
    "Erasure",
    "HandOver",
    "Lane",
    "Pause",
    "Plan",
    "Route",
    "SchemaTemplate",
    "SentRecord",
    "SignUp",
    "SpareSchema",
    "Tenant",
    "Usage",
]
