"""Start-up of journeys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    name = "journeys"
    verbose_name = _("Journeys")

    def ready(self) -> None:
        from journeys import defaults, handlers, tasks  # noqa: F401 - what a new firm gets, handlers, agenda kinds
        from journeys.selectors import depth, underway  # noqa: F401 - how deep a relationship goes; what is being done
        from journeys.services import erasure  # noqa: F401 - says what it keeps of customers
