"""What staff of the demo firms promised customers over a year, most of it kept, laid in as it would stand there."""

import random
from datetime import timedelta
from typing import Final

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from feedback.models import Complaint
from workflows.models import Promise

_State = Promise.State
EVERY: Final = 4  # one closed case in so many came with a promise
DAYS: Final = 365
LENGTHS: Final = (timedelta(hours=3), timedelta(hours=8), timedelta(days=1), timedelta(days=3))
# Of a hundred: kept in time, kept late, broken.
ENDS: Final = ((_State.KEPT, 79), (_State.KEPT_LATE, 11), (_State.BROKEN, 10))
TEXTS: Final = {
    "vi": (
        ("Gọi lại trước 17 giờ để báo kết quả", "Đã gọi, khách nghe máy"),
        ("Hoàn tiền trong ngày", "Ảnh chuyển khoản trong vụ việc"),
        ("Gửi lại hóa đơn đúng mã số thuế", "Khách xác nhận đã nhận qua e-mail"),
        ("Giao bù ly khác trước giờ trưa", "Khách nhắn đã nhận"),
        ("Báo quản lý quán và nhắn lại sau ca", "Tin nhắn trả lời trong vụ việc"),
    ),
    "en": (
        ("Ring back before 5 pm with a time", "Rang, they picked up"),
        ("Refund the charge today", "Transfer slip in the case"),
        ("Have the bike ready by Friday noon", "Signed off at 11:20 on Friday"),
        ("Lend a bike until the part is in", "Loan form signed"),
        ("Send the invoice again with the right name", "They wrote back: received"),
    ),
}


@transaction.atomic
def lay_kept_promises(demo: DemoFirm) -> None:
    """Beside closed cases of a year, once."""
    closed = Complaint.objects.filter(state__startswith="closed", received_at__gt=now() - timedelta(days=DAYS))
    cases = list(closed.select_related("owner").order_by("received_at", "pk")[::EVERY])
    if not cases or Promise.objects.filter(complaint__in=cases).exists():
        return
    rng = random.Random(f"promises {demo.slug}")
    texts = TEXTS[demo.language]
    rows = []
    for case in cases:
        made = case.received_at + timedelta(hours=rng.uniform(0.2, 4))
        due = made + rng.choice(LENGTHS)
        (state,) = rng.choices([one for one, _share in ENDS], [share for _one, share in ENDS])
        text, evidence = rng.choice(texts)
        settled = due + timedelta(hours=rng.uniform(1, 30)) if state == _State.KEPT_LATE else made + (due - made) * 0.7
        if due > now() or settled > now():
            continue
        rows.append(
            Promise(
                customer_id=case.customer_id, complaint=case, text=text, due_at=due, owner=case.owner,
                department_id=case.owner.department_id, state=state, created_at=made,
                evidence="" if state == _State.BROKEN else evidence,
                settled_at=due if state == _State.BROKEN else settled,
                settled_by=None if state == _State.BROKEN else case.owner,
            )
        )  # fmt: skip
    Promise.objects.bulk_create(rows)
