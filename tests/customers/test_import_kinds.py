"""Lists of systems and of purchases: recognised, corrected, taken, undone and taken again; choices are remembered."""

import io
from datetime import date

import pytest
from django.utils import translation

from customers import errors, problems
from customers.logic.columns import guess_mapping
from customers.logic.purchase_columns import PURCHASES
from customers.logic.spreadsheet import read_table
from customers.models import Customer, ImportMapping, ImportRow, Interaction, Purchase
from customers.services import import_checking, import_refused, imports
from customers.services.customers import create_customer, update_customer
from customers.services.import_checking import correct_row
from cxcrm.core.ids import new_id
from tenants.services.agenda import NotYet
from tenants.staff.models import Branch
from tenants.staff.services.configuration import save_branch
from tests.customers.test_import_check import check, codes, rows
from tests.customers.test_import_run import finish
from tests.customers.test_import_undo import undo
from tests.support import sheets
from workflows.models import Event, Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def upload(headers, lines, **options):
    return imports.check_file(data=sheets.as_csv(headers, lines), file_name="a.csv", **options)


@pytest.mark.parametrize(
    ("system", "count"),
    [
        *(pytest.param(system, 240, id=system) for system in sheets.CUSTOMERS),
        *(pytest.param(system, 5_000, id=f"{system}-5000", marks=pytest.mark.faults) for system in sheets.CUSTOMERS),
    ],
)
def test_a_systems_list_goes_in_is_corrected_undone_and_goes_in_again(system, count, run_agenda):
    """One in ten cannot be reached; one of them is corrected on the page, the others in the file that comes back."""
    headers, lines = sheets.customers(system, count, wrong_every=10)
    data = sheets.as_xlsx(headers, lines, title="DANH SÁCH KHÁCH HÀNG", total=True)
    job = imports.check_file(data=data, file_name="khach.xlsx")
    run_agenda()  # a long file is checked in the background
    job.refresh_from_db()
    wrong = count // 10
    assert (job.kind, system in job.looks_like, job.refused, job.row_count) == ("customers", True, wrong, count)
    bad = ImportRow.objects.filter(job=job, outcome="refuse").order_by("number").first()
    phone = next(int(index) for index, field in job.mapping.items() if field == "phone")
    assert correct_row(job_id=job.id, number=bad.number, cells={phone: " 0988 000 111 "}).outcome == "create"
    finish(job)
    assert (job.created_count, job.refused, job.failed_count) == (count - wrong + 1, wrong - 1, 0)
    _lives_where_the_file_says(headers, lines)
    with translation.override("vi"):
        table = read_table(import_refused.refused_rows_xlsx(job_id=job.id), "a.xlsx")
    assert table.headers[:2] == ("Dòng", "Lý do")
    assert len(table.rows) == wrong - 1
    mended = [[*row[: phone + 2], f"0999{n:06d}", *row[phone + 3 :]] for n, row in enumerate(table.rows)]
    again = imports.check_file(data=sheets.as_csv(table.headers, mended), file_name="sua.csv")
    finish(again)
    assert (again.created_count, again.refused) == (wrong - 1, 0)
    kept = Customer.objects.order_by("id").first()
    update_customer(customer_id=kept.id, note="gọi lại")
    undo(again)
    undo(job)
    assert (list(Customer.objects.all()), job.kept_count, job.undone_count) == ([kept], 1, count - wrong)
    third = imports.check_file(data=data, file_name="khach.xlsx")
    run_agenda()
    third.refresh_from_db()
    finish(third)
    assert (third.created_count, third.updated_count, third.refused) == (count - wrong - 1, 1, wrong)


