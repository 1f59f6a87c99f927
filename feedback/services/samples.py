"""Answers and complaints of invented customers, so that an empty firm can be tried; removable as if never there."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from feedback.models import Answer, Complaint, Dispatch, Invitation, Response, Survey
from feedback.services.opening import open_complaint
from journeys.models import Touchpoint
from journeys.selectors.journeys import public_touchpoints


class Said(NamedTuple):
    """A score from 0 to 10, how many days ago, and in whose words."""

    score: int
    days_ago: int
    words: dict[str, str]


ANSWERS = (
    Said(10, 1, {"vi": "Nhân viên nhớ tên tôi, thấy được quan tâm.", "en": "They remembered my name."}),
    Said(9, 3, {"vi": "Nhanh, gọn, đúng hẹn.", "en": "Quick and on time."}),
    Said(7, 5, {"vi": "Ổn, nhưng chỗ gửi xe hơi chật.", "en": "Fine, parking is a bit tight."}),
    Said(10, 8, {"vi": "", "en": ""}),
    Said(4, 9, {"vi": "Chờ lâu mà không ai nói phải chờ bao lâu.", "en": "A long wait and nobody said how long."}),
    Said(8, 14, {"vi": "", "en": ""}),
)
COMPLAINTS = (
    ("S2", {"vi": "Tôi chuyển khoản rồi mà vẫn bị đòi tiền mặt, gọi hai lần không ai xử lý.",
            "en": "I paid by transfer and was still asked for cash; I called twice and nothing happened."}),
    ("S3", {"vi": "Giao trễ hơn một tiếng so với giờ đã hẹn.", "en": "Delivered an hour after the time we agreed."}),
    ("S4", {"vi": "Ghế cạnh cửa sổ bị gãy một chân.", "en": "The chair by the window has a broken leg."}),
)  # fmt: skip


@transaction.atomic
def add_sample_feedback(*, customer_ids: list[UUID], language: str) -> None:
    """One answer of each customer over the last weeks and three open complaints; nobody is mailed or told."""
    language = "vi" if language == "vi" else "en"
    survey = Survey.objects.filter(metric=Survey.Metric.NPS).order_by("created_at").first()
    touchpoints = list(public_touchpoints())
    if survey is not None:
        _answers(survey, customer_ids, language, touchpoints)
    for number, (severity, words) in enumerate(COMPLAINTS):
        open_complaint(
            customer_id=customer_ids[number],
            description=words[language],
            channel=Complaint.Channel.STAFF,
            severity=severity,
            touchpoint_id=touchpoints[number % len(touchpoints)].pk if touchpoints else None,
        )


def _answers(survey: Survey, customer_ids: list[UUID], language: str, touchpoints: list[Touchpoint]) -> None:
    dispatch = Dispatch.objects.create(survey=survey, matched=len(customer_ids), invited=len(customer_ids))
    question = survey.questions.get(position=1)
    for number, (customer_id, said) in enumerate(zip(customer_ids, ANSWERS, strict=False)):
        at = now() - timedelta(days=said.days_ago)
        touchpoint = touchpoints[number % len(touchpoints)] if touchpoints else None
        invitation = Invitation.objects.create(
            dispatch=dispatch,
            survey=survey,
            customer_id=customer_id,
            touchpoint=touchpoint,
            state=Invitation.State.ANSWERED,
            sent_at=at,
            expires_at=at + timedelta(days=survey.expires_after_days),
        )
        response = Response.objects.create(
            invitation=invitation,
            survey=survey,
            customer_id=customer_id,
            touchpoint=touchpoint,
            metric=survey.metric,
            score=said.score,
            words=said.words[language],
            language=language,
            answered_at=at,
        )
        Answer.objects.create(response=response, question=question, kind=survey.metric, number=said.score)


@transaction.atomic
def remove_sample_feedback(*, customer_ids: list[UUID]) -> None:
    """Remove every complaint and answer of these customers, and sendings left without anybody."""
    Complaint.objects.filter(customer_id__in=customer_ids).delete()
    Response.objects.filter(customer_id__in=customer_ids).delete()
    dispatches = set(Invitation.objects.filter(customer_id__in=customer_ids).values_list("dispatch_id", flat=True))
    Invitation.objects.filter(customer_id__in=customer_ids).delete()
    Dispatch.objects.filter(pk__in=dispatches, invitations=None).delete()
