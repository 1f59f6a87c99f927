"""Setting up a firm: every change goes through its service, is refused in words, and stands in the audit log."""

from datetime import date, timedelta

import pytest
from django.apps import apps

from feedback.models import Question, RootCause, Survey
from journeys.models import Accountability, Journey, Stage, Touchpoint
from tenants.context import enter, in_tenant, leave
from tenants.staff.models import Absence, ApiKey, Branch, Department, Firm, User
from tenants.staff.roles import Role
from tenants.staff.selectors.limits import limit_of
from tenants.staff.services.accounts import create_user
from tenants.staff.services.api_keys import find_api_key
from workflows.admin.spans import read_span, span_text
from workflows.models import Calendar, EscalationPolicy, Event, Message, SlaPolicy

EMPTY_INLINE = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}


def inline(prefix, rows=(), initial=0):
    data = {f"{prefix}-{key}": value for key, value in EMPTY_INLINE.items()}
    data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def changed(model):
    """Who changed rows of ``model``, as the audit log tells it."""
    rows = Event.objects.filter(name="core.setting_changed", payload__model=model)
    return [(row.payload["action"], row.actor_label) for row in rows.order_by("occurred_at")]


def test_a_unit_is_saved_by_its_service_and_written_down(staff_client_alpha, in_alpha):
    staff_client_alpha.post("/admin/staff/branch/add/", {"name": "Tân Định", "is_active": "on"})
    branch = Branch.objects.get(name="Tân Định")
    staff_client_alpha.post(f"/admin/staff/branch/{branch.pk}/change/", {"name": "Tân Định 2"})
    assert Branch.objects.get(pk=branch.pk).name == "Tân Định 2"
    assert changed("staff.branch") == [("added", "Trần Thị Chủ"), ("changed", "Trần Thị Chủ")]


def test_a_name_taken_is_said_on_the_form(staff_client_alpha, in_alpha):
    Department.objects.create(name="CSKH")
    answer = staff_client_alpha.post("/admin/staff/department/add/", {"name": "CSKH"})
    assert answer.status_code == 200
    assert Department.objects.filter(name="CSKH").count() == 1


def test_the_firm_keeps_a_known_time_zone(staff_client_alpha, in_alpha):
    firm = Firm.objects.get()
    url = f"/admin/staff/firm/{firm.pk}/change/"
    form = {
        "name": firm.name,
        "brand": "Alpha",
        "colour": "#123456",
        "language": "vi",
        "self_pronoun": "em",
        "country": "VN",
        "currency": "VND",
        "time_zone": "Mars/Olympus",
        "chief": firm.chief_id,
        "default_executive": firm.default_executive_id,
        "second_factor": "nobody",
        "late_surveys": "wait",
        "late_survey_hours": 0,
    }
    assert staff_client_alpha.post(url, form | {"time_zone": "Asia/Ho_Chi_Minh"}).status_code == 200
    form["late_survey_hours"] = 48
    assert staff_client_alpha.post(url, form).status_code == 200
    assert staff_client_alpha.post(url, form | {"time_zone": "Asia/Ho_Chi_Minh"}).status_code == 302
    firm.refresh_from_db()
    assert (firm.brand, firm.late_surveys, firm.late_survey_hours) == ("Alpha", "wait", 48)


def person_form(user, **changes):
    return {
        "full_name": user.full_name,
        "email": user.email,
        "language": user.language,
        "role": user.role,
        "authority_limit": user.authority_limit,
        "reach": user.reach,
        "is_active": "on",
        **changes,
    }


def test_the_last_owner_stays(staff_client_alpha, owner_alpha, in_alpha):
    url = f"/admin/staff/user/{owner_alpha.pk}/change/"
    answer = staff_client_alpha.post(url, person_form(owner_alpha, role=Role.AGENT))
    assert answer.status_code == 200
    assert User.objects.get(pk=owner_alpha.pk).role == Role.OWNER


