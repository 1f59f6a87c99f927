"""Addresses of tracking, decisions and the forgotten password; they stand in mails, so they never change."""

from django.urls import path

from workflows.pages.decide import DecidePage
from workflows.pages.grant import GrantPage
from workflows.pages.my_page import MyPage, MyPageLink
from workflows.pages.passwords import ForgotPage
from workflows.pages.tracking import TrackPage

urlpatterns = [
    path("t/<token>/", TrackPage.as_view(), name="track"),
    path("d/<token>/", DecidePage.as_view(), name="decide"),
    path("g/<token>/", GrantPage.as_view(), name="grant"),
    path("m/", MyPageLink.as_view(), name="my-page-link"),
    path("m/<token>/", MyPage.as_view(), name="my-page"),
    path("forgot/", ForgotPage.as_view(), name="admin_password_reset"),
]
