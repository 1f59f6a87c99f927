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
_QUOTE, _MEND = _("Take their words as a quote"), _("put it right for this customer")


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
    return [
        *_of_words(
            request, words, "add_quote", _QUOTE, _("for an insight, a proposal of value, or a standard that worked")
        ),
        *_of_words(
            request,
            words,
            "add_fact",
            _("Note what they like"),
            _("so that whoever serves them next knows it"),
            kind=Fact.Kind.WHY_LIKE.value,
        ),
    ]


def _improve(request: HttpRequest, response: Response, words: Any) -> list[dict[str, Any]]:
    return [
        *_for_this_customer(request, response),
        *_of_words(
            request,
            words,
            "add_fact",
            _("Note why they do not like it"),
            _("so that it is counted"),
            kind=Fact.Kind.WHY_DISLIKE.value,
        ),
        *_of_words(
            request,
            words,
            "add_quote",
            _QUOTE,
            _(
                "for an insight and what follows from it: a change of the product, of how"
                " we work, of a rule, or of what we sell"
            ),
        ),
    ]


def _for_this_customer(request: HttpRequest, response: Response) -> list[dict[str, Any]]:
    """Their case and what may be asked for it, or the way to open one."""
    case = within_reach(request.user).filter(response=response.pk).first()
    if case is None:
        step = _step(_("Open a case"), _MEND, "feedback_complaint_add", customer=response.customer_id)
        return [step] if request.user.has_perm("feedback.add_complaint") else []
    page = reverse("admin:feedback_complaint_change", args=[case.pk])
    found = [{"name": case.number, "why": _MEND, "page": page}]
    if request.user.has_perm("workflows.add_changerequest"):
        title, why = _("Ask another department for a change"), _("where it is not ours to mend")
        found.append(_step(title, why, "workflows_changerequest_add", complaint=case.pk))
    return found


def _of_words(request: HttpRequest, words: Any, act: str, name: Any, why: Any, **asked: Any) -> list[dict[str, Any]]:
    """The step that takes their words, for whoever may; none where there are no words."""
    if not (words and request.user.has_perm(f"customers.{act}")):
        return []
    page = {"add_quote": "customers_quote_add", "add_fact": "customers_fact_add"}[act]
    return [_step(name, why, page, entry=words, **asked)]


def _step(name: Any, why: Any, page: str, **asked: Any) -> dict[str, Any]:
    return {"name": name, "why": why, "page": f"{reverse(f'admin:{page}')}?{urlencode(asked)}"}
