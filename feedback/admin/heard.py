"""What we have heard, from whom: personas by four kinds of feedback, and behind each cell what was said."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Quote
from cxcrm.core.admin.links import page_of
from cxcrm.core.clock import now
from cxcrm.core.once import reading_once
from feedback.selectors.heard import OLD_AFTER, SHOWN, Cell, HeardFrom, heard, said_by

Kind, Role = Quote.FeedbackType, Customer.ContactRole
NOBODY: Any = _("no persona")
SOURCES: dict[str, tuple[Any, str]] = {
    "customers.quote": (_("quote"), "admin:customers_quote_change"),
    "feedback.response": (_("answer"), "admin:feedback_response_change"),
    "feedback.communityquestion": (_("question"), "admin:feedback_communityquestion_change"),
    "feedback.complaint": (_("complaint"), "admin:feedback_complaint_change"),
}


class HeardPage:
    """Handed to the pages of responses: ``heard_view`` is one page of its own."""

    def heard_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            found = heard()
            chosen = _chosen(request, found.rows)
            oldest = found.oldest
            return self.page(
                request,
                "admin/feedback/heard.html",
                title=_("What we have heard, from whom"),
                kinds=Kind.choices,
                rows=[_row(row, chosen) for row in found.rows if row.persona or row.customers],
                has_personas=len(found.rows) > 1,
                is_empty=not found.roles,
                empty=found.empty,
                oldest=oldest and {"name": oldest[0].name, "cell": oldest[1], "days": _days(oldest[1])},
                roles=_roles(found.roles),
                chosen=chosen and {"name": chosen[0].name or NOBODY, "cell": chosen[1]},
                said=[_said(one) for one in said_by(request.user, chosen[0].persona, chosen[1].kind)] if chosen else [],
                most=SHOWN,
                old_days=OLD_AFTER.days,
            ).render()


def _chosen(request: HttpRequest, rows: list[HeardFrom]) -> tuple[HeardFrom, Cell] | None:
    """The cell the address names, None for none and for what is no cell."""
    told, kind = request.GET.get("persona", ""), request.GET.get("kind", "")
    for row in rows:
        for cell in row.cells:
            if (_name(row.persona), cell.kind.value) == (told, kind):
                return row, cell
    return None


def _name(persona: UUID | None) -> str:
    return str(persona) if persona else "none"


def _days(cell: Cell) -> int | None:
    return (now() - cell.last).days if cell.last else None


def _row(row: HeardFrom, chosen: tuple[HeardFrom, Cell] | None) -> dict[str, Any]:
    return {
        "row": row,
        "name": row.name or NOBODY,
        "key": _name(row.persona),
        "roles": _roles(row.roles),
        "cells": [
            {"cell": cell, "days": _days(cell), "is_now": chosen is not None and chosen == (row, cell)}
            for cell in row.cells
        ],
    }


def _roles(counts: dict[str, int]) -> list[tuple[Any, int]]:
    """Who buys, who uses, both, who has a say; whose role nobody noted comes last. Empty where none is noted."""
    if not any(counts.get(role) for role in Role.values):
        return []
    named = [(role.label, counts[role]) for role in Role if counts.get(role)]
    return [*named, (_("role not noted"), counts[""])] if counts.get("") else named


def _said(one: Any) -> dict[str, Any]:
    label, address = SOURCES[one.model]
    return {"said": one, "label": label, "url": page_of(address, one.pk)}
