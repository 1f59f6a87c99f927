"""Pages of listening: surveys, sendings, answers, and how they are set up."""

from cxcrm.core.admin.site import Site
from feedback.admin.asking import ask_customers
from feedback.admin.causes import RemedyAdmin, ReplyTemplateAdmin, RootCauseAdmin
from feedback.admin.customer_panel import customer_panel
from feedback.admin.responses import InvitationAdmin, ResponseAdmin
from feedback.admin.sending import DispatchAdmin
from feedback.admin.surveys import SurveyAdmin
from feedback.models import Dispatch, Invitation, Remedy, ReplyTemplate, Response, RootCause, Survey

__all__ = ["ask_customers", "customer_panel", "register"]


def register(site: Site) -> None:
    site.register(Survey, SurveyAdmin)
    site.register(Dispatch, DispatchAdmin)
    site.register(Invitation, InvitationAdmin)
    site.register(Response, ResponseAdmin)
    site.register(RootCause, RootCauseAdmin)
    site.register(Remedy, RemedyAdmin)
    site.register(ReplyTemplate, ReplyTemplateAdmin)
