"""Beside who takes part where: what each department did for customers, and which did nothing."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from cxcrm.core.clock import now
from workflows.selectors.participation import LOOKED_BACK, participation


def coverage_panel(request: HttpRequest) -> str:
    """For whoever sees the firm's cases: with less, a department would look idle that is not."""
    user = request.user
    if not (user.reaches_firm and user.has_perm("feedback.view_complaint") and user.has_perm("workflows.view_promise")):
        return ""
    took = participation(now())
    if not took:
        return ""
    context = {"took": took, "idle": [one for one in took if one.is_idle], "days": LOOKED_BACK.days}
    return render_to_string("admin/workflows/participation.html", context, request=request)
