"""Brand match: of the words customers pick for the brand, how many it means; in all, by branch and by month."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.db.models import Count, F
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language

from customers.logic.text import search_key
from feedback.logic.gaps import Match
from feedback.models import Answer, Question
from feedback.selectors.latest import latest_keys
from journeys.logic.months import months_after
from journeys.selectors.brand import intended_words
from tenants.staff.models import Branch
from tenants.staff.selectors.firm import firm_today, firm_zone

MONTHS: Final = 6


@dataclass(frozen=True)
class Word:
    """A word with how often it was picked; ``is_meant`` says whether the brand wants to be known by it."""

    text: str
    picks: int
    is_meant: bool


@dataclass(frozen=True)
class BrandMatch:
    """``months`` are the oldest first, ``branches`` those customers call theirs; both without what is too few."""

    since: date
    whole: Match
    words: list[Word]
    branches: list[tuple[Branch, Match]]
    months: list[tuple[date, Match]]


def brand_match() -> BrandMatch:
    """Of the answers of the last six whole months and this one; of a customer's the latest of each month counts.

    A word is meant when it is a trait of the brand profile as it is today, in either language; accents do not matter.
    """
    since = months_after(firm_today(), -MONTHS)
    meant, wordings = _words()
    rows = list(_picks(since))

    def matched(key: Callable[[Any], Hashable]) -> dict[Any, Match]:
        counts: dict[Any, list[int]] = {}
        for row in rows:
            words = [(row.question_id, value) for value in row.text.split("\n")]
            found = counts.setdefault(key(row), [0, 0, 0])
            found[0] += row.people * sum(word in meant for word in words)
            found[1] += row.people * len(words)
            found[2] += row.people
        return {place: Match(*three) for place, three in counts.items()}

    picked = Counter[str]()
    for row in rows:
        for value in row.text.split("\n"):
            picked[wordings.get((row.question_id, value), "")] += row.people
    names = {wordings[word] for word in meant}
    branches = {row.pk: row for row in Branch.objects.all()}
    of_branches = matched(lambda row: row.branch_id)
    whole = matched(lambda row: None).get(None, Match(0, 0, 0))
    known = picked.most_common() if whole.percent is not None else ()
    return BrandMatch(
        since=since,
        whole=whole,
        words=[Word(text, n, text in names) for text, n in known if text],
        branches=sorted(
            ((branches[ident], one) for ident, one in of_branches.items() if ident and one.percent is not None),
            key=lambda pair: (-(pair[1].percent or 0), str(pair[0])),
        ),
        months=sorted((month, one) for month, one in matched(lambda row: row.month).items() if one.percent is not None),
    )


def _words() -> tuple[set[tuple[Any, str]], dict[tuple[Any, str], str]]:
    """The choices that are traits of the brand, and every choice's wording in the reader's language."""
    intended = intended_words()
    language = "en" if get_language() == "en" else "vi"
    meant, wordings = set(), {}
    for question in Question.objects.filter(kind=Question.Kind.WORDS).only("choices"):
        for choice in question.choices:
            key = (question.pk, choice["value"])
            wordings[key] = choice[language]
            if not intended.isdisjoint((search_key(choice["vi"]), search_key(choice["en"]))):
                meant.add(key)
    return meant, wordings


@dataclass(frozen=True)
class _Row:
    question_id: Any
    text: str
    branch_id: Any
    month: date
    people: int


def _picks(since: date) -> list[_Row]:
    """How many picked the same three words, by branch and month."""
    zone = firm_zone()
    month = TruncMonth("response__answered_at", tzinfo=zone)
    answers = Answer.objects.counted().filter(
        kind=Question.Kind.WORDS, response__answered_at__gte=datetime.combine(since, time.min, zone)
    )
    told, by = answers.exclude(text=""), (F("question_id"), F("response__customer_id"), month)
    rows = (
        Answer.objects.filter(pk__in=latest_keys(told, *by, at="response__answered_at"))
        .annotate(month=month)
        .order_by()
        .values_list("question_id", "text", "response__customer__branch_id", "month")
        .annotate(people=Count("pk"))
    )
    return [_Row(ident, text, branch, at.date(), people) for ident, text, branch, at, people in rows]
