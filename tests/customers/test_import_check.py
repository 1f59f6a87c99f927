"""The dry run: what a file says, what taking it would do, and that no customer is touched."""

import csv
import io
import unicodedata
from datetime import date

import pytest
from django.utils import translation

from customers import errors, problems
from customers.models import Customer, ImportJob, ImportRow
from customers.selectors.imports import rows_left, rows_with_remarks
from customers.services import import_reading, import_refused, imports
from customers.services.customers import create_customer
from customers.services.import_columns import columns_of
from cxcrm.core.ids import new_id
from cxcrm.demo.spreadsheet import FIRST_ROW, SHOP, SHOP_FILE_NAME, ShopRow, shop_file
from tenants.models import Plan, Tenant
from tenants.staff.models import Firm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

HEADER = "Mã KH;Họ và tên;SĐT;Email;Đồng ý khảo sát;Ngày đồng ý"

UNREACHABLE = "There is no usable phone number, e-mail address or customer number to recognise this customer by."

UNCLEAR = "is no clear yes or no; this customer counts as not asked and gets no survey."


def sheet(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def check(*lines: str, header: str = HEADER, **options) -> ImportJob:
    return imports.check_file(data=sheet(*lines, header=header), file_name="khach.csv", **options)


def rows(job: ImportJob) -> list[ImportRow]:
    return list(job.rows.order_by("number"))


def codes(row: ImportRow) -> list[str]:
    return [problem["code"] for problem in row.problems]


class TestTheShopsFile:
    def test_every_row_is_understood_and_nobody_is_stored(self, owner_alpha):
        job = imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME, uploaded_by=owner_alpha)
        assert (job.state, job.file_name, job.uploaded_by) == ("checked", SHOP_FILE_NAME, owner_alpha)
        assert (job.to_create, job.to_update, job.refused) == (9, 0, 2)
        assert [row.outcome for row in rows(job)] == [*["create"] * 6, "refuse", "create", "refuse", "create", "create"]
        assert [row.number for row in rows(job)] == list(range(FIRST_ROW, FIRST_ROW + len(SHOP)))
        assert [(row.values["full_name"], row.values["salutation"]) for row in rows(job)] == [
            ("Lan", "chi"),
            ("Minh", "anh"),
            ("Nguyễn Thị Thu Hà", ""),
            ("Hương", "chi"),
            ("Tuấn", "anh"),
            ("K'Brếu Ha Nhàn", ""),
            ("Lan", "chi"),
            ("Hạnh", "chi"),
            ("Danh Sóc Thia", ""),
            ("Trần Quang Huy", ""),
            ("Lý Gia Hân", ""),
        ]
        assert [row.values["phones"][:1] for row in rows(job)[:3]] == [
            [["+84912345678", "912345678"]],
            [["+84903112233", "0903 112 233"]],
            [["+84388888888", "0168 888 8888"]],
        ]
        assert [codes(row) for row in rows(job)] == [
            ["phone_leading_zero_added"],
            [],
            ["phone_prefix_converted_2018"],
            [],
            ["phone_leading_zero_added"],
            ["email_unreadable"],
            ["duplicate_row"],
            [],
            ["contact_missing"],
            [],
            ["consent_unclear"],
        ]
        assert rows(job)[0].values["survey_consent_date"] == "2025-10-12"
        assert [row.values["survey_consent"] for row in rows(job)] == [
            True, True, True, True, None, True, None, True, None, False, None,
        ]  # fmt: skip
        assert not Customer.objects.exists()
        assert rows_left(job.id) == 9
        assert [row.number for row in rows_with_remarks(job.id)] == [11, 13, 5, 7, 9, 10, 15]

    def test_what_is_left_out_of_the_file_is_said(self):
        job = imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME)
        with translation.override("en"):
            assert [problems.explain_warning(warning) for warning in job.warnings] == [
                "Row 16 is a total and no customer; it is left out.",
                "2 lines above the headers are left out.",
                "These columns are not taken: STT, Sinh nhật.",
            ]

    def test_every_column_shows_what_it_is_taken_as(self):
        columns = columns_of(imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME))
        assert [(column.field, column.confidence) for column in columns] == [
            ("", 0.0),
            ("full_name", 1.0),
            ("phone", 1.0),
            ("email", 1.0),
            ("", 0.0),
            ("tags", 1.0),
            ("address", 1.0),
            ("note", 1.0),
            ("survey_consent", 1.0),
            ("survey_consent_date", 1.0),
        ]
        assert columns[1].header == "Họ và tên"
        assert columns[1].examples == ["C. Lan", "A Minh", "NGUYỄN THỊ THU HÀ"]
        assert columns[9].examples == ["12/10/2025", "12/10/2025", "03/11/2025"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_same_list_in_any_writing_says_the_same(encoding, delimiter):
    text = f"{HEADER}\nKH1;Chị Lan;0912345678;lan@x.vn;Có;\n".replace(";", delimiter)
    data = _tones_apart(text).encode(encoding) if encoding == "cp1258" else text.encode(encoding)
    job = imports.check_file(data=data, file_name="khach.csv")
    (row,) = rows(job)
    assert (row.outcome, row.values["full_name"], row.values["salutation"]) == ("create", "Lan", "chi")
    assert row.values["survey_consent"] is True


def _tones_apart(text: str) -> str:
    """As Windows' old Vietnamese code page writes it: letters whole, tones as marks of their own."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters = []
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        letter = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        letters.append(letter + "".join(mark for mark in marks if mark in tones))
    return "".join(letters)


class TestOneRow:
    @pytest.mark.parametrize(
        ("header", "line", "expected"),
        [
            ("Họ;Tên;SĐT", "Nguyễn Thị;Thu Hà;0912345678", {"full_name": "Nguyễn Thị Thu Hà", "given_name": "Hà"}),
            ("Họ;Tên;SĐT", "Nguyễn;;0912345678", {"full_name": "Nguyễn", "given_name": "Nguyễn"}),
            ("Tên khách hàng;Xưng hô;SĐT", "Lan;Cô;0912345678", {"salutation": "co"}),
            ("Tên khách hàng;Xưng hô;SĐT", "Chị Lan;Ms.;0912345678", {"full_name": "Lan", "salutation": "chi"}),
            ("Tên khách hàng;Loại khách;SĐT", "A Minh;Công ty;0912345678",
             {"kind": "organization", "full_name": "A Minh"}),
            ("Tên khách hàng;Công ty;SĐT", ";Bình Minh;0912345678", {"kind": "organization", "full_name": "Bình Minh"}),
            ("Tên khách hàng;Công ty;SĐT", "Lan;Bình Minh;0912345678", {"kind": "person", "company_name": "Bình Minh"}),
            ("Tên khách hàng;Ngôn ngữ;SĐT", "Lan;Tiếng Anh;0912345678", {"language": "en"}),
            ("Tên khách hàng;Nhóm;SĐT", "Lan;vip, VIP | quán sỉ;0912345678", {"tags": ["vip", "quán sỉ"]}),
            ("Tên khách hàng;Email;SĐT", "Lan;không có;0912345678", {"emails": []}),
            (
                "Tên khách hàng;Email;SĐT",
                "Lan;a@x.vn, , B@x.vn;-",
                {"emails": [["a@x.vn", "a@x.vn"], ["b@x.vn", "B@x.vn"]], "phones": []},
            ),
            ("Tên khách hàng;SĐT;Ngày đồng ý;Đồng ý khảo sát", "Lan;0912345678;3/11/25 10:00;x",
             {"survey_consent_date": "2025-11-03"}),
            ("Tên khách hàng;SĐT;Ngày đồng ý;Đồng ý khảo sát", "Lan;0912345678;2025-11-03;x",
             {"survey_consent_date": "2025-11-03"}),
            ("Tên khách hàng;Ghi chú;SĐT", "Anh Tuấn Q7;hay ghé;0912345678", {"note": "Q7, hay ghé"}),
        ],
    )  # fmt: skip
    def test_is_understood(self, header, line, expected):
        (row,) = rows(check(line, header=header))
        assert row.outcome == "create"
        assert row.problems == []
        assert {key: row.values.get(key) for key in expected} == expected

    @pytest.mark.parametrize(
        ("header", "line", "outcome", "said"),
        [
            ("Tên khách hàng;SĐT", ";0912345678", "refuse", ["Tên khách hàng: There is no name."]),
            ("Tên khách hàng;SĐT", "Lan;hỏi lại", "refuse",
             ["SĐT: “hỏi lại” is no phone number and is left out.", UNREACHABLE]),
            ("Tên khách hàng;SĐT", f"{'L' * 161};0912345678", "refuse",
             ["Tên khách hàng: The name is too long (more than 160 characters)."]),
            ("Tên khách hàng;Mã KH;SĐT", f"Lan;{'9' * 121};0912345678", "refuse",
             ["Mã KH: The customer number is too long (more than 120 characters)."]),
            ("Tên khách hàng;Email;SĐT", "Lan;lan@@x;0912345678", "create",
             ["Email: “lan@@x” is no e-mail address and is left out."]),
            ("Tên khách hàng;Xưng hô;SĐT", "Lan;Bé;0912345678", "create",
             ["Xưng hô: “Bé” is no salutation we know; the customer is addressed neutrally."]),
            ("Tên khách hàng;Ngôn ngữ;SĐT", "Lan;Pháp;0912345678", "create",
             ["Ngôn ngữ: “Pháp” is no language we write in; your own is used."]),
            ("Tên khách hàng;Loại khách;SĐT", "Lan;Vàng;0912345678", "create",
             ["Loại khách: “Vàng” is neither a person nor an organisation; a person is assumed."]),
            ("Tên khách hàng;Nhóm;SĐT", f"Lan;{'a' * 41};0912345678", "create",
             ["Nhóm: The text was too long and is cut after 40 characters."]),
            ("Tên khách hàng;Địa chỉ;SĐT", f"Lan;{'a' * 301};0912345678", "create",
             ["Địa chỉ: The text was too long and is cut after 300 characters."]),
            ("Tên khách hàng;Email", "Lan;" + ",".join(f"a{n}@x.vn" for n in range(11)), "create",
             ["Email: Only the first 10 are kept."]),
            ("Tên khách hàng;SĐT;Đồng ý khảo sát;Ngày đồng ý", "Lan;0912345678;có;31/02/2025", "create",
             ["Ngày đồng ý: “31/02/2025” is no date (day/month/year); today is used."]),
            ("Tên khách hàng;SĐT;Đồng ý khảo sát;Ngày đồng ý", "Lan;0912345678;có;01/01/1900", "create",
             ["Ngày đồng ý: “01/01/1900” is no date (day/month/year); today is used."]),
            ("Tên khách hàng;SĐT;Đồng ý khảo sát;Ngày đồng ý", "Lan;0912345678;có;01/01/2999", "create",
             ["Ngày đồng ý: “01/01/2999” lies in the future; today is used."]),
            ("Tên khách hàng;SĐT;Đồng ý khảo sát", "Lan;0912345678;để xem", "create",
             [f"Đồng ý khảo sát: “để xem” {UNCLEAR}"]),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_with_its_column(self, header, line, outcome, said):
        (row,) = rows(check(line, header=header))
        assert row.outcome == outcome
        with translation.override("en"):
            assert [problems.explain(problem) for problem in row.problems] == said

    def test_an_english_firm_writes_given_names_first(self):
        Firm.objects.update(language="en", country="SG")
        (row,) = rows(check("Emma;Clarke;6123 4567", header="First name;Last name;Phone"))
        assert (row.values["full_name"], row.values["given_name"]) == ("Emma Clarke", "Emma")
        assert row.values["phones"] == [["+6561234567", "6123 4567"]]

    def test_a_column_without_a_header_is_called_by_its_letters(self):
        job = check("Lan;0912345678;xx", header="Tên khách hàng;SĐT;")
        job = imports.remap(job_id=job.id, mapping={0: "full_name", 1: "phone", 2: "email"})
        assert rows(job)[0].problems == [{"code": "email_unreadable", "column": "C", "value": "xx"}]
        assert import_reading.column_name([], 0) == "A"
        assert import_reading.column_name(["x"], 27) == "AB"
        assert import_reading.column_name([], 701) == "ZZ"


class TestMatching:
    def outcome(self, line: str) -> tuple[str, list[str]]:
        (row,) = rows(check(line))
        return row.outcome, codes(row)

    def test_by_number_then_phone_then_address(self):
        create_customer(full_name="Lan", external_ids={"file": "KH1"}, phones=["0912345678"], emails=["lan@x.vn"])
        assert self.outcome("KH1;Ai đó;0999999999;;;")[0] == "update"
        assert self.outcome(";Lan;0912345678;;;")[0] == "update"
        assert self.outcome(";Lan;;LAN@x.vn;;")[0] == "update"
        assert self.outcome(";Lan;0999999999;khac@x.vn;;")[0] == "create"

    def test_two_customer_numbers_are_two_customers_whatever_they_share(self):
        create_customer(full_name="Lan", external_ids={"file": "KH1"}, phones=["0912345678"])
        assert self.outcome("KH2;Minh;0912345678;;;")[0] == "create"
        job = check("KH8;Lan;0977000111;;;", "KH9;Minh;0977000111;;;", ";Bé;0977000111;;;")
        assert [(row.outcome, codes(row)) for row in rows(job)] == [
            ("create", []),
            ("create", []),
            ("refuse", ["duplicate_row"]),
        ]

    def test_a_number_of_another_system_says_nothing(self):
        create_customer(full_name="Lan", external_ids={"web": "KH1"}, phones=["0912345678"])
        assert self.outcome("KH1;Minh;0977000111;;;")[0] == "create"
        assert self.outcome("KH1;Lan;0912345678;;;")[0] == "update"

    def test_of_a_family_the_name_then_the_other_contacts_decide(self):
        create_customer(full_name="Trần Lan", phones=["0912345678"], emails=["lan@x.vn"])
        create_customer(full_name="Trần Minh", phones=["0912345678"], emails=["minh@x.vn"])
        assert self.outcome(";tran minh;0912345678;;;")[0] == "update"
        assert self.outcome(";Bố;0912345678;minh@x.vn;;")[0] == "update"
        assert self.outcome(";Bố;0912345678;bo@x.vn;;") == ("refuse", ["ambiguous"])
        (row,) = rows(check(";Bố;0912345678;;;"))
        assert row.problems == [{"code": "ambiguous", "column": "", "value": "0912 345 678"}]

    def test_a_second_row_of_the_same_customer_is_refused_and_named(self):
        create_customer(full_name="Lan", phones=["0912345678"], emails=["lan@x.vn"])
        job = check(
            "KH1;A;0977000111;;;", "KH1;B;0977000222;;;", ";C;0977000111;;;", ";D;;d@x.vn;;", ";E;;D@x.vn;;",
            ";Lan;0912345678;;;", ";Lan;;lan@x.vn;;",
        )  # fmt: skip
        assert [(row.outcome, codes(row)) for row in rows(job)] == [
            ("create", []),
            ("refuse", ["duplicate_row"]),
            ("refuse", ["duplicate_row"]),
            ("create", []),
            ("refuse", ["duplicate_row"]),
            ("update", []),
            ("refuse", ["duplicate_row"]),
        ]
        assert [row.problems[0]["row"] for row in rows(job) if row.outcome == "refuse"] == [2, 2, 5, 7]
        assert [row.problems[0]["value"] for row in rows(job) if row.outcome == "refuse"] == [
            "KH1", "0977 000 111", "d@x.vn", "Lan",
        ]  # fmt: skip

    def test_a_no_in_a_refused_second_row_still_counts(self):
        job = check(";Lan;0912345678;;có;", ";Lan;0912345678;;không;", ";Hà;0977000111;;;", ";Hà;0977000111;;không;")
        first, _twin, unasked, _other = rows(job)
        assert first.values["survey_consent"] is False
        assert first.problems == [{"code": "consent_contradicted", "column": "", "row": 3}]
        assert unasked.problems == []

    def test_a_refused_row_does_not_make_another_one_a_duplicate(self):
        job = check(";;0912345678;;;", ";Lan;0912345678;;;")
        assert [row.outcome for row in rows(job)] == ["refuse", "create"]

    def test_a_thousand_rows_ask_no_more_than_one(self, exactly):
        lines = [f"KH{n};Khách {n};09{n:08d};k{n}@x.vn;có;" for n in range(900)]
        with exactly(17):
            check(lines[0])
        with exactly(17):
            check(*lines)


class TestFile:
    @pytest.mark.parametrize(
        ("data", "code", "words"),
        [
            (b"", "import.empty", "There are no customers in this file."),
            (HEADER.encode(), "import.empty", "There are no customers in this file."),
            (b"PK\x03\x04 broken", "import.unreadable", "This file is damaged or protected."),
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "import.not_a_table", "This is no table."),
            (b"a;1\nb;2\n", "import.no_header", "There is no row of headers."),
            (b"x" * (20 * 1024 * 1024 + 1), "import.too_large", "This file is too large."),
            (f"{HEADER}\n".encode() + b"1;a;0912345678\n" * 100_001, "import.too_many_rows", "This file has more rows"),
        ],
    )
    def test_a_broken_file_is_refused_whole(self, data, code, words):
        with translation.override("en"), pytest.raises(errors.FileRefused) as caught:
            imports.check_file(data=data, file_name="khach.csv")
        assert caught.value.code == code
        assert str(caught.value).startswith(words)
        assert not ImportJob.objects.exists()

    def test_a_file_name_is_a_name(self):
        data = sheet(";Lan;0912345678;;;")
        assert imports.check_file(data=data, file_name="C:\\Users\\../../khach.csv").file_name == "khach.csv"
        assert imports.check_file(data=data, file_name="").file_name == "-"
        assert imports.check_file(data=data, file_name=f"{'d' * 300}.csv").file_name.endswith("d.csv")
        with pytest.raises(errors.TextInvalid):
            imports.check_file(data=data, file_name="a\x00.csv")

    def test_nobody_is_asked_without_a_consent_column(self):
        job = check("Lan;0912345678", header="Tên khách hàng;SĐT")
        assert job.warnings == [{"code": "consent_column_missing", "data": {}}]

    def test_the_plan_is_looked_at_before(self, alpha):
        Tenant.objects.filter(pk=alpha.id).update(plan=Plan.objects.create(code="two", name="Two", max_customers=2))
        create_customer(full_name="Một")
        job = check(";A;0977000111;;;", ";B;0977000222;;;")
        assert job.warnings == [{"code": "limit", "data": {"limit": 2, "left": 1, "over": 1}}]
        assert check(";A;0977000111;;;").warnings == [{"code": "room", "data": {"limit": 2, "left": 1, "over": 0}}]


class TestColumns:
    def test_another_choice_is_another_dry_run(self):
        job = check("0912345678;Lan;x", header="Tên khách hàng;Cột lạ;Đồng ý khảo sát")
        assert job.refused == 1
        again = imports.remap(job_id=job.id, mapping={0: "phone", 1: "full_name", 2: ""})
        assert (again.to_create, again.refused) == (1, 0)
        assert again.mapping == {"0": "phone", "1": "full_name"}
        assert rows(again)[0].values["full_name"] == "Lan"
        assert [warning["code"] for warning in again.warnings] == ["columns_ignored", "consent_column_missing"]
        assert [(c.field, c.confidence) for c in columns_of(again)] == [("phone", 1.0), ("full_name", 1.0), ("", 0.0)]

    def test_a_choice_may_come_with_the_file(self):
        job = check("0912345678;Lan", header="Một;Hai cột", mapping={0: "phone", 1: "full_name"})
        assert job.to_create == 1

    @pytest.mark.parametrize(
        "mapping", [{0: "password"}, {0: "phone", 1: "phone"}, {9: "phone"}, {-1: "phone"}, {0: "birthday"}]
    )
    def test_an_impossible_choice_changes_nothing(self, mapping):
        job = check(";Lan;0912345678;;;")
        with pytest.raises(errors.MappingInvalid):
            imports.remap(job_id=job.id, mapping=mapping)
        job.refresh_from_db()
        assert (job.to_create, job.rows.count()) == (1, 1)

    def test_only_a_dry_run_can_be_changed(self):
        job = check(";Lan;0912345678;;;")
        imports.start_import(job_id=job.id)
        with pytest.raises(errors.ImportStateInvalid):
            imports.remap(job_id=job.id, mapping={1: "full_name"})
        with pytest.raises(errors.ImportNotFound):
            imports.remap(job_id=new_id(), mapping={})


class TestDiscard:
    def test_the_rows_go_and_so_does_what_they_say(self):
        job = check(";Lan;0912345678;;;")
        assert imports.discard_import(job_id=job.id).state == "discarded"
        assert not job.rows.exists()
        assert imports.discard_import(job_id=job.id).state == "discarded"
        with pytest.raises(errors.ImportStateInvalid):
            imports.start_import(job_id=job.id)

    def test_what_was_started_stays(self):
        job = check(";Lan;0912345678;;;")
        imports.start_import(job_id=job.id)
        with pytest.raises(errors.ImportStateInvalid):
            imports.discard_import(job_id=job.id)
        assert job.rows.count() == 1


class TestRefusedRows:
    def test_come_back_as_they_were_with_the_reason(self):
        job = check(";Lan;0912345678;;;", ";;0977000111;;có;", ";=HYPERLINK(1);-;@x;;")
        with translation.override("en"):
            data = import_refused.refused_rows_csv(job_id=job.id)
        assert data.startswith(b"\xef\xbb\xbf")
        header, *lines = csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")
        assert header == ["Row", "Reason", *HEADER.split(";")]
        assert lines == [
            ["3", "Họ và tên: There is no name.", "", "", "0977000111", "", "có", ""],
            [
                "4",
                f"Email: “@x” is no e-mail address and is left out. {UNREACHABLE}",
                "",
                "'=HYPERLINK(1)",
                "'-",
                "'@x",
                "",
                "",
            ],
        ]

    def test_corrected_they_can_be_uploaded_again(self):
        job = check(";;+84977000111;;có;")
        data = import_refused.refused_rows_csv(job_id=job.id).decode("utf-8-sig")
        fixed = data.replace(";;'+84977000111", ";Lan;'+84977000111").encode()
        again = imports.check_file(data=fixed, file_name="sua.csv")
        assert (again.to_create, again.refused) == (1, 0)
        assert rows(again)[0].values["phones"][0][0] == "+84977000111"

    def test_an_english_firm_gets_commas(self):
        Firm.objects.update(language="en")
        job = check(";;0977000111;;;")
        with translation.override("en"):
            assert b"Row,Reason," in import_refused.refused_rows_csv(job_id=job.id)

    @pytest.mark.parametrize(
        "cell",
        ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1", "＠1", "\u00a0=1", "\u3000-1", "\0=1"],
    )
    def test_no_cell_is_a_formula(self, cell):
        assert import_refused.guarded(cell) == f"'{cell}"

    @pytest.mark.parametrize("cell", ["Lan", "0912", 12, "a=1", "", None, "'=1"])
    def test_other_cells_stay_as_they_are(self, cell):
        assert import_refused.guarded(cell) == str(cell)

    def test_of_an_unknown_import_there_are_none(self):
        with pytest.raises(errors.ImportNotFound):
            import_refused.refused_rows_csv(job_id=new_id())


class TestWords:
    @pytest.mark.parametrize("code", list(problems._PROBLEMS))
    def test_every_problem_has_words_even_without_its_values(self, code):
        assert "%(" not in problems.explain({"code": code})

    @pytest.mark.parametrize("code", [*problems._WARNINGS, "title_rows_skipped", "cells_cleaned"])
    def test_every_warning_has_words(self, code):
        assert "%(" not in problems.explain_warning({"code": code, "data": {}})

    def test_an_unknown_code_is_shown_as_it_is(self):
        assert problems.explain({"code": "new_thing"}) == "new_thing"

    def test_what_keeps_a_row_out_is_explained(self):
        assert set(problems._PROBLEMS) >= problems.REFUSING

    def test_one_line_is_one_line(self):
        with translation.override("en"):
            sentence = problems.explain_warning({"code": "title_rows_skipped", "data": {"count": 1}})
        assert sentence == "1 line above the headers is left out."


def test_the_shop_can_be_any_shop():
    job = imports.check_file(
        data=shop_file([ShopRow("Chị Mai", 977000111, consent="có", consent_day=date(2025, 1, 2))]),
        file_name="mot.xlsx",
    )
    assert (job.to_create, rows(job)[0].values["survey_consent_date"]) == (1, "2025-01-02")
