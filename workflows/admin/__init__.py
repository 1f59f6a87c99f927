"""The desk: home, complaints, alerts; and the set-up and records of time, escalation and messages."""

from cxcrm.core.admin.site import Site
from feedback.models import Complaint
from workflows.admin.budgets import CxBudgetAdmin
from workflows.admin.causes import CauseProposalAdmin
from workflows.admin.change_requests import ChangeRequestAdmin, insight_panel
from workflows.admin.complaints import ComplaintAdmin
from workflows.admin.conduct import (
    CoachingAdmin,
    ConductPolicyAdmin,
    RecognitionAdmin,
    my_part_panel,
    thank_answer,
    thank_panel,
)
from workflows.admin.customer_promises import customer_panel
from workflows.admin.desk_records import ClockSegmentAdmin, CompensationAdmin, PauseReasonAdmin, PromiseAdmin
from workflows.admin.incoming import IncomingMailAdmin
from workflows.admin.participation import coverage_panel
from workflows.admin.records import AlertAdmin, EventAdmin, MessageAdmin
from workflows.admin.reviews import ReviewAdmin
from workflows.admin.settings import CalendarAdmin, EscalationPolicyAdmin, SlaPolicyAdmin
from workflows.admin.we_did import WeDidAdmin, initiative_panel
from workflows.models import (
    Alert,
    Calendar,
    CauseProposal,
    ChangeRequest,
    ClockSegment,
    Coaching,
    Compensation,
    ConductPolicy,
    CxBudget,
    EscalationPolicy,
    Event,
    IncomingMail,
    Message,
    PauseReason,
    Promise,
    Recognition,
    Review,
    SlaPolicy,
    WeDid,
)

__all__ = [
    "coverage_panel",
    "customer_panel",
    "initiative_panel",
    "insight_panel",
    "my_part_panel",
    "register",
    "thank_answer",
    "thank_panel",
]


def register(site: Site) -> None:
    """Complaints are shown here, on the top floor, because their page shows clocks and ladders too."""
    site.register(Complaint, ComplaintAdmin)
    site.register(Alert, AlertAdmin)
    site.register(Event, EventAdmin)
    site.register(Message, MessageAdmin)
    site.register(IncomingMail, IncomingMailAdmin)
    site.register(Calendar, CalendarAdmin)
    site.register(SlaPolicy, SlaPolicyAdmin)
    site.register(EscalationPolicy, EscalationPolicyAdmin)
    site.register(Promise, PromiseAdmin)
    site.register(Compensation, CompensationAdmin)
    site.register(CxBudget, CxBudgetAdmin)
    site.register(Recognition, RecognitionAdmin)
    site.register(ConductPolicy, ConductPolicyAdmin)
    site.register(Coaching, CoachingAdmin)
    site.register(ClockSegment, ClockSegmentAdmin)
    site.register(PauseReason, PauseReasonAdmin)
    site.register(Review, ReviewAdmin)
    site.register(CauseProposal, CauseProposalAdmin)
    site.register(WeDid, WeDidAdmin)
    site.register(ChangeRequest, ChangeRequestAdmin)
