"""Several people at the same moment: unique keys and locks decide, and nobody sees a crash."""

import pytest

from customers.errors import ExternalIdTaken, TooManyFiles, VersionConflict
from customers.models import ContactPoint, Customer, ExternalId, ImportJob, ImportRow, Understanding
from customers.services import import_run, imports
from customers.services.attachments import MAX_PER_SUBJECT, attach_file
from customers.services.consents import state_consent
from customers.services.customers import create_customer, find_or_create_by_contact, update_customer
from customers.services.facts import note_fact
from cxcrm.demo.spreadsheet import SHOP_FILE_NAME, shop_file
from tenants.context import in_tenant
from tenants.errors import PlanLimitReached
from tenants.models import Plan, Tenant
from tests.customers.files import jpeg
from tests.support.race import race

pytestmark = pytest.mark.django_db(transaction=True)

ATTEMPTS = 6


def kinds(outcomes: list) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_one_number_elsewhere_goes_to_one_customer(alpha):
    outcomes = race(
        alpha, *[lambda: create_customer(full_name="Lan", external_ids={"till": "1"}) for _ in range(ATTEMPTS)]
    )
    assert kinds(outcomes) == ["Customer", *[ExternalIdTaken.__name__] * (ATTEMPTS - 1)]
    with in_tenant(alpha):
        assert (Customer.objects.count(), ExternalId.objects.count()) == (1, 1)


def test_one_number_elsewhere_is_not_given_away_twice_by_a_change(alpha):
    with in_tenant(alpha):
        ids = [create_customer(full_name=f"Khách {n}").id for n in range(ATTEMPTS)]
    outcomes = race(
        alpha,
        *[lambda ident=ident: update_customer(customer_id=ident, external_ids={"till": "1"}) for ident in ids],
    )
    assert kinds(outcomes) == ["Customer", *[ExternalIdTaken.__name__] * (ATTEMPTS - 1)]


def test_a_form_sent_many_times_makes_one_customer(alpha):
    outcomes = race(
        alpha,
        *[
            lambda: find_or_create_by_contact(full_name="Lan", phone="0912345678", email="lan@x.vn")
            for _ in range(ATTEMPTS)
        ],
    )
    assert sorted(created for _customer, created in outcomes) == [False] * (ATTEMPTS - 1) + [True]
    assert len({customer.pk for customer, _created in outcomes}) == 1


def test_editors_of_one_version_are_told_but_one(alpha):
    with in_tenant(alpha):
        lan = create_customer(full_name="Lan")
    outcomes = race(
        alpha,
        *[lambda n=n: update_customer(customer_id=lan.id, version=1, note=f"bản {n}") for n in range(ATTEMPTS)],
    )
    assert kinds(outcomes) == ["Customer", *[VersionConflict.__name__] * (ATTEMPTS - 1)]
    with in_tenant(alpha):
        assert Customer.objects.get().version == 2


def test_the_last_place_of_the_plan_is_taken_once(alpha):
    Tenant.objects.filter(pk=alpha.id).update(plan=Plan.objects.create(code="one", name="One", max_customers=1))
    outcomes = race(alpha, *[lambda n=n: create_customer(full_name=f"Khách {n}") for n in range(ATTEMPTS)])
    assert kinds(outcomes) == ["Customer", *[PlanLimitReached.__name__] * (ATTEMPTS - 1)]


def test_the_last_place_for_a_file_is_taken_once(alpha):
    with in_tenant(alpha):
        lan = create_customer(full_name="Lan")
        for number in range(MAX_PER_SUBJECT - 1):
            attach_file(customer_id=lan.id, file_name=f"{number}.jpg", content=jpeg())
    put = {"customer_id": lan.id, "file_name": "b.jpg", "content": jpeg()}
    outcomes = race(alpha, *[lambda: attach_file(**put) for _ in range(ATTEMPTS)])
    assert kinds(outcomes) == ["Attachment", *[TooManyFiles.__name__] * (ATTEMPTS - 1)]


