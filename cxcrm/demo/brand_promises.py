"""What the demo firms promise everybody, and how the last periods went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from journeys.models import Touchpoint
from tenants.staff.models import User
from workflows.models import Promise
from workflows.services.brand_promises import make_brand_promise

_State = Promise.State


@dataclass(frozen=True)
class Said:
    """One promise; ``past`` is what became of the last periods with what one could see, the latest last."""

    text: str
    where: str
    owner: str
    months: int
    due_in: int
    touchpoint: str = ""
    past: tuple[tuple[str, str], ...] = ()


PROMISES: Final[dict[str, tuple[Said, ...]]] = {
    "suongmai": (
        Said(
            "Gọi món xong, 5 phút là có nước mang đi",
            "biển ở quầy, tờ rơi",
            "duyen",
            3,
            41,
            "hang-cho",
            (
                (_State.BROKEN, "Đo 3 buổi sáng ở 4 quán: giờ cao điểm chờ 9 phút"),
                (_State.KEPT_LATE, "Sau khi thêm người lúc 7h: còn 6 phút, giữa kỳ mới đạt 5"),
                (_State.KEPT, "Đo 3 buổi sáng ở 4 quán: chờ 4 phút rưỡi"),
            ),
        ),
        Said(
            "Hạt tới tay khách trong 7 ngày kể từ ngày rang",
            "bao bì hạt, trang bán hạt",
            "han",
            3,
            5,
            "giao-hat-si",
            (
                (_State.KEPT, "Xem ngày rang trên 40 đơn: lâu nhất 6 ngày"),
                (_State.BROKEN, "11 trên 40 đơn trễ, vì máy rang bảo trì"),
            ),
        ),
        Said("Giờ mở cửa trên bản đồ là giờ mở cửa thật", "trang chỉ đường, Facebook", "nam", 1, 12, "google-maps"),
    ),
    "kestrel": (
        Said(
            "Ready when we said it would be",
            "website, CarePlan leaflet",
            "marcus",
            3,
            33,
            "pick-up",
            (
                (_State.BROKEN, "One bike in five was late by more than an hour"),
                (_State.KEPT, "Sign-off times of the quarter: 96 in 100 in time"),
            ),
        ),
        Said("Cancel CarePlan in one click", "website", "nurul", 6, 80, "careplan"),
    ),
}


@transaction.atomic
def lay_brand_promises(demo: DemoFirm) -> None:
    """Write the register once; what went before is laid as it would stand there."""
    if Promise.objects.filter(customer__isnull=True).exists():
        return
    for said in PROMISES.get(demo.slug, ()):
        current = make_brand_promise(
            text=said.text,
            said_where=said.where,
            due_at=now() + timedelta(days=said.due_in),
            owner_id=User.objects.get(email=demo.email(said.owner)).pk,
            renews_months=said.months,
            touchpoint_id=Touchpoint.objects.get(code=said.touchpoint).pk if said.touchpoint else None,
        )
        _lay_past(current, said)


def _lay_past(current: Promise, said: Said) -> None:
    length = timedelta(days=30 * said.months)
    before: Promise | None = None
    for number, (state, evidence) in enumerate(said.past):
        due = current.due_at - length * (len(said.past) - number)
        before = _past(current, due, before, state, evidence)
        Promise.objects.filter(pk=before.pk).update(created_at=due - length)
    if before is not None:
        Promise.objects.filter(pk=current.pk).update(follows=before)


def _past(current: Promise, due: datetime, before: Promise | None, state: str, evidence: str) -> Promise:
    return Promise.objects.create(
        text=current.text,
        said_where=current.said_where,
        due_at=due,
        owner_id=current.owner_id,
        department_id=current.department_id,
        renews_months=current.renews_months,
        touchpoint_id=current.touchpoint_id,
        follows=before,
        state=state,
        evidence=evidence,
        settled_at=due + timedelta(days=9 if state == _State.KEPT_LATE else -1),
        settled_by_id=current.owner_id,
    )
