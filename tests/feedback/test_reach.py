"""Whose cases somebody sees, and what is told of the others."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Interaction
from customers.selectors.attachments import attachments_of_customer, attachments_visible_to
from customers.selectors.timeline import Asked, timeline_page
from customers.services.attachments import attach_file, remove_attachment
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from feedback.models import Complaint, Dispatch, Invitation, NoteMention, Response
from feedback.selectors.complaints import visible_to
from feedback.selectors.reach import answers_marked, answers_visible_to, case_of_others, reach_marked, within_reach
from feedback.services.complaints import add_note, resolve_complaint
from feedback.services.responses import record_response
from journeys.models import Stage
from journeys.services.accountability import hand_over
from journeys.services.journeys import add_stage, add_touchpoint
from tenants.staff.authentication import PartnerUser
from tenants.staff.models import Absence, ApiKey, Branch, Department, Firm, User
from tests.support.people import day_before

pytestmark = pytest.mark.usefixtures("in_alpha")
DAY = timedelta(days=1)


def as_person(user):
    return acting_as(Actor("user", user.pk, user.full_name))


@pytest.fixture
def place(in_alpha):
    """Touchpoints, each of a stage of its own unless told otherwise."""
    journey = Stage.objects.first().journey

    def make(name, **fields):
        stage = fields.pop("stage", None) or add_stage(journey_id=journey.pk, name=f"Chặng {name}")
        return add_touchpoint(stage_id=stage.pk, name=name, **fields)

    return make


def test_each_way_a_case_comes_within_reach(make_user, make_complaint, make_customer, place):
    """One case per way, named after it; and cases that only nearly are somebody's."""
    mine, other, away, back = (make_user() for _turn in range(4))
    unit, led, handled = (Department.objects.create(name=name) for name in ("Của tôi", "Tôi đứng đầu", "Tôi nhận"))
    Department.objects.filter(pk=led.pk).update(lead=mine)
    Department.objects.filter(pk=handled.pk).update(handler=mine)
    colleague, report, of_led = make_user(department=unit), make_user(manager=mine), make_user(department=led)
    shop = Branch.objects.create(name="Quán tôi trông", manager=mine)
    today = now().astimezone().date()
    Absence.objects.create(user=away, deputy=mine, starts_on=today - DAY, ends_on=today + DAY)
    Absence.objects.create(user=back, deputy=mine, starts_on=today - 5 * DAY, ends_on=today - 3 * DAY)
    answered, deputised, past = (place(name) for name in ("Tôi trả lời", "Tôi thay", "Từng trả lời"))
    by_stage = place("Cả chặng")
    apart = place("Của người khác", stage=by_stage.stage)
    start = day_before() - 9 * DAY
    hand_over(executive_id=mine.pk, touchpoint_id=answered.pk, from_day=start)
    hand_over(executive_id=other.pk, deputy_id=mine.pk, touchpoint_id=deputised.pk, from_day=start)
    hand_over(executive_id=mine.pk, touchpoint_id=past.pk, from_day=start)
    hand_over(executive_id=other.pk, touchpoint_id=past.pk, from_day=start + DAY)
    hand_over(executive_id=mine.pk, stage_id=by_stage.stage_id, from_day=start)
    hand_over(executive_id=other.pk, touchpoint_id=apart.pk, from_day=start)
    customer = make_customer().pk

    def case(name, owner=other, touchpoint=None, **fields):
        place_id = touchpoint.pk if touchpoint else None
        return make_complaint(customer_id=customer, subject=name, owner_id=owner.pk, touchpoint_id=place_id, **fields)

    case("owned", mine)
    case("standing in", away)
    for name, touchpoint in (("answered for", answered), ("deputy", deputised), ("by stage", by_stage)):
        case(name, touchpoint=touchpoint)
    called, noted = case("called in"), case("noted")
    with as_person(other):
        add_note(complaint_id=called.pk, body=f"@{mine.full_name} xem giúp")
    with as_person(mine):
        case("taken in")
        add_note(complaint_id=noted.pk, body="Đã gọi")
    in_person = {
        "owned", "standing in", "answered for", "deputy", "by stage", "called in", "noted", "taken in",
    }  # fmt: skip
    case("colleague's", colleague)
    case("led", of_led)
    case("report's", report)
    case("unit's place", touchpoint=place("Quầy", department_id=unit.pk))
    case("handled place", touchpoint=place("Kho", department_id=handled.pk))
    case("shop", branch_id=shop.pk)
    of_units = {"colleague's", "led", "report's", "unit's place", "handled place", "shop"}
    for name, touchpoint in (("nobody's", None), ("once answered", past), ("another's place", apart)):
        case(name, touchpoint=touchpoint)
    case("back again", back)

    def seen(**fields):
        User.objects.filter(pk=mine.pk).update(**fields)
        return set(visible_to(User.objects.get(pk=mine.pk)).values_list("subject", flat=True))

    assert seen(reach="own", department=unit) == in_person
    assert seen(reach="department") == in_person | of_units
    assert seen(department=None) == in_person | of_units - {"colleague's", "unit's place"}
    everything = set(Complaint.objects.values_list("subject", flat=True))
    assert len(everything) == len(in_person | of_units) + 4
    assert seen(reach="firm") == everything
    assert seen(reach="own", role="owner") == everything


