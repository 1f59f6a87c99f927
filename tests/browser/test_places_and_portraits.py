"""A place is walked on a phone, with a photo; a persona's quiz is answered there and read once the round is over."""

import pytest
from playwright.sync_api import expect

from customers.models import PersonaQuiz
from customers.services.quizzes import close_quiz, open_quiz
from journeys.models import AuditPhoto, EnvironmentAudit
from journeys.services.environments import add_environment
from tenants.context import in_tenant
from tenants.staff.models import Department
from tenants.staff.services.accounts import create_user
from tests.browser.conftest import fits
from tests.conftest import PASSWORD
from tests.customers.files import png
from tests.support.gaps import hire
from tests.support.live import PHONE
from tests.support.quiz import HA, SAID, answer, two_portraits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def employ(email, name, language="vi"):
    user = create_user(email=email, full_name=name, role="manager", language=language)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def test_a_place_is_walked_with_a_photo(open_desk, live_site, alpha):
    with in_tenant(alpha):
        ngan = employ("ngan@alpha.example", "Bùi Thị Kim Ngân")
        place = add_environment(name="Quán Tân Định", accountable_id=ngan.pk, items=["Sàn sạch", "Wifi dùng được"])
    phone = open_desk(PHONE, "ngan@alpha.example")
    phone.click(f'a[href$="/environment/{place.pk}/walk/"]')  # it is due: the first page says so
    assert fits(phone)
    expect(phone.get_by_label("Ảnh")).to_have_count(2)
    assert not phone.locator("[name=note-0]").is_visible(), "what is in order takes no words"
    phone.locator("label.cxe-ok").first.tap()
    phone.locator("label.cxe-fail").last.tap()
    phone.get_by_role("button", name="Lưu kết quả").tap()
    phone.wait_for_selector("text=Ghi vài chữ về điều chưa ổn")
    with in_tenant(alpha):
        assert not EnvironmentAudit.objects.exists()
    phone.fill("[name=note-1]", "Tầng 2 rớt lúc 14h")
    phone.set_input_files("[name=photo-1]", {"name": "IMG_1.png", "mimeType": "image/png", "buffer": png()})
    phone.get_by_role("button", name="Lưu kết quả").tap()
    phone.wait_for_selector("text=50 %")
    assert fits(phone)
    picture = phone.locator(".cxe-photo img")
    picture.scroll_into_view_if_needed()
    phone.wait_for_function("document.querySelector('.cxe-photo img').naturalWidth === 1")
    with in_tenant(alpha):
        walk = EnvironmentAudit.objects.get()
        assert (walk.passed, walk.rated, walk.done_by) == (1, 2, ngan)
        assert bytes(AuditPhoto.objects.get().content) == png()
    phone.goto(live_site.url("/admin/"))
    expect(phone.locator(f'a[href$="/environment/{place.pk}/walk/"]')).to_have_count(0)
    assert phone.troubles == []


def test_a_quiz_is_answered_and_read(open_desk, live_site, alpha):
    with in_tenant(alpha):
        employ("huy@alpha.example", "Bùi Quang Huy", language="en")
        portrait, _other = two_portraits()
        quiz = open_quiz(persona_id=portrait.pk)
        answer(quiz, hire(5, Department.objects.create(name="Quán")), wrong=1)
        answer(quiz, hire(5))
    phone = open_desk({**PHONE, "locale": "en-GB"}, "huy@alpha.example")
    phone.goto(live_site.url(f"/admin/customers/persona/{portrait.pk}/change/"))
    assert HA["need"] not in phone.content(), "covered until answered"
    phone.goto(live_site.url("/admin/"))
    phone.click(f'a[href*="/personaquiz/{quiz.pk}/"]')
    assert fits(phone)
    for question, words in (
        ("need", HA["need"]), ("emotion", HA["emotion"]), ("channel", HA["channel"]), ("sentence", SAID[0])
    ):  # fmt: skip
        phone.locator(".cxq-options label", has=phone.locator(f"[name={question}]")).filter(has_text=words).tap()
    phone.locator("[name=share]").first.check()
    phone.get_by_role("button", name="This is who I picture").tap()
    phone.wait_for_selector("text=What all of us chose is shown when the round is over.")
    with in_tenant(alpha):
        close_quiz(quiz_id=quiz.pk)
        assert not PersonaQuiz.objects.get().is_open
    phone.reload()
    assert fits(phone)
    row = phone.locator("table.cxq-teams tr", has_text="Quán")
    assert row.locator("td").all_inner_texts() == ["5", "0", "80 %"]
    assert phone.locator("tr.cxq-whole td").first.inner_text() == "11"
    assert phone.troubles == []
