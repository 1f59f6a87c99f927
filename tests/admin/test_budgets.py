"""The budget's page: the last quarters, said by those who lead, read by everybody of the room."""

from cxcrm.core.clock import now
from journeys.logic.months import quarter_of
from tenants.staff.selectors.firm import firm_today
from workflows.models import Compensation, CxBudget

PAGE = "/admin/workflows/cxbudget/"


def test_said_by_who_leads_and_read_by_the_steward(client_as, desk):
    executive, steward = client_as("executive"), client_as("brand_steward")
    day = quarter_of(firm_today()).isoformat()
    assert steward.get(f"{PAGE}add/").status_code == 403
    assert executive.get(f"{PAGE}add/?quarter=nonsense").status_code == 200
    told = {"quarter": day, "listening_planned": "12tr", "listening_spent": "15tr", "fixing_planned": "-5"}
    assert "150000" in executive.post(f"{PAGE}add/", told).content.decode()
    assert not CxBudget.objects.exists()
    assert executive.post(f"{PAGE}add/", {**told, "fixing_planned": "5tr", "note": "Thêm khảo sát"})["Location"] == PAGE
    row = CxBudget.objects.get()
    assert (row.listening_spent, row.training_spent, row.written_by.role) == (15_000_000, None, "executive")
    Compensation.objects.create(complaint=desk.complaint, amount=59_000, reason="Bù", state="granted", decided_at=now())
    page = steward.get(PAGE).content.decode()
    for said in ("15.000.000\xa0₫", "17.000.000\xa0₫", "59.000\xa0₫", "Thêm khảo sát"):
        assert said in page
    assert f"add/?quarter={day}" not in page
    form = executive.get(f"{PAGE}add/?quarter={day}").content.decode()
    assert ('value="15000000"' in form, f"add/?quarter={day}" in executive.get(PAGE).content.decode()) == (True, True)
    assert executive.get(f"{PAGE}{row.pk}/change/")["Location"] == PAGE
