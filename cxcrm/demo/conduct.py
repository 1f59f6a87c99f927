"""How the demo firms treat their own: a policy most have read, customers' thanks of the last months, one coaching."""

import random
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Final

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.voices import SAID
from feedback.models import Complaint, Response
from tenants.staff.models import Branch, User
from workflows.models import Coaching, ConductAcknowledgement, ConductPolicy, Recognition
from workflows.services.coaching import decide_coaching, open_coaching, tell_own_side
from workflows.services.conduct import acknowledge_policy, pass_on_thanks, publish_policy

# What counts, what is thanked, what follows, who decides; the first is replaced by the second.
POLICIES: Final[dict[str, tuple[tuple[str, str, str, str], ...]]] = {
    "suongmai": (
        (
            "Khách ra về thấy dễ chịu; lời đã hứa được giữ.",
            "Lời khách khen được đọc trong buổi giao ca.",
            "Việc lặp lại thì trao đổi riêng.",
            "Quản lý quán.",
        ),
        (
            "Lời khách khen có kèm lời, việc khép vòng tốt, cải tiến giữ được lâu. Tính cho cả quán trước, từng người sau.",
            "Đọc tại buổi giao ca, ghi ở “Phần của tôi”; cuối quý cả chuỗi đi chơi chung một buổi.",
            (
                "Chỉ từ hành vi đã thấy trong vụ việc đã xem xét: để quá giờ hẹn không báo, giấu khiếu nại, bất lịch sự với "
                "khách. Hệ quả là kèm cặp, không có thưởng trải nghiệm, hoặc kỷ luật theo nội quy. Không phạt tiền."
            ),
            "Giám đốc vận hành, sau khi nghe người liên quan; tổng giám đốc nếu hai bên chưa đồng ý.",
        ),
    ),
    "kestrel": (
        (
            "Praise with words, loops closed well, improvements that held. The workshop first, then each of us.",
            "Read out at Monday's stand-up and kept on “My part”; a good quarter is a ride together on the firm.",
            (
                "Only from what was seen in a reviewed case: a promised call nobody made, a complaint kept quiet, a rude "
                "word. It is coaching, no experience bonus, or formal discipline. Never a fine."
            ),
            "The workshop director, after hearing whoever it concerns.",
        ),
    ),
}
# Who publishes; who has yet to read; who passes thanks on; whom they reach; of a case: who wrote, whom, what, reply, end.
PEOPLE: Final[dict[str, tuple[str, tuple[str, ...], str, tuple[str, ...]]]] = {
    "suongmai": ("duyen", ("giahan", "trang"), "tung", ("giahan", "ngan", "nam")),
    "kestrel": ("marcus", ("wei",), "marcus", ("aisha", "wei")),
}
NOTES: Final = {
    "suongmai": ("Cả ca hôm đó vui lắm.", "Nhờ em nhớ ly của khách.", ""),
    "kestrel": ("You took the time to explain it.", "", "Well done, all of you."),
}
CASES: Final[dict[str, tuple[str, str, str, str, str, str]]] = {
    "suongmai": (
        "tung",
        "giahan",
        "ignored",
        "Hẹn gọi lại khách trước 17:00 hôm đó, tới 20:00 khách phải tự gọi hỏi và không ai biết việc này.",
        "Em có ghi vào sổ giao ca nhưng ca sau không đọc; em xin lỗi khách và từ nay ghi thẳng vào vụ việc.",
        "Cùng xem lại cách giao ca trong tuần này; sổ giấy được thay bằng lời hứa trong vụ việc.",
    ),
    "kestrel": (
        "aisha",
        "wei",
        "ignored",
        "The customer was promised a call by noon; nobody called and the bike stood ready for two days.",
        "I was told it needed another part and waited. I should have called to say so.",
        "Sit together once on how we tell a customer that something takes longer.",
    ),
}
PRAISED: Final = 14