def _lives_where_the_file_says(headers, lines):
    """With a ward of today and no district the address has its parts, with a district it is kept as it was written."""
    if "Phường/Xã" not in headers:
        return
    whole = " ".join(f"{line[headers.index('Địa chỉ')]}|{line[headers.index('Phường/Xã')]}" for line in lines)
    parted = Customer.objects.exclude(ward="")
    assert set(parted.values_list("ward", flat=True)) == {place[0] for place in sheets.PLACES if not place[1]} - {""}
    assert all(f"{one.street_line}|{one.ward}" in whole and one.legacy_address == "" for one in parted)
    old = Customer.objects.filter(legacy_address__contains="Quận")
    assert old.exists()
    assert set(old.values_list("street_line", "ward")) == {("", "")}
    assert set(old.values_list("province_code", flat=True)) == {"48", "79"}


class TestPurchases:
    def test_invoices_go_in_with_their_customers_and_come_out(self):
        save_branch(branch=Branch(name="Tân Định"))
        headers, lines = sheets.invoices(60, people=12)
        job = imports.check_file(data=sheets.as_xlsx(headers, lines, total=True), file_name="hoa-don.xlsx")
        assert (job.kind, job.looks_like, job.to_create, job.refused) == ("purchases", "KiotViet", 60, 0)
        finish(job)
        people = {line[3] for line in lines}
        assert (job.created_count, Purchase.objects.count(), Customer.objects.count()) == (60, 60, len(people))
        one = Purchase.objects.get(external_id="HD000050")
        assert (one.state, one.currency, one.branch.name, one.channel) == (
            "cancelled",
            "VND",
            "Tân Định",
            "Bán trực tiếp",
        )
        assert one.amount == lines[49][8]
        assert one.occurred_at.astimezone(sheets_zone()).replace(tzinfo=None) == lines[49][1]
        assert Interaction.objects.filter(kind="order").count() == 60
        assert not Message.objects.exists()
        assert not Event.objects.filter(name__startswith="customers.purchase").exists()
        again = finish(imports.check_file(data=sheets.as_xlsx(headers, lines), file_name="hoa-don.xlsx"))
        assert (again.updated_count, again.created_count, Purchase.objects.filter(version=1).count()) == (60, 0, 60)
        undo(job)
        assert (job.undone_count, Purchase.objects.count(), Customer.objects.count()) == (60, 0, 0)
        assert not Interaction.objects.exists()

    HEADER = "Mã hóa đơn;Thời gian;Mã KH;Điện thoại;Tổng tiền;Sản phẩm;Trạng thái;Chi nhánh"

    def test_what_is_wrong_with_a_purchase_is_said(self):
        create_customer(full_name="Lan", phones=["0912345678"])
        job = check(
            "1;02/03/2026 07:30;;0912345678;59.000;bạc xỉu;Hoàn thành;",
            "1;02/03/2026 07:30;;0912345678;59.000;bánh mì;Hoàn thành;",
            "1;02/03/2026 07:30;;0912345678;60.000;bánh mì;;",
            "2;hôm qua;;0912345678;59.000;;;",
            "3;;;0912345678;59.000;;;",
            "4;02/03/2099;;0912345678;59.000;;;",
            "5;02/03/2026;;0912345678;nhiều;;;",
            "6;02/03/2026;;0912345678;-5.000;;;",
            "7;02/03/2026;;0999999999;59.000;;;",
            "8;02/03/2026;;;59.000;;;",
            "9;02/03/2026;;0912345678;;;lạ;Quán lạ",
            header=self.HEADER,
        )
        assert [(row.outcome, codes(row)) for row in rows(job)] == [
            ("create", []),
            ("skip", ["further_line"]),
            ("refuse", ["number_twice"]),
            ("refuse", ["time_unreadable"]),
            ("refuse", ["time_missing"]),
            ("refuse", ["time_in_future"]),
            ("refuse", ["amount_unreadable"]),
            ("refuse", ["amount_negative"]),
            ("refuse", ["customer_unknown"]),
            ("refuse", ["contact_missing"]),
            ("create", ["state_unknown"]),
        ]
        with translation.override("en"):
            assert all(problems.explain(one) != one["code"] for row in rows(job) for one in row.problems)
        finish(job)
        assert Purchase.objects.get(external_id="1").items == "bạc xỉu; bánh mì"
        assert Purchase.objects.get(external_id="9").branch_name == "Quán lạ"

    def test_a_changed_purchase_is_as_before_after_the_undo_unless_changed_since(self):
        create_customer(full_name="Lan", phones=["0912345678"])
        finish(
            check("1;02/03/2026;;0912345678;59.000;a;;Q1", "2;02/03/2026;;0912345678;10.000;a;;", header=self.HEADER)
        )
        before = list(Purchase.objects.order_by("external_id").values("amount", "items", "state", "branch_name"))
        job = check(
            "1;02/03/2026;;0912345678;60.000;;Đã hủy;", "2;02/03/2026;;0912345678;11.000;b;;", header=self.HEADER
        )
        imports.remap(job_id=job.id, blank="clear")
        finish(job)
        one, two = Purchase.objects.order_by("external_id")
        assert (one.amount, one.items, one.state, one.branch_name) == (60_000, "", "cancelled", "")
        Purchase.objects.filter(pk=two.pk).update(amount=12_000)
        undo(job)
        assert (job.undone_count, job.kept_count) == (1, 1)
        one, two = Purchase.objects.order_by("external_id").values("amount", "items", "state", "branch_name")
        assert one == before[0]
        assert two == {**before[1], "amount": 12_000}
        with translation.override("en"):
            (said,) = [problems.explain(row.problems[0]) for row in rows(job) if row.outcome == "kept"]
        assert said == "Partly kept, because it was changed since: amount of money."

    def test_until_when_something_is_paid_comes_in_goes_out_and_is_left_alone_where_no_column_tells(self):
        create_customer(full_name="Lan", phones=["0912345678"])
        plans = "Mã hóa đơn;Thời gian;Điện thoại;Tổng tiền;{}"
        job = check(
            "1;02/03/2026 07:30;0912345678;59.000;01/04/2026",
            "2;02/03/2026;0912345678;59.000;-",
            "3;02/03/2026 23:59;0912345678;59.000;02/03/2026",
            "4;02/03/2026;0912345678;59.000;01/03/2026",
            "5;02/03/2026;0912345678;59.000;cuối năm",
            header=plans.format("Hiệu lực đến"),
        )
        assert [codes(row) for row in rows(job)] == [[], [], [], ["cover_too_early"], ["cover_unreadable"]]
        assert finish(job).created_count == 3
        first, april = date(2026, 3, 2), date(2026, 4, 1)

        def covered():
            return list(Purchase.objects.order_by("external_id").values_list("covers_until", flat=True))

        assert covered() == [april, None, first]
        # Without the column nothing is said about it; what then would not fit is refused row by row.
        other = check("1;03/03/2026;0912345678;60.000", "3;03/03/2026;0912345678;60.000", header=plans.format("")[:-1])
        finish(other)
        assert (other.updated_count, other.failed_count, covered()) == (1, 1, [april, None, first])
        (said,) = (row for row in rows(other) if row.problems)
        assert (codes(said), said.outcome) == (["cover_too_early"], "failed")
        undo(other)
        changed = check(
            "1;02/03/2026;0912345678;59.000;", "2;02/03/2026;0912345678;59.000;2026-05-01",
            header=plans.format("Valid until"),
        )  # fmt: skip
        imports.remap(job_id=changed.id, blank="clear")
        finish(changed)
        assert covered() == [None, date(2026, 5, 1), first]
        undo(changed)
        assert covered() == [april, None, first]
        headers = ("ngày hết hạn", "Expires", "Renewal date", "Hết hạn", "Paid until", "End date", "expiry_date")
        assert {guess_mapping([one], PURCHASES)[0].field for one in headers} == {"order_covers"}

    def test_without_numbers_the_same_visit_is_not_taken_twice(self):
        create_customer(full_name="Lan", phones=["0912345678"])
        lines = (";02/03/2026;;0912345678;59.000;;;", ";02/03/2026;;0912345678;60.000;;;")
        assert finish(check(*lines, header=self.HEADER)).created_count == 2
        job = check(*lines, header=self.HEADER)
        assert (job.skipped, [codes(row) for row in rows(job)]) == (2, [["purchase_known"]] * 2)
        with pytest.raises(errors.NothingToImport):
            imports.start_import(job_id=job.id)

    def test_strangers_are_added_only_where_that_is_chosen_and_the_plan_has_room(self):
        header = self.HEADER + ";Tên KH"
        job = check("1;02/03/2026;KH1;;59.000;;;;Lan", "2;02/03/2026;KH1;;59.000;;;;Lan", header=header)
        assert [codes(row) for row in rows(job)] == [["customer_added"]] * 2
        imports.remap(job_id=job.id, add_missing=False)
        assert {tuple(codes(row)) for row in rows(job)} == {("customer_unknown",)}
        imports.remap(job_id=job.id, add_missing=True)
        finish(job)
        assert (Customer.objects.count(), Purchase.objects.count()) == (1, 2)


