"""The supervision report: the brand's month on one page, and replies drawn by lot to be listened to."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from cxcrm.core.errors import DomainError
from journeys.logic.months import months_after, quarter_of
from journeys.wording import quarter_name
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.stewardship import may_lead
from workflows.selectors.supervision import Supervision, supervision_of
from workflows.services.supervision import audit_reply


def supervision_urls(admin: Any) -> list[Any]:
    """The address of the report, bound to the admin of approvals."""

    def shown(request: HttpRequest) -> HttpResponse:
        return supervision_view(admin, request)

    return [path("supervision/", admin.admin_site.admin_view(shown), name="workflows_supervision")]


def supervision_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """For whoever sees approvals and complaints; only who leads the brand says what fits."""
    if not (admin.has_view_permission(request) and request.user.has_perm("feedback.view_complaint")):
        raise PermissionDenied
    if request.method == "POST":
        return _audit(request)
    today = firm_today()
    month = _month(request.GET.get("month", ""), today)
    found = supervision_of(month, request.user)
    return admin.page(
        request,
        "admin/workflows/supervision.html",
        title=_("The brand in %(month)s") % {"month": date_format(found.since, "m/Y")},
        found=found,
        quarter=quarter_name(quarter_of(found.since)),
        tiles=_tiles(found),
        before=f"{months_after(month, -1):%Y-%m}",
        after=f"{found.until:%Y-%m}" if found.until <= today else "",
        may_audit=may_lead(request.user),
    )


def _audit(request: HttpRequest) -> HttpResponse:
    try:
        note_id = UUID(request.POST.get("note", ""))
    except ValueError as error:
        raise Http404 from error
    fits = request.POST.get("fits")
    if fits not in ("yes", "no"):
        raise Http404
    try:
        audit_reply(note_id=note_id, fits=fits == "yes")
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))
    return redirect(request.get_full_path())


def _month(text: str, today: date) -> date:
    """The month asked for as YYYY-MM; this one for none, for nonsense and for one to come."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = today
    return min(months_after(asked, 0), months_after(today, 0))


def _tiles(found: Supervision) -> list[tuple[str, str, str]]:
    """What the month comes to: a figure, what it counts, and of how many."""
    in_time, fitting = found.in_time, found.fitting
    return [
        (
            "–" if in_time.percent is None else f"{in_time.percent} %",
            _("answered within two working days"),
            _("%(n)d of %(of)d approvals") % {"n": in_time.n, "of": in_time.of},
        ),
        (
            "–" if found.median_days is None else localize(Decimal(f"{found.median_days:g}")),
            _("working days to an answer"),
            _("half of them sooner"),
        ),
        (
            str(found.broken),
            _("promises not kept in time"),
            _("and %(n)d of the brand") % {"n": found.brand_broken} if found.brand_broken else "",
        ),
        (
            "–" if fitting.percent is None else f"{fitting.percent} %",
            _("of the replies heard sound like us"),
            _("%(n)d of %(of)d") % {"n": fitting.n, "of": fitting.of},
        ),
    ]
