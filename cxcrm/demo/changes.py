"""What departments of a demo firm ask of each other: late, promised, done; one was handed over, one asker has left."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from journeys.models import Insight, Touchpoint
from tenants.staff.models import Department, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tenants.staff.services.configuration import save_user
from workflows.models import ChangeRequest, ChangeStep
from workflows.selectors.change_requests import cases_to_rest_on
from workflows.services.change_days import propose_day
from workflows.services.change_handing import hand_over_change
from workflows.services.change_requests import answer_change, ask_for_change, finish_change, judge_change, raise_change
from workflows.services.change_successors import follow_person

CASES: Final = 2
DUE_IN, LATER = timedelta(days=10), timedelta(days=7)
_MOMENTS: Final = ("created_at", "answer_by", "answered_at", "choose_by", "settled_at", "done_at", "judged_at")


@dataclass(frozen=True)
class Asked:
    """One request, asked so many days ago; ``answer`` "" leaves it waiting, which is late after a week."""

    by: str
    of: str
    subject: str
    hurts: str
    touchpoint: str
    # Words of the cases that show it; "" for none.
    said: str = ""
    days_ago: int = 0
    answer: str = ""
    words: str = ""
    done: str = ""
    helped: str = ""
    # Why it takes a week longer than promised, which whoever asked has not agreed to yet.
    longer: str = ""
    # Handed over by hand: to whom, and why.
    over_to: str = ""
    over_because: str = ""


@dataclass(frozen=True)
class Leaver:
    """Somebody who asked for a change and has left since: it goes on with the head of their department."""

    key: str
    full_name: str
    job_title: str
    department: str


LEAVERS: Final[dict[str, Leaver]] = {
    "suongmai": Leaver("thuy", "Trịnh Thị Bích Thủy", "Giám sát các quán Đà Lạt", "Vận hành"),
}

REQUESTS: Final[dict[str, tuple[Asked, ...]]] = {
    "suongmai": (
        Asked(
            "tung",
            "Vận hành",
            "Đổi nắp ly giao hàng sang loại có nút chặn",
            "Ly đổ ra túi dọc đường, khách nhận nửa ly và phải tự lau xe; tuần nào cũng có vài ảnh gửi về.",
            "giao-do-uong",
            "ly đổ",
            24,
            "agreed",
            "Thay dần từ kho Tân Định, hết nắp cũ trong hai tuần.",
            "Cả 12 quán đã dùng nắp có nút chặn và túi có vách ngăn.",
            "Hai tuần nay không còn vụ việc nào về ly đổ.",
        ),
        Asked(
            "ngan",
            "Marketing",
            "Gửi bản tóm tắt khuyến mãi cho các quán ba ngày trước khi chạy",
            "Khách hỏi điều kiện ưu đãi mà cả ca không ai biết, mỗi quán trả lời một kiểu.",
            "mang-xa-hoi",
            "",
            8,
        ),
        Asked(
            "tung",
            "Marketing",
            "Sửa giờ mở cửa trên bản đồ trong ngày khi quán đổi giờ",
            "Trên Google ghi 6 giờ 30, khách tới 6 giờ 45 quán còn đóng cửa, trễ giờ làm luôn.",
            "google-maps",
            "Google ghi",
            2,
            "countered",
            "Quản lý quán nhắn nhóm chung trước 20:00, Marketing sửa trước giờ mở cửa hôm sau.",
        ),
        Asked(
            "tung",
            "Vận hành",
            "Cho khách biết còn chờ bao lâu ngay khi gọi món",
            "Khách không bực vì chờ, mà vì không biết còn phải chờ bao lâu nên cứ đứng hỏi ở quầy.",
            "hang-cho",
            "",
            6,
            "agreed",
            "Làm ở ba quán đông nhất trước, rồi tới các quán còn lại.",
            longer="Nhà cung cấp giao bảng hiển thị trễ, ba quán đầu phải dời thêm một tuần.",
        ),
        Asked(
            "han",
            "Tài chính",
            "Xuất hóa đơn sỉ ngay lúc giao hàng",
            "Quán sỉ nhận hóa đơn sau cả tuần, sai mã số thuế thì không kịp sửa trước kỳ khai thuế.",
            "giao-hat-si",
            "Robusta",
            15,
            "declined",
            "Phần mềm kế toán chưa cho xuất từ xưởng; xem lại khi nâng cấp vào tháng Ba.",
        ),
        Asked(
            "thia",
            "Tài chính",
            "Hoàn tiền QR trong ngày, không chờ kỳ đối soát",
            "Khách bị trừ tiền hai lần phải chờ 16 ngày, gọi bốn cuộc mà chúng tôi không có gì để trả lời.",
            "thanh-toan-qr",
            "quét QR",
            1,
            over_to="duyen",
            over_because="Tôi đi công tác tới thứ Năm; chị Duyên quyết được việc hoàn tiền ngay tại quán.",
        ),
        Asked(
            "thuy",
            "Xưởng rang",
            "Ghi ngày rang chữ lớn trên bao hạt gửi các quán",
            "Cùng một món mà sáng chiều khác vị, vì quán không biết bao nào rang trước; khách quen nhận ra ngay.",
            "ly-nap",
            "",
            1,
        ),
    ),
    "kestrel": (
        Asked(
            "chloe",
            "Workshop",
            "Say on the job card what was wrong, in plain words",
            "Riders explain their bike anew on each visit; three visits for the same brake rub.",
            "workshop",
            "brake rub",
            20,
            "agreed",
            "On the card from next week.",
            "The card has a box for it; nobody closes a job without it.",
            "Nobody had to explain twice since.",
        ),
        Asked(
            "wei",
            "Finance",
            "Pay refunds under $50 the same day",
            "Riders come across town twice for a refund of ten dollars.",
            "careplan",
            "billed twice",
        ),
    ),
}


@transaction.atomic
def lay_changes(demo: DemoFirm) -> None:
    """Once; what is there already is left alone."""
    if ChangeRequest.objects.exists():
        return
    leaver = LEAVERS.get(demo.slug)
    if leaver is not None:
        department = Department.objects.get(name=leaver.department)
        told_of = {"full_name": leaver.full_name, "job_title": leaver.job_title, "salutation": "chi"}
        create_user(email=demo.email(leaver.key), role=Role.MANAGER, department=department, **told_of)
    for told in REQUESTS.get(demo.slug, ()):
        _ask(demo, _person(demo, told.by), told)
    if leaver is not None:
        _leave(_person(demo, leaver.key))


def _leave(person: User) -> None:
    person.is_active = False
    save_user(user=person)
    follow_person(user_id=person.pk)  # as the drain will; it changes nothing then


def _person(demo: DemoFirm, key: str) -> User:
    return User.objects.get(email__iexact=demo.email(key))


def _ask(demo: DemoFirm, asking: User, told: Asked) -> None:
    place = Touchpoint.objects.get(code=told.touchpoint)
    shows = cases_to_rest_on(asking).filter(touchpoint=place, description__icontains=told.said).order_by("-received_at")
    cases = shows[:CASES] if told.said else []
    insight = Insight.objects.filter(touchpoint=place).exclude(state=Insight.State.RETIRED).first()
    with _as(asking):
        change = ask_for_change(
            subject=told.subject,
            hurts=told.hurts,
            to_department_id=Department.objects.get(name=told.of).pk,
            complaint_ids=[case.pk for case in cases],
            insight_id=insight.pk if insight else None,
            touchpoint_id=place.pk,
        )
    if told.answer:
        due = None if told.answer == "declined" else firm_today() + DUE_IN
        with _as(change.accountable):
            answer_change(change_id=change.pk, answer=told.answer, words=told.words, due_on=due)
            if told.longer:
                propose_day(change_id=change.pk, due_on=firm_today() + DUE_IN + LATER, words=told.longer)
            if told.done:
                finish_change(change_id=change.pk, words=told.done)
        if told.helped:
            with _as(asking):
                judge_change(change_id=change.pk, has_helped=True, words=told.helped)
    back = timedelta(days=told.days_ago)
    row = ChangeRequest.objects.filter(pk=change.pk)
    row.update(**{name: F(name) - back for name in _MOMENTS})
    change.steps.filter(kind=ChangeStep.Kind.PROMISED).update(created_at=F("created_at") - back)
    if told.done:
        promised = firm_today() - back + DUE_IN
        change.steps.update(day=promised)
        row.update(
            due_on=promised, promised_on=promised, done_at=now() - back + DUE_IN, judged_at=now() - timedelta(days=1)
        )
    if told.over_to:
        handed = {"from_person_id": change.accountable_id, "to_person_id": _person(demo, told.over_to).pk}
        with _as(change.accountable):
            hand_over_change(change_id=change.pk, words=told.over_because, **handed)
    raise_change(change.pk)  # as the agenda would have, had it been asked then


def _as(person: User) -> AbstractContextManager[Actor]:
    return acting_as(Actor("user", person.pk, person.full_name))
