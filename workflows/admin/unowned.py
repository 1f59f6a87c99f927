"""One page for everything nobody answers for, each with the way to name somebody."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.site import Site
from cxcrm.core.clock import now
from workflows.admin.dues import due_of, mark_paused
from workflows.admin.tones import SEVERITY_TONES
from workflows.selectors.unowned import COUNTED_TO, unowned_for


def unowned_page(site: Site, request: HttpRequest) -> HttpResponse:
    """For whoever reads complaints and journeys."""
    if not (request.user.has_perm("feedback.view_complaint") and request.user.has_perm("journeys.view_touchpoint")):
        raise PermissionDenied
    at = now()
    found = unowned_for(request.user, at)
    mark_paused(found.complaints)
    cases = [
        {"complaint": row, "tone": SEVERITY_TONES[row.severity], "due": due_of(row, at)} for row in found.complaints
    ]
    request.current_app = site.name
    context = {
        **site.each_context(request),
        "title": _("Nobody in charge"),
        "found": found,
        "cases": cases,
        "counted_to": COUNTED_TO,
    }
    return TemplateResponse(request, "admin/workflows/unowned.html", context)