def test_the_limit_of_a_role_and_of_a_person(staff_client_alpha, owner_alpha, in_alpha):
    firm = Firm.objects.get()
    form = {
        name: getattr(firm, name) or ""
        for name in (
            "name", "brand", "phone", "reply_to", "colour", "language", "self_pronoun", "country", "currency",
            "time_zone", "second_factor", "late_surveys", "late_survey_hours",
        )
    }  # fmt: skip
    url = f"/admin/staff/firm/{firm.pk}/change/"
    assert staff_client_alpha.post(url, form | {"agent_limit": "-5"}).status_code == 200
    assert staff_client_alpha.post(url, form | {"agent_limit": "200k", "manager_limit": "1tr"}).status_code == 302
    firm.refresh_from_db()
    assert (firm.agent_limit, firm.manager_limit, firm.executive_limit) == (200_000, 1_000_000, None)
    agent = create_user(email="han@alpha.example", full_name="Lý Gia Hân", role=Role.AGENT)
    url = f"/admin/staff/user/{agent.pk}/change/"
    page = staff_client_alpha.get(url)
    assert page.context["adminform"].form["authority_limit"].value() is None
    assert "200.000" in page.content.decode()
    for typed, limit in (("500k", 500_000), ("0", 0), ("", 200_000)):
        assert staff_client_alpha.post(url, person_form(agent, authority_limit=typed)).status_code == 302
        assert limit_of(User.objects.get(pk=agent.pk)) == limit
    assert staff_client_alpha.post(url, person_form(agent, authority_limit="nhiều")).status_code == 200


def test_a_new_colleague_gets_a_link_by_mail_and_on_the_page(staff_client_alpha, in_alpha):
    form = {"full_name": "Lý Gia Hân", "email": "Han@alpha.example", "language": "vi", "role": "agent"}
    answer = staff_client_alpha.post(
        "/admin/staff/user/add/", form | {"authority_limit": 0, "is_active": "on"}, follow=True
    )
    user = User.objects.get(email="han@alpha.example")
    assert not user.has_usable_password()
    assert f"/welcome/{user.pk}/" in answer.content.decode()
    assert Message.objects.get(kind="welcome", user=user).email == "han@alpha.example"


def test_how_far_somebody_sees(staff_client_alpha, client_as, in_alpha):
    """Somebody new is offered what is usual for the role; later only who may change accounts changes it."""
    unit = Department.objects.create(name="Thu ngân")
    url, page = "/admin/staff/user/add/", staff_client_alpha.get("/admin/staff/user/add/").content.decode()
    assert '<option value="" selected>' in page.partition('name="reach"')[2].partition("</select>")[0]
    form = {"full_name": "Lê Văn Thử", "language": "vi", "authority_limit": 0, "is_active": "on"}
    expected = {}
    for number, (role, department, reach, seen) in enumerate(
        [
            ("agent", unit.pk, "", "department"),
            ("agent", "", "", "firm"),
            ("manager", unit.pk, "", "firm"),
            ("agent", unit.pk, "own", "own"),
            ("read_only", unit.pk, "firm", "firm"),
        ]
    ):
        email = f"moi{number}@alpha.example"
        told = form | {"email": email, "role": role, "department": department, "reach": reach}
        assert staff_client_alpha.post(url, told).status_code == 302, email
        expected[email] = seen
    people = User.objects.filter(email__startswith="moi").order_by("email")
    assert dict(people.values_list("email", "reach")) == expected
    one = people.first()
    change = f"/admin/staff/user/{one.pk}/change/"
    assert staff_client_alpha.post(change, person_form(one, reach="")).status_code == 200
    assert client_as("manager").post(change, person_form(one, reach="own")).status_code == 403
    one.refresh_from_db()
    assert (one.reach, changed("staff.user")) == ("department", [])
    assert staff_client_alpha.post(change, person_form(one, reach="own")).status_code == 302
    one.refresh_from_db()
    assert (one.reach, changed("staff.user")) == ("own", [("changed", "Trần Thị Chủ")])
    listed = staff_client_alpha.get("/admin/staff/user/?reach__exact=own").content.decode()
    assert "moi0@" in listed
    assert "moi1@" not in listed


