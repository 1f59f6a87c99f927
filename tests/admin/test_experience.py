"""The experience index: what each number is made of, when it is too few, and where one can act."""

from datetime import date

import pytest
import time_machine

from customers.models import Customer
from feedback.logic.experience import Index
from feedback.models import Answer, Question, Response
from feedback.selectors.experience import experience
from journeys.models import EnvironmentAudit, ReportedEmotion, Touchpoint
from journeys.services.environments import Found, add_environment, record_walk
from tenants.context import in_tenant
from tenants.staff.models import Branch, User
from tests.support.gaps import agreed, answered

QUARTER, NOON, LATER = date(2026, 10, 1), "2026-11-30T05:00:00Z", "2026-11-30T06:00:00Z"
PAGE, ADDRESS = "/admin/feedback/response/experience/", "/api/v1/experience-index/"


def scored(question, values, place, people=None):
    known = set(Response.objects.values_list("pk", flat=True))
    answered(question, values, people=people)
    made = Response.objects.exclude(pk__in=known).order_by("customer_id")
    by_customer = dict(Answer.objects.filter(response__in=made).values_list("response_id", "number"))
    for one in made:
        one.touchpoint, one.score = place, by_customer[one.pk]
    Response.objects.bulk_update(made, ["touchpoint", "score"])


@pytest.fixture
def full(alpha):
    with in_tenant(alpha), time_machine.travel(NOON, tick=False):
        branch, owner = Branch.objects.create(name="Chợ Lớn"), User.objects.get(role="owner")
        place, other = Touchpoint.objects.filter(is_active=True).order_by("pk")[:2]
        people = Customer.objects.bulk_create(
            Customer(full_name="Khách Quen", branch=branch if number < 6 else None) for number in range(20)
        )
        score = Question.objects.get(survey__metric="csat", position=1)
        scored(score, [1] * 20, place, people)
        with time_machine.travel(LATER, tick=False):
            scored(score, agreed(17, 20), place, people)  # the latest counts
        scored(score, agreed(3, 6), other)
        scored(score, [1] * 30, None)  # about nothing in particular
        ReportedEmotion.objects.bulk_create(
            ReportedEmotion(stage=place.stage, customer=person, valence=1, source="survey") for person in people[:8]
        )
        for number, found in enumerate(("ok", "ok", "fail")):
            shop = add_environment(
                name=f"Quán {number}", accountable_id=owner.pk, items=["Sạch", "Wifi"],
                branch_id=branch.pk if number else None,
            )  # fmt: skip
            told = [Found("Sạch", "ok"), Found("Wifi", found, "hỏng" if found == "fail" else "")]
            record_walk(environment_id=shop.pk, found=told)
        EnvironmentAudit.objects.create(environment=shop, done_on=date(2026, 8, 1), passed=1, rated=9)
        return place, other, branch


def test_three_numbers_by_quarter_and_branch(full, alpha):
    place, other, branch = full
    with in_tenant(alpha), time_machine.travel("2026-11-30T06:30:00Z", tick=False):
        found = experience()
        lowest = [(touchpoint.pk, index.n) for touchpoint, index in found.lowest]
        ((one, stages, answers, walks),) = found.branches
        assert one == branch
    assert found.stages.quarters[-1][0] == QUARTER
    assert found.stages.shown == [(QUARTER, Index(75.0, 8, 75.0, 75.0))]
    ((_day, touchpoints),) = found.touchpoints.shown
    assert (touchpoints.value, touchpoints.n) == (100 * 20 / 26, 26)
    assert [(day, index.value, index.n) for day, index in found.environments.shown] == [
        (date(2026, 7, 1), 100 / 9, 9),
        (QUARTER, 100 * 5 / 6, 6),
    ]
    assert found.environments.change.points == pytest.approx(100 * 5 / 6 - 100 / 9)
    assert (found.places, found.stages.change) == (3, None)
    assert (stages.n, answers.n, answers.value, walks) == (6, 6, 100.0, None)
    assert lowest == [(other.pk, 6), (place.pk, 20)]


def test_the_page_and_the_api(full, client_as):
    with time_machine.travel("2026-11-30T06:30:00Z", tick=True):
        client = client_as("executive")
        page = client.get(PAGE).text
        shown = client.get(ADDRESS).json()
    for words in ("[75; 75]", "8 cảm xúc được kể", "26 câu trả lời", "6 mục", "3 nơi", "Chợ Lớn", "tăng 72 điểm"):
        assert words in page, words
    assert f"/admin/journeys/touchpoint/{full[1].pk}/change/" in page
    assert shown["quarters"][-1]["stages"] == {"value": 75.0, "low": 75.0, "high": 75.0, "n": 8}
    assert shown["quarters"][0]["touchpoints"] == {"value": None, "low": None, "high": None, "n": 0}
    assert [(one["branch"], one["environments"]) for one in shown["branches"]] == [(str(full[2].pk), None)]
    assert [one["touchpoint"] for one in shown["lowest"]] == [str(full[1].pk), str(full[0].pk)]


def test_where_nothing_is_known_nothing_is_told(client_as, alpha):
    assert client_as("read_only").get(PAGE).text.count("quá ít để kết luận") == 3