def test_reach_asks_nothing_or_once(make_user, make_complaint):
    """No condition for whoever sees the firm's, one query a request for the others; a key sees what its scopes say."""
    case = make_complaint()
    for whole in (make_user(), User(role="owner", reach="own"), PartnerUser(ApiKey(scopes=["feedback:read"]))):
        with CaptureQueriesContext(connection) as asked:
            assert list(visible_to(whole)) == [case]
        assert (len(asked), " WHERE " in asked[0]["sql"]) == (1, False)
    near = make_user(reach="department", department=Department.objects.create(name="Bếp"))
    with CaptureQueriesContext(connection) as asked:
        assert [list(visible_to(near)) for _turn in range(3)] == [[], [], []]
    assert len(asked) == 4
    near.reach = "own"
    with CaptureQueriesContext(connection) as asked:
        assert list(visible_to(near)) == []
    assert len(asked) == 2  # somebody else by now


def test_the_day_is_the_firms(make_user, make_complaint, place):
    Firm.objects.update(time_zone="Asia/Ho_Chi_Minh")
    me, there = make_user(reach="own"), place("Quầy")
    case = make_complaint(touchpoint_id=there.pk, owner_id=make_user().pk)
    hand_over(executive_id=me.pk, touchpoint_id=there.pk, from_day=date(2031, 3, 2))
    for moment, expected in (("2031-03-01T16:59:00Z", []), ("2031-03-01T17:00:00Z", [case])):
        with time_machine.travel(moment, tick=False):
            assert list(within_reach(User.objects.get(pk=me.pk))) == expected


def test_being_called_in_opens_a_case_for_whoever_reads_complaints(make_user, make_complaint):
    author, called, stranger = make_user(), make_user(reach="own"), make_user(reach="own")
    User.objects.filter(pk=called.pk).update(full_name="Lý Gia Hân", given_name="Hân")
    User.objects.filter(pk=stranger.pk).update(full_name="Đỗ An", given_name="An", role="nobody")
    case = make_complaint(owner_id=author.pk)
    assert not within_reach(called).exists()
    with as_person(author):
        add_note(complaint_id=case.pk, body="@Hân @An xem giúp")
    assert list(NoteMention.objects.values_list("user", flat=True)) == [called.pk]
    assert list(within_reach(called)) == [case]


@pytest.fixture
def outside(make_user, make_complaint, make_customer, cause):
    """A case out of reach with words in every place a customer's page looks at, and who may not read them."""
    reader, owner = make_user(reach="own"), make_user()
    customer = make_customer(full_name="Nguyễn Thị Lan")
    case = make_complaint(customer_id=customer.pk, description="Bí mật một", owner_id=owner.pk)
    with as_person(owner):
        note = add_note(complaint_id=case.pk, body="Bí mật hai")
        resolve_complaint(complaint_id=case.pk, root_cause_id=cause.pk, action_taken="Bí mật ba")
    for subject in (case, note):
        attach_file(customer_id=customer.pk, subject=subject, file_name="bi-mat.txt", content=b"x")
    attach_file(customer_id=customer.pk, file_name="hoa-don.txt", content=b"x")
    return reader, owner, customer, case


