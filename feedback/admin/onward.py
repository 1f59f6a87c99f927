"""What comes after an answer: build on what was good, put right what was not (domain.md §1, 3.13)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Fact
from customers.selectors.quotes import entry_about, is_quotable
from feedback.models import Response
from feedback.selectors.reach import within_reach

BUILD, IMPROVE = _("Build on it"), _("Put it right")


def onward(request: HttpRequest, response: Response, tone: str) -> str:
    """The ways on from one answer: ``tone`` "good" leads to building on it, "warn" to putting it right, else both."""
    entry = entry_about(request.user, response.pk)
    words = entry.pk if entry is not None and is_quotable(entry) else None
    branches = []
    if tone != "warn":
        branches.append({"name": BUILD, "tone": "good", "steps": _build(request, words)})
    if tone != "good":
        branches.append({"name": IMPROVE, "tone": "warn", "steps": _improve(request, response, words)})
    return render_to_string("admin/feedback/onward.html", {"branches": [one for one in branches if one["steps"]]})


def _build(request: HttpRequest, words: Any) -> list[dict[str, Any]]:
    found = []
    if words and request.user.has_perm("customers.add_quote"):
        found.append(
            _step(
                _("Take their words as a quote"),
                _("for an insight, a proposal of value, or a standard that worked"),
                "customers_quote_add",
                entry=words,
            )
        )
    if words and request.user.has_perm("customers.add_fact"):
        found.append(
            _step(
                _("Note what they like"),
                _("so that whoever serves them next knows it"),
                "customers_fact_add",
                entry=words,
                kind=Fact.Kind.WHY_LIKE.value,
            )
        )
    return found


def _improve(request: HttpRequest, response: Response, words: Any) -> list[dict[str, Any]]:
    found = []
    case = within_reach(request.user).filter(response=response.pk).first()
    if case is not None:
        page = reverse("admin:feedback_complaint_change", args=[case.pk])
        found.append({"name": case.number, "why": _("put it right for this customer"), "page": page})
        if request.user.has_perm("workflows.add_changerequest"):
            found.append(
                _step(
                    _("Ask another department for a change"),
                    _("where it is not ours to mend"),
                    "workflows_changerequest_add",
                    complaint=case.pk,
                )
            )
    elif request.user.has_perm("feedback.add_complaint"):
        found.append(
            _step(
                _("Open a case"),
                _("put it right for this customer"),
                "feedback_complaint_add",
                customer=response.customer_id,
            )
        )
    if words and request.user.has_perm("customers.add_fact"):
        found.append(
            _step(
                _("Note why they do not like it"),
                _("so that it is counted"),
                "customers_fact_add",
                entry=words,
                kind=Fact.Kind.WHY_DISLIKE.value,
            )
        )
    if words and request.user.has_perm("customers.add_quote"):
        found.append(
            _step(
                _("Take their words as a quote"),
                _(
                    "for an insight and what follows from it: a change of the product, of how"
                    " we work, of a rule, or of what we sell"
                ),
                "customers_quote_add",
                entry=words,
            )
        )
    return found


def _step(name: Any, why: Any, page: str, **asked: Any) -> dict[str, Any]:
    return {"name": name, "why": why, "page": f"{reverse(f'admin:{page}')}?{urlencode(asked)}"}
