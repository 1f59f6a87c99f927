"""One change request handed over by hand: by whom, to whom, once, with its clock going on and one mail."""

import pytest

from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.ids import new_id
from cxcrm.core.language import speaking
from tenants.staff.models import Absence, User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tests.support.changes import act
from workflows import errors
from workflows.mails import compose
from workflows.models import ChangeRequest, Event, Message
from workflows.selectors import change_requests as found
from workflows.selectors.change_words import history_of
from workflows.services import change_requests as services
from workflows.services.change_handing import hand_over_change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def hand_over(person, change, former, heir, words="Nghỉ phép"):
    told = {"from_person_id": former.pk, "to_person_id": heir.pk, "words": words}
    return act(person, hand_over_change, change, **told)


def stands(change):
    row = ChangeRequest.objects.select_related("accountable", "raised_to").get(pk=change.pk)
    return row.accountable, row.raised_to, row.steps.exclude(from_person=None).count()


def told():
    rows = Message.objects.filter(kind__in=("change_passed", "changes_passed")).order_by("created_at", "id")
    return [row.user for row in rows]


def test_the_accountable_one_hands_over_and_the_clock_goes_on(ask, crew, run_agenda, mailoutbox):
    change = ask()
    run_agenda()
    mailoutbox.clear()
    hand_over(crew.executive, change, crew.executive, crew.manager, words="Nghỉ phép tới thứ Hai, gọi 0912 345 678")
    run_agenda()
    assert [mail.to for mail in mailoutbox] == [[crew.manager.email]]
    (mail,) = mailoutbox
    assert "Lê Thị Mỹ Duyên (Ops) bàn giao đề nghị này cho anh: từ nay anh chịu trách nhiệm phía Tiền." in mail.body
    assert ("Nghỉ phép tới thứ Hai" in mail.body, "345 678" in mail.body) == (True, False)
    after = ChangeRequest.objects.get(pk=change.pk)
    assert (after.answer_by, after.state, after.answered_at) == (change.answer_by, "waiting", None)
    with speaking("en"):
        line = history_of(after)[-1]
    assert (line.title, line.who) == (
        "Handed over: Ngô Thanh Tùng is accountable, in place of Lê Thị Mỹ Duyên", "Lê Thị Mỹ Duyên",
    )  # fmt: skip
    assert line.words.startswith("Nghỉ phép tới thứ Hai")
    assert Event.objects.filter(name="workflows.change_passed_on").count() == 1
    assert list(found.waiting_for(crew.manager)) == [change]
    # At the same moment somebody else did too, from the page as it was: they are told who has it.
    with pytest.raises(errors.HandedOver) as refused:
        hand_over(crew.executive, change, crew.executive, crew.spare)
    assert refused.value.data == {"accountable": str(crew.manager.pk)}
    with speaking("en"):
        assert "Ngô Thanh Tùng has this request by now" in str(errors.HandedOver("Ngô Thanh Tùng", crew.manager.pk))
    with pytest.raises(errors.NotYourTurn):
        hand_over(crew.executive, change, crew.manager, crew.spare)
    assert (stands(change), told()) == ((crew.manager, None, 1), [crew.manager])
    # And back again: another turn, another mail.
    hand_over(crew.manager, change, crew.manager, crew.executive)
    assert (stands(change), told()) == ((crew.executive, None, 2), [crew.manager, crew.executive])
    assert act(crew.executive, services.answer_change, change, answer="declined", words="Chưa").state == "declined"


def test_who_may_and_who_may_not(ask, crew, units):
    change = ask()
    owner = User.objects.get(role="owner")
    stands_in = create_user(email="thay@alpha.example", full_name="Danh Sóc Thia", role="agent")
    for stranger in (crew.manager, crew.spare, crew.owner, stands_in):
        with pytest.raises(errors.NotYourTurn):
            hand_over(stranger, change, crew.executive, crew.spare)
    assert (stands(change), told()) == ((crew.executive, None, 0), [])
    Absence.objects.create(user=crew.executive, deputy=crew.owner, starts_on=firm_today(), ends_on=firm_today())
    with pytest.raises(errors.NotYourTurn):  # whoever asked does not choose who answers them
        hand_over(crew.owner, change, crew.executive, crew.spare)
    Absence.objects.update(deputy=stands_in)
    hand_over(stands_in, change, crew.executive, crew.spare)
    hand_over(owner, change, crew.spare, crew.executive)
    hand_over(crew.chief, change, crew.executive, crew.chief)  # above her; takes it and needs no mail of it
    assert stands(change) == (crew.chief, None, 3)
    # Who is away has a deputy who reads for them.
    assert told() == [crew.spare, stands_in]
    last = Message.objects.filter(kind="change_passed").order_by("created_at", "id").last()
    ChangeRequest.objects.filter(pk=change.pk).update(accountable=crew.executive)
    with speaking("vi"):
        assert f"{owner.full_name} bàn giao cho" in compose(last).render()[1]


def test_not_to_everybody_and_not_when_it_is_over(ask, agreed, crew):
    change, done = ask(), agreed(subject="Khác")
    gone = create_user(email="nghi@alpha.example", full_name="Đã Nghỉ", role="agent")
    reads = create_user(email="xem@alpha.example", full_name="Chỉ Xem", role="read_only")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for heir in (crew.executive, crew.owner, gone, reads):
        with pytest.raises(InvalidInput) as refused:
            hand_over(crew.executive, change, crew.executive, heir)
        assert refused.value.data == {"field": "to_person"}
    with pytest.raises(InvalidInput) as refused:
        hand_over(crew.executive, change, crew.executive, crew.spare, words=" ")
    assert refused.value.data == {"field": "words"}
    told_to = {"from_person_id": crew.executive.pk, "to_person_id": crew.spare.pk, "words": "x"}
    with pytest.raises(NotFound):
        hand_over_change(change_id=new_id(), **told_to)
    with pytest.raises(errors.ChangeIsPersonal):
        hand_over_change(change_id=change.pk, **told_to)
    hand_over(crew.executive, done, crew.executive, crew.manager)  # still to be done
    act(crew.manager, services.finish_change, done, words="Xong")
    act(crew.executive, services.answer_change, change, answer="declined", words="Không")
    for over, former in ((change, crew.executive), (done, crew.manager)):
        with pytest.raises(errors.ChangeOver):
            hand_over(former, over, former, crew.spare)
    assert (stands(change)[2], stands(done)[2], told()) == (0, 1, [crew.manager])


def test_handed_to_whoever_was_to_decide(countered, crew):
    change = countered()
    act(crew.owner, services.refuse_counter, change)
    assert stands(change)[1] == crew.chief
    hand_over(crew.executive, change, crew.executive, crew.chief)
    assert stands(change) == (crew.chief, crew.spare, 2)  # nobody decides on their own answer
    assert told() == [crew.chief, crew.spare]
