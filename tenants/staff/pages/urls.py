"""Addresses of the firm's own house."""

from django.urls import path

from tenants.staff.pages.brand import FrontDoor, brand_css
from tenants.staff.pages.welcome import WelcomePage

urlpatterns = [
    path("", FrontDoor.as_view(), name="front-door"),
    path("brand.css", brand_css, name="brand"),
    path("welcome/<uuid:user_id>/<token>/", WelcomePage.as_view(), name="welcome"),
]