def sheets_zone():
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Ho_Chi_Minh")


class TestChoices:
    HEADER = "Mã KH;Họ và tên;SĐT;Email;Ghi chú"

    def test_only_new_or_only_known_ones(self):
        create_customer(full_name="Lan", phones=["0912345678"])
        job = check(";Lan;0912345678;;a", ";Hà;0977000111;;b", header=self.HEADER)
        for mode, outcomes in (
            ("create", [("skip", ["exists_already"]), ("create", [])]),
            ("update", [("update", []), ("skip", ["not_known"])]),
            ("both", [("update", []), ("create", [])]),
        ):
            imports.remap(job_id=job.id, mode=mode)
            assert [(row.outcome, codes(row)) for row in rows(job)] == outcomes
        imports.remap(job_id=job.id, mode="create")
        create_customer(full_name="Hà", phones=["0977000111"])
        finish(job)
        assert (job.created_count, job.skipped, Customer.objects.count()) == (0, 2, 2)

    @pytest.mark.parametrize(
        ("by", "outcomes"),
        [
            ("number", [("update", []), ("create", []), ("refuse", ["key_missing"])]),
            ("phone", [("update", ["number_elsewhere"]), ("refuse", ["key_missing"]), ("update", [])]),
            ("email", [("refuse", ["key_missing"]), ("update", []), ("refuse", ["key_missing"])]),
        ],
    )
    def test_customers_are_recognised_by_what_was_chosen(self, by, outcomes):
        create_customer(full_name="Lan", phones=["0912345678"])
        create_customer(full_name="Lan", external_ids={"file": "KH1"})
        create_customer(full_name="Hà", emails=["ha@x.vn"])
        create_customer(full_name="Vy", phones=["0977000222"])
        job = check("KH1;Lan;0912345678;;", "KH2;Hà;;ha@x.vn;", ";Vy;0977000222;;", header=self.HEADER)
        imports.remap(job_id=job.id, match_by=by)
        assert [(row.outcome, codes(row)) for row in rows(job)] == outcomes
        finish(job)
        assert job.failed_count == 0

    def test_silent_unless_chosen(self):
        finish(check(";Lan;0912345678;;", header=self.HEADER))
        assert not Event.objects.filter(name__startswith="customers.customer").exists()
        job = check(";Lan;0912345678;lan@x.vn;", ";Hà;0977000111;;", header=self.HEADER)
        imports.remap(job_id=job.id, is_loud=True)
        finish(job)
        assert sorted(Event.objects.values_list("name", flat=True).filter(name__startswith="customers.customer")) == [
            "customers.customer_changed",
            "customers.customer_created",
        ]

    def test_what_was_chosen_for_these_headers_is_offered_again(self):
        headers, lines = ["Cột A", "Cột B", "Cột C"], [["Lan", "0912345678", "bạc xỉu"]]
        job = upload(headers, lines)
        imports.remap(job_id=job.id, mapping={0: "full_name", 1: "phone", 2: "note"}, mode="create")
        assert ImportMapping.objects.count() == 0
        finish(job)
        again = upload(["Cột C", "Cột A", "Cột B"], [["đá", "Hà", "0977000111"]])
        assert again.mapping == {"0": "note", "1": "full_name", "2": "phone"}
        assert (again.mode, again.to_create, again.warnings[0]["code"]) == ("create", 1, "remembered")
        other = upload(["Cột A", "Cột B"], lines, kind="purchases")
        assert (other.kind, other.mapping) == ("purchases", {})
        changed = imports.remap(job_id=other.id, kind="customers")
        assert (changed.kind, changed.refused) == ("customers", 1)

    def test_nonsense_is_refused(self):
        for wrong in ({"kind": "recipes"}, {"mode": "all"}, {"match_by": "name"}, {"blank": "?"}):
            with pytest.raises((errors.ImportKindUnknown, errors.ChoiceInvalid)):
                upload(["Tên", "SĐT"], [["Lan", "0912345678"]], **wrong)
        job = check(";Lan;0912345678;;", header=self.HEADER)
        with pytest.raises(errors.ImportRowNotFound):
            correct_row(job_id=job.id, number=99, cells={0: "x"})
        finish(job)
        with pytest.raises(errors.ImportStateInvalid):
            correct_row(job_id=job.id, number=2, cells={0: "x"})

    def test_a_corrected_row_is_judged_beside_the_others(self):
        job = check(";Lan;0912345678;;", ";;0977000111;;", header=self.HEADER)
        assert correct_row(job_id=job.id, number=3, cells={1: "Hà", 2: "0912345678", 99: "x"}).outcome == "refuse"
        assert codes(ImportRow.objects.get(job=job, number=3)) == ["duplicate_row"]
        assert correct_row(job_id=job.id, number=3, cells={2: "0977000111"}).outcome == "create"
        job.refresh_from_db()
        assert (job.to_create, job.refused) == (2, 0)


