"""Contradictions of a firm: found between texts of one place, decided by who answers for it, told to the steward."""

from datetime import date

import pytest

from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from feedback.models import ReplyTemplate
from journeys.models import Journey, Stage, Touchpoint
from journeys.services.accountability import hand_over
from journeys.services.standards import propose_standard, set_standard
from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_today, the_firm
from tests.support.gaps import hire
from workflows.errors import NotYoursToDismiss
from workflows.models import DismissedContradiction, SlaPolicy
from workflows.selectors.contradictions import dismissed, open_contradictions
from workflows.selectors.supervision import supervision_of
from workflows.services.contradictions import dismiss_contradiction, take_back_dismissal

pytestmark = pytest.mark.django_db
PAGE, ADDRESS = "/admin/workflows/review/contradictions/", "/api/v1/contradictions/"


def template(text, place=None, name="Trừ tiền hai lần"):
    return ReplyTemplate.objects.create(name=name, text=text, touchpoint=place)


def acting(person):
    return acting_as(Actor("user", person.pk, person.full_name))


@pytest.fixture
def at_odds(alpha):
    """A standard and the words for replies at the same place; an executive answers for it."""
    with in_tenant(alpha):
        place = Touchpoint.objects.get(code="payment")
        place.department = Department.objects.create(name="Vận hành")
        place.save()
        Department.objects.create(name="Chăm sóc khách hàng", is_customer_care=True)
        (boss,) = hire(1, role="executive")
        hand_over(executive_id=boss.pk, touchpoint_id=place.pk, from_day=date(2020, 1, 1))
        set_standard(touchpoint_id=place.pk, text="Khách quét một lần là xong.", behaviours=["Hoàn tiền trong 24 giờ."])
        template("Dạ em xin lỗi. Kế toán hoàn tiền trong 7 ngày làm việc.", place)
        return place, boss


def test_both_sentences_their_teams_and_who_decides(at_odds, alpha):
    place, boss = at_odds
    with in_tenant(alpha):
        (found,) = open_contradictions()
        assert (found.place, found.topic, found.executive) == (place, "refund", boss)
        told = {(side.source.kind, str(side.source.department), side.sentence) for side in (found.first, found.second)}
        assert told == {
            ("standard", "Vận hành", "Hoàn tiền trong 24 giờ."),
            ("template", "Chăm sóc khách hàng", "Kế toán hoàn tiền trong 7 ngày làm việc."),
        }
        assert supervision_of(firm_today(), boss).contradictions == 1


def test_same_names_elsewhere_and_words_for_every_complaint(at_odds, alpha):
    place, _boss = at_odds
    with in_tenant(alpha):
        other = Stage.objects.create(
            journey=Journey.objects.create(name="Khách sỉ"), code="tra", name="Trả tiền", position=1
        )
        twin = Touchpoint.objects.create(stage=other, code="payment-2", name=place.name.upper())
        propose_standard(touchpoint_id=place.pk, text="Khách quét một lần.", behaviours=["Hoàn tiền trong 2 giờ."])
        assert len(open_contradictions()) == 2  # the proposal and the words; not the standard it would replace
        Touchpoint.objects.filter(pk=twin.pk).update(customer_outcome="Được hoàn tiền trong 3 ngày.")
        assert len(open_contradictions()) == 5
        template("Shop hoàn tiền trong một ngày.", name="Chung")
        template("Shop hoàn tiền trong 2 ngày.", name="Chung 2")
        found = open_contradictions()
        assert len([one for one in found if one.place is None]) == 1
        assert next(one for one in found if one.place is None).executive == the_firm().chief
        ReplyTemplate.objects.update(is_active=False)
        Touchpoint.objects.update(is_active=False)
        assert open_contradictions() == []


