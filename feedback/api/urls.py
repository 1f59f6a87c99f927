"""Addresses of the feedback room's API."""

from django.urls import path

from cxcrm.core.api.viewsets import RoomRouter
from feedback.api import (
    answers,
    community,
    complaints,
    contexts,
    desk,
    experience,
    gaps,
    heard,
    held,
    people,
    settings,
    surveys,
    worth,
)

router = RoomRouter()
router.register("surveys", surveys.SurveyViewSet)
router.register("surveys/<uuid:survey_id>/questions", surveys.QuestionViewSet)
router.register("dispatches", surveys.DispatchViewSet)
router.register("invitations", answers.InvitationViewSet)
router.register("responses", answers.ResponseViewSet)
router.register("contexts", contexts.ContextViewSet)
router.register("community-questions", community.CommunityQuestionViewSet)
router.register("community-questions/<uuid:question_id>/answers", community.CommunityAnswerViewSet)
router.register("community-topics", community.CommunityTopicViewSet)
router.register("community-impacts", community.CommunityImpactViewSet)
router.register("beliefs", gaps.BeliefViewSet)
router.register("questionnaires", people.QuestionnaireViewSet)
router.register("orientation", people.OrientationViewSet)
router.register("forecasts", gaps.ForecastViewSet)
router.register("complaints", complaints.ComplaintViewSet)
router.register("complaints/<uuid:complaint_id>/notes", complaints.NoteViewSet)
router.register("complaints/<uuid:complaint_id>/perspective", desk.PerspectiveViewSet)
router.register("reply-templates", desk.ReplyTemplateViewSet)
router.register("root-causes", settings.RootCauseViewSet)
router.register("remedies", settings.RemedyViewSet)

urlpatterns = [
    path("metrics/", answers.MetricView.as_view()),
    path("gaps/", gaps.GapsView.as_view()),
    path("experience-index/", experience.ExperienceView.as_view()),
    path("heard-from/", heard.HeardView.as_view()),
    path("customers-worth/", worth.WorthView.as_view()),
    path("community-figures/", community.CommunityFiguresView.as_view()),
    path("held-of-us/", held.HeldView.as_view()),
    path("our-people/", people.OurPeopleView.as_view()),
    path("pillars/", people.PillarsView.as_view()),
    path("brand-match/", gaps.BrandMatchView.as_view()),
    *router.urls,
]