def test_overlapping_absences_are_refused_and_one_is_removed(staff_client_alpha, owner_alpha, in_alpha):
    away = Absence.objects.create(user=owner_alpha, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 5))
    form = {"user": owner_alpha.pk, "starts_on": "05/12/2026", "ends_on": "09/12/2026"}
    answer = staff_client_alpha.post("/admin/staff/absence/add/", form)
    assert answer.status_code == 200
    assert Absence.objects.count() == 1
    staff_client_alpha.post(f"/admin/staff/absence/{away.pk}/delete/", {"post": "yes"})
    assert not Absence.objects.exists()
    assert changed("staff.absence") == [("removed", "Trần Thị Chủ")]


def test_a_key_is_shown_once_works_and_can_be_revoked(staff_client_alpha, in_alpha):
    form = {"name": "Máy tính tiền", "room_customers": "customers:write"}
    page = staff_client_alpha.post("/admin/staff/apikey/add/", form)
    secret = page.context["secret"]
    key = ApiKey.objects.get()
    assert find_api_key(secret) == key
    assert key.scopes == ["customers:write"]
    assert "no-store" in page["Cache-Control"]
    later = staff_client_alpha.get(f"/admin/staff/apikey/{key.pk}/change/").content.decode()
    assert secret not in later
    url = f"/admin/staff/apikey/{key.pk}/revoke/"
    assert staff_client_alpha.get(url).status_code == 200
    assert find_api_key(secret) is not None
    staff_client_alpha.post(url)
    assert find_api_key(secret) is None


def test_a_key_must_allow_something(staff_client_alpha, in_alpha):
    assert staff_client_alpha.post("/admin/staff/apikey/add/", {"name": "x"}).context["secret"] is None
    assert not ApiKey.objects.exists()


def test_a_manager_cannot_make_or_revoke_keys(client_as, staff_client_alpha, in_alpha):
    staff_client_alpha.post("/admin/staff/apikey/add/", {"name": "x", "room_staff": "staff:read"})
    key = ApiKey.objects.get()
    assert client_as(Role.MANAGER).post(f"/admin/staff/apikey/{key.pk}/revoke/").status_code == 403
    assert ApiKey.objects.get().revoked_at is None


