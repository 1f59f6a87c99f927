"""The board's quarter: what waits, the money, what was decided and what came of the quarter before."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from journeys.logic.months import months_after, quarter_of
from journeys.models import Decision, Initiative
from tenants.staff.selectors.firm import firm_midnight, firm_today
from workflows.services.budgets import save_budget

PAGE = "/admin/workflows/cxbudget/board/"


def test_one_quarter_on_one_page(client_as, in_alpha, owner_alpha):
    this = quarter_of(firm_today())
    last = months_after(this, -3)
    save_budget(quarter=this, fixing_planned=Decimal(7_000_000), note="Thêm quầy")
    for name, fit, failed in (("Làn nhanh", 60, []), ("Ghế êm", 80, []), ("Nhạc sống", 90, ["brand"])):
        Initiative.objects.create(name=name, what="x", owner=owner_alpha, state="proposed", fit=fit, failed=failed)
    Initiative.objects.create(
        name="Cốc lớn",
        what="x",
        owner=owner_alpha,
        state="ended",
        learning="Ít người gọi",
        decided_at=firm_midnight(last),
    )
    for topic, day, told in (
        ("Mở thêm quầy", this, {}),
        ("Bỏ phí gửi xe", last, {"outcome": "better", "learning": "Khách ở lâu hơn", "checked_at": timezone.now()}),
        ("Đổi nhà cung cấp", this - timedelta(days=1), {}),
        ("Xa xưa", months_after(this, -6), {}),
    ):
        Decision.objects.create(
            topic=topic,
            basis="cost",
            decider=owner_alpha,
            decided_on=day,
            check_back_on=day + timedelta(days=60),
            **told,
        )
    executive, agent = client_as("executive"), client_as("agent")
    assert agent.get(PAGE).status_code == 403
    page = executive.get(PAGE).content.decode()
    places = [page.index(name) for name in ("Ghế êm", "Làn nhanh", "Nhạc sống", "Mở thêm quầy", "Bỏ phí gửi xe")]
    assert places == sorted(places)
    for said in (
        "7.000.000\xa0₫",
        "Thêm quầy",
        "Khách ở lâu hơn",
        "Đổi nhà cung cấp",
        "Ít người gọi",
        "/decision/add/",
    ):
        assert said in page
    assert "Xa xưa" not in page
    before = executive.get(f"{PAGE}?quarter={last.isoformat()}").content.decode()
    assert ("Mở thêm quầy" in before, "Xa xưa" in before) == (False, True)
    assert "Mở thêm quầy" in executive.get(f"{PAGE}?quarter=1999-01-01").content.decode()
    assert PAGE in executive.get("/admin/workflows/cxbudget/").content.decode()