def test_a_second_tap_on_opt_out_is_one_statement(alpha):
    with in_tenant(alpha):
        lan = create_customer(full_name="Lan")
    say_no = {"customer_id": lan.id, "purpose": "survey", "granted": False, "method": "page", "evidence": "link"}
    outcomes = race(alpha, *[lambda: state_consent(**say_no) for _ in range(ATTEMPTS)])
    assert len({consent.pk for consent in outcomes}) == 1


def test_two_imports_of_one_file_at_once_make_no_customer_twice(alpha, monkeypatch):
    monkeypatch.setattr(import_run, "CHUNK", 3)
    with in_tenant(alpha):
        jobs = [imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME) for _ in range(2)]
        for job in jobs:
            imports.start_import(job_id=job.id)
    outcomes = race(alpha, *[lambda job=job: import_run.continue_import(job_id=job.id) for job in jobs])
    assert outcomes == [None, None]
    with in_tenant(alpha):
        assert Customer.objects.count() == 9
        assert ContactPoint.objects.count() == 17
        done = list(ImportJob.objects.values_list("state", "created_count", "updated_count", "failed_count"))
        assert {state for state, *_ in done} == {"done"}
        assert sum(created for _, created, _, _ in done) == 9
        assert sum(updated for _, _, updated, _ in done) == 9
        assert sum(failed for *_, failed in done) == 0


def test_two_workers_on_one_import_take_each_row_once(alpha, monkeypatch):
    monkeypatch.setattr(import_run, "CHUNK", 2)
    with in_tenant(alpha):
        job = imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME)
        imports.start_import(job_id=job.id)
    outcomes = race(alpha, *[lambda: import_run.continue_import(job_id=job.id) for _ in range(3)])
    assert outcomes == [None, None, None]
    with in_tenant(alpha):
        job.refresh_from_db()
        assert (job.state, job.created_count, Customer.objects.count()) == ("done", 9, 9)


def test_an_import_and_partners_with_the_same_numbers_end_without_a_crash(alpha, monkeypatch):
    """Partners create customers with the numbers the file brings, while it is being taken."""
    monkeypatch.setattr(import_run, "CHUNK", 2)
    lines = "\n".join(f"KH{n};Khách;0977000{n:03d}" for n in range(20))
    with in_tenant(alpha):
        job = imports.check_file(data=f"Mã KH;Họ và tên;SĐT\n{lines}".encode(), file_name="a.csv")
        imports.start_import(job_id=job.id)

    def partner():
        made = 0
        for n in reversed(range(20)):
            try:
                create_customer(full_name="Khách", external_ids={"file": f"KH{n}"}, phones=[f"0977000{n:03d}"])
                made += 1
            except ExternalIdTaken:
                pass
        return made

    done, made = race(alpha, lambda: import_run.continue_import(job_id=job.id), partner)
    assert done is None
    with in_tenant(alpha):
        job.refresh_from_db()
        assert (job.state, job.failed_count) == ("done", 0)
        assert job.created_count + made == 20
        assert ExternalId.objects.count() == Customer.objects.count() == 20
        assert not ImportRow.objects.filter(outcome__in=["create", "update"]).exists()


def test_what_is_learned_at_one_moment_is_all_counted(alpha):
    with in_tenant(alpha):
        ha = create_customer(full_name="Nguyễn Thu Hà")
    outcomes = race(
        alpha,
        lambda: note_fact(customer_id=ha.id, kind="need", text="Gói 20 ly"),
        lambda: note_fact(customer_id=ha.id, kind="usage", text="Mang đi"),
        lambda: state_consent(customer_id=ha.id, purpose="survey", granted=True, method="staff"),
        lambda: note_fact(customer_id=ha.id, kind="need", text="gói 20 ly"),
    )
    assert kinds(outcomes) == ["Consent", "Fact", "Fact", "Fact"]
    with in_tenant(alpha):
        stood = Understanding.objects.get(customer=ha)
        assert (stood.known, stood.understood, stood.empathised) == (15, 20, 20)
        assert ha.facts.count() == 2