class TestLongFiles:
    def test_they_are_checked_in_the_background_and_a_killed_check_goes_on(self, monkeypatch, run_agenda):
        monkeypatch.setattr(import_checking, "AT_ONCE", 3)
        monkeypatch.setattr(import_checking, "BATCH", 2)
        lines = [f";Khách {n};0977000{n % 4:03d};;;không" for n in range(6)]
        job = check(*lines, header="Mã KH;Họ và tên;SĐT;Email;Nhóm;Đồng ý khảo sát")
        assert (job.state, job.to_create) == ("checking", 0)
        assert import_checking.continue_check(job_id=job.id, budget=0) is not None
        job.refresh_from_db()
        assert (job.state, job.checked_count) == ("checking", 2)
        run_agenda()
        job.refresh_from_db()
        assert (job.state, job.checked_count, job.to_create, job.refused) == ("checked", 6, 4, 2)
        assert [codes(row) for row in rows(job)] == [[], [], [], [], ["duplicate_row"], ["duplicate_row"]]
        assert import_checking.continue_check(job_id=job.id) is None
        with pytest.raises(NotYet):
            import_checking.continue_check(job_id=new_id())

    def test_a_no_far_below_outweighs_a_yes_above(self, monkeypatch):
        monkeypatch.setattr(import_checking, "BATCH", 1)
        header = "Mã KH;Họ và tên;SĐT;Đồng ý khảo sát"
        job = check(";Lan;0912345678;có", ";Lan;0912345678;không", header=header)
        first = ImportRow.objects.get(job=job, number=2)
        assert (first.values["survey_consent"], codes(first)) == (False, ["consent_contradicted"])


def test_the_workbook_of_refused_rows_holds_text_only():
    job = check(";;=1+1;+x;", header="Mã KH;Họ và tên;SĐT;Email;Nhóm")
    table = read_table(import_refused.refused_rows_xlsx(job_id=job.id), "a.xlsx")
    assert table.rows[0][4] == "=1+1"
    import zipfile

    with zipfile.ZipFile(io.BytesIO(import_refused.refused_rows_xlsx(job_id=job.id))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
