"""What the demo firms believe of themselves, what customers say of them, and what their executives foretold."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from customers.models import Customer, Interaction
from customers.selectors.customers import emails_of
from cxcrm.core.clock import now
from cxcrm.demo.firms import PASSWORD, DemoFirm
from feedback.models import Answer, Dispatch, Forecast, Invitation, Question, Response, Survey
from feedback.services.configuration import save_question, save_survey
from feedback.services.gaps import seal_forecast, state_beliefs, watch_gaps
from journeys.logic.months import months_after, quarter_of
from journeys.models import Touchpoint
from tenants.staff.models import Department, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_midnight, firm_today, firm_zone
from tenants.staff.services.accounts import create_user

ASKED: Final = 140
EACH_MONTH: Final = 45


@dataclass(frozen=True)
class Sentence:
    """A sentence both sides answered: who agrees of 24 at work and of 140 customers; ``place`` "" is the whole firm."""

    place: str
    vi: str
    en: str
    ours: int
    theirs: int | None


@dataclass(frozen=True)
class Mirror:
    """One firm's two sides: the survey, who else works there (with those of the story enough for a share to mean
    something), who is the surest, the sentences, the chance of each word customers pick, and what was foretold.
    """

    name: str
    hired: dict[str, tuple[str, ...]]
    surest: str
    sentences: tuple[Sentence, ...]
    picked: dict[str, int]
    foretold: dict[str, tuple[int, ...]]


# Words in the order people think of them; what is not named is picked by few.
MIRRORS: Final[dict[str, Mirror]] = {
    "suongmai": Mirror(
        "Nhận biết thương hiệu (mỗi quý)",
        {
            "Vận hành": (
                "Trần Thị Bích Trâm", "Nguyễn Hữu Phước", "Lâm Gia Bảo", "Phạm Thị Hồng Nhung", "Võ Minh Trí",
                "Đặng Khánh Vy", "Huỳnh Tấn Lộc", "Mai Thị Thu Thảo", "K'Thị Mai",
            ),
            "Chăm sóc khách hàng": ("Bùi Ngọc Quỳnh", "Lê Hoàng Anh", "Thạch Thị Sa Rây", "Đỗ Minh Thư"),
            "Xưởng rang": ("Ka Să Ha Tuyên",),
        },
        "Vận hành",
        (
            Sentence("", "{brand} mang lại trải nghiệm thật sự tốt cho khách hàng.",
                     "{brand} gives customers a truly good experience.", 20, 52),
            Sentence("hang-cho", "Ở {brand}, khách luôn biết còn phải chờ bao lâu.",
                     "At {brand}, customers always know how long they will wait.", 17, 35),
            Sentence("thanh-toan-qr", "Trả tiền ở {brand} nhanh và chắc chắn.",
                     "Paying at {brand} is quick and certain.", 21, 70),
            Sentence("goi-mon", "Nhân viên {brand} nhớ điều khách đã dặn.",
                     "Staff at {brand} remember what customers asked for.", 15, 79),
            Sentence("cho-ngoi", "Chỗ ngồi ở {brand} thoải mái.", "{brand} is a comfortable place to sit.", 10, 98),
            Sentence("giao-hat-si", "{brand} giao hạt đúng hẹn.", "{brand} delivers beans when promised.", 19, None),
        ),
        {"gần gũi": 30, "mộc mạc": 24, "tử tế": 22, "nhanh nhẹn": 5, "chu đáo": 12, "đằm thắm": 8, "dịu dàng": 9},
        {"bao": (48, 50, 45, 50, 46), "duyen": (35, 30, 32, 28, 25), "trang": (30, 38, 30, 34, 30)},
    ),
    "kestrel": Mirror(
        "Brand awareness (quarterly)",
        {"Workshop": ("Nicholas Yeo", "Zulkifli Hassan", "Anjali Menon"), "Finance": ("Cheryl Goh",)},
        "Workshop",
        (
            Sentence("", "{brand} mang lại trải nghiệm thật sự tốt cho khách hàng.",
                     "{brand} gives customers a truly good experience.", 21, 61),
            Sentence("pick-up", "Ở {brand}, xe luôn xong đúng giờ đã hẹn.",
                     "At {brand}, bikes are ready when promised.", 20, 44),
            Sentence("workshop", "Thợ của {brand} nói giá trước khi làm.",
                     "Mechanics at {brand} name the price before they start.", 19, 96),
            Sentence("careplan", "Hủy CarePlan ở {brand} rất dễ.", "It is easy to cancel CarePlan at {brand}.", 18, 58),
            Sentence("website", "Trang web của {brand} ghi đúng giờ và giá.",
                     "What the site of {brand} says about hours and prices is true.", 16, 83),
        ),
        {"thẳng thắn": 30, "mạnh mẽ": 16, "nổi loạn": 7, "tử tế": 14, "nhanh nhẹn": 10, "chu đáo": 6},
        {"priya": (40, 44, 38, 42, 40), "marcus": (52, 55, 50, 54, 50), "nurul": (34, 30, 36, 33, 35)},
    ),
}  # fmt: skip
# What many firms ask, with the chance that somebody agrees.
VALUES: Final = {Question.Item.VALUES_FIT: 0.61, Question.Item.COMMUNITY: 0.44}


@transaction.atomic
def lay_gaps(demo: DemoFirm) -> None:
    """Ask both sides, once."""
    told = MIRRORS.get(demo.slug)
    if told is None or Survey.objects.filter(name=told.name).exists():
        return
    rng = random.Random("gaps")
    asked = _survey(told)
    _believe(demo, told, asked)
    _answers(told, asked, rng)
    _foretell(demo, told, rng)
    watch_gaps()


def _survey(told: Mirror) -> list[Question]:
    """The sentences, and three words: which count to no score."""
    survey = save_survey(survey=Survey(name=told.name, metric="none", cadence="relationship"))
    first = Question(
        survey=survey, position=1, kind="csat", required=True, text_vi="{Xh} biết {brand} rõ ở mức nào?",
        text_en="How well do you know {brand}?", low_vi="Chỉ nghe tên", low_en="Only the name",
        high_vi="Biết rất rõ", high_en="Very well",
    )  # fmt: skip
    questions = [save_question(question=first)]
    for position, one in enumerate(told.sentences, start=2):
        place = Touchpoint.objects.get(code=one.place) if one.place else None
        row = Question(
            survey=survey, position=position, kind="csat", text_vi=one.vi, text_en=one.en, is_mirror=True,
            touchpoint=place,
        )  # fmt: skip
        questions.append(save_question(question=row))
    for item in VALUES:
        questions.append(save_question(question=Question(survey=survey, position=len(questions) + 1, item=item)))
    words = Question(
        survey=survey, position=len(questions) + 1, kind="words", text_vi="{Xh} chọn ba từ tả đúng {brand} nhất.",
        text_en="Pick the three words that describe {brand} best.",
    )  # fmt: skip
    return [*questions, save_question(question=words)]


def _believe(demo: DemoFirm, told: Mirror, asked: Sequence[Question]) -> None:
    """Twenty-four people of the firm say what they believe; those in the shops are the surest."""
    for team, names in told.hired.items():
        department = Department.objects.get(name=team)
        for name in names:
            key = f"nv{User.objects.count() + 1}"
            user = create_user(email=demo.email(key), full_name=name, role=Role.AGENT, language=demo.language)
            user.department, user.given_name = department, name.split()[0 if demo.language == "en" else -1]
            user.set_password(PASSWORD)
            user.save()
    people = list(
        User.objects.working().exclude(role=Role.READ_ONLY).order_by("created_at", "pk").select_related("department")
    )
    team = {user.pk: user.department.name if user.department else "" for user in people}
    rng = random.Random("beliefs")
    said: dict[User, dict[UUID, int]] = {user: {} for user in people}
    for question, one in zip([question for question in asked if question.is_mirror], told.sentences, strict=True):
        agreeing = round(one.ours * len(people) / 24)  # of 24, however many work there by now
        lean = {user: rng.random() - (0.35 if team[user.pk] == told.surest else 0) for user in people}
        for number, user in enumerate(sorted(people, key=lean.__getitem__)):
            said[user][question.pk] = rng.choice((4, 5, 5) if number < agreeing else (2, 3))
    for user, values in said.items():
        state_beliefs(user_id=user.pk, values=values)


def _answers(told: Mirror, asked: Sequence[Question], rng: random.Random) -> None:
    """A hundred and forty customers this quarter, and a few every month before for the trend of the words."""
    today = firm_today()
    begun = firm_midnight(quarter_of(today))
    customers = list(Customer.objects.filter(kind=Customer.Kind.PERSON, created_at__lt=begun).order_by("created_at"))
    rng.shuffle(customers)
    mirrors = [question for question in asked if question.is_mirror]
    agreed = [_shuffled(one.theirs, rng) for one in told.sentences]
    emails = emails_of([customer.pk for customer in customers])
    rows = []
    for number, customer in enumerate(customers[:ASKED]):
        at = begun + (now() - begun) * rng.random()
        said = {question: values[number] for question, values in zip(mirrors, agreed, strict=True) if values}
        rows.append((customer, at, said))
    for ahead in range(1, 6):
        month = months_after(quarter_of(today), -ahead)
        start = datetime.combine(month, time(9), firm_zone())
        answering = rng.sample(customers[ASKED:], min(EACH_MONTH, len(customers) - ASKED))
        rows += [(customer, start + timedelta(days=rng.uniform(0, 27)), {}) for customer in answering]
    _lay(told, asked, rows, emails, rng)


def _shuffled(good: int | None, rng: random.Random) -> list[int]:
    if good is None:
        return []
    values = [rng.choice((4, 5)) for _turn in range(good)] + [rng.choice((1, 2, 3, 3)) for _turn in range(ASKED - good)]
    rng.shuffle(values)
    return values


def _lay(
    told: Mirror, asked: Sequence[Question], rows: Sequence[Any], emails: dict[Any, str], rng: random.Random
) -> None:
    survey, words = asked[0].survey, asked[-1]
    of_values = random.Random("values")  # of its own, so that what is drawn beside it stays as it was
    weights = [told.picked.get(choice["vi"].casefold(), 3) for choice in words.choices]
    codes = [choice["value"] for choice in words.choices]
    dispatches: dict[str, Dispatch] = {}
    invitations, responses, answers, timeline = [], [], [], []
    for customer, at, said in rows:
        dispatch = dispatches.setdefault(f"{at:%Y-%m}", Dispatch(survey=survey, created_at=at - timedelta(hours=5)))
        score = rng.choices(range(1, 6), (4, 9, 22, 34, 31))[0]
        invitation = Invitation(
            dispatch=dispatch, survey=survey, customer=customer, email=emails.get(customer.pk, "x@khach.example"),
            state="answered", sent_at=at - timedelta(hours=5), expires_at=at + timedelta(days=30),
            created_at=at - timedelta(hours=5),
        )  # fmt: skip
        response = Response(
            invitation=invitation, survey=survey, customer=customer, metric="none", score=score,
            language=customer.language, answered_at=at, created_at=at,
        )  # fmt: skip
        invitations.append(invitation)
        responses.append(response)
        answers.append(Answer(response=response, question=asked[0], kind="csat", number=score, created_at=at))
        answers += [
            Answer(response=response, question=question, kind="csat", number=value, created_at=at)
            for question, value in said.items()
        ]
        answers += [
            Answer(
                response=response, question=question, kind="csat", created_at=at,
                number=of_values.choice((4, 5) if of_values.random() < VALUES[question.item] else (2, 3, 3)),
            )
            for question in asked
            if question.item
        ]  # fmt: skip
        picked: set[str] = set()
        while len(picked) < 3:
            picked.update(rng.choices(codes, weights))
        answers.append(
            Answer(response=response, question=words, kind="words", text="\n".join(sorted(picked)), created_at=at)
        )
        timeline.append(
            Interaction(
                customer=customer, kind="survey", direction="in", occurred_at=at, what="survey.answered",
                data={"score": score, "metric": "none"}, subject_type="feedback.response", subject_id=response.pk,
                actor_kind="customer", actor_label=customer.full_name,
            )
        )  # fmt: skip
    for dispatch in dispatches.values():
        dispatch.invited = dispatch.matched = sum(one.dispatch_id == dispatch.pk for one in invitations)
        dispatch.save(force_insert=True)
    Invitation.objects.bulk_create(invitations, batch_size=500)
    Response.objects.bulk_create(responses, batch_size=500)
    Answer.objects.bulk_create(answers, batch_size=500)
    Interaction.objects.bulk_create(timeline, batch_size=500)


def _foretell(demo: DemoFirm, told: Mirror, rng: random.Random) -> None:
    """Five months that are open, laid in as they were sealed then, and one that is still sealed."""
    today = firm_today()
    coming = months_after(today, 1)
    for key, values in told.foretold.items():
        user = User.objects.get(email=demo.email(key))
        for ago, value in enumerate(values, start=1):
            month = months_after(today, -ago)
            sealed = datetime.combine(month, time(10), firm_zone()) - timedelta(days=rng.randint(1, 6))
            Forecast.objects.create(user=user, metric="nps", month=month, value=value, created_at=sealed)
        seal_forecast(user_id=user.pk, metric="nps", month=coming, value=values[0] - 3)
