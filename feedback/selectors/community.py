"""Questions and answers as everybody may read them, as one customer does, and as colleagues work on them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When

from customers.logic.text import search_key
from cxcrm.core.clock import now
from feedback.logic.question_words import telling_words
from feedback.models import AnswerMark, CommunityAnswer, CommunityImpact, CommunityQuestion, CommunityTopic
from feedback.selectors.who_knows import is_asked
from tenants.staff.models import User
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.people import in_the_place_of

FOUND: Final = 5
LATEST: Final = 12
# Of others' questions without an answer, those not older than this are offered to who may know.
_FRESH: Final = timedelta(days=60)
_State = CommunityQuestion.State


def questions_visible_to(user: Any) -> "QuerySet[CommunityQuestion]":
    """All of them, for who reads of feedback."""
    rows = CommunityQuestion.objects.all()
    return rows if user.allows("feedback", Level.READ) else rows.none()


def knowledge() -> "QuerySet[CommunityQuestion]":
    """What anybody may read: published questions with an accepted answer, which comes as ``shown_answers``."""
    accepted = CommunityAnswer.objects.filter(question=OuterRef("pk"), accepted_at__isnull=False)
    rows = CommunityQuestion.objects.filter(Exists(accepted), published_at__isnull=False)
    return rows.prefetch_related(shown_answers())


def shown_answers() -> "Prefetch[Any]":
    """The answers that may be read, the accepted one first, as ``shown_answers``."""
    rows = CommunityAnswer.objects.filter(published_at__isnull=False).select_related("user")
    return Prefetch(
        "answers",
        queryset=rows.order_by(F("accepted_at").desc(nulls_last=True), "published_at", "id"),
        to_attr="shown_answers",
    )


def found_by(text: str) -> list[CommunityQuestion]:
    """At most five that hold half of the telling words of ``text`` or more, accents aside; the nearest first."""
    words = telling_words(text)
    if not words:
        return []
    return list(matching(knowledge(), words)[:FOUND])


def matching(rows: "QuerySet[CommunityQuestion]", words: Sequence[str]) -> "QuerySet[CommunityQuestion]":
    """Those with half of ``words`` or more, most of them first, then the most alike."""
    anyway = Q()
    for word in words:
        anyway |= Q(search_text__contains=word)
    hits: Any = sum(
        (Case(When(search_text__contains=word, then=1), default=0, output_field=IntegerField()) for word in words),
        Value(0),
    )
    found = rows.filter(anyway).annotate(hits=hits, alike=TrigramWordSimilarity(" ".join(words), "search_text"))
    return found.filter(hits__gte=(len(words) + 1) // 2).order_by("-hits", "-alike", "-published_at", "id")


def guess_topic(text: str) -> CommunityTopic | None:
    """The topic whose name stands in ``text``, else that of the question answered before that is most like it."""
    words = set(telling_words(text))
    for topic in CommunityTopic.objects.order_by("name"):
        if words.issuperset(telling_words(topic.name)):
            return topic
    nearest = next(iter(found_by(text)), None)
    return nearest.topic if nearest else None


def search(rows: "QuerySet[CommunityQuestion]", text: str) -> "QuerySet[CommunityQuestion]":
    """Those that hold every word of ``text``, accents aside."""
    for word in search_key(text).split():
        rows = rows.filter(search_text__contains=word)
    return rows


def latest_knowledge() -> list[CommunityQuestion]:
    return list(knowledge().order_by("-published_at", "-id")[:LATEST])


def published_impacts() -> "QuerySet[CommunityImpact]":
    rows = CommunityImpact.objects.filter(is_published=True).select_related("photo").defer("photo__content")
    return rows.order_by("-held_on", "-id")


def asked_by_customer(customer_id: UUID) -> list[CommunityQuestion]:
    """What one customer asked, the latest first, with the answers they may read and what they said of each."""
    own = AnswerMark.objects.filter(customer=customer_id)
    rows = CommunityQuestion.objects.filter(customer=customer_id).exclude(state=_State.SET_ASIDE)
    found = list(rows.prefetch_related(shown_answers()).order_by("-created_at", "-id")[:LATEST])
    said = dict(own.filter(answer__question__in=found).values_list("answer_id", "verdict"))
    for question in found:
        for answer in question.shown_answers:  # type: ignore[attr-defined] # prefetched so
            answer.said = said.get(answer.pk, "")
    return found


def open_to_customer(customer_id: UUID) -> list[CommunityQuestion]:
    """Published questions of others that wait, and that this customer has not answered; the oldest first."""
    mine = CommunityAnswer.objects.filter(question=OuterRef("pk"), customer=customer_id)
    rows = CommunityQuestion.objects.filter(
        ~Exists(mine), state=_State.OPEN, published_at__isnull=False, created_at__gt=now() - _FRESH
    )
    return list(rows.exclude(customer=customer_id).order_by("created_at", "id")[:LATEST])


def waiting_for(user: User) -> "QuerySet[CommunityQuestion]":
    """Open questions asked of ``user`` or passed on to them, or to whom they stand in for today; the oldest first."""
    mine = is_asked(in_the_place_of(user.pk).values("pk"))
    return CommunityQuestion.objects.filter(mine, state=_State.OPEN).order_by("created_at", "id")


def answers_waiting_for_yes() -> "QuerySet[CommunityAnswer]":
    """Customers' answers nobody has looked at yet, the oldest first."""
    rows = CommunityAnswer.objects.filter(published_at=None, refused_at=None)
    return rows.exclude(question__state=_State.SET_ASIDE).select_related("question").order_by("created_at", "id")


def stale_answers() -> "QuerySet[CommunityAnswer]":
    """Accepted answers of published questions past their day, the longest first."""
    rows = CommunityAnswer.objects.filter(accepted_at__isnull=False, review_due__lte=firm_today())
    return rows.exclude(question__published_at=None).select_related("question").order_by("review_due", "id")


def to_look_at(user: User) -> "QuerySet[CommunityAnswer]":
    """Stale answers this person found true or wrote, and those of questions they answer for."""
    people = in_the_place_of(user.pk).values("pk")
    return stale_answers().filter(
        Q(verified_by__in=people) | Q(verified_by=None, user__in=people) | Q(question__accountable__in=people)
    )