def told(customer, reader, **asked):
    return timeline_page(customer.pk, Asked(**asked), reader).entries


def test_the_timeline_tells_of_a_case_out_of_reach_and_not_its_words(outside):
    reader, owner, customer, case = outside
    of_case = [entry for entry in told(customer, reader) if entry.subject_id == case.pk]
    assert [entry.what for entry in of_case] == ["complaint.resolved", "complaint.note", "complaint.opened"]
    assert [(entry.body, entry.data) for entry in of_case] == [("", {"number": case.number})] * 3
    assert told(customer, reader, text="mật") == told(customer, reader, text=owner.full_name) == []
    for full in (owner, User(role="owner")):
        assert [entry.body for entry in told(customer, full, text="mật")] == ["Bí mật ba", "Bí mật hai", "Bí mật một"]
    assert Interaction.objects.filter(subject_id=case.pk, body="").count() == 0  # only what is shown is covered


def test_files_of_a_case_out_of_reach_are_not_there(outside):
    reader, owner, customer, case = outside
    names = {"bi-mat.txt": 2, "hoa-don.txt": 1}
    for user, expected in (
        (reader, ["hoa-don.txt"]),
        (owner, [name for name in names for _turn in range(names[name])]),
    ):
        for files in (attachments_of_customer(customer, user), attachments_visible_to(user)):
            assert sorted(one.file_name for one in files) == sorted(expected)
    remove_attachment(attachment_id=attachments_of_customer(customer, owner).get(subject_id=case.pk).pk)
    [gone] = [entry for entry in told(customer, reader) if entry.what == "file.removed"]
    assert gone.data == {}
    [gone] = [entry for entry in told(customer, owner) if entry.what == "file.removed"]
    assert gone.data == {"file": "bi-mat.txt"}


def asked(survey, customer):
    """Once more, however lately they were asked."""
    sending = Dispatch.objects.create(survey=survey)
    return Invitation.objects.create(
        dispatch=sending, survey=survey, customer=customer, email="a@khach.example", state="sent",
        expires_at=now() + DAY,
    )  # fmt: skip


def test_answers_that_are_the_words_of_a_case_out_of_reach(outside, nps):
    """The one that opened it and the one that joined it; any other answer is everybody's who reads answers."""
    reader, owner, customer, _case = outside
    Complaint.objects.all().delete()
    opening, joining, plain = (
        record_response(invitation_id=asked(nps, customer).pk, score=score, words=words)
        for score, words in ((1, "Bí mật bốn"), (2, "Bí mật năm"), (9, "Ngon"))
    )
    case = Complaint.objects.get()
    assert case.notes.get().body.endswith("Bí mật năm")
    Complaint.objects.update(owner=owner)
    assert set(answers_visible_to(owner)) == set(answers_visible_to(User(role="owner"))) == {opening, joining, plain}
    assert list(answers_visible_to(reader)) == [plain]
    marked = answers_marked(reader, Response.objects.order_by("pk"))
    assert [row.in_reach for row in marked] == [False, False, True]
    assert all(row.in_reach for row in answers_marked(User(role="owner"), Response.objects.all()))
    answered = [entry.body for entry in told(customer, reader) if entry.what == "survey.answered"]
    assert answered == ["Ngon", "", ""]
    assert {entry.body for entry in told(customer, owner) if entry.what == "survey.answered"} == {
        "Ngon", "Bí mật năm", "Bí mật bốn",
    }  # fmt: skip


def test_of_a_case_out_of_reach_is_said_whose_it_is(outside):
    reader, owner, _customer, case = outside
    found = case_of_others(reader, case.pk)
    assert (found.number, found.owner, found.state) == (case.number, owner, "communicated")
    for whom in (owner, User(role="owner"), User(role="nobody", reach="own")):
        assert case_of_others(whom, case.pk) is None
    assert case_of_others(reader, reader.pk) is None
    assert [row.in_reach for row in reach_marked(reader, Complaint.objects.all())] == [False]
    assert [row.in_reach for row in reach_marked(owner, Complaint.objects.all())] == [True]
    assert [row.in_reach for row in reach_marked(User(role="owner"), Complaint.objects.all())] == [True]
