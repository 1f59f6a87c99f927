"""The red thread on one page: what the brand stands for, down to what somebody does, and where that breaks."""

from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.selectors.thread import Break, End, Strand, Thread, the_thread

# What is said, what one does about it, and what somebody must be allowed to do.
_SAID: Final[dict[Break, tuple[Any, Any, str]]] = {
    "no_positioning": (
        gettext_lazy("Nobody has said what the brand stands for."),
        gettext_lazy("Say it"),
        "journeys.add_brandprofile",
    ),
    "no_strategy": (
        gettext_lazy("There is no strategic insight yet."),
        gettext_lazy("Write one"),
        "journeys.add_insight",
    ),
    "not_borne_out": (
        gettext_lazy("Still a hypothesis: customers' own words must bear it out."),
        gettext_lazy("Gather quotes"),
        "journeys.change_insight",
    ),
    "no_execution": (
        gettext_lazy("Nothing follows from it yet."),
        gettext_lazy("Write what follows"),
        "journeys.add_insight",
    ),
    "no_parent": (
        gettext_lazy("It hangs on no strategic insight."),
        gettext_lazy("Say what it serves"),
        "journeys.change_insight",
    ),
    "no_touchpoint": (
        gettext_lazy("It names no touchpoint."),
        gettext_lazy("Say where"),
        "journeys.change_insight",
    ),
    "out_of_use": (
        gettext_lazy("Its touchpoint is no longer in use."),
        gettext_lazy("Say where instead"),
        "journeys.change_insight",
    ),
    "no_standard": (
        gettext_lazy("The touchpoint has no standard."),
        gettext_lazy("Write the standard"),
        "journeys.change_touchpoint",
    ),
    "no_behaviours": (
        gettext_lazy("The standard does not say what one does."),
        gettext_lazy("Add behaviours"),
        "journeys.change_touchpoint",
    ),
    "no_department": (
        gettext_lazy("No department is in charge."),
        gettext_lazy("Name one"),
        "journeys.change_touchpoint",
    ),
}


@dataclass(frozen=True)
class Mend:
    """Where the thread breaks, in words, and the page on which the reader can mend it."""

    said: Any
    do: Any
    url: str


def _address(code: Break, held: Thread | Strand | End) -> str:
    if isinstance(held, Thread):
        return reverse(f"admin:journeys_{'brandprofile' if code == 'no_positioning' else 'insight'}_add")
    if code == "not_borne_out":
        return reverse("admin:journeys_insight_change", args=[held.insight.pk])
    if code == "no_execution":
        return f"{reverse('admin:journeys_insight_add')}?parent={held.insight.pk}"
    place = held.insight.touchpoint_id
    if code in ("no_standard", "no_behaviours"):
        return reverse("admin:journeys_touchpoint_standard", args=[place])
    if code == "no_department":
        return reverse("admin:journeys_touchpoint_change", args=[place])
    return reverse("admin:journeys_insight_edit", args=[held.insight.pk])


def _mends(request: HttpRequest, held: Thread | Strand | End) -> list[Mend]:
    found = []
    for code in held.breaks:
        said, do, perm = _SAID[code]
        found.append(Mend(said, do, _address(code, held) if request.user.has_perm(perm) else ""))
    return found


def thread_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """Positioning, strategy, execution, standard, department, behaviours."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    thread = the_thread()
    return admin.page(
        request,
        "admin/journeys/thread.html",
        title=_("The red thread"),
        thread=thread,
        mends=_mends(request, thread),
        strands=[
            (strand, _mends(request, strand), [(end, _mends(request, end)) for end in strand.ends])
            for strand in thread.strands
        ],
        loose=[(end, _mends(request, end)) for end in thread.loose],
    )


def thread_urls(admin: Any) -> list[Any]:
    """The address of the page, bound to the admin of the brand profile."""

    def shown(request: HttpRequest) -> HttpResponse:
        return thread_view(admin, request)

    return [path("thread/", admin.admin_site.admin_view(shown), name="journeys_thread")]
