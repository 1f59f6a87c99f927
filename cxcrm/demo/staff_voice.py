"""What the staff of both firms say of working there, how their customers see the pillars, and whom leaders look at."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from customers.models import Customer, Interaction
from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from feedback.item_words import AGREEMENT
from feedback.logic.questionnaires import MOMENTS, ORIENTATIONS, PILLARS, QUESTIONNAIRES
from feedback.models import Answer, Dispatch, Invitation, Question, Response, StaffAnswer, StaffTurn, Survey
from feedback.selectors.staff_voice import asked_people
from feedback.services.configuration import save_question, save_survey
from feedback.services.staff_voice import answer_questionnaire
from journeys.logic.months import months_after
from journeys.models import Initiative
from tenants.staff.models import Branch, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_midnight, firm_today
from tenants.staff.services.accounts import create_user

# How a day feels there, from -2 to 2 on average, and what leaders think of it: a little worse than it is at the end of
# the shift, and far too well of the rush hour.
FELT: Final = {"day_start": 0.8, "day_rush": -1.1, "day_complaint": -0.7, "day_boss": 0.5, "day_end": 1.1}
ASSUMED: Final = {
    "bao": (1, 0, -1, 1, 0), "duyen": (1, 1, 0, 1, 1), "linh": (1, 0, -1, 1, 0),
    "priya": (1, 0, -1, 1, 0), "marcus": (1, 1, 0, 1, 1),
}  # fmt: skip
# Agreement of staff from 1 to 5 on average, and of a hundred customers how many agree.
PILLAR_MEANS: Final = {
    "people": (4.1, 71), "process": (3.3, 44), "strategy": (3.6, 52), "leadership": (3.5, 38), "technology": (2.9, 57),
}  # fmt: skip
ORIENTED: Final = {
    "product": (4.1, 4.3),
    "employee": (2.6, 2.4),
    "competitor": (3.3, 3.9),
    "boss": (3.4, 4.0),
    "customer": (3.7, 2.9),
}
NAME: Final = {"vi": "Năm trụ cột đồng cảm (mỗi năm)", "en": "Five pillars of empathy (yearly)"}
HEARD: Final = 120
EACH_SHOP: Final = 26


@dataclass(frozen=True)
class Shop:
    """A branch: who works there besides those known, how likely they are to recommend it, and how content customers
    are, of a hundred.
    """

    name: str
    hired: tuple[str, ...]
    enps: float
    content: int


SHOPS: Final = {
    "suongmai": (
        Shop("Tân Định", ("Nguyễn Thị Yến Nhi", "Trần Gia Huy", "Phan Thị Kiều", "Sơn Thị Sa Vy"), 8.6, 88),
        Shop("Xuân Hòa", ("Lê Hồng Đào", "Vòng A Phúc", "Đinh Quang Thái", "Hồ Thị Ngọc Mai", "Bùi Tuấn Kiệt"), 6.6, 64),
        Shop("Hải Châu", ("Võ Thị Thanh Tâm", "Đoàn Minh Nhật", "Phạm Thùy Trang", "Ngô Bảo Châu", "Trương Văn Hậu"), 8.2, 83),
        Shop("Lâm Viên – Đà Lạt", ("K'Sor H'Linh", "Cil Mup Ha Drin", "Đỗ Thị Lan Phương", "Nguyễn Tấn Đạt",
                                   "Mai Xuân Trường"), 7.4, 74),
        Shop("An Hải", ("Huỳnh Thị Tố Uyên", "Lương Chí Thành", "Đặng Thị Mỹ Lệ"), 7.5, 78),
    ),
    "kestrel": (
        Shop("Tiong Bahru", ("Daniel Koh", "Siti Nurhaliza Ahmad", "Ravi Chandran", "Grace Lim", "Hafiz Osman"), 8.4, 86),
        Shop("Kallang", ("Jonathan Tay", "Mei Lin Chong", "Suresh Pillai", "Amirah Salleh", "Ben Carter"), 6.9, 66),
        Shop("Jurong East", ("Melissa Ho", "Farid Ismail"), 7.6, 76),
    ),
}  # fmt: skip
WHY: Final = {
    "vi": (
        "Đồng nghiệp vui, lương đúng ngày.", "Giờ đông thiếu người, hai bạn pha không kịp.",
        "Muốn được hoàn tiền cho khách ngay, khỏi chờ kế toán.", "Khách quen nhiều, làm thấy vui.",
        "Lịch ca báo trễ quá, khó sắp việc nhà.", "Chị quản lý biết lắng nghe, có gì sửa liền.",
        "Máy tính tiền hay treo lúc 7 giờ sáng.", "Được học pha chế thêm nên muốn ở lâu.",
        "Bị khách la thì không ai đứng ra đỡ.", "Xin một cái quạt ở quầy, đứng trưa nóng lắm.",
    ),
    "en": (
        "Good mates, fair pay.", "Saturdays we are two short and everybody feels it.",
        "Let us sign off small refunds ourselves.", "Regulars who know your name make the day.",
        "Rosters come too late to plan a life around.", "Aisha listens and fixes things.",
        "The parts system hangs when it is busy.", "I learn something on every bike.",
    ),
}  # fmt: skip
# Who has not answered yet, so that their home asks them.
SILENT: Final = ("tung", "nam", "trang", "wei")
MENDS: Final = {
    "Làn lấy nhanh hẹn giờ": "process", "Text with the true time": "technology", "Phục vụ tận bàn cho tất cả": "people",
}  # fmt: skip


@transaction.atomic
def lay_staff_voice(demo: DemoFirm) -> None:
    """Staff answer this quarter and year, and have before; customers answer the short form. Once."""
    if StaffTurn.objects.exists():
        return
    rng = random.Random(f"staff {demo.slug}")
    likely = _hire(demo)
    silent = {demo.email(key) for key in SILENT}
    people = [user for user in asked_people().order_by("created_at", "pk") if user.email not in silent]
    _past(people, likely, rng)
    _say_now(demo, people, likely, rng)
    _leaders(demo, rng)
    _customers(demo, rng)
    _content(demo, rng)
    for name, pillar in MENDS.items():
        Initiative.objects.filter(name=name).update(pillar=pillar)


def _hire(demo: DemoFirm) -> dict[Any, float]:
    """Shop staff, and how likely those of each shop are to recommend it."""
    likely = {}
    for shop in SHOPS[demo.slug]:
        branch = Branch.objects.get(name=shop.name)
        likely[branch.pk] = shop.enps
        for name in shop.hired:
            number = User.objects.count() + 1
            create_user(
                email=demo.email(f"nv{number}"), full_name=name, role=Role.AGENT, language=demo.language, branch=branch
            )
    return likely


def _pulse(user: User, likely: Mapping[Any, float], rng: random.Random, before: int = 0) -> dict[str, int]:
    """What one person says, ``before`` so many quarters."""
    mean = likely.get(user.branch_id, 7.8) - 0.3 * before
    return {
        "enps": _near(mean, 1.5, 0, 10, rng),
        "support": _near(3.2 - 0.1 * before, 1.0, 1, 5, rng),
        **{code: _near(FELT[code], 0.7, -2, 2, rng) for code in MOMENTS},
    }


def _near(mean: float, spread: float, low: int, high: int, rng: random.Random) -> int:
    return max(low, min(high, round(rng.gauss(mean, spread))))


def _past(people: Iterable[User], likely: Mapping[Any, float], rng: random.Random) -> None:
    """Three quarters and the audit of last year, as the service leaves them: apart from who answered, in no order."""
    quarter, year = (QUESTIONNAIRES[code].period_of(firm_today()) for code in ("pulse", "pillars"))
    answers = []
    known = set(likely)
    for before in (1, 2, 3):
        for user in people:
            unit = user.branch_id if user.branch_id in known else None
            answers += [
                StaffAnswer(
                    questionnaire="pulse", period=months_after(quarter, -3 * before), branch_id=unit, item=item,
                    value=value,
                )
                for item, value in _pulse(user, likely, rng, before).items()
            ]  # fmt: skip
    for _user in people:
        answers += [
            StaffAnswer(questionnaire="pillars", period=months_after(year, -12), item=item, value=value)
            for item, value in _audit(rng, 0.3).items()
        ]
    rng.shuffle(answers)
    StaffAnswer.objects.bulk_create(answers, batch_size=1000)


def _audit(rng: random.Random, less: float = 0.0) -> dict[str, int]:
    return {
        f"{pillar}_{number}": _near(PILLAR_MEANS[pillar][0] - less, 0.9, 1, 5, rng)
        for pillar in PILLARS
        for number in (1, 2, 3, 4)
    }


def _say_now(demo: DemoFirm, people: Iterable[User], likely: Mapping[Any, float], rng: random.Random) -> None:
    words = list(WHY[demo.language])
    for user in people:
        said = words.pop() if words and rng.random() < 0.6 else ""
        answer_questionnaire(user_id=user.pk, questionnaire="pulse", values=_pulse(user, likely, rng), words=said)
        answer_questionnaire(user_id=user.pk, questionnaire="pillars", values=_audit(rng))


def _leaders(demo: DemoFirm, rng: random.Random) -> None:
    """What those who lead assume, and whom they say the firm looks at, this year and last."""
    year = QUESTIONNAIRES["orientation"].period_of(firm_today())
    before = []
    for key, faces in ASSUMED.items():
        user = User.objects.filter(email=demo.email(key)).first()
        if user is None:
            continue
        values = dict(zip(MOMENTS, faces, strict=True))
        answer_questionnaire(user_id=user.pk, questionnaire="assumed", values=values)
        said = {f"{one}_{number}": _near(ORIENTED[one][0], 0.5, 1, 5, rng) for one in ORIENTATIONS for number in (1, 2)}
        answer_questionnaire(user_id=user.pk, questionnaire="orientation", values=said)
        before += [
            StaffAnswer(
                questionnaire="orientation", period=months_after(year, -12), item=f"{one}_{number}",
                value=_near(ORIENTED[one][1], 0.5, 1, 5, rng),
            )
            for one in ORIENTATIONS
            for number in (1, 2)
        ]  # fmt: skip
    rng.shuffle(before)
    StaffAnswer.objects.bulk_create(before)


def _customers(demo: DemoFirm, rng: random.Random) -> None:
    """The short form, once a year: a sentence on each pillar, which counts to no score."""
    survey = save_survey(survey=Survey(name=NAME[demo.language], metric="none", cadence="relationship"))
    save_question(
        question=Question(
            survey=survey, position=1, kind="csat", required=True, **AGREEMENT,
            text_vi="{brand} hiểu chuyện của khách như tôi.", text_en="{brand} sees things the way I see them.",
        )
    )  # fmt: skip
    questions = {
        pillar: save_question(question=Question(survey=survey, position=number, kind="csat", item=f"pillar_{pillar}"))
        for number, pillar in enumerate(PILLARS, start=2)
    }
    begun = max(firm_midnight(QUESTIONNAIRES["pillars"].period_of(firm_today())), now() - timedelta(days=120))
    people = list(Customer.objects.filter(kind="person", created_at__lt=begun).order_by("created_at", "pk"))
    said = []
    for customer in rng.sample(people, min(HEARD, len(people))):
        extra = {
            question: rng.choice((4, 5)) if rng.random() * 100 < PILLAR_MEANS[pillar][1] else rng.choice((1, 2, 3, 3))
            for pillar, question in questions.items()
        }
        said.append((customer, rng.choices(range(1, 6), (3, 6, 14, 22, 14))[0], extra))
    _lay(survey, begun, said, rng)


def _content(demo: DemoFirm, rng: random.Random) -> None:
    """How satisfied customers of each shop were after a visit this quarter."""
    survey = Survey.objects.filter(metric="csat", is_active=True).order_by("created_at").first()
    if survey is None:
        return
    begun = firm_midnight(QUESTIONNAIRES["pulse"].period_of(firm_today()))
    said = []
    for shop in SHOPS[demo.slug]:
        of_shop = Customer.objects.filter(branch__name=shop.name, kind="person", created_at__lt=begun)
        for customer in of_shop.order_by("created_at", "pk")[:EACH_SHOP]:
            score = rng.choice((4, 5)) if rng.random() * 100 < shop.content else rng.choice((2, 3, 3))
            said.append((customer, score, {}))
    _lay(survey, begun, said, rng)


def _lay(survey: Survey, begun: datetime, said: list[tuple[Customer, int, dict[Question, int]]], rng: Any) -> None:
    """Answers given at some moment since ``begun``, with the invitations and the timeline that go with them."""
    first = Question.objects.get(survey=survey, position=1)
    dispatch = Dispatch.objects.create(survey=survey, matched=len(said), invited=len(said))
    invitations, responses, answers, timeline = [], [], [], []
    for customer, score, extra in said:
        at = begun + (now() - begun) * rng.random()
        invitation = Invitation(
            dispatch=dispatch, survey=survey, customer=customer, email="x@khach.example", state="answered",
            sent_at=at - timedelta(hours=2), expires_at=at + timedelta(days=14), created_at=at - timedelta(hours=2),
        )  # fmt: skip
        response = Response(
            invitation=invitation, survey=survey, customer=customer, metric=survey.metric, score=score,
            language=customer.language, answered_at=at, created_at=at,
        )  # fmt: skip
        invitations.append(invitation)
        responses.append(response)
        answers += [
            Answer(response=response, question=question, kind=question.kind, number=value, created_at=at)
            for question, value in {first: score, **extra}.items()
        ]
        timeline.append(
            Interaction(
                customer=customer, kind="survey", direction="in", occurred_at=at, what="survey.answered",
                data={"score": score, "metric": survey.metric}, subject_type="feedback.response",
                subject_id=response.pk, actor_kind="customer", actor_label=customer.full_name,
            )
        )  # fmt: skip
    Invitation.objects.bulk_create(invitations, batch_size=500)
    Response.objects.bulk_create(responses, batch_size=500)
    Answer.objects.bulk_create(answers, batch_size=500)
    Interaction.objects.bulk_create(timeline, batch_size=500)