@transaction.atomic
def lay_conduct(demo: DemoFirm) -> None:
    """Publish, read, thank and hear, once."""
    if demo.slug not in POLICIES or ConductPolicy.objects.exists():
        return
    staff = {person.key: User.objects.get(email=demo.email(person.key)) for person in demo.people}
    publisher, late, thanking, thanked = PEOPLE[demo.slug]
    for number, (criteria, thanks, follows, decides) in enumerate(POLICIES[demo.slug]):
        with _as(staff[publisher]):
            policy = publish_policy(criteria=criteria, thanks=thanks, follows=follows, decides=decides)
        since = now() - timedelta(days=(300, 40)[number] if len(POLICIES[demo.slug]) > 1 else 90)
        ConductPolicy.objects.filter(pk=policy.pk).update(in_force_since=since)
        ConductPolicy.objects.filter(version=policy.version - 1).update(replaced_at=since)
    behind = {staff[key].pk for key in late}
    for number, person in enumerate(User.objects.working().order_by("full_name", "pk")):
        if person.pk not in behind and number % 9:
            with _as(person):
                acknowledge_policy(policy_id=policy.pk)
    ConductAcknowledgement.objects.update(acknowledged_at=now() - timedelta(days=30))
    _thank(demo, staff[thanking], [staff[key] for key in thanked])
    _coach(demo, staff)


def _thank(demo: DemoFirm, by: User, people: list[User]) -> None:
    """The newest praise with words, in turn to a branch and to a colleague, back over half a year."""
    rng = random.Random(11)
    good = {"nps": 9, "csat": 5, "ces": 6}
    happy = {words for _poor, fine in SAID[demo.slug].values() for words in fine if words and "Giá mà" not in words}
    praise: list[Response] = []
    for metric, score in good.items():
        rows = Response.objects.filter(metric=metric, score__gte=score, complaint=None, words__in=happy)
        praise += rows.order_by("-answered_at")[:PRAISED]
    praise.sort(key=lambda one: one.answered_at, reverse=True)
    branches = list(Branch.objects.filter(is_active=True).order_by("name"))
    notes = NOTES[demo.slug]
    for number, answer in enumerate(praise[: 2 * PRAISED]):
        told = (
            {"branch_id": rng.choice(branches).pk}
            if number % 2
            else {"colleague_id": _earned(answer, people, number // 2).pk}
        )
        with _as(by):
            row = pass_on_thanks(response_id=answer.pk, note=notes[number % len(notes)], **told)
        # The first three are of last night, so that the morning's mail has something to tell.
        if number > 2:
            Recognition.objects.filter(pk=row.pk).update(created_at=now() - timedelta(days=4 + 6 * number))


def _earned(answer: Response, people: list[User], turn: int) -> User:
    """Whom the words name, else whose turn it is."""
    named = [one for one in people if one.given_name in answer.words]
    return named[0] if named else people[turn % len(people)]


def _coach(demo: DemoFirm, staff: dict[str, User]) -> None:
    """One heard and decided, and in the first firm another that waits for the colleague's side."""
    writer, colleague, behaviour, seen, reply, because = CASES[demo.slug]
    reviewed = Complaint.objects.filter(state=Complaint.State.CLOSED_CONFIRMED).order_by("-closed_at", "-pk")
    cases = [one for one in reviewed.select_related("response")[:20] if one.response is None or one.response.words]
    with _as(staff[writer]):
        row = open_coaching(complaint_id=cases[0].pk, colleague_id=staff[colleague].pk, behaviour=behaviour, seen=seen)
    with _as(staff[colleague]):
        tell_own_side(coaching_id=row.pk, reply=reply)
    with _as(staff[PEOPLE[demo.slug][0]]):
        decide_coaching(coaching_id=row.pk, outcome="coaching", because=because)
    at = now() - timedelta(days=9)
    Coaching.objects.filter(pk=row.pk).update(
        created_at=at, replied_at=at + timedelta(days=1), decided_at=at + timedelta(days=2)
    )
    if demo.language == "vi":
        with _as(staff[PEOPLE[demo.slug][0]]):
            open_coaching(
                complaint_id=cases[1].pk,
                colleague_id=staff["thia"].pk,
                behaviour="hidden",
                seen="Khách than phiền ở quầy từ sáng, tới chiều khách viết lên trang mới có người biết.",
            )


def _as(person: User) -> AbstractContextManager[Actor]:
    return acting_as(Actor("user", person.pk, person.full_name))
