"""What columns may be taken as beside the usual: the firm's own fields, and addresses parted into columns."""

import json

import pytest
from django.utils import translation

from customers import problems
from customers.admin.import_pages import kept_changes
from customers.exports import CUSTOMER_PREFETCH, CUSTOMER_RELATED, customer_columns
from customers.models import Customer, CustomField, ImportChange
from customers.services import imports
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer, update_customer
from customers.services.import_columns import columns_of
from cxcrm.core.exports.taking import take_list
from tests.customers.test_import_check import check, codes, rows
from tests.customers.test_import_run import finish, take
from tests.customers.test_import_undo import state_of, undo
from tests.support.sheets import as_xlsx

pytestmark = pytest.mark.django_db

LEVELS = [{"value": "vang", "vi": "Vàng", "en": "Gold"}, {"value": "bac", "vi": "Bạc", "en": "Silver"}]
DRINKS = [{"value": "tra", "vi": "Trà", "en": "Tea"}, {"value": "caphe", "vi": "Cà phê", "en": "Coffee"}]
HEADER = "Tên khách hàng;Điện thoại;Hạng thẻ;Ngày sinh;Chi tối đa;Số con;Ăn chay;Thích;Dặn dò"


@pytest.fixture(autouse=True)
def own_fields(in_alpha):
    for label, label_en, kind, choices in (
        ("Hạng thẻ", "Card level", "choice", LEVELS),
        ("Ngày sinh", "Birthday", "date", []),
        ("Chi tối đa", "Spends at most", "money", []),
        ("Số con", "Children", "number", []),
        ("Ăn chay", "Vegetarian", "yes_no", []),
        ("Thích", "Likes", "choices", DRINKS),
        ("Dặn dò", "", "text", []),
    ):
        save_custom_field(field=CustomField(label_vi=label, label_en=label_en, kind=kind, choices=choices))


