"""The way back: everything an import did is taken back, but for what hangs on it or was changed since."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers import errors, problems, timeline
from customers.models import Consent, ContactPoint, Customer, ExternalId, ImportChange, ImportJob, Interaction
from customers.services import import_run, import_undo, imports
from customers.services.consents import state_consent
from customers.services.customers import create_customer, update_customer
from customers.services.interactions import record_interaction
from customers.services.purchases import record_purchase
from cxcrm.core.clock import now
from cxcrm.core.ids import new_id
from feedback.models import Complaint
from feedback.services.complaints import open_complaint
from tenants.context import in_tenant
from tenants.services.agenda import NotYet
from tests.customers.test_import_check import check, rows
from tests.customers.test_import_kills import work_and_die
from tests.customers.test_import_run import finish, take
from tests.support.race import race
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

FULL = "Mã KH;Họ và tên;SĐT;Email;Nhóm;Địa chỉ;Ghi chú;Ngôn ngữ;Công ty;Xưng hô;Đồng ý khảo sát"


def undo(job: ImportJob) -> ImportJob:
    imports.undo_import(job_id=job.id)
    while import_undo.undo_chunk(job_id=job.id):
        pass
    job.refresh_from_db()
    return job


def test_an_address_comes_with_its_parts_and_goes_back_with_them_unless_corrected():
    lan = create_customer(full_name="Lan", phones=["0912345678"], address="5 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh")
    huy = create_customer(full_name="Huy", phones=["0912345679"], address="cũ")
    parts = ("street_line", "ward", "province_code", "legacy_address")

    def known(customer: Customer) -> list[str]:
        return [getattr(Customer.objects.get(pk=customer.pk), name) for name in ("address", *parts)]

    before = known(lan)
    assert before[1:] == ["5 Lê Lợi", "Phường Bến Thành", "79", ""]
    street = "x" * 181
    ward = "P. Bến Thành, TP HCM"
    job = take(
        'Lan,0912345678,"9 Lê Lai, Q. 1, TP HCM"',
        f'Huy,0912345679,"7 Lê Lai, {ward}"',
        f'An,0912345670,"{street}, {ward}"',
        header="Tên,SĐT,Địa chỉ",
    )
    assert (job.created_count, job.updated_count, job.failed_count) == (1, 2, 0)
    assert known(lan) == ["9 Lê Lai, Q. 1, TP HCM", "", "", "79", "9 Lê Lai, Q. 1, TP HCM"]
    assert known(huy) == [f"7 Lê Lai, {ward}", "7 Lê Lai", "Phường Bến Thành", "79", ""]
    long = Customer.objects.get(full_name="An")
    assert known(long)[1:] == ["", "", "79", f"{street}, {ward}"]
    assert lan.interactions.filter(what="customer.changed").get().data["fields"] == ["address"]
    update_customer(customer_id=huy.id, street_line="7A Lê Lai")
    corrected = known(huy)
    assert undo(job).kept_count == 1
    assert (known(lan), known(huy)) == (before, corrected)
    assert set(ImportChange.objects.filter(record_id=huy.id).values_list("fate", flat=True)) == {"kept"}


def state_of(*, history: bool = False) -> dict:
    """Everything known of customers, but for when it was last written."""
    found = {
        "customers": list(Customer.objects.order_by("id").values()),
        "points": list(
            ContactPoint.objects.order_by("customer", "kind", "value").values("customer", "value", "is_primary")
        ),
        "numbers": list(ExternalId.objects.order_by("value").values("customer", "value")),
        "consents": list(Consent.objects.order_by("id").values("id")),
    }
    for customer in found["customers"]:
        del customer["version"], customer["updated_at"]
    return found


class TestBack:
    def test_whom_the_file_added_is_gone_and_the_file_goes_in_again(self, run_agenda, owner_alpha):
        lines = ["KH1;Lan;0912345678;lan@x.vn;vip;;;;Bình Minh;;có", "KH2;Minh;0977000111;;;;;;Bình Minh;;"]
        job = take(*lines, header=FULL)
        assert Customer.objects.count() == 3
        imports.undo_import(job_id=job.id, undone_by=owner_alpha)
        assert imports.undo_import(job_id=job.id).state == "undoing"
        run_agenda()
        job.refresh_from_db()
        assert (job.state, job.undone_count, job.kept_count, job.undone_by) == ("undone", 2, 0, owner_alpha)
        assert [row.outcome for row in rows(job)] == ["undone", "undone"]
        for model in (Customer, ContactPoint, ExternalId, Consent, Interaction):
            assert not model.objects.exists(), model
        assert Event.objects.filter(name="customers.import_undone").count() == 1
        assert take(*lines, header=FULL).created_count == 2
        assert imports.undo_import(job_id=job.id).state == "undone"

    def test_what_the_file_changed_is_as_before(self):
        lan = create_customer(
            full_name="Nguyen Lan", phones=["0912345678"], tags=["vip"], note="cũ", external_ids={"file": "KH1"},
            salutation="co", salutation_source="inferred",
        )  # fmt: skip
        state_consent(customer_id=lan.id, purpose="survey", granted=True, method="staff")
        before = state_of()
        job = take("KH1;Nguyễn Lan;0977000111;lan@x.vn;mới;12 Lê Lợi;mới;Tiếng Anh;Bình Minh;chị;không", header=FULL)
        assert state_of() != before
        assert set(ImportChange.objects.exclude(field="").values_list("field", flat=True)) == {
            "full_name", "raw_name", "salutation", "salutation_source", "language", "address", "organization_id",
            "legacy_address", "note", "tags", "phones", "emails",
        }  # fmt: skip
        undo(job)
        assert (job.undone_count, job.kept_count) == (1, 0)
        assert state_of() == before
        entry = lan.interactions.filter(what="customer.restored").get()
        with translation.override("en"):
            assert timeline.describe(entry).startswith("The import of khach.csv was undone; as before: address")

    def test_blank_cells_that_emptied_fields_are_filled_again(self):
        lan = create_customer(
            full_name="Lan", phones=["0912345678", "0977000111"], emails=["lan@x.vn"], tags=["vip"], note="a",
            address="b", salutation="chi", external_ids={"file": "KH1"},
            organization=create_customer(full_name="Bình Minh", kind="organization"),
        )  # fmt: skip
        before = state_of()
        job = check("KH1;Lan;;;;;;;;;", header=FULL)
        imports.remap(job_id=job.id, blank="clear")
        finish(job)
        lan.refresh_from_db()
        assert (lan.tags, lan.note, lan.address, lan.salutation, lan.organization) == ([], "", "", "", None)
        assert not lan.contact_points.exists()
        undo(job)
        assert state_of() == before

    def test_kept_is_what_hangs_on_and_what_was_changed_since(self):
        lan = create_customer(full_name="Lan", phones=["0912345678"], address="cũ", note="cũ")
        job = take(
            ";Lan;0912345678;;;theo tệp;mới;;;;",
            ";Hà;0977000111;;;;;;;;",
            ";Huy;0977000222;;;;;;;;",
            ";Vy;0977000333;;;;;;;;",
            ";Mai;0977000444;;;;;;Bình Minh;;",
            header=FULL,
        )
        by_name = {customer.full_name: customer for customer in Customer.objects.all()}
        open_complaint(customer_id=by_name["Hà"].id, description="Chờ lâu", channel="staff")
        record_purchase(customer_id=by_name["Huy"].id)
        update_customer(customer_id=by_name["Vy"].id, note="khách quen")
        record_interaction(customer_id=by_name["Bình Minh"].id, kind="call", what="call.logged")
        update_customer(customer_id=lan.id, address="sửa tay")
        undo(job)
        assert (job.undone_count, job.kept_count) == (1, 4)
        with translation.override("en"):
            said = {row.values["full_name"]: [problems.explain(one) for one in row.problems] for row in rows(job)}
        assert said["Lan"] == ["Partly kept, because it was changed since: address."]
        assert said["Hà"][0].startswith("Kept, because something hangs on it since:")
        assert "1 × complaint" in said["Hà"][0]
        assert "1 × purchase" in said["Huy"][0]
        assert "timeline entry" in said["Vy"][0]
        assert said["Mai"] == []
        assert set(Customer.objects.values_list("full_name", flat=True)) == {"Lan", "Hà", "Huy", "Vy", "Bình Minh"}
        lan.refresh_from_db()
        assert (lan.address, lan.note) == ("sửa tay", "cũ")
        kept = ImportChange.objects.get(fate="kept", field="address")
        assert (kept.field, kept.before, kept.after, kept.found) == ("address", "cũ", "theo tệp", "sửa tay")
        assert Complaint.objects.count() == 1

    def test_who_was_removed_since_is_no_trouble(self):
        lan = create_customer(full_name="Lan", phones=["0912345678"])
        job = take(";Lan;0912345678;lan@x.vn;;;;;;;", ";Hà;0977000111;;;;;;;;", header=FULL)
        Customer.objects.all().delete()
        undo(job)
        assert (job.undone_count, job.kept_count) == (2, 0)
        assert [row.problems[0]["code"] for row in rows(job)] == ["gone", "gone"]
        assert not Customer.objects.filter(pk=lan.pk).exists()


class TestStates:
    def test_an_import_is_held_goes_on_and_is_stopped(self, monkeypatch):
        monkeypatch.setattr(import_run, "CHUNK", 2)
        job = check(*(f";Khách;0977000{n:03d};;;" for n in range(6)))
        with pytest.raises(errors.ImportStateInvalid):
            imports.pause_import(job_id=job.id)
        imports.start_import(job_id=job.id)
        import_run.take_chunk(job_id=job.id)
        assert imports.pause_import(job_id=job.id).state == imports.pause_import(job_id=job.id).state == "paused"
        assert import_run.take_chunk(job_id=job.id) is False
        with pytest.raises(errors.ImportStateInvalid):
            imports.undo_import(job_id=job.id)
        assert imports.resume_import(job_id=job.id).state == imports.resume_import(job_id=job.id).state == "running"
        import_run.take_chunk(job_id=job.id)
        stopped = imports.stop_import(job_id=job.id)
        assert (stopped.state, stopped.finished_at is not None) == ("stopped", True)
        assert import_run.take_chunk(job_id=job.id) is False
        with pytest.raises(errors.ImportStateInvalid):
            imports.resume_import(job_id=job.id)
        assert Customer.objects.count() == 4
        undo(job)
        assert (job.state, job.undone_count, Customer.objects.count()) == ("undone", 4, 0)

    def test_a_held_import_goes_on_though_its_worker_is_just_leaving(self, run_agenda):
        job = check(";Lan;0912345678;;;")
        imports.start_import(job_id=job.id)
        imports.pause_import(job_id=job.id)
        assert run_agenda() == 1
        imports.resume_import(job_id=job.id)
        run_agenda()
        job.refresh_from_db()
        assert (job.state, job.created_count) == ("done", 1)

    def test_after_thirty_days_nothing_is_undone_and_the_rows_are_forgotten(self):
        job = take(";Lan;0912345678;;;")
        assert imports.forget_old_rows() == 0
        ImportJob.objects.update(finished_at=now() - timedelta(days=31))
        with pytest.raises(errors.ImportTooOldToUndo):
            imports.undo_import(job_id=job.id)
        assert (imports.forget_old_rows(), job.rows.count(), Customer.objects.count()) == (1, 0, 1)

    def test_what_is_not_there_cannot_be_worked_on(self):
        with pytest.raises(NotYet):
            import_undo.continue_undo(job_id=new_id())
        job = check(";Lan;0912345678;;;")
        assert import_undo.undo_chunk(job_id=job.id) is False


class TestAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_two_undos_undo_each_row_once(self, alpha, monkeypatch):
        monkeypatch.setattr(import_undo, "CHUNK", 3)
        job = take(*(f"KH{n};Khách {n};0977000{n:03d};;;" for n in range(9)))
        imports.undo_import(job_id=job.id)
        outcomes = race(alpha, *[lambda: import_undo.continue_undo(job_id=job.id) for _ in range(3)])
        job.refresh_from_db()
        assert outcomes == [None, None, None]
        assert (job.state, job.undone_count, Customer.objects.count()) == ("undone", 9, 0)
        assert Event.objects.filter(name="customers.import_undone").count() == 1

    def test_an_edit_meanwhile_is_kept_or_comes_too_late(self, alpha):
        job = take(*(f"KH{n};Khách {n};0977000{n:03d};;;" for n in range(8)))
        ids = list(Customer.objects.order_by("id").values_list("id", flat=True))
        imports.undo_import(job_id=job.id)

        def edit():
            edited = 0
            for ident in ids:
                try:
                    update_customer(customer_id=ident, note="sửa tay")
                    edited += 1
                except errors.CustomerNotFound:
                    pass
            return edited

        _done, edited = race(alpha, lambda: import_undo.continue_undo(job_id=job.id), edit)
        job.refresh_from_db()
        assert job.state == "undone"
        assert (job.kept_count, job.undone_count) == (edited, 8 - edited)
        assert list(Customer.objects.values_list("note", flat=True)) == ["sửa tay"] * edited

    def test_killed_in_the_middle_it_goes_on(self, alpha, monkeypatch):
        monkeypatch.setattr(import_undo, "CHUNK", 5)
        before = create_customer(full_name="Lan", phones=["0912345678"], note="cũ")
        lines = [f"KH{n};Khách {n};0977{n:06d};;;" for n in range(60)]
        job = take(";Lan;0912345678;lan@x.vn;;", *lines)
        imports.undo_import(job_id=job.id)
        with in_tenant(alpha):
            for number in range(4):
                work_and_die(alpha, lambda: import_undo.undo_chunk(job_id=job.id), 0.02 * number)
        with in_tenant(alpha):
            while import_undo.undo_chunk(job_id=job.id):
                pass
            job.refresh_from_db()
            assert (job.state, job.undone_count, job.kept_count) == ("undone", 61, 0)
            assert list(Customer.objects.all()) == [before]
            assert not before.contact_points.filter(kind="email").exists()
