"""The operators' home: one look says whether anything needs somebody."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxcrm.core.admin.site import Site
from tenants.models import AgendaItem, Lane, Tenant
from tenants.selectors.operations import Operations, operations, versions
from tenants.services import fingerprints

# An escalation this late, or anything else this late, is somebody's business now.
LATE = {Lane.ESCALATION: 60.0, Lane.NORMAL: 600.0}
VERY_LATE = {Lane.ESCALATION: 300.0, Lane.NORMAL: 3600.0}
_AGENDA, _FIRMS = "admin:tenants_agendaitem_changelist", "admin:tenants_tenant_changelist"


@dataclass(frozen=True)
class Trouble:
    """One sentence on what is wrong, and where to go."""

    tone: str
    words: Any
    link: str


def platform_home(site: Site, request: HttpRequest) -> HttpResponse:
    request.current_app = site.name
    if not request.user.has_perm("tenants.view_tenant"):
        context = {**site.each_context(request), "title": _("Home")}
        return TemplateResponse(request, "admin/platform_nothing.html", context)
    found = operations(fingerprints.current())
    dead = AgendaItem.objects.filter(state=AgendaItem.State.DEAD)
    context = {
        **site.each_context(request),
        "title": _("Home"),
        "found": found,
        "troubles": sorted(_troubles(found), key=lambda trouble: trouble.tone != "bad"),
        "lanes": [
            {"lane": lane, "tone": _tone(lane.lane, lane.oldest), "oldest": lateness(lane.oldest)}
            for lane in found.lanes
        ],
        "dead": dead.select_related("tenant").order_by("-finished_at")[:6],
        "newest": Tenant.objects.filter(is_platform=False).select_related("plan").order_by("-created_at")[:6],
        "versions": versions().items(),
    }
    return TemplateResponse(request, "admin/platform_home.html", context)


def _tone(lane: str, seconds: float) -> str:
    return "bad" if seconds > VERY_LATE[Lane(lane)] else "warn" if seconds > LATE[Lane(lane)] else ""


def lateness(seconds: float) -> str:
    """How late in the largest unit that says enough: 40 s, 12 min, 5 h, 3 d."""
    for unit, size, limit in ((_("s"), 1, 120), (_("min"), 60, 7200), (_("h"), 3600, 172800)):
        if seconds < limit:
            return f"{int(seconds // size)} {unit}"
    days = _("d")
    return f"{int(seconds // 86400)} {days}"


def _troubles(found: Operations) -> list[Trouble]:
    troubles = [
        Trouble(
            "warn",
            _("Held back for all firms: %(what)s") % {"what": pause.name or pause.get_scope_display()},
            reverse("admin:tenants_pause_change", args=[pause.pk]),
        )
        for pause in found.pauses
    ]
    troubles += [
        Trouble(
            "bad",
            _("%(route)s keeps failing and is left alone for now.") % {"route": route},
            reverse("admin:tenants_route_change", args=[route.pk]),
        )
        for route in found.resting
    ]
    for lane in found.lanes:
        if tone := _tone(lane.lane, lane.oldest):
            words = _("%(lane)s: the oldest waits for %(time)s.") % {
                "lane": lane.label.capitalize(),
                "time": lateness(lane.oldest),
            }
            troubles.append(Trouble(tone, words, f"{reverse(_AGENDA)}?state__exact=pending&lane__exact={lane.lane}"))
    if found.dead:
        words = ngettext("%(n)d piece of work was given up.", "%(n)d pieces of work were given up.", found.dead)
        troubles.append(Trouble("bad", words % {"n": found.dead}, f"{reverse(_AGENDA)}?state__exact=dead"))
    if found.firms.failed:
        words = ngettext(
            "%(n)d firm would not take the new tables.",
            "%(n)d firms would not take the new tables.",
            found.firms.failed,
        )
        troubles.append(Trouble("bad", words % {"n": found.firms.failed}, f"{reverse(_FIRMS)}?tables=failed"))
    elif found.firms.behind:
        words = ngettext(
            "%(n)d firm has still to be migrated.", "%(n)d firms have still to be migrated.", found.firms.behind
        )
        troubles.append(Trouble("warn", words % {"n": found.firms.behind}, f"{reverse(_FIRMS)}?tables=behind"))
    if found.firms.broken:
        words = ngettext("%(n)d firm could not be set up.", "%(n)d firms could not be set up.", found.firms.broken)
        troubles.append(Trouble("bad", words % {"n": found.firms.broken}, f"{reverse(_FIRMS)}?state__exact=failed"))
    if not found.pool.ready:
        troubles.append(
            Trouble(
                "warn", _("No schema stands ready: the next sign-ups take seconds instead of moments."), reverse(_FIRMS)
            )
        )
    return troubles