def test_an_answer_later_than_the_promised_times(alpha):
    with in_tenant(alpha):
        words = template("Bên em sẽ trả lời trong ba tuần.")
        (found,) = open_contradictions()
        assert [side.source.kind for side in (found.first, found.second)] == ["template", "times"]
        words.text = "Bên em sẽ gọi lại trong 5 phút."
        words.save()
        assert len(open_contradictions()) == 1  # sooner than any clock would ask
        SlaPolicy.objects.all().delete()
        words.text = "Bên em sẽ gọi lại trong 2 giờ."
        words.save()
        assert open_contradictions() == []


def test_it_is_dismissed_with_a_reason_by_who_may_until_reworded(at_odds, alpha):
    place, boss = at_odds
    with in_tenant(alpha):
        (found,) = open_contradictions()
        (agent,) = hire(1)
        for person, key, why, refusal in (
            (agent, found.key, "Khác việc", NotYoursToDismiss),
            (boss, "x", "Khác việc", NotFound),
            (boss, found.key, " ", InvalidInput),
        ):
            with acting(person), pytest.raises(refusal):
                dismiss_contradiction(key=key, why=why)
        with pytest.raises(NotYoursToDismiss):
            dismiss_contradiction(key=found.key, why="Khác việc")  # nobody in particular
        assert not DismissedContradiction.objects.exists()
        with acting(boss):
            row = dismiss_contradiction(key=found.key, why="Một bên là tại quầy, một bên là qua ngân hàng")
            with pytest.raises(NotFound):
                dismiss_contradiction(key=found.key, why="Lại nữa")
        assert (dismissed(), open_contradictions(), row.said_by) == ([row], [], boss)
        with acting(agent), pytest.raises(NotYoursToDismiss):
            take_back_dismissal(dismissed_id=row.pk)
        with acting(boss):
            take_back_dismissal(dismissed_id=row.pk)
            with pytest.raises(NotFound):
                take_back_dismissal(dismissed_id=row.pk)
            assert (dismissed(), open_contradictions()) == ([], [found])
            again = dismiss_contradiction(key=found.key, why="Khác việc")
        set_standard(touchpoint_id=place.pk, text="Hoàn tiền trong 12 giờ.")
        assert len(open_contradictions()) == 1
        with acting(boss), pytest.raises(NotYoursToDismiss):  # reworded: it is nobody's but who leads
            take_back_dismissal(dismissed_id=again.pk)


def test_the_page_and_the_api(at_odds, alpha, client_alpha, staff_client_alpha):
    page = staff_client_alpha.get(PAGE).text
    for words in ("Kế toán hoàn tiền trong 7 ngày làm việc.", "Hoàn tiền trong 24 giờ.", "Vận hành", "Người Làm"):
        assert words in page, words
    (shown,) = staff_client_alpha.get(ADDRESS).json()
    assert (shown["topic"], shown["executive"], shown["touchpoint"]) == (
        "refund", str(at_odds[1].pk), str(at_odds[0].pk),
    )  # fmt: skip
    assert "1 cặp câu" in staff_client_alpha.get("/admin/workflows/review/supervision/").text
    refused = staff_client_alpha.post(PAGE, {"key": shown["key"], "why": ""})
    assert (refused.status_code, "<details open>" in refused.text) == (200, True)
    assert "cx-late" in staff_client_alpha.post(PAGE, {"key": "gone", "why": "Khác việc"}).text
    assert staff_client_alpha.post(PAGE, {"key": shown["key"], "why": "Khác việc"}).status_code == 302
    page = staff_client_alpha.get(PAGE).text
    assert "Khác việc" in page
    assert "Không có hai câu nào trái nhau" in page
    assert staff_client_alpha.get(ADDRESS).json() == []
    with in_tenant(alpha):
        row = DismissedContradiction.objects.get()
        assert row.said_by == User.objects.get(role="owner")
    assert staff_client_alpha.post(PAGE, {"take_back": "x"}, follow=True).text.count("Khác việc") == 1
    assert staff_client_alpha.post(PAGE, {"take_back": str(row.pk)}).status_code == 302
    page = staff_client_alpha.post(PAGE, {"take_back": str(row.pk)}, follow=True).text
    assert ("Khác việc" in page, "cxh-sides" in page) == (False, True)