def test_language_is_the_persons_own(staff_client_alpha, owner_alpha):
    answer = staff_client_alpha.post("/admin/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/admin/"
    assert '<html lang="en"' in staff_client_alpha.get("/admin/").content.decode()
    staff_client_alpha.post("/admin/language/", {"language": "xx", "next": "/admin/staff/user/"})
    with in_tenant(staff_client_alpha.tenant):
        assert User.objects.get(pk=owner_alpha.pk).language == "en"


def test_the_journey_is_drawn_by_its_services(staff_client_alpha, in_alpha):
    staff_client_alpha.post("/admin/journeys/journey/add/", {"name": "Khách sỉ"})
    journey = Journey.objects.get(name="Khách sỉ")
    staff_client_alpha.post(
        "/admin/journeys/stage/add/", {"journey": journey.pk, "name": "Đặt hàng", "name_en": "Ordering", "position": 1}
    )
    stage = Stage.objects.get(journey=journey)
    assert stage.code == "ordering"
    staff_client_alpha.post(
        "/admin/journeys/touchpoint/add/", {"name": "Giao hàng", "stage": stage.pk, "is_active": "on"}
    )
    touchpoint = Touchpoint.objects.get(stage=stage)
    form = {"name": "Giao tận nơi", "name_en": "", "stage": stage.pk, "is_active": "on"}
    staff_client_alpha.post(f"/admin/journeys/touchpoint/{touchpoint.pk}/change/", form)
    assert Touchpoint.objects.get(stage=stage).name == "Giao tận nơi"


def test_naming_somebody_takes_a_touchpoint_off_the_list(staff_client_alpha, owner_alpha, in_alpha):
    touchpoint = Touchpoint.objects.filter(is_active=True).first()
    url = f"/admin/journeys/accountability/add/?target=touchpoint:{touchpoint.pk}"
    before = staff_client_alpha.get("/admin/journeys/accountability/").context["unowned"]
    form = {
        "target": f"touchpoint:{touchpoint.pk}",
        "executive": owner_alpha.pk,
        "from_day": date.today() - timedelta(1),
    }
    assert staff_client_alpha.post(url, form).status_code == 302
    assert Accountability.objects.get().executive_id == owner_alpha.pk
    after = staff_client_alpha.get("/admin/journeys/accountability/").context["unowned"]
    assert len(after) == len(before) - 1


def test_nobody_deputises_themselves(staff_client_alpha, owner_alpha, in_alpha):
    touchpoint = Touchpoint.objects.filter(is_active=True).first()
    form = {
        "target": f"touchpoint:{touchpoint.pk}",
        "executive": owner_alpha.pk,
        "deputy": owner_alpha.pk,
        "from_day": date.today(),
    }
    answer = staff_client_alpha.post("/admin/journeys/accountability/add/", form)
    assert answer.status_code == 200
    assert not Accountability.objects.exists()


def test_root_causes_have_two_levels(staff_client_alpha, in_alpha):
    child = RootCause.objects.exclude(parent=None).first()
    answer = staff_client_alpha.post("/admin/feedback/rootcause/add/", {"parent": child.pk, "name": "Sâu quá"})
    assert answer.status_code == 200
    assert not RootCause.objects.filter(name="Sâu quá").exists()


def test_the_first_question_of_a_survey_is_its_score(staff_client_alpha, in_alpha):
    base = {"name": "Mới", "metric": "csat", "cadence": "transactional", "expires_after_days": 14, "is_active": "on"}
    question = {"position": 1, "kind": "nps", "text_vi": "Bao nhiêu?", "text_en": "How much?"}
    answer = staff_client_alpha.post("/admin/feedback/survey/add/", base | inline("questions", [question]))
    assert answer.status_code == 200
    assert not Survey.objects.filter(name="Mới").exists()
    answer = staff_client_alpha.post(
        "/admin/feedback/survey/add/", base | inline("questions", [question | {"kind": "csat"}])
    )
    assert answer.status_code == 302
    assert Question.objects.get(survey__name="Mới").kind == "csat"


def test_what_many_firms_ask_brings_its_words(staff_client_alpha, in_alpha):
    base = {"name": "Mới", "metric": "csat", "cadence": "relationship", "expires_after_days": 14, "is_active": "on"}
    first = {"position": 1, "kind": "csat", "text_vi": "Bao nhiêu?"}
    url, item = "/admin/feedback/survey/add/", {"position": 2, "item": "compared"}
    twice = staff_client_alpha.post(url, base | inline("questions", [first, item, {**item, "position": 3}]))
    assert (twice.status_code, Survey.objects.filter(name="Mới").exists()) == (200, False)
    assert staff_client_alpha.post(url, base | inline("questions", [first, {**item, "item": ""}])).status_code == 200
    assert staff_client_alpha.post(url, base | inline("questions", [first, item])).status_code == 302
    made = Question.objects.get(survey__name="Mới", position=2)
    assert (made.kind, made.text_vi, len(made.choices)) == (
        "choice",
        "So với những nơi khác {xh} biết, {brand} thế nào?",
        3,
    )


def order_of(page, *names):
    """The fields of a page in the order they are asked for."""
    return sorted(names, key=lambda name: page.index(f'name="{name}"'))


class TestAFirmOfOneLanguage:
    """Its own language is asked for first; the other is optional and follows until it is worded."""

    @pytest.fixture
    def english(self, client_beta, owner_beta, beta):
        client_beta.force_login(owner_beta)
        enter(beta)
        yield client_beta
        leave()

    @pytest.mark.parametrize(
        ("path", "values"),
        [
            ("feedback/rootcause", {"is_active": "on"}),
            ("feedback/remedy", {"cost": 0, "position": 1, "is_active": "on"}),
            ("journeys/journey", {}),
            ("journeys/stage", {"position": 99}),
            ("journeys/touchpoint", {"is_active": "on"}),
        ],
    )
    def test_english_alone_is_enough_and_a_repeated_wording_follows(self, english, path, values):
        model = apps.get_model(path.replace("/", "."))
        if path == "journeys/stage":
            values = {**values, "journey": Journey.objects.get().pk}
        if path == "journeys/touchpoint":
            values = {**values, "stage": Stage.objects.first().pk}
        page = english.get(f"/admin/{path}/add/").text
        assert order_of(page, "name", "name_en") == ["name_en", "name"]
        assert english.post(f"/admin/{path}/add/", {**values, "name": "Chỉ tiếng Việt"}).status_code == 200
        assert not model.objects.filter(name="Chỉ tiếng Việt").exists()
        assert english.post(f"/admin/{path}/add/", {**values, "name_en": "Late"}).status_code == 302
        row = model.objects.get(name_en="Late")
        url = f"/admin/{path}/{row.pk}/change/"
        assert english.get(url).context["adminform"].form["name"].value() == ""
        for form, kept in (({"name_en": "Too late"}, "Too late"), ({"name_en": "Too late", "name": "Trễ"}, "Trễ")):
            assert english.post(url, {**values, **form}).status_code == 302
            row.refresh_from_db()
            assert (row.name_en, row.name) == ("Too late", kept)

    def test_a_vietnamese_firm_is_asked_as_ever(self, staff_client_alpha, in_alpha):
        page = staff_client_alpha.get("/admin/feedback/rootcause/add/").text
        assert order_of(page, "name", "name_en") == ["name", "name_en"]
        values = {"is_active": "on", "name_en": "Only English"}
        assert staff_client_alpha.post("/admin/feedback/rootcause/add/", values).status_code == 200
        values = {"is_active": "on", "name": "Giao trễ"}
        assert staff_client_alpha.post("/admin/feedback/rootcause/add/", values).status_code == 302
        assert RootCause.objects.get(name="Giao trễ").name_en == ""

    @pytest.mark.parametrize(
        ("own", "other", "words"), [("text_en", "text_vi", "Where?"), ("text_vi", "text_en", "Ở đâu?")]
    )
    def test_a_question_needs_one_wording(self, english, own, other, words):
        Firm.objects.update(language=own[-2:])
        base = {"name": "New", "metric": "csat", "cadence": "transactional", "expires_after_days": 14}
        first = {"position": 1, "kind": "csat", own: "Score?"}
        second = {"position": 2, "kind": "choice", own: words, "options": "Counter | Quầy\nDelivery"}
        url = "/admin/feedback/survey/add/"
        page = english.get(url).text
        assert order_of(page, "questions-__prefix__-text_vi", "questions-__prefix__-text_en") == [
            f"questions-__prefix__-{name}" for name in (own, other)
        ]
        assert (
            english.post(url, base | inline("questions", [first, {**second, own: "", other: "x"}])).status_code == 200
        )
        assert not Survey.objects.filter(name="New").exists()
        assert english.post(url, base | inline("questions", [first, second])).status_code == 302
        question = Question.objects.get(survey__name="New", position=2)
        assert (question.text_vi, question.text_en) == (words, words)
        counter = {"vi": "Quầy", "en": "Counter"} if own == "text_en" else {"vi": "Counter", "en": "Quầy"}
        assert question.choices == [{"value": "1", **counter}, {"value": "2", "vi": "Delivery", "en": "Delivery"}]
        formset = english.get(f"/admin/feedback/survey/{question.survey_id}/change/").context["inline_admin_formsets"][
            0
        ]
        form = next(form for form in formset.formset.forms if form.instance.pk == question.pk)
        assert (form[own].value(), form[other].value()) == (words, "")
        assert form["options"].value() == "Counter | Quầy\nDelivery"


def calendar_form(calendar, **changes):
    hours = {f"day_{number}": "08:00-12:00, 13:00-17:00" for number in range(5)}
    form = {"name": calendar.name, "time_zone": calendar.time_zone, "is_default": "on", **hours, **changes}
    return form | inline("days")


def test_opening_hours_are_written_as_people_write_them(staff_client_alpha, in_alpha):
    calendar = Calendar.objects.get()
    calendar.days.all().delete()
    url = f"/admin/workflows/calendar/{calendar.pk}/change/"
    assert staff_client_alpha.post(url, calendar_form(calendar, day_5="8:00-11:30")).status_code == 302
    stored = Calendar.objects.get().windows
    assert stored["5"] == [["08:00", "11:30"]]
    assert stored["0"] == [["08:00", "12:00"], ["13:00", "17:00"]]
    assert "6" not in stored
    assert staff_client_alpha.post(url, calendar_form(calendar, day_0="12:00-08:00")).status_code == 200
    assert Calendar.objects.get().windows == stored


def test_a_firm_keeps_a_default_calendar(staff_client_alpha, in_alpha):
    calendar = Calendar.objects.get()
    calendar.days.all().delete()
    form = calendar_form(calendar)
    del form["is_default"]
    assert staff_client_alpha.post(f"/admin/workflows/calendar/{calendar.pk}/change/", form).status_code == 200
    assert Calendar.objects.get().is_default


def test_promised_times_are_written_in_hours(staff_client_alpha, in_alpha):
    policy = SlaPolicy.objects.get(severity="S3")
    url = f"/admin/workflows/slapolicy/{policy.pk}/change/"
    assert staff_client_alpha.post(url, {"first_contact": "6 h", "resolve": "1 h 30 m"}).status_code == 200
    assert staff_client_alpha.post(url, {"first_contact": "1 h 30 m", "resolve": "20 giờ"}).status_code == 302
    policy.refresh_from_db()
    assert (policy.first_contact, policy.resolve) == (timedelta(minutes=90), timedelta(hours=20))


def test_a_rung_has_exactly_one_time(staff_client_alpha, in_alpha):
    policy = EscalationPolicy.objects.get()
    levels = list(policy.levels.order_by("position"))
    rows = [
        {
            "id": level.pk,
            "policy": policy.pk,
            "position": level.position,
            "audience": level.audience,
            "share": level.share if level.share is not None else "",
            "after_breach": span_text(level.after_breach) if level.after_breach is not None else "",
        }
        for level in levels
    ]
    url = f"/admin/workflows/escalationpolicy/{policy.pk}/change/"
    form = {"name": policy.name, "is_default": "on"}
    both = [rows[0] | {"after_breach": "1 h"}, *rows[1:]]
    assert staff_client_alpha.post(url, form | inline("levels", both, len(rows))).status_code == 200
    earlier = [rows[0] | {"share": "0.25"}, *rows[1:]]
    assert staff_client_alpha.post(url, form | inline("levels", earlier, len(rows))).status_code == 302
    assert str(policy.levels.get(position=1).share) == "0.250"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("4 h", timedelta(hours=4)),
        ("4", timedelta(hours=4)),
        ("1 h 30 m", timedelta(minutes=90)),
        ("45 s", timedelta(seconds=45)),
        ("1,5 giờ", timedelta(minutes=90)),
        ("20 phút", timedelta(minutes=20)),
    ],
)
def test_spans_are_read(text, span):
    assert read_span(text) == span
    assert read_span(span_text(span)) == span


@pytest.mark.parametrize("text", ["", "soon", "4 x", "h"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises((ValueError, KeyError)):
        read_span(text)
