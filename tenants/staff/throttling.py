"""Partners' calls to the API are counted against the plan, and a key that calls too fast waits."""

from typing import Any

from rest_framework.throttling import BaseThrottle

from tenants.services.usage import note_activity, take_call


class PartnerThrottle(BaseThrottle):
    """Counts calls by key; staff at their screens are not counted.

    A view names in ``from_customers`` the actions that bring what a customer said: those are counted, never refused.
    """

    def allow_request(self, request: Any, view: Any) -> bool:
        if request.auth is None:
            return True
        note_activity()
        always = getattr(view, "action", None) in getattr(view, "from_customers", ())
        request.told = take_call(request.auth.pk, always=always).headers
        return True
