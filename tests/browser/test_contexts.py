"""A storm is declared and ended with a few taps; the customer's survey page and complaint form show it meanwhile."""

import pytest

from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.tokens import make_token
from feedback.models import ContextEvent, Invitation, Survey
from feedback.services.dispatches import send_survey
from journeys.services.brand import save_brand
from tenants.context import in_tenant
from tests.browser.conftest import fits
from tests.support.live import PHONE
from workflows.services.notifications import fan_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"}
TRAITS = [{"name": name} for name in ("Gần gũi", "Mộc mạc", "Tử tế")]
VOICE, CARE = "Nghĩ gì nói nấy là được ạ.", "mong chị Hà và gia đình được bình an"


def test_a_storm_declared_and_ended_is_seen_on_the_survey_page(open_desk, live_site, browser, alpha, owner_alpha):
    with in_tenant(alpha):
        save_brand(positioning="Tử tế.", majority="Người đi làm", traits=TRAITS, preset="friendly", self_pronoun="em")
        hanoi, danang = (
            create_customer(
                full_name=f"Nguyễn Thị {name}",
                emails=[f"khach{code}@khach.example"],
                salutation="chi",
                salutation_source="staff",
                province_code=code,
            )
            for name, code in (("Hà", "01"), ("Lan", "48"))
        )
        for one in (hanoi, danang):
            state_consent(customer_id=one.pk, purpose="survey", granted=True, method="staff")
        survey = Survey.objects.get(metric="nps")
        fan_out(send_survey(survey_id=survey.pk, customer_ids=[hanoi.pk, danang.pk]).pk)
        survey_of = {row.customer_id: f"/s/{make_token('survey', row.pk)}/" for row in Invitation.objects.all()}
    phone = browser.new_context(**PHONE).new_page()

    def lead(path):
        phone.goto(live_site.url(path))
        assert fits(phone)
        return phone.locator("p.lead").first.inner_text()

    assert lead(survey_of[hanoi.pk]) == VOICE
    desk = open_desk(DESK)
    desk.goto(live_site.url("/admin/feedback/contextevent/add/"))
    desk.fill("[name=name]", "Bão số 9")
    desk.select_option("[name=kind]", "storm")
    desk.check("[name=provinces][value='01']")
    desk.fill("[name=care_vi]", "{brand} mong {xh} Hà và gia đình được bình an trong bão số 9.")
    desk.get_by_role("button", name="Khai báo", exact=True).dblclick()
    desk.wait_for_selector("text=Bão số 9")
    with in_tenant(alpha):
        assert ContextEvent.objects.get().provinces == ["01"]
    assert CARE in lead(survey_of[hanoi.pk])
    assert (VOICE in phone.content(), lead(survey_of[danang.pk])) == (False, VOICE)
    assert "kể cho" in phone.goto(live_site.url("/c/")).text()  # nobody knows where they live

    desk.click("text=Kết thúc ngay")
    desk.get_by_role("button", name="Kết thúc ngay", exact=True).click()
    desk.wait_for_selector("text=đã qua")
    with in_tenant(alpha):
        assert ContextEvent.objects.get().ended_at is not None
    assert lead(survey_of[hanoi.pk]) == VOICE
    assert desk.troubles == []
