"""The board of complaints: a card is dragged, or sent by its menu, and the service behind the state is asked."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.working import ask, page_number
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError
from feedback.errors import InvalidState
from feedback.logic.complaint_states import ComplaintAction, may
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from feedback.services import complaints
from feedback.services.case import refuse
from workflows.admin.complaint_work import ACTS, Act
from workflows.admin.desk_list import (
    BOARD_SHOWS,
    BranchFilter,
    ComplaintTagFilter,
    DeskList,
    OwnerFilter,
    SeverityFilter,
    TouchpointFilter,
)
from workflows.admin.dues import due_of, legal_day, legal_words, mark_paused
from workflows.admin.tones import SEVERITY_TONES
from workflows.logic.business_time import BusinessCalendar
from workflows.selectors.board import COLUMN_ROWS, PLACES, Column, Place, board, ways_of
from workflows.selectors.calendars import default_calendar
from workflows.selectors.queues import QUEUES, in_scope

MOST_ROWS = 1_000
FILTERS = (SeverityFilter, OwnerFilter, TouchpointFilter, BranchFilter, ComplaintTagFilter)
# How a card gets to a place: the act of the complaint's page whose form asks for what the service needs.
ACT_OF = {"assessed": "assess", "working": "start", "decided": "remedy", "waiting": "resolve", "reopened": "reopen"}
BY_CODE = {place.code: place for place in PLACES}


def board_urls(admin: Any) -> list[Any]:
    """The board's addresses, bound to the admin of complaints."""

    def shown(request: HttpRequest) -> HttpResponse:
        return board_view(admin, request)

    def moved(request: HttpRequest, object_id: str) -> HttpResponse:
        return move_view(admin, request, object_id)

    return [
        path("board/", admin.admin_site.admin_view(shown), name="feedback_complaint_board"),
        path("<path:object_id>/move/", admin.admin_site.admin_view(moved), name="feedback_complaint_move"),
    ]


def board_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """The whole page, or with ``?part`` only the columns, for the script to bring in."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    show = request.GET.get("show", "")
    show = show if show in BOARD_SHOWS else BOARD_SHOWS[0]
    filters = _filters(admin, request)
    rows = in_scope(visible_to(request.user), show, request.user)
    # Of every card that might be shown the database sorts what is shown of it, not all that was written down.
    rows = rows.select_related(None).select_related(*DeskList.list_select_related)
    rows = rows.only(*DeskList.list_select_related, *DeskList.list_only)
    for one in filters:
        rows = one.queryset(request, rows)
    shown = {
        code: min(page_number(request, f"{code}_rows"), MOST_ROWS) for code in BY_CODE if f"{code}_rows" in request.GET
    }
    may_write = admin.has_change_permission(request)
    calendar, at = default_calendar(), now()
    columns = board(rows, shown, at)
    mark_paused(card for column in columns for card in column.cards)
    context = {
        "columns": [_column(column, request, may_write, calendar, at) for column in columns],
        "may_write": may_write,
        "opts": admin.opts,
    }
    request.current_app = admin.admin_site.name
    if "part" in request.GET:
        return TemplateResponse(request, "admin/workflows/board_columns.html", context)
    narrowed = sum(bool(one.value()) for one in filters)
    context |= {
        **admin.admin_site.each_context(request),
        "title": _("Board"),
        "shows": [(code, QUEUES[code]) for code in BOARD_SHOWS],
        "show_now": show,
        "cl": {"quick": filters, "kept": [("show", show)], "narrowed": narrowed, "query": ""},
    }
    return TemplateResponse(request, "admin/workflows/board.html", context)


def move_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Bring one card to the place ``to``: at once where that says everything, else by the form that asks for the rest.

    A script is answered in JSON (moved, form or refused), a page by going back to the board.
    """
    complaint = admin.get_object(request, object_id)
    if complaint is None:
        raise Http404
    if not admin.has_change_permission(request, complaint):
        raise PermissionDenied
    to = request.POST.get("to") or request.GET.get("to", "")
    refused = _refusal(complaint, to)
    if refused:
        return _answer(request, refused=refused)
    act = ACTS["refer"] if to == "refer" else ACTS.get(ACT_OF.get(to, ""))
    if act is None:
        return _at_once(request, complaint, complaints.acknowledge)
    if not act.form.base_fields:
        return _at_once(request, complaint, act.call)
    return _form(admin, request, complaint, act, to)