class TestOwnFields:
    def test_their_cells_are_read_as_people_and_programs_write_them(self):
        job = check(
            "Lan;0912345678;vàng;5/3/1990;1tr2;2;có;Trà, coffee;ít đá",
            "Hà;0912345679;GOLD;1990-03-05;350k;1,5;không;;-",
            "Mai;0912345670;;32937;;;x;;",
            "Vy;0912345671;kim cương;hôm qua;nhiều;hai;chưa rõ;bia;ngọt",
            header=HEADER,
        )
        assert [column.field for column in columns_of(job)][2:] == [
            "custom.card_level", "custom.birthday", "custom.spends_at_most", "custom.children", "custom.vegetarian",
            "custom.likes", "custom.dan_do",
        ]  # fmt: skip
        lan, ha, mai, vy = rows(job)
        assert lan.values["custom"] == {
            "card_level": "vang", "birthday": "1990-03-05", "spends_at_most": 1_200_000, "children": 2,
            "vegetarian": True, "likes": ["tra", "caphe"], "dan_do": "ít đá",
        }  # fmt: skip
        assert ha.values["custom"] == {
            "card_level": "vang", "birthday": "1990-03-05", "spends_at_most": 350_000, "children": 1.5,
            "vegetarian": False,
        }  # fmt: skip
        assert mai.values["custom"] == {"birthday": "1990-03-05", "vegetarian": True}
        assert (vy.outcome, vy.values["custom"]) == ("create", {"dan_do": "ngọt"})
        assert sorted(codes(vy)) == [
            "own_not_a_date", "own_not_a_number", "own_not_money", "own_not_yes_no", "own_unknown_choice",
            "own_unknown_choice",
        ]  # fmt: skip
        (level,) = [one for one in vy.problems if one["column"] == "Hạng thẻ"]
        with translation.override("en"):
            assert problems.explain(level) == (
                "Hạng thẻ: “kim cương” is none of the choices of this field and is left out."
            )
            assert all(
                problems.explain({"code": f"own_{code}"}) != f"own_{code}" for code in ("too_long", "text_invalid")
            )
        finish(job)
        assert Customer.objects.get(full_name="Lan").custom == lan.values["custom"]
        assert Customer.objects.get(full_name="Vy").custom == {"dan_do": "ngọt"}

    def test_numbers_of_a_workbook_and_its_days_keep_what_they_are(self):
        data = as_xlsx(["Tên", "Điện thoại", "Số con", "Chi tối đa", "Ăn chay", "Ngày sinh"],
                       [["Lan", "0912345678", 1250.125, 350000, True, 32937]])  # fmt: skip
        (row,) = rows(imports.check_file(data=data, file_name="a.xlsx"))
        assert row.values["custom"] == {
            "children": 1250.125, "spends_at_most": 350_000, "vegetarian": True, "birthday": "1990-03-05",
        }  # fmt: skip

    def test_what_a_file_changes_goes_back_field_by_field_unless_changed_since(self):
        lan = create_customer(full_name="Lan", phones=["0912345678"], custom={"card_level": "bac", "children": 1})
        ha = create_customer(full_name="Hà", phones=["0912345679"], custom={"card_level": "bac"})
        before = state_of()
        job = take("Lan;0912345678;vàng;;;2;;;", "Hà;0912345679;vàng;;;3;;;", header=HEADER)
        change = ImportChange.objects.get(record_id=lan.id, field="custom")
        assert (change.before, change.after) == (
            {"card_level": "bac", "children": 1},
            {"card_level": "vang", "children": 2},
        )
        undo(job)
        assert (state_of(), job.kept_count) == (before, 0)
        again = take("Lan;0912345678;vàng;;;2;;;", "Hà;0912345679;vàng;;;3;;;", header=HEADER)
        update_customer(customer_id=ha.id, custom={"children": 4})
        undo(again)
        lan.refresh_from_db()
        ha.refresh_from_db()
        assert (again.undone_count, again.kept_count) == (1, 1)
        assert (lan.custom, ha.custom) == ({"card_level": "bac", "children": 1}, {"card_level": "bac", "children": 4})
        with translation.override("vi"):
            assert kept_changes(again) == [{"number": 3, "field": "Số con", "before": "–", "after": "3", "found": "4"}]

    def test_blanks_empty_what_may_be_empty_where_that_is_chosen(self):
        save_custom_field(field=CustomField(label_vi="Mã thẻ", kind="text", is_required=True))
        lan = create_customer(
            full_name="Lan", phones=["0912345678"], custom={"card_level": "bac", "children": 1, "ma_the": "T1"}
        )
        job = check("Lan;0912345678;;2;", header="Tên;Điện thoại;Hạng thẻ;Số con;Mã thẻ")
        finish(imports.remap(job_id=job.id, blank="clear"))
        lan.refresh_from_db()
        assert lan.custom == {"children": 2, "ma_the": "T1"}
        undo(job)
        lan.refresh_from_db()
        assert lan.custom == {"card_level": "bac", "children": 1, "ma_the": "T1"}

    def test_the_firms_own_word_for_a_column_beats_what_a_system_means_by_it(self):
        headers = "Mã khách hàng;Tên khách hàng;Điện thoại;Email;Địa chỉ;Mã số thuế;Nhóm KH;Công nợ;Ngày sinh"
        line = "KH1;Lan;0912345678;;;;vip;0;5/3/1990"
        job = check(line, header=headers)
        assert (job.looks_like, job.mapping["8"], job.mapping["6"]) == ("MISA", "custom.birthday", "tags")
        finish(job)
        again = check(line, header=headers)
        assert (again.warnings[0]["code"], again.mapping) == ("remembered", job.mapping)
        CustomField.objects.update(is_active=False)
        assert "8" not in check(line, header=headers).mapping

    @pytest.mark.parametrize(("language", "form"), [("vi", "xlsx"), ("vi", "csv"), ("en", "xlsx"), ("en", "csv")])
    def test_an_export_comes_back_as_what_it_was(self, language, form):
        create_customer(
            full_name="Nguyễn Thị Lan", phones=["0912345678", "02838221234"], emails=["lan@x.vn"], salutation="chi",
            tags=["vip", "=1+1"], external_ids={"file": "KH1", "pos": "77"}, note="dặn\nhai dòng", language="en",
            street_line="5 Lê Lợi", ward="Phường Bến Thành", province_code="79",
            organization=create_customer(full_name="Bình Minh", kind="organization", phones=["0912345677"]),
            custom={"card_level": "vang", "birthday": "5/3/1990", "spends_at_most": "1tr2", "children": "1250,125",
                    "vegetarian": False, "likes": "Trà; Cà phê", "dan_do": "-1 đường"},
        )  # fmt: skip
        before = state_of()
        everybody = Customer.objects.select_related(*CUSTOMER_RELATED).prefetch_related(*CUSTOMER_PREFETCH)
        with translation.override(language):
            taken = take_list(queryset=everybody, columns=customer_columns(), file_format=form, title="Khách")
            data = taken.file.read()
            job = imports.check_file(data=data, file_name=f"khach.{form}")
        assert (job.looks_like, job.to_update, job.refused) == ("cxcrm", 2, 0), [row.problems for row in rows(job)]
        assert {"custom.birthday", "custom.dan_do", "external_id", "address"} <= set(job.mapping.values())
        finish(job)
        assert state_of() == before
        assert job.changes.count() == 0
        # And into a firm that knows nobody yet, all of it.
        custom = Customer.objects.get(full_name="Nguyễn Thị Lan").custom
        Customer.objects.all().delete()
        finish(imports.check_file(data=data, file_name=f"khach.{form}"))
        lan = Customer.objects.get(full_name="Nguyễn Thị Lan")
        assert lan.custom == custom
        assert (lan.street_line, lan.ward, lan.province_code, lan.tags, lan.organization.full_name) == (
            "5 Lê Lợi", "Phường Bến Thành", "79", ["vip", "=1+1"], "Bình Minh",
        )  # fmt: skip


