"""Whom to ask: colleagues who know about a topic and are at work, and who answers for it in any case."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q

from feedback.models import CommunityQuestion, CommunityTopic, QuestionAsk, TopicExpert
from tenants.staff.models import Absence, User
from tenants.staff.roles import Level, Role
from tenants.staff.selectors.firm import the_firm, today_in_sql

MOST: Final = 3


def who_knows(topic: CommunityTopic | None) -> list[User]:
    """At most three who know about ``topic`` and are not away today; who has the fewest waiting questions first."""
    if topic is None:
        return []
    away = Absence.objects.filter(user=OuterRef("pk"), starts_on__lte=today_in_sql(), ends_on__gte=today_in_sql())
    people = User.objects.working().filter(~Exists(away), pk__in=TopicExpert.objects.filter(topic=topic).values("user"))
    waiting = _waiting_by_person()
    found = [one for one in people.order_by("full_name", "pk") if one.allows("feedback", Level.WRITE)]
    return sorted(found, key=lambda one: waiting.get(one.pk, 0))[:MOST]


def _waiting_by_person() -> dict[object, int]:
    rows = QuestionAsk.objects.filter(question__state=CommunityQuestion.State.OPEN).order_by()
    return dict(rows.values_list("user_id").annotate(n=Count("pk")))


def who_answers_for(topic: CommunityTopic | None) -> User:
    """The topic's accountable person, else the firm's default executive, its chief, any owner: somebody always does."""
    return next(person for person in _candidates(topic) if person is not None and person.is_active)


def _candidates(topic: CommunityTopic | None) -> Iterator[User | None]:
    if topic is not None:
        yield topic.accountable
    firm = the_firm()
    yield firm.default_executive
    yield firm.chief
    yield from User.objects.working().filter(role=Role.OWNER).order_by("created_at")
    yield User.objects.working().order_by("created_at").first()


def is_asked(people: Any) -> Q:
    """Of questions: those one of ``people`` (a query of ids) was asked, and those passed on to them."""
    asked = QuestionAsk.objects.filter(question=OuterRef("pk"), user__in=people)
    return Q(Exists(asked)) | Q(accountable__in=people, raised_at__isnull=False)
