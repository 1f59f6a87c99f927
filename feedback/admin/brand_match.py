"""The words customers pick for the brand, as they stand on its profile and beside the gaps."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from feedback.models import Question
from feedback.selectors.brand_match import brand_match

WORDS_SHOWN = 8


def brand_match_context() -> dict[str, Any]:
    """What ``admin/feedback/brand_match.html`` shows; nothing is read while no survey asks for words."""
    if not Question.objects.filter(kind=Question.Kind.WORDS).exists():
        return {"match": None}
    match = brand_match()
    most = max((word.picks for word in match.words), default=0) or 1
    return {
        "match": match,
        "words": [(word, round(100 * word.picks / most)) for word in match.words[:WORDS_SHOWN]],
    }


def brand_panel(request: HttpRequest) -> str:
    """For the page of the brand profile, to those who read answers."""
    if not request.user.has_perm("feedback.view_response"):
        return ""
    context = brand_match_context()
    return render_to_string("admin/feedback/brand_match.html", context, request=request) if context["match"] else ""