def _refusal(complaint: Complaint, to: str) -> str:
    """Why the card cannot go there, in one sentence; "" when it can."""
    if to == "closed":
        return gettext(
            "Only the customer closes a case, by saying that it is solved. Answer them first, "
            "or refer it to an outside body from the card's menu."
        )
    action = ComplaintAction.REFER if to == "refer" else BY_CODE[to].action if to in BY_CODE else None
    if action is None:
        raise Http404
    if may(complaint.state, action):
        return ""
    try:
        refuse(complaint, action)
    except InvalidState as refusal:
        return str(refusal)


def _at_once(request: HttpRequest, complaint: Complaint, call: Any) -> HttpResponse:
    if request.method != "POST":
        return redirect(_back(request))
    try:
        call(complaint_id=complaint.pk)
    except DomainError as refusal:
        return _answer(request, refused=str(refusal))
    return _answer(request)


def _form(admin: Any, request: HttpRequest, complaint: Complaint, act: Act, to: str) -> HttpResponse:
    """The act's own form: first empty, then, when it was sent, kept where something is missing."""
    sent = request.method == "POST" and "sent" in request.POST
    if request.method == "POST" and not sent and _wants_json(request):
        return JsonResponse({"form": f"{request.path}?to={to}"})
    form = act.form(request.POST if sent else None, prefix=act.code, complaint=complaint, user=request.user)
    if sent and form.is_valid():
        form.cleaned_data["complaint_id"] = complaint.pk
        made = ask(form, act.call)
        if made:
            return _answer(request, told=act.done(made) if callable(act.done) else act.done)
    context = {
        "title": f"{complaint.number} – {act.label}",
        "complaint": complaint,
        "act": act,
        "form": form,
        "to": to,
        "back": _back(request),
        "opts": admin.opts,
    }
    request.current_app = admin.admin_site.name
    if _wants_json(request) or "part" in request.GET:
        return TemplateResponse(request, "admin/workflows/move_form.html", context)
    return TemplateResponse(request, "admin/workflows/move.html", {**admin.admin_site.each_context(request), **context})


def _answer(request: HttpRequest, *, refused: str = "", told: Any = "") -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"refused": refused} if refused else {"moved": True}, status=409 if refused else 200)
    if refused:
        messages.error(request, refused)
    elif told:
        messages.success(request, told)
    return redirect(_back(request))


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _back(request: HttpRequest) -> str:
    """The board as it was looked at: only its own parameters are taken from the address."""
    kept = request.POST.get("show") or request.GET.get("show", "")
    return reverse("admin:feedback_complaint_board") + (f"?show={kept}" if kept in BOARD_SHOWS else "")


def _filters(admin: Any, request: HttpRequest) -> list[Any]:
    params = dict(request.GET.lists())
    return [one(request, params, Complaint, admin) for one in FILTERS]


def _column(
    column: Column, request: HttpRequest, may_write: bool, calendar: BusinessCalendar, at: datetime
) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("part", None)
    query[f"{column.place.code}_rows"] = str(len(column.cards) + COLUMN_ROWS)
    return {
        "place": column.place,
        "count": column.count,
        "more": column.more,
        "more_url": f"?{query.urlencode()}",
        "cards": [_card(card, calendar, at, may_write) for card in column.cards],
    }


def _card(card: Complaint, calendar: BusinessCalendar, at: datetime, may_write: bool) -> dict[str, Any]:
    day = legal_day(card, calendar, at)
    ways: list[Place] = ways_of(card) if may_write else []
    return {
        "complaint": card,
        "url": page_of("admin:feedback_complaint_change", card.pk),
        "move_url": page_of("admin:feedback_complaint_move", card.pk),
        "tone": SEVERITY_TONES[card.severity],
        "due": due_of(card, at),
        "law": legal_words(day) if day is not None else "",
        "ways": ways,
        "may_refer": may_write and may(card.state, ComplaintAction.REFER),
    }
