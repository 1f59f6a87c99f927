"""Pages of the journey and of who answers for it."""

from cxcrm.core.admin.site import Site
from journeys.admin.accountability import AccountabilityAdmin
from journeys.admin.journeys import JourneyAdmin, StageAdmin, TouchpointAdmin
from journeys.models import Accountability, Journey, Stage, Touchpoint


def register(site: Site) -> None:
    site.register(Journey, JourneyAdmin)
    site.register(Stage, StageAdmin)
    site.register(Touchpoint, TouchpointAdmin)
    site.register(Accountability, AccountabilityAdmin)
