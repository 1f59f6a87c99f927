"""The pages of special contexts: declared, shown with whom to reach out to, changed, ended; banners where one asks."""

from datetime import timedelta
from uuid import uuid4

import pytest

from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.models import ContextEvent
from feedback.services.complaints import open_complaint
from feedback.services.contexts import declare_context, end_context

pytestmark = pytest.mark.django_db
LIST = "/admin/feedback/contextevent/"


@pytest.fixture
def storm(in_alpha, owner_alpha, scene):
    def make() -> ContextEvent:
        return declare_context(
            name="Bão số 5", kind="storm", starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(days=3),
            provinces=["48"], care_vi="{Xh} giữ gìn nhé.", accountable_id=owner_alpha.pk,
        )  # fmt: skip

    return scene("storm", make)


def typed(owner, **told) -> dict:
    begins = now() + timedelta(days=1)
    return {
        "name": "Tết", "kind": "tet", "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begins + timedelta(days=7):%Y-%m-%dT%H:%M}", "provinces": [], "pauses": "all", "care_vi": "",
        "care_en": "", "segment": "", "accountable": str(owner.pk), "version": "",
    } | told  # fmt: skip


def test_it_is_declared_changed_and_ended_on_its_pages(staff_client_alpha, owner_alpha, in_alpha):
    assert "Chưa có gì bất thường." in staff_client_alpha.get(LIST).text
    asked = staff_client_alpha.post(f"{LIST}add/", typed(owner_alpha))
    context = ContextEvent.objects.get()
    page = f"{LIST}{context.pk}/"
    assert (asked.status_code, asked["Location"]) == (302, f"{page}change/")
    assert (context.name, context.provinces, context.declared_by_id) == ("Tết", [], owner_alpha.pk)
    shown = staff_client_alpha.get(f"{page}change/").text
    assert "sắp tới" in shown
    assert "Cà phê Alpha kính chúc anh/chị và gia đình một năm mới an lành, hạnh phúc." in shown
    changed = typed(owner_alpha, version="1", provinces=["48", "79"])
    assert staff_client_alpha.post(f"{page}edit/", changed).status_code == 302
    context.refresh_from_db()
    assert (context.provinces, context.version) == (["48", "79"], 2)
    late = staff_client_alpha.post(f"{page}edit/", changed | {"name": "Khác"})
    assert "Vừa có người sửa mục này" in late.text
    assert 'value="Khác"' in late.text
    assert "Hủy “Tết”?" in staff_client_alpha.get(f"{page}end/").text
    assert staff_client_alpha.post(f"{page}end/").status_code == 302
    context.refresh_from_db()
    assert (context.name, context.ended_at is not None) == ("Tết", True)
    assert staff_client_alpha.post(f"{page}end/", follow=True).text.count("Bối cảnh này đã qua") == 1
    assert "đã hủy" in staff_client_alpha.get(LIST).text


def test_a_firm_elsewhere_is_asked_for_no_province(client_beta, owner_beta, in_beta):
    client_beta.force_login(owner_beta)
    assert 'name="provinces"' not in client_beta.get(f"{LIST}add/").text
    assert client_beta.post(f"{LIST}add/", typed(owner_beta)).status_code == 302
    assert ContextEvent.objects.get().provinces == []


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(staff_client_alpha, owner_alpha, in_alpha):
    told = typed(owner_alpha, name="Bão giữ lại", ends_at="2020-01-01T00:00", provinces=["48"])
    page = staff_client_alpha.post(f"{LIST}add/", told).text
    assert "Hãy chọn thời điểm muộn hơn." in page
    assert 'value="Bão giữ lại"' in page
    assert not ContextEvent.objects.exists()


def test_while_it_is_on_every_page_of_asking_says_so(staff_client_alpha, storm):
    said = "khảo sát ở TP. Đà Nẵng tạm dừng đến"
    pages = ("/admin/", "/admin/feedback/survey/", "/admin/feedback/dispatch/", "/admin/feedback/dispatch/add/")
    assert [said in staff_client_alpha.get(url).text for url in pages] == [True] * 4
    end_context(context_id=storm.pk)
    assert [said in staff_client_alpha.get(url).text for url in pages] == [False] * 4


def test_whom_to_reach_out_to_stands_on_its_page_within_reach(
    staff_client_alpha, client_alpha, person, storm, owner_alpha
):
    ill = create_customer(full_name="Lê Thị Ốm", province_code="48")
    create_customer(full_name="Trần Văn Đâu")
    case = open_complaint(
        customer_id=ill.pk, description="Chuyện riêng của tôi", channel="staff", owner_id=owner_alpha.pk
    )
    url = f"{LIST}{storm.pk}/change/"
    mine = staff_client_alpha.get(url).text
    assert ("Lê Thị Ốm" in mine, case.number in mine) == (True, True)
    assert "Có 1 khách chưa rõ tỉnh, thành: vẫn được hỏi ý kiến như thường." in mine
    client_alpha.force_login(person("agent", "Ngô Gần", reach="own"))
    narrow = client_alpha.get(url).text
    assert (case.number in narrow, "Chuyện riêng" in narrow, "Lê Thị Ốm" in narrow) == (False, False, False)


def test_who_may_only_look_declares_nothing(client_as, storm, owner_alpha):
    client = client_as("read_only")
    page = client.get(f"{LIST}{storm.pk}/change/")
    assert (page.status_code, "Kết thúc ngay" in page.text) == (200, False)
    for way, url in (("get", "add/"), ("post", f"{storm.pk}/edit/"), ("post", f"{storm.pk}/end/")):
        assert getattr(client, way)(LIST + url).status_code == 403
    storm.refresh_from_db()
    assert (storm.version, storm.ended_at) == (1, None)


def test_one_that_does_not_exist_leads_home(staff_client_alpha):
    for act in ("change", "edit", "end"):
        assert staff_client_alpha.get(f"{LIST}{uuid4()}/{act}/").status_code == 302
