"""A day at the desk, for the demo: a pause, a hand-over, promises kept and broken, money asked for, a colleague called in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Final

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from feedback.models import Complaint
from feedback.services import complaints
from feedback.services.perspectives import take_perspective
from tenants.staff.models import User
from tenants.staff.roles import Role
from workflows.models import Compensation, PauseReason
from workflows.services.compensations import compensate
from workflows.services.pauses import pause
from workflows.services.promises import keep_promise, make_promise

# What is typed at the desk, by language.
_WORDS: Final = {
    "vi": {
        "hand_over": "Nhờ {name} xem tiếp: khách đã gọi hai lần, cần người quyết được tiền.",
        "call_in": "@{name} xem giúp em ca này, khách bảo đã nói chuyện với mình tuần trước.",
        "about": "QR",
        "promise": "Gọi lại báo ngân hàng trả lời thế nào",
        "soon": "Gửi khách phiếu uống bù qua Zalo",
        "broken": "Gọi xác nhận đã nhận được tiền hoàn",
        "kept": "Gửi khách hình sao kê hai lần trừ tiền",
        "evidence": "Đã gửi qua Zalo, khách trả lời đã nhận",
        "pause": "Chờ khách gửi hình chụp sao kê",
        "reply": "Em đã xem lại phản ánh của mình. Trong 2 giờ tới em sẽ gọi lại để báo kết quả.",
        "money": "Bù tiền và công chờ của khách",
        "trying": "Có hạt đúng hẹn để mở quán sáng thứ Năm",
        "happened": "Hẹn thứ Năm, thứ Bảy mới có hạt, phải mua chỗ khác; hóa đơn sai mã số thuế",
        "quote": "quán chị phải đi mua chỗ khác",
        "good_end": "Hạt tới đúng ngày đã hẹn, hóa đơn đúng xuất lại trong hôm nay",
    },
    "en": {
        "hand_over": "{name}, please take over: they called twice and somebody must decide about money.",
        "call_in": "@{name} could you look at this one? They say they spoke to you last week.",
        "about": "billed twice",
        "promise": "Call back with what the bank says",
        "soon": "Send the voucher by e-mail",
        "broken": "Call to confirm that the refund arrived",
        "kept": "Send the statement with both charges",
        "evidence": "Sent by e-mail, customer confirmed",
        "pause": "Waiting for their photo of the receipt",
        "reply": "I have gone through what happened. I will call you within 2 hours and tell you what we found.",
        "money": "Something for the calls and the wait",
        "trying": "Stop paying for a plan they no longer want",
        "happened": "Cancelled online, and was billed twice all the same",
        "quote": "still billed twice",
        "good_end": "Both charges back, and one line that says the plan is closed",
    },
}


def work_at_the_desk(language: str) -> None:
    """Play it on the firm's open complaints, the oldest first; the clocks of all of them must run already."""
    words = _WORDS[language]
    cases = list(
        Complaint.objects.filter(state__in=Complaint.OPEN_STATES, is_sample=False)
        .select_related("owner")
        .order_by("received_at")
    )
    if len(cases) < 3:
        return
    leaders = User.objects.working().filter(role__in=(Role.MANAGER, Role.OWNER)).order_by("created_at")
    old, middle, fresh = cases[0], cases[len(cases) // 2], cases[-1]
    charged = next((case for case in cases if words["about"] in case.description), middle)
    _promises(charged, words)
    _ask_for_money(charged, words)
    taker = leaders.exclude(pk=old.owner_id).first()
    if taker is not None:
        with _working(old.owner):
            complaints.assign(
                complaint_id=old.pk, owner_id=taker.pk, note=words["hand_over"].format(name=taker.get_short_name())
            )
    _look(fresh, leaders.exclude(pk=fresh.owner_id).first(), words)
    waiting = next((case for case in cases[1:] if case.severity != "S1" and case not in (charged, fresh)), None)
    reason = PauseReason.objects.order_by("position").first()
    if waiting is not None and reason is not None:
        with _working(waiting.owner):
            pause(complaint_id=waiting.pk, reason_id=reason.pk, by=waiting.owner, note=words["pause"])


def _promises(case: Complaint, words: dict[str, str]) -> None:
    owner = case.owner
    with _working(owner):
        for name, ahead in (
            ("promise", timedelta(hours=3)),
            ("soon", timedelta(days=1)),
            ("broken", timedelta(seconds=4)),
        ):
            make_promise(complaint_id=case.pk, text=words[name], due_at=now() + ahead, owner_id=owner.pk)
        kept = make_promise(
            complaint_id=case.pk, text=words["kept"], due_at=now() + timedelta(hours=1), owner_id=owner.pk
        )
        keep_promise(promise_id=kept.pk, evidence=words["evidence"])


def _ask_for_money(case: Complaint, words: dict[str, str]) -> None:
    asker = User.objects.working().filter(role=Role.AGENT).order_by("authority_limit", "created_at").first()
    if asker is None or Compensation.objects.filter(complaint=case).exists():
        return
    amount = asker.authority_limit + (
        Decimal(300_000) if asker.authority_limit > 1_000 or words is _WORDS["vi"] else 60
    )
    with _working(asker):
        compensate(complaint_id=case.pk, amount=amount, reason=words["money"])


def _look(case: Complaint, colleague: User | None, words: dict[str, str]) -> None:
    with _working(case.owner):
        complaints.add_note(complaint_id=case.pk, body=words["reply"], is_internal=False)
        if colleague is not None:
            complaints.add_note(complaint_id=case.pk, body=words["call_in"].format(name=colleague.full_name))
        take_perspective(
            complaint_id=case.pk,
            trying=words["trying"],
            happened=words["happened"],
            feeling="annoyed",
            quote=words["quote"],
            good_end=words["good_end"],
        )


@contextmanager
def _working(user: User) -> Iterator[None]:
    with acting_as(Actor("user", user.pk, user.full_name)):
        yield
