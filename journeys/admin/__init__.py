"""Pages of the journey and of who answers for it."""

from collections.abc import Callable, Sequence

from cxcrm.core.admin.site import Site
from journeys.admin.accountability import AccountabilityAdmin
from journeys.admin.brand import BrandAdmin
from journeys.admin.decisions import DecisionAdmin
from journeys.admin.environments import EnvironmentAdmin, EnvironmentAuditAdmin
from journeys.admin.feelings import stages_panel
from journeys.admin.initiatives import InitiativeAdmin
from journeys.admin.insights import InsightAdmin, quote_panel
from journeys.admin.journeys import JourneyAdmin, StageAdmin, TouchpointAdmin
from journeys.admin.paths import VisitRuleAdmin
from journeys.admin.publishing import JourneyVersionAdmin
from journeys.admin.walks import JourneyWalkAdmin
from journeys.models import (
    Accountability,
    BrandProfile,
    Decision,
    Environment,
    EnvironmentAudit,
    Initiative,
    Insight,
    Journey,
    JourneyVersion,
    JourneyWalk,
    Stage,
    Touchpoint,
    VisitRule,
)

__all__ = ["quote_panel", "register", "stages_panel"]


def register(
    site: Site,
    *,
    coverage_panels: Sequence[Callable[..., str]] = (),
    part_panels: Sequence[Callable[..., str]] = (),
    brand_panels: Sequence[Callable[..., str]] = (),
    initiative_panels: Sequence[Callable[..., str]] = (),
    insight_panels: Sequence[Callable[..., str]] = (),
) -> None:
    """What the floors above show on pages of this room (request, row → markup) is handed in by the roof."""
    site.register(Journey, JourneyAdmin, panels=tuple(coverage_panels), part_panels=tuple(part_panels))
    site.register(Stage, StageAdmin)
    site.register(Touchpoint, TouchpointAdmin)
    site.register(Accountability, AccountabilityAdmin)
    site.register(BrandProfile, BrandAdmin, panels=tuple(brand_panels))
    site.register(Insight, InsightAdmin, panels=tuple(insight_panels))
    site.register(Decision, DecisionAdmin)
    site.register(JourneyVersion, JourneyVersionAdmin)
    site.register(Initiative, InitiativeAdmin, panels=tuple(initiative_panels))
    site.register(VisitRule, VisitRuleAdmin)
    site.register(JourneyWalk, JourneyWalkAdmin)
    site.register(Environment, EnvironmentAdmin)
    site.register(EnvironmentAudit, EnvironmentAuditAdmin)
