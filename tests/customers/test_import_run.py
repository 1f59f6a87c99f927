"""The go-ahead: rows become customers, in pieces, once, whatever happens in between."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, IntegrityError
from django.utils import translation

from customers import errors, problems, timeline
from customers.models import Consent, Customer, ImportJob, ImportRow, Interaction
from customers.selectors.consents import standing
from customers.services import import_refused, import_run, import_writing, imports
from customers.services.consents import state_consent
from customers.services.customers import create_customer, update_customer
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.ids import new_id
from cxcrm.demo.spreadsheet import SHOP_FILE_NAME, shop_file
from feedback.models import Invitation
from tenants.models import Plan, Tenant
from tenants.services.agenda import Later, NotYet
from tenants.staff.models import Firm
from tests.customers.test_import_check import HEADER, check, codes, rows
from workflows.models import Event, Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def finish(job: ImportJob) -> ImportJob:
    """Start and take every row here."""
    imports.start_import(job_id=job.id)
    while import_run.take_chunk(job_id=job.id):
        pass
    job.refresh_from_db()
    return job


def take(*lines: str, header: str = HEADER) -> ImportJob:
    return finish(check(*lines, header=header))


class TestTheShopsFile:
    def test_becomes_nine_customers_through_the_agenda(self, run_agenda, owner_alpha, mailoutbox):
        job = imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME, uploaded_by=owner_alpha)
        events = Event.objects.count()
        assert imports.start_import(job_id=job.id).state == "running"
        assert imports.start_import(job_id=job.id).state == "running"
        assert run_agenda() == 3  # the rows, and what two rooms do with them
        job.refresh_from_db()
        assert (job.state, job.created_count, job.updated_count, job.failed_count) == ("done", 9, 0, 0)
        assert job.finished_at is not None
        assert imports.start_import(job_id=job.id).state == "done"
        assert list(Customer.objects.order_by("sort_key").values_list("full_name", flat=True)) == [
            "Nguyễn Thị Thu Hà", "Hạnh", "Lý Gia Hân", "Trần Quang Huy", "Hương", "Lan", "Minh",
            "K'Brếu Ha Nhàn", "Tuấn",
        ]  # fmt: skip
        lan = Customer.objects.get(full_name="Lan")
        assert (lan.raw_name, lan.salutation, lan.salutation_source) == ("C. Lan", "chi", "import")
        assert (lan.given_name, lan.language, lan.tags) == ("Lan", "vi", ["dân văn phòng"])
        assert (lan.note, lan.address) == ("bạc xỉu ít ngọt", "12 Trần Quang Khải, P. Tân Định")
        assert list(lan.contact_points.values_list("kind", "value", "raw", "is_primary")) == [
            ("email", "lan@khach.example", "lan@khach.example", True),
            ("phone", "+84912345678", "912345678", True),
        ]
        assert lan.search_text == "lan\nlan@khach.example\n+84912345678\n0912345678\ndan van phong\n"
        consent = lan.consents.get()
        assert (consent.granted, consent.method, consent.evidence) == (True, "file", f"{SHOP_FILE_NAME}, 5")
        assert consent.stated_at == datetime(2025, 10, 11, 17, tzinfo=UTC)  # midnight in Việt Nam
        with translation.override("en"):
            assert [(timeline.describe(entry), entry.actor_label) for entry in lan.interactions.all()] == [
                (f"Added from the file {SHOP_FILE_NAME}, row 5", owner_alpha.full_name),
                ("Agreed to: surveys", owner_alpha.full_name),
            ]
        assert rows(job)[0].customer == lan
        everybody = {c.full_name: c.id for c in Customer.objects.all()}
        assert standing(everybody.values(), "survey") == {
            everybody["Lan"]: True,
            everybody["Minh"]: True,
            everybody["Nguyễn Thị Thu Hà"]: True,
            everybody["Hương"]: True,
            everybody["K'Brếu Ha Nhàn"]: True,
            everybody["Hạnh"]: True,
            everybody["Trần Quang Huy"]: False,
        }
        assert Event.objects.count() == events + 1
        finished = Event.objects.get(name="customers.import_finished")
        assert (finished.payload, finished.actor_id) == ({"job_id": str(job.id)}, owner_alpha.id)
        # Whoever agreed long ago must not hear of it today: an import mails nobody and asks nobody.
        assert (mailoutbox, Message.objects.count(), Invitation.objects.count()) == ([], 0, 0)

    def test_a_second_time_it_changes_nothing(self):
        finish(imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME))
        before = list(Customer.objects.order_by("id").values())
        entries, consents = Interaction.objects.count(), Consent.objects.count()
        job = imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME)
        assert (job.to_create, job.to_update, job.refused) == (0, 9, 2)
        finish(job)
        assert (job.created_count, job.updated_count, job.failed_count) == (0, 9, 0)
        assert list(Customer.objects.order_by("id").values()) == before
        assert (Interaction.objects.count(), Consent.objects.count()) == (entries, consents)


class TestUpdate:
    @pytest.fixture
    def lan(self, in_alpha):
        return create_customer(
            full_name="Nguyen Thi Lan",
            phones=["0912345678"],
            tags=["vip"],
            note="bạc xỉu",
            external_ids={"file": "KH1"},
        )

    def test_the_file_adds_and_blanks_keep(self, lan):
        job = take(
            "KH1;Nguyễn Thị Lan;0977000111;lan@x.vn;VIP;12 Trần Quang Khải;ít ngọt;Tiếng Anh",
            header="Mã KH;Họ và tên;SĐT;Email;Nhóm;Địa chỉ;Ghi chú;Ngôn ngữ",
        )
        lan.refresh_from_db()
        assert (job.created_count, job.updated_count) == (0, 1)
        assert (lan.full_name, lan.raw_name, lan.given_name) == ("Nguyễn Thị Lan", "Nguyễn Thị Lan", "Lan")
        assert (lan.tags, lan.address, lan.note, lan.language) == (
            ["vip"], "12 Trần Quang Khải", "bạc xỉu\nít ngọt", "en",
        )  # fmt: skip
        assert list(lan.contact_points.values_list("value", "is_primary")) == [
            ("lan@x.vn", True),
            ("+84912345678", True),
            ("+84977000111", False),
        ]
        assert lan.version == 2
        assert "0977000111" in lan.search_text
        assert "kh1" in lan.search_text
        assert lan.interactions.first().data == {
            "file": "khach.csv",
            "row": 2,
            "fields": ["address", "emails", "full_name", "language", "note", "phones"],
        }
        take("KH1;Nguyễn Thị Lan;0912345678;;;")
        lan.refresh_from_db()
        assert (lan.version, lan.address) == (2, "12 Trần Quang Khải")

    @pytest.mark.parametrize(
        ("line", "name", "said"),
        [
            ("KH1;Nguyễn Thị Mai;;;;", "Nguyễn Thị Mai", []),
            (";Nguyễn Thị Lan;0912345678;;;", "Nguyễn Thị Lan", []),
            (";Nguyễn Thị Ngọc Lan;0912345678;;;", "Nguyễn Thị Ngọc Lan", []),
            (";Nguyen thi Lan;0912345678;;;", "Nguyen Thi Lan", []),
            (";Chị Lan;0912345678;;;", "Nguyen Thi Lan", ["name_differs"]),
            (";Trần Minh;0912345678;;;", "Nguyen Thi Lan", ["name_differs"]),
        ],
    )
    def test_a_name_changes_only_for_the_same_person(self, lan, line, name, said):
        (row,) = rows(take(line))
        lan.refresh_from_db()
        assert (row.outcome, row.customer, lan.full_name) == ("updated", lan, name)
        assert codes(row) == said

    @pytest.mark.parametrize(
        ("source", "expected"),
        [("declared", ("co", "declared")), ("staff", ("co", "staff")), ("inferred", ("chi", "import"))],
    )
    def test_a_salutation_somebody_confirmed_stays(self, lan, source, expected):
        update_customer(customer_id=lan.id, salutation="co", salutation_source=source)
        take("KH1;Chị Lan;;;;")
        lan.refresh_from_db()
        assert (lan.salutation, lan.salutation_source) == expected

    def test_contacts_and_tags_have_their_limits(self, lan):
        update_customer(
            customer_id=lan.id,
            phones=[f"09123456{number:02d}" for number in range(10)],
            tags=[f"t{number}" for number in range(30)],
        )
        take("KH1;Lan;0977000111;;mới", header="Mã KH;Họ và tên;SĐT;Email;Nhóm")
        lan.refresh_from_db()
        assert lan.contact_points.count() == 10
        assert len(lan.tags) == 30

    def test_a_shared_customer_number_is_added_to_whom_a_contact_found(self):
        minh = create_customer(full_name="Minh", phones=["0977000111"])
        take("KH7;Minh;0977000111;;;")
        assert minh.external_ids.get().value == "KH7"
        assert take("KH7;Minh;0999999999;;;").updated_count == 1


class TestConsent:
    @pytest.fixture
    def lan(self, in_alpha):
        return create_customer(full_name="Lan", phones=["0912345678"])

    def say(self, customer: Customer, granted: bool, days_ago: int) -> None:
        state_consent(
            customer_id=customer.id,
            purpose="survey",
            granted=granted,
            method="page",
            stated_at=now() - timedelta(days=days_ago),
        )

    def file_says(self, word: str, day: str = "") -> ImportRow:
        (row,) = rows(take(f";Lan;0912345678;;{word};{day}"))
        return row

    def test_an_old_list_never_opts_anybody_in_again(self, lan):
        self.say(lan, granted=False, days_ago=10)
        job = check(";Lan;0912345678;;có;")
        assert codes(rows(job)[0]) == ["consent_withdrawn_stands"]
        finish(job)
        assert codes(rows(job)[0]) == ["consent_withdrawn_stands"]
        assert standing([lan.id], "survey") == {lan.id: False}
        day = now() - timedelta(days=20)
        assert codes(self.file_says("có", f"{day:%d/%m/%Y}")) == ["consent_withdrawn_stands"]
        assert standing([lan.id], "survey") == {lan.id: False}

    def test_a_later_dated_yes_counts(self, lan):
        self.say(lan, granted=False, days_ago=10)
        day = now() - timedelta(days=5)
        assert codes(self.file_says("có", f"{day:%d/%m/%Y}")) == []
        assert standing([lan.id], "survey") == {lan.id: True}

    def test_a_no_withdraws_a_yes_unless_it_is_older(self, lan):
        self.say(lan, granted=True, days_ago=10)
        day = now() - timedelta(days=20)
        self.file_says("không", f"{day:%d/%m/%Y}")
        assert standing([lan.id], "survey") == {lan.id: True}
        self.file_says("không")
        assert standing([lan.id], "survey") == {lan.id: False}
        assert Consent.objects.filter(method="file").count() == 1
        assert lan.interactions.first().what == "consent.withdrawn"

    def test_what_stands_already_is_not_written_again(self, lan):
        self.say(lan, granted=True, days_ago=10)
        self.file_says("có")
        assert Consent.objects.count() == 1

    def test_without_a_word_nobody_agreed(self, lan):
        self.file_says("")
        self.file_says("có thể")
        assert not Consent.objects.exists()


class TestOrganisations:
    HEADER = "Họ và tên;SĐT;Công ty"

    def test_people_of_one_company_belong_together(self):
        job = take("Lan;0912345678;Bình Minh", "Minh;0977000111;BÌNH MINH", header=self.HEADER)
        company = Customer.objects.get(kind="organization")
        assert (company.full_name, company.given_name, company.search_text) == ("Bình Minh", "", "binh minh\n")
        assert set(company.people.values_list("full_name", flat=True)) == {"Lan", "Minh"}
        assert (job.created_count, Customer.objects.count()) == (2, 3)
        with translation.override("en"):
            assert timeline.describe(company.interactions.get()) == (
                "Added as organisation of a customer in the file khach.csv"
            )

    def test_a_known_company_is_found_by_its_name_and_a_link_stays(self):
        old = create_customer(full_name="Bình Minh", kind="organization")
        lan = create_customer(full_name="Lan", phones=["0912345678"])
        take("Lan;0912345678;binh minh", header=self.HEADER)
        lan.refresh_from_db()
        assert lan.organization == old
        take("Lan;0912345678;Hoàng Hôn", header=self.HEADER)
        lan.refresh_from_db()
        assert lan.organization == old

    def test_a_company_itself_is_a_customer(self):
        take(";0912345678;Bình Minh", header=self.HEADER)
        assert Customer.objects.get().kind == "organization"


class TestLimits:
    def test_what_the_plan_does_not_hold_fails_visibly(self, alpha):
        Tenant.objects.filter(pk=alpha.id).update(plan=Plan.objects.create(code="two", name="Two", max_customers=2))
        create_customer(full_name="Lan", phones=["0912345678"])
        job = take(";A;0977000111;;;", ";B;0977000222;;;", ";Lan;0912345678;lan@x.vn;;")
        assert (job.state, job.created_count, job.updated_count, job.failed_count) == ("done", 1, 1, 1)
        assert [(row.outcome, codes(row)) for row in rows(job)] == [
            ("created", []),
            ("failed", ["limit_reached"]),
            ("updated", []),
        ]
        assert Customer.objects.count() == 2
        assert b"B;0977000222" in import_refused.refused_rows_csv(job_id=job.id)

    def test_a_company_needs_room_too(self, alpha):
        Tenant.objects.filter(pk=alpha.id).update(plan=Plan.objects.create(code="one", name="One", max_customers=1))
        job = take("Lan;0912345678;Bình Minh", header="Họ và tên;SĐT;Công ty")
        assert job.failed_count == 1
        assert not Customer.objects.exists()


class TestPieces:
    def test_each_piece_is_settled_and_the_rest_waits(self, monkeypatch):
        monkeypatch.setattr(import_run, "CHUNK", 2)
        job = check(*(f";Khách;0977000{number:03d};;;" for number in range(5)))
        imports.start_import(job_id=job.id)
        assert import_run.take_chunk(job_id=job.id) is True
        job.refresh_from_db()
        assert (job.state, job.created_count, Customer.objects.count()) == ("running", 2, 2)
        assert [row.outcome for row in rows(job)] == ["created", "created", "create", "create", "create"]
        assert import_run.take_chunk(job_id=job.id) is True
        assert import_run.take_chunk(job_id=job.id) is True
        assert import_run.take_chunk(job_id=job.id) is False
        job.refresh_from_db()
        assert (job.state, job.created_count, Customer.objects.count()) == ("done", 5, 5)
        assert import_run.take_chunk(job_id=job.id) is False
        assert Event.objects.filter(name="customers.import_finished").count() == 1

    def test_a_long_import_lets_others_work_in_between(self, monkeypatch, run_agenda):
        monkeypatch.setattr(import_run, "CHUNK", 1)
        job = check(*(f";Khách;0977000{number:03d};;;" for number in range(3)))
        imports.start_import(job_id=job.id)
        assert isinstance(import_run.continue_import(job_id=job.id, budget=0.0), Later)
        assert Customer.objects.count() == 1
        run_agenda()
        job.refresh_from_db()
        assert (job.state, Customer.objects.count()) == ("done", 3)

    def test_an_unknown_job_is_waited_for(self):
        with pytest.raises(NotYet):
            import_run.continue_import(job_id=new_id())

    @pytest.mark.parametrize("statement", range(1, 7))
    def test_killed_at_any_statement_it_resumes_without_a_trace(self, monkeypatch, statement):
        """Each write of a piece is broken in turn, as a killed worker's connection breaks it."""
        job = check("KH1;Lan;0912345678;lan@x.vn;có;", "KH2;Minh;0977000111;;;")
        imports.start_import(job_id=job.id)
        written = 0

        def failing(original):
            def write(*args, **kwargs):
                nonlocal written
                written += 1
                if written == statement:
                    raise ConnectionError("killed")
                return original(*args, **kwargs)

            return write

        for name in ("copy_objects", "copy_rows", "rewrite_rows"):
            monkeypatch.setattr(import_writing, name, failing(getattr(import_writing, name)))
        with pytest.raises(ConnectionError):
            import_run.take_chunk(job_id=job.id)
        job.refresh_from_db()
        assert (job.created_count, Customer.objects.count(), Consent.objects.count()) == (0, 0, 0)
        assert [row.outcome for row in rows(job)] == ["create", "create"]
        import_run.continue_import(job_id=job.id)
        job.refresh_from_db()
        assert (job.state, job.created_count, Customer.objects.count()) == ("done", 2, 2)
        assert Consent.objects.count() == 1


