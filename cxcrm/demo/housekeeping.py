"""What gathers in a firm at work: customers entered twice, lists people come back to, a file of orders taken in."""

import io
import random
from datetime import timedelta
from typing import Final

import xlsxwriter
from django.db import transaction

from customers.models import Customer, ExternalId, ImportJob
from customers.services import imports
from customers.services.customers import create_customer
from customers.services.import_kinds import kind_of
from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.past_purchases import CHANNELS, MENU, WORKSHOP
from cxcrm.demo.people import PERSONAS, SG_PERSONAS
from cxcrm.demo.plans import MONTH
from tenants.staff.models import Branch, SavedView, User
from tenants.staff.roles import Role
from tenants.staff.services.views import save_view

ORDERS: Final = 60
# Every so many rows of the workshop's file are a month of its plan, with the day it is valid until.
PLAN_EVERY: Final = 8
_HEADERS: Final = {
    "vi": ("Mã hóa đơn", "Thời gian", "Mã khách hàng", "Sản phẩm", "Khách cần trả", "Trạng thái", "Chi nhánh", "Kênh bán"),
    "en": ("Invoice number", "Date", "Customer code", "Items", "Total", "Status", "Branch", "Channel", "Valid until"),
}  # fmt: skip


@transaction.atomic
def lay_doubles_and_views(demo: DemoFirm) -> None:
    """Three customers entered a second time, each as it happens at a counter; two views. Done once."""
    if SavedView.objects.exists():
        return
    known = Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("created_at", "id")
    with_both = known.filter(contact_points__kind="phone").filter(contact_points__kind="email").distinct()
    by_phone, by_email = with_both[7], with_both[19]
    by_place = known.exclude(pk__in=(by_phone.pk, by_email.pk)).exclude(address="").first()
    create_customer(full_name=_in_a_hurry(by_phone), phones=_contacts(by_phone, "phone"), silent=True)
    create_customer(full_name=by_email.full_name, emails=_contacts(by_email, "email"), silent=True)
    if by_place is not None:
        names = ("street_line", "ward", "province_code") if by_place.ward else ("address",)
        place = {name: getattr(by_place, name) for name in names}
        create_customer(full_name=by_place.full_name, silent=True, **place)
    leader = User.objects.working().filter(role=Role.MANAGER).order_by("created_at").first()
    if leader is None:
        return
    late, regulars = ("Quá hạn, mức cao", "Khách {tag}") if demo.language == "vi" else ("Overdue and high", "{tag}s")
    tag = (PERSONAS if demo.country == "VN" else SG_PERSONAS)[-1][0]
    for model, name, query in (
        ("feedback.complaint", late, "show=overdue&severity=S2"),
        ("customers.customer", regulars.format(tag=tag).capitalize(), f"tag={tag}"),
    ):
        save_view(owner_id=leader.pk, model=model, name=name, query=query, is_shared=True)


def start_orders(demo: DemoFirm) -> ImportJob | None:
    """Upload and start a file of last week's orders; the workers do the rest. Done once."""
    if ImportJob.objects.filter(kind="purchases").exists():
        return None
    leader = User.objects.working().filter(role=Role.MANAGER).order_by("created_at").first()
    name = "hoa-don-tuan-truoc.xlsx" if demo.language == "vi" else "last-weeks-invoices.xlsx"
    job = imports.check_file(data=_orders(demo), file_name=name, kind=kind_of("purchases").code, uploaded_by=leader)
    imports.start_import(job_id=job.pk)
    return job


def _in_a_hurry(customer: Customer) -> str:
    """The name as somebody types it with a queue before the counter."""
    return customer.full_name.lower()


def _contacts(customer: Customer, kind: str) -> list[str]:
    return list(customer.contact_points.filter(kind=kind).values_list("value", flat=True))


def _orders(demo: DemoFirm) -> bytes:
    """Orders of customers the firm knows by number, and two of somebody it does not."""
    rng, vietnamese = random.Random(5), demo.country == "VN"
    codes = list(ExternalId.objects.order_by("value").values_list("value", flat=True)[:400])
    branches = list(Branch.objects.order_by("name").values_list("name", flat=True))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    moment, day = (book.add_format({"num_format": shown}) for shown in ("dd/mm/yyyy hh:mm", "dd/mm/yyyy"))
    sheet.write_row(0, 0, _HEADERS[demo.language])
    for row in range(1, ORDERS + 1):
        bought = rng.choices(MENU if vietnamese else WORKSHOP, k=rng.choice((1, 1, 2)))
        is_plan = not vietnamese and row % PLAN_EVERY == 0
        bought = [MONTH] if is_plan else bought
        worth = sum(price for _what, price in bought) * (1_000 if vietnamese else 1)
        code = rng.choice(codes) if row not in (17, 42) else f"{codes[0]}X"
        at = (now() - timedelta(days=rng.uniform(2, 9))).replace(hour=rng.randrange(7, 19), tzinfo=None)
        sheet.write_string(row, 0, f"T{row:05d}")
        sheet.write_datetime(row, 1, at, moment)
        state = "Hoàn thành" if vietnamese else "Completed"
        channel = rng.choice(CHANNELS) if vietnamese else "workshop"
        cells = [code, ", ".join(what for what, _price in bought), worth, state, rng.choice(branches), channel]
        sheet.write_row(row, 2, cells)
        if is_plan:
            sheet.write_datetime(row, 2 + len(cells), at + timedelta(days=30), day)
    book.close()
    return buffer.getvalue()
