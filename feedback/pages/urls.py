"""Addresses of the customers' pages; they stand in mails, so they never change."""

from django.urls import path

from feedback.pages.community import CommunityOfOnePage, CommunityPage, ImpactPhotoPage
from feedback.pages.complain import ComplainPage
from feedback.pages.opt_out import OptOutPage
from feedback.pages.solved import SolvedPage
from feedback.pages.survey import SurveyPage

urlpatterns = [
    path("s/<token>/", SurveyPage.as_view(), name="survey"),
    path("u/<token>/", OptOutPage.as_view(), name="opt-out"),
    path("c/", ComplainPage.as_view(), name="complain"),
    path("q/", CommunityPage.as_view(), name="community"),
    path("q/photo/<token>/", ImpactPhotoPage.as_view(), name="community-photo"),
    path("q/<token>/", CommunityOfOnePage.as_view(), name="community-own"),
    path("r/<token>/", SolvedPage.as_view(), name="solved"),
]
