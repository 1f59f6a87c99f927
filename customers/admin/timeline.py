"""The timeline on a customer's page: its row of filters, its pages, and calls and visits noted in two taps."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Interaction
from customers.selectors.contacts import may_look_for
from customers.selectors.quotes import is_quotable
from customers.selectors.timeline import Asked, Page, timeline_page
from customers.services.contacts import OUTCOMES, ContactOutcome
from customers.timeline import describe
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.links import page_of

ICONS: dict[str, str] = {
    "visit": "storefront",
    "call": "call",
    "chat": "chat",
    "mail": "mail",
    "order": "shopping_bag",
    "delivery": "local_shipping",
    "survey": "forum",
    "complaint": "assignment",
    "consent": "handshake",
    "note": "sticky_note_2",
    "import": "upload_file",
}
OUTCOME_ICONS = {
    ContactOutcome.REACHED: "check",
    ContactOutcome.NO_ANSWER: "phone_missed",
    ContactOutcome.CALL_BACK: "schedule",
    ContactOutcome.CAME_BY: "storefront",
    ContactOutcome.WENT_THERE: "directions_walk",
}
TAPS = {Interaction.Kind.CALL: (_("Call"), "call"), Interaction.Kind.VISIT: (_("Visit"), "storefront")}


class ContactForm(WorkForm):
    """Which button was tapped, and words if there were any."""

    how = forms.ChoiceField(choices=[(code, code) for code in OUTCOMES])
    outcome = forms.ChoiceField(choices=ContactOutcome.choices)
    body = forms.CharField(required=False, max_length=4000)


def taps() -> list[dict[str, Any]]:
    """The big buttons: how, and under each what came of it."""
    return [
        {
            "how": str(how),
            "label": label,
            "icon": icon,
            "outcomes": [(one, one.label, OUTCOME_ICONS[one]) for one in OUTCOMES[how]],
        }
        for how, (label, icon) in TAPS.items()
    ]


def timeline_context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """What the page's timeline shows of what the address asks for; nonsense in it narrows nothing."""
    asked = _asked(request)
    may_look = may_look_for(asked.text, request.user)
    before = request.GET.get("before", "")
    found = timeline_page(customer.pk, asked, request.user, before=before) if may_look else Page([], "")
    query = request.GET.copy()
    query["before"] = found.earlier
    return {
        "timeline": [_shown(entry) for entry in found.entries],
        "asked": asked,
        "since": asked.since.isoformat() if asked.since else "",
        "until": asked.until.isoformat() if asked.until else "",
        "earlier": f"?{query.urlencode()}#cx-timeline" if found.earlier else "",
        "is_later_page": bool(request.GET.get("before")),
        "kinds": Interaction.Kind.choices,
        "directions": Interaction.Direction.choices,
    }


def _asked(request: HttpRequest) -> Asked:
    get = request.GET
    kind, direction = get.get("kind", ""), get.get("direction", "")
    return Asked(
        kind=kind if kind in Interaction.Kind.values else "",
        direction=direction if direction in Interaction.Direction.values else "",
        since=_day(get.get("since", "")),
        until=_day(get.get("until", "")),
        text=get.get("text", ""),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shown(entry: Interaction) -> dict[str, Any]:
    """A timeline entry in words, with the page of what it is about where there is one."""
    link = ""
    if entry.subject_id and not getattr(entry, "is_hidden", False):
        try:
            link = page_of(f"admin:{entry.subject_type.lower().replace('.', '_')}_change", entry.subject_id)
        except NoReverseMatch:
            link = ""
    return {
        "entry": entry,
        "sentence": describe(entry),
        "link": link,
        "icon": ICONS.get(entry.kind, "circle"),
        "quotable": is_quotable(entry),
    }
