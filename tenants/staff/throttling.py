"""Partners' calls to the API are counted against the plan, and a key that calls too fast waits."""

from typing import Any

from rest_framework.throttling import BaseThrottle

from tenants.services.usage import Counting, note_activity


class PartnerThrottle(BaseThrottle):
    """Counts calls by key; staff at their screens are not counted.

    A view names in ``from_customers`` the actions that bring what a customer said: those are counted, never refused.
    While a call is counted, what a view names in ``only_looks`` may begin; it leaves no trace when it is refused.
    """

    def allow_request(self, request: Any, view: Any) -> bool:
        if request.auth is None:
            return True
        note_activity()
        action = getattr(view, "action", None)
        counting = Counting(request.auth.pk, always=action in getattr(view, "from_customers", ()))
        if counting.had_plenty and action in getattr(view, "only_looks", ()):
            view.ask_at_the_end(lambda: counting.quota().headers)
        else:
            request.told = counting.quota().headers
        return True