class TestAddresses:
    HEADER = "Tên khách hàng;Điện thoại;Địa chỉ;Phường/Xã;Quận/Huyện;Tỉnh/Thành"
    PARTS = ("address", "street_line", "ward", "province_code", "legacy_address")

    def known(self, name: str) -> tuple[str, ...]:
        customer = Customer.objects.get(full_name=name)
        return tuple(getattr(customer, part) for part in self.PARTS)

    def test_columns_become_parts_of_today_or_a_line_kept_as_written(self):
        job = take(
            "Lan;0912345678;5 Lê Lợi;bến thành;;TP.HCM",
            "Hà;0912345679;5 Lê Lợi;P. Bến Nghé;Quận 1;TP.HCM",
            "Mai;0912345670;5 Lê Lợi;Phường 99;;Đà Nẵng",
            "Vy;0912345671;5 Lê Lợi;;;Sao Hỏa",
            "Huy;0912345672;;;;",
            header=self.HEADER,
        )
        assert job.created_count == 5
        assert self.known("Lan") == (
            "5 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh", "5 Lê Lợi", "Phường Bến Thành", "79", "",
        )  # fmt: skip
        old = "5 Lê Lợi, P. Bến Nghé, Quận 1, TP.HCM"
        assert self.known("Hà") == (old, "", "", "79", old)
        assert self.known("Mai") == ("5 Lê Lợi, Phường 99, Đà Nẵng", "", "", "48", "5 Lê Lợi, Phường 99, Đà Nẵng")
        assert self.known("Vy") == ("5 Lê Lợi, Sao Hỏa", "", "", "", "5 Lê Lợi, Sao Hỏa")
        assert self.known("Huy") == ("",) * 5
        assert [codes(row) for row in rows(job)] == [[], [], ["ward_unknown"], ["province_unknown"], []]
        assert json.loads(json.dumps(rows(job)[2].problems))[0]["value"] == "Phường 99"

    def test_a_known_address_is_changed_completed_left_alone_and_given_back(self):
        line = "5 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh"
        for number, (name, address) in enumerate(
            (("Lan", line), ("Hà", "cũ"), ("Mai", "cũ"), ("Vy", ""), ("Huy", line))
        ):
            create_customer(full_name=name, phones=[f"091234567{number}"], address=address)
        Customer.objects.filter(full_name="Huy").update(street_line="", ward="", province_code="")
        before = state_of()
        job = check(
            "Lan;0912345670;5 Lê Lợi;Bến Thành;;TPHCM",
            "Hà;0912345671;9 Lê Lai;Bến Thành;;TPHCM",
            "Mai;0912345672;;Bến Thành;;TPHCM",
            "Vy;0912345673;;;;Đà Nẵng",
            "Huy;0912345674;5 Lê Lợi;Bến Thành;;TPHCM",
            header=self.HEADER,
        )
        finish(job)
        assert self.known("Hà")[:2] == ("9 Lê Lai, Phường Bến Thành, TP. Hồ Chí Minh", "9 Lê Lai")
        assert self.known("Mai") == ("cũ", "", "", "79", "cũ")
        assert self.known("Vy") == ("TP. Đà Nẵng", "", "", "48", "")
        assert self.known("Huy") == self.known("Lan") == (line, "5 Lê Lợi", "Phường Bến Thành", "79", "")
        assert not ImportChange.objects.filter(number=2).exists()
        undo(job)
        assert state_of() == before
        again = check("Lan;0912345670;;;;", header=self.HEADER)
        finish(imports.remap(job_id=again.id, blank="clear"))
        assert self.known("Lan") == ("",) * 5
        undo(again)
        assert state_of() == before

    def test_a_line_of_three_hundred_letters_gets_no_longer(self):
        job = take(f"Lan;0912345678;{'x' * 295};Bến Thành;Quận 1;TPHCM", header=self.HEADER)
        assert (self.known("Lan")[0], codes(rows(job)[0])) == ("x" * 295, ["shortened"])
