"""What a firm starts with, and what stands in for it when the firm removed it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cxcrm.core.context import Actor, acting_as
from cxcrm.core.language import speaking
from cxcrm.core.money import money
from journeys.selectors.accountability import unowned
from journeys.services.environments import add_environment, change_environment
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.staff.models import Firm, User
from tenants.staff.selectors.firm import firm_today
from workflows import wording
from workflows.defaults import lay_workflows
from workflows.errors import AlertUnknown
from workflows.models import Alert, Calendar, CalendarDay, EscalationPolicy, Event, Message, SlaClock, SlaPolicy
from workflows.selectors.alerts import open_alerts
from workflows.selectors.calendars import business_calendar, calendar_of, default_calendar
from workflows.selectors.clocks import clocks_of, resolve_clocks, time_left
from workflows.selectors.home import home_for
from workflows.services import standards
from workflows.services.alerts import raise_alert, settle_alert

pytestmark = pytest.mark.django_db

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


def test_a_vietnamese_firm_has_office_hours_with_saturday_mornings_and_its_holidays(in_alpha):
    calendar = business_calendar(Calendar.objects.get())
    monday, saturday, sunday = date(2026, 11, 23), date(2026, 11, 28), date(2026, 11, 29)
    assert calendar.windows_on(monday) == ((time(8), time(12)), (time(13), time(17)))
    assert calendar.windows_on(saturday) == ((time(8), time(12)),)
    assert calendar.windows_on(sunday) == ()
    this_year = datetime.now(SAIGON).year
    for year in (this_year, this_year + 1):
        assert calendar.windows_on(date(year, 9, 2)) == ()
    assert CalendarDay.objects.get(day=date(this_year, 9, 2)).name == "Quốc khánh"


def test_a_firm_elsewhere_has_its_own(in_beta):
    calendar = business_calendar(Calendar.objects.get())
    assert calendar.windows_on(date(2026, 11, 23)) == ((time(9), time(18)),)
    assert calendar.windows_on(date(2026, 11, 28)) == ()
    names = set(CalendarDay.objects.values_list("name", flat=True))
    assert "National Day" in names


def test_promises_and_ladder(in_alpha):
    hours = {row.severity: row.resolve.total_seconds() / 3600 for row in SlaPolicy.objects.all()}
    assert hours == {"S1": 72, "S2": 16, "S3": 24, "S4": 80}
    levels = EscalationPolicy.objects.get(is_default=True).levels.values_list("position", "audience")
    assert list(levels) == [(1, "owner"), (2, "manager"), (3, "executive"), (4, "chief")]


def test_laying_them_again_changes_nothing_the_firm_chose(in_alpha, owner_alpha):
    Calendar.objects.update(windows={"0": [["06:30", "22:00"]]}, name="Quán")
    SlaPolicy.objects.filter(severity="S2").update(resolve=timedelta(hours=3))
    owner_alpha.set_unusable_password()
    owner_alpha.save()
    before = CalendarDay.objects.count()
    welcomed = Message.objects.filter(kind="welcome").count()
    lay_workflows(Tenant.objects.get(slug="alpha"))
    assert Calendar.objects.get().name == "Quán"
    assert SlaPolicy.objects.get(severity="S2").resolve == timedelta(hours=3)
    assert CalendarDay.objects.count() == before
    assert Message.objects.filter(kind="welcome").count() in {welcomed, welcomed + 1}
    assert standards.lay_holidays(calendar_id=Calendar.objects.get().id, country="XX", language="vi", year=2026) == 0


def test_a_firm_that_removed_its_calendar_is_counted_day_and_night(in_alpha):
    CalendarDay.objects.all().delete()
    Calendar.objects.all().delete()
    night = datetime(2026, 11, 29, 3, tzinfo=SAIGON)
    assert default_calendar().add(night, timedelta(hours=1)) == night + timedelta(hours=1)
    never = Calendar(name="x", time_zone="Asia/Ho_Chi_Minh", windows={})
    assert business_calendar(never).is_open(night)


def test_a_policy_may_have_its_own_calendar_or_none(in_alpha):
    office = Calendar.objects.get()
    own = Calendar.objects.create(name="Ca đêm", windows={"6": [["22:00", "24:00"]]})
    sunday_night = datetime(2026, 11, 29, 23, tzinfo=SAIGON)
    assert calendar_of(SlaPolicy(severity="S3", calendar=own)).is_open(sunday_night)
    assert not calendar_of(SlaPolicy(severity="S3", calendar=office)).is_open(sunday_night)
    assert not calendar_of(SlaPolicy(severity="S3")).is_open(sunday_night)
    assert calendar_of(SlaPolicy(severity="S1", around_the_clock=True)).is_open(sunday_night)


def test_an_alert_is_raised_once_and_settled_once(in_alpha, owner_alpha):
    first = raise_alert(kind="nobody_found", ref=owner_alpha.id, detail="x" * 400)
    assert raise_alert(kind="nobody_found", ref=owner_alpha.id) == first
    assert list(open_alerts(User(role="owner"))) == [first]
    with acting_as(Actor("user", owner_alpha.id, "Chủ")):
        settled = settle_alert(alert_id=first.id)
    again = settle_alert(alert_id=first.id)
    assert (settled.settled_by, again.settled_at) == (owner_alpha, settled.settled_at)
    assert list(open_alerts(User(role="owner"))) == []
    assert raise_alert(kind="nobody_found", ref=owner_alpha.id) != first
    with pytest.raises(AlertUnknown):
        settle_alert(alert_id=owner_alpha.id)
    assert len(Alert.objects.get(pk=first.pk).detail) == 300


def test_home_shows_what_presses_first(complaint, wait, crew, told):
    home = home_for(crew.owner)
    assert home.mine == [complaint]
    assert (home.overdue, home.counts["mine"], home.counts["overdue"]) == ([], 1, 0)
    assert [step.position for step in home.next_steps] == [1]
    wait(hours=17)
    home = home_for(crew.executive)
    assert (home.overdue, home.counts["overdue"], home.mine) == ([complaint], 1, [])
    assert [step.position for step in home.decisions] == [3]
    assert [(row.touchpoint, row.open, row.late) for row in home.answerable] == [(crew.touchpoint, 1, 1)]
    assert [(row.touchpoint, row.received) for row in home.places] == [(crew.touchpoint, 1)]
    assert (home.days[-1].opened + home.days[-2].opened + home.days[-3].opened, len(home.days)) == (1, 30)
    assert home_for(crew.owner).answerable == []
    nobodys = unowned(firm_today())
    assert (home.unowned, crew.touchpoint in nobodys) == (len(nobodys), False)
    place = add_environment(name="Quán 1", accountable_id=crew.spare.pk, items=["Sạch"])
    assert home_for(crew.owner).unowned == len(nobodys)
    User.objects.filter(pk=crew.spare.pk).update(is_active=False)
    assert home_for(crew.owner).unowned == len(nobodys) + 1
    change_environment(environment_id=place.pk, is_active=False, accountable_id=crew.chief.pk)
    assert home_for(crew.owner).unowned == len(nobodys)
    assert (home.alerts, home.alert_count) == ([], 0)


def test_clocks_tell_what_is_left(complaint, wait):
    resolve = next(clock for clock in clocks_of(complaint.id) if clock.kind == "resolve")
    assert timedelta(hours=15.9) < time_left(resolve) <= timedelta(hours=16)
    assert resolve_clocks([complaint.id]) == {complaint.id: resolve}
    wait(hours=17)
    late = SlaClock.objects.get(pk=resolve.pk)
    assert late.state == "breached"
    assert timedelta(hours=-1.1) < time_left(late) <= timedelta(hours=-1)
    assert Event.objects.filter(name="workflows.clock_breached").count() == 2


def test_a_case_referred_elsewhere_stops_everything(complaint, wait, run_agenda, mailoutbox, crew):
    from feedback.services import complaints

    wait(hours=9)
    complaints.refer(complaint_id=complaint.id, note="Đã chuyển Sở Công Thương.")
    before = len(mailoutbox)
    wait(hours=90)
    assert [mail.to for mail in mailoutbox[before:]] == [[crew.owner.email]]
    assert {clock.stopped_at is None for clock in clocks_of(complaint.id)} == {False}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ["1.250.000\N{NO-BREAK SPACE}₫", "59\N{NO-BREAK SPACE}S$", "12,50\N{NO-BREAK SPACE}CHF"]),
        ("en", ["₫1,250,000", "S$59", "CHF\N{NO-BREAK SPACE}12.50"]),
    ],
)
def test_money_is_written_as_people_write_it(language, said):
    amounts = [(Decimal("1250000.00"), "VND"), (Decimal("59.00"), "SGD"), (Decimal("12.5"), "CHF")]
    with speaking(language):
        assert [money(amount, currency) for amount, currency in amounts] == said


def test_spans_and_moments_are_said_in_their_biggest_unit(in_alpha):
    hour = timedelta(hours=1)
    with speaking("en"):
        assert [wording.span(length) for length in (timedelta(seconds=5), hour / 2, hour, -30 * hour, 50 * hour)] == [
            "less than a minute",
            "30 minutes",
            "1 hour",
            "30 hours",
            "2 days",
        ]
        assert [wording.span(length, working=True) for length in (15 * hour, 16 * hour)] == [
            "15 hours",
            "2 working days",
        ]
        seen = datetime(2026, 11, 23, 9, tzinfo=SAIGON)
        moments = [wording.moment(seen + timedelta(days=days), seen) for days in (0, 1, 2)]
        assert moments == ["09:00 today", "09:00 tomorrow", "09:00 on Wednesday 25/11"]
        assert wording.day(datetime(2020, 1, 1, 12, tzinfo=SAIGON)) == "Wednesday 01/01/2020"


def test_the_law_of_consumers_binds_towards_people_in_vietnam_only(complaint, in_alpha, in_beta, alpha):
    from workflows.selectors.decisions import consumer_law_applies

    with in_tenant(alpha):
        firm = Firm.objects.get()
        assert consumer_law_applies(complaint, firm)
        complaint.customer.kind = "organization"
        assert not consumer_law_applies(complaint, firm)
        complaint.customer.kind, firm.country = "person", "SG"
        assert not consumer_law_applies(complaint, firm)
