"""Addresses of the workflows room's API."""

from django.urls import path

from cxcrm.core.api.viewsets import RoomRouter
from workflows.api import (
    brand_promises,
    budgets,
    case_work,
    causes,
    change_requests,
    conduct,
    contradictions,
    desk,
    progress,
    records,
    reports,
    reviews,
    settings,
)

router = RoomRouter()
router.register("complaints/<uuid:complaint_id>/clocks", progress.ClockViewSet)
router.register("complaints/<uuid:complaint_id>/ladders", progress.LadderViewSet)
router.register("complaints/<uuid:complaint_id>/decisions", progress.DecisionViewSet)
router.register("complaints/<uuid:complaint_id>/pauses", case_work.PauseViewSet)
router.register("complaints/<uuid:complaint_id>/segments", case_work.SegmentViewSet)
router.register("complaints/<uuid:complaint_id>/ready-replies", case_work.CaseWordsViewSet)
router.register("promises", case_work.PromiseViewSet)
router.register("brand-promises", brand_promises.BrandPromiseViewSet, basename="brand-promise")
router.register("compensations", case_work.CompensationViewSet)
router.register("budgets", budgets.BudgetViewSet)
router.register("conduct-policies", conduct.ConductPolicyViewSet)
router.register("thanks", conduct.RecognitionViewSet, basename="thanks")
router.register("coachings", conduct.CoachingViewSet)
router.register("cause-proposals", causes.CauseProposalViewSet)
router.register("we-did", causes.WeDidViewSet)
router.register("change-requests", change_requests.ChangeRequestViewSet)
router.register("pause-reasons", case_work.PauseReasonViewSet)
router.register("reviews", reviews.ReviewViewSet)
router.register("desk", desk.DeskViewSet, basename="desk")
router.register("events", records.EventViewSet)
router.register("messages", records.MessageViewSet)
router.register("alerts", records.AlertViewSet)
router.register("calendars", settings.CalendarViewSet)
router.register("calendars/<uuid:calendar_id>/days", settings.CalendarDayViewSet)
router.register("sla-policies", settings.SlaPolicyViewSet)
router.register("escalation-policies", settings.EscalationPolicyViewSet)
router.register("escalation-policies/<uuid:policy_id>/levels", settings.LevelViewSet)

urlpatterns = [
    path("contradictions/", contradictions.ContradictionsView.as_view()),
    path("reports/promises-kept/", reports.PromisesKeptView.as_view()),
    path("reports/changes-answered/", reports.ChangesAnsweredView.as_view()),
    path("reports/compensations/", reports.GrantedView.as_view()),
    path("reports/time-spent/", reports.TimeSpentView.as_view()),
    *router.urls,
]
