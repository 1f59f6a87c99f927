"""Start-up of workflows: the event ledger is supplied, handlers subscribe, kinds of due work are registered."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Workflows")

    def ready(self) -> None:
        from customers.services.data_requests import use_working_days
        from customers.services.quizzes import use_calendar
        from cxcrm.core import events
        from tenants.services.inbound import use_taker
        from workflows import defaults, handlers  # noqa: F401 - they register themselves
        from workflows.selectors import depth, reach  # noqa: F401 - how deep a relationship goes; whom a case concerns
        from workflows.selectors.calendars import default_calendar
        from workflows.services import (  # noqa: F401 - due work, traces, nights
            bulk,
            causes,
            change_requests,
            change_successors,
            data_requests,
            erasure,
            guardrails,
            health,
            sign_ups,
            supervision,
        )
        from workflows.services.events import store
        from workflows.services.incoming import take_in

        events.use_store(store)
        for use in (use_calendar, use_working_days):
            use(lambda at, days: default_calendar().add_working_days(at, days))
        use_taker(take_in)
