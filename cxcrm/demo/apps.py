"""The demo as an app: it has commands, no tables."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "cxcrm.demo"
    label = "demo"
