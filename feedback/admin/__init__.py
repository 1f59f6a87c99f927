"""Pages of listening: surveys, sendings, answers, and how they are set up."""

from collections.abc import Callable, Sequence

from cxcrm.core.admin.site import Site
from feedback.admin.asking import ask_customers
from feedback.admin.brand_match import brand_panel
from feedback.admin.causes import RemedyAdmin, ReplyTemplateAdmin, RootCauseAdmin
from feedback.admin.community import CommunityQuestionAdmin
from feedback.admin.contexts import ContextEventAdmin, banners
from feedback.admin.customer_panel import customer_panel
from feedback.admin.gaps import BeliefAdmin
from feedback.admin.impacts import CommunityImpactAdmin
from feedback.admin.people import PeopleAdmin
from feedback.admin.responses import InvitationAdmin, ResponseAdmin
from feedback.admin.sending import DispatchAdmin
from feedback.admin.surveys import SurveyAdmin
from feedback.admin.topics import CommunityTopicAdmin
from feedback.models import (
    Belief,
    CommunityImpact,
    CommunityQuestion,
    CommunityTopic,
    ContextEvent,
    Dispatch,
    Invitation,
    Remedy,
    ReplyTemplate,
    Response,
    RootCause,
    StaffTurn,
    Survey,
)

__all__ = ["ask_customers", "banners", "brand_panel", "customer_panel", "register"]


def register(site: Site, *, response_panels: Sequence[Callable[..., str]] = ()) -> None:
    """``response_panels`` (request, response → markup) come from the floors above, by the roof."""
    site.register(Survey, SurveyAdmin)
    site.register(ContextEvent, ContextEventAdmin)
    site.register(CommunityQuestion, CommunityQuestionAdmin)
    site.register(CommunityTopic, CommunityTopicAdmin)
    site.register(CommunityImpact, CommunityImpactAdmin)
    site.register(Belief, BeliefAdmin)
    site.register(StaffTurn, PeopleAdmin)
    site.register(Dispatch, DispatchAdmin)
    site.register(Invitation, InvitationAdmin)
    site.register(Response, ResponseAdmin, panels=tuple(response_panels))
    site.register(RootCause, RootCauseAdmin)
    site.register(Remedy, RemedyAdmin)
    site.register(ReplyTemplate, ReplyTemplateAdmin)