class TestRowsTheDatabaseRefuses:
    def broken_for(self, monkeypatch, name: str, error: type[Exception]) -> None:
        original = import_run.write

        def write(job, found):
            if any(row.values["full_name"] == name for row in found):
                raise error
            return original(job, found)

        monkeypatch.setattr(import_run, "write", write)

    @pytest.mark.parametrize(("error", "code"), [(IntegrityError, "taken_meanwhile"), (DataError, "not_storable")])
    def test_only_that_row_fails(self, monkeypatch, error, code):
        self.broken_for(monkeypatch, "Minh", error)
        job = take(";Lan;0912345678;;;", "KH2;Minh;0977000111;;;", ";Hà;0977000222;;;")
        assert (job.state, job.created_count, job.failed_count) == ("done", 2, 1)
        assert [(row.outcome, codes(row)) for row in rows(job)] == [
            ("created", []),
            ("failed", [code]),
            ("created", []),
        ]
        assert set(Customer.objects.values_list("full_name", flat=True)) == {"Lan", "Hà"}
        assert problems.explain(rows(job)[1].problems[0]) != code

    def test_whom_a_row_means_is_decided_when_it_is_taken(self):
        job = check(";Lan;0912345678;;;", ";Minh;0977000111;;;")
        assert (job.to_create, job.to_update) == (2, 0)
        create_customer(full_name="Lan", phones=["0912345678"])
        for name in ("A", "B"):
            create_customer(full_name=name, phones=["0977000111"])
        finish(job)
        assert [(row.outcome, codes(row)) for row in rows(job)] == [("updated", []), ("failed", ["ambiguous"])]
        assert Customer.objects.count() == 3


