"""Partners' calls to the API are counted against the plan, and a key that calls too fast waits."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import BaseThrottle

from tenants.services.usage import Counting, note_activity


class PartnerThrottle(BaseThrottle):
    """Counts calls by key; staff at their screens are not counted.

    A view names in ``from_customers`` the actions that bring what a customer said: those are counted, never refused.
    """

    def allow_request(self, request: Any, view: Any) -> bool:
        if request.auth is None:
            return True
        note_activity()
        always = getattr(view, "action", None) in getattr(view, "from_customers", ())
        counting = Counting(request.auth.pk, always=always)
        later = getattr(view, "ask_at_the_end", None)
        if later is not None and counting.had_plenty and request.method in SAFE_METHODS:
            later(lambda: counting.quota().headers)
        else:
            request.told = counting.quota().headers
        return True