def test_with_every_row_refused_there_is_nothing_to_start():
    job = check(";;0912345678;;;")
    with pytest.raises(errors.NothingToImport):
        imports.start_import(job_id=job.id)
    job.refresh_from_db()
    assert job.state == "checked"
    with pytest.raises(errors.ImportNotFound):
        imports.start_import(job_id=new_id())


def test_an_english_firms_customers_have_their_given_name_first():
    Firm.objects.update(language="en", country="SG")
    take("Emma Clarke;6123 4567", header="Name;Phone")
    customer = Customer.objects.get()
    assert (customer.given_name, customer.name_order, customer.language) == ("Emma", "given_first", "en")


def test_without_an_uploader_the_import_signs_as_the_system(owner_alpha):
    job = check(";Lan;0912345678;;;")
    imports.start_import(job_id=job.id)
    with acting_as(Actor("user", owner_alpha.id, "ai đó")):
        import_run.continue_import(job_id=job.id)
    assert {entry.actor_kind for entry in Interaction.objects.all()} == {"system"}


def test_marks_of_the_databases_own_notation_are_text_like_any_other():
    job = take(r'Lan,0912345678,"vip {a}"" \ b;\N;{};NULL;a	b"', r"An \. Nguyễn,0912345679,", header="Tên,SĐT,Nhóm")
    assert (job.created_count, job.failed_count) == (2, 0)
    lan, an = Customer.objects.order_by("id")
    assert lan.tags == ['vip {a}" \\ b', "\\N", "{}", "NULL", "a b"]
    assert (an.raw_name, an.tags, an.custom) == (r"An \. Nguyễn", [], {})


def test_pieces_do_not_wait_for_the_disk_one_by_one_but_the_end_does(django_assert_max_num_queries):
    job = check("Lan,0912345678,", header="Tên,SĐT,Nhóm")
    imports.start_import(job_id=job.id)
    with django_assert_max_num_queries(40) as asked:
        assert import_run.take_chunk(job_id=job.id)
    assert "SET LOCAL synchronous_commit = off" in [query["sql"] for query in asked.captured_queries]
    with django_assert_max_num_queries(10) as asked:
        assert not import_run.take_chunk(job_id=job.id)
    assert not [query for query in asked.captured_queries if "synchronous_commit" in query["sql"]]
