"""Staff answer once a period and leave no trace; what is shown of it is never that of a few."""

from collections import Counter
from datetime import date, datetime

import pytest
import time_machine
from django.db import connection

from feedback import errors
from feedback.models import Question, Response, StaffAnswer, StaffTurn, Survey
from feedback.selectors.pillars import inputs_now, orientation_of, pillars_of
from feedback.selectors.pulse import PULSE, latest_enps, pulse_of
from feedback.selectors.staff_voice import asked_of, asked_people, periods_told, so_far
from feedback.services.configuration import save_question
from feedback.services.staff_voice import answer_questionnaire
from journeys.services.initiatives import change_initiative, draft_initiative
from tenants.staff.models import Branch, Department, User
from tests.support.gaps import agreed, answered, hire
from tests.support.staff_voice import counted, say, values
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
QUARTER, BEFORE, YEAR = date(2026, 10, 1), date(2026, 7, 1), date(2026, 1, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-30T05:00:00Z", tick=False):
        yield


def later(read, *args):
    """As it is read when the quarter and the year are over."""
    with time_machine.travel("2027-01-02T05:00:00Z", tick=False):
        return read(*args)


def settled(people, **where):
    User.objects.filter(pk__in=[one.pk for one in people]).update(**where)
    return people


class TestAnswering:
    def test_once_and_nothing_joins_it_to_the_answers(self):
        shop = Branch.objects.create(name="Tân Định")
        people = settled(hire(6), branch=shop)
        before = Event.objects.count()
        say(people[:5], "pulse", 1, enps=9, words="Gọi  tôi 0912345678\nhay lan@x.example")
        say(people[5:], "pulse", 1, enps=3)
        assert Event.objects.count() == before
        with pytest.raises(errors.AlreadyAnswered):
            say(people[:1], "pulse", 1)
        assert Counter(StaffAnswer.objects.filter(item="enps").values_list("value", flat=True)) == {9: 5, 3: 1}
        assert StaffTurn.objects.filter(questionnaire="pulse", period=QUARTER).count() == 6
        # Neither names a person or a time beside an answer, and every id is drawn by lot.
        assert {field.name for field in StaffAnswer._meta.fields} == {
            "id", "questionnaire", "period", "branch", "department", "item", "value", "words",
        }  # fmt: skip
        assert {field.name for field in StaffTurn._meta.fields} == {"id", "user", "questionnaire", "period"}
        ids = [row.pk for model in (StaffAnswer, StaffTurn) for row in model.objects.all()]
        assert {ident.version for ident in ids} == {4}
        assert set(StaffAnswer.objects.values_list("branch__name", "department")) == {("Tân Định", None)}
        (words,) = set(StaffAnswer.objects.filter(item="why").values_list("words", flat=True))
        assert words == "Gọi tôi 091*****78 hay l…@x.example"

    def test_the_box_is_shaken(self):
        """Each time all of it is written anew: no transaction and no place on the disk tells two answers together."""
        people = hire(7)
        say(people[:6], "pulse", 1)
        first = set(StaffAnswer.objects.values_list("pk", flat=True))
        say(people[6:], "pulse", 2, support=2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM feedback_staffanswer")
            assert cursor.fetchone() == (1, 49)
            cursor.execute("SELECT item FROM feedback_staffanswer ORDER BY ctid")
            lying = [item for (item,) in cursor.fetchall()]
        assert not first & set(StaffAnswer.objects.values_list("pk", flat=True))
        assert lying != list(values("pulse", 1)) * 7

    def test_what_is_refused_leaves_nothing(self):
        (agent,), (boss,), (reader,) = hire(1), hire(1, role="executive"), hire(1, role="read_only")
        gone = settled(hire(1), is_active=False)[0]
        good = {"questionnaire": "pulse", "values": values("pulse", 1)}
        for person, change, refusal in (
            (reader, {}, errors.QuestionnaireNotAsked),
            (gone, {}, errors.QuestionnaireNotAsked),
            (agent, {"questionnaire": "mood"}, errors.QuestionnaireNotAsked),
            (agent, {"questionnaire": "assumed", "values": values("assumed", 1)}, errors.QuestionnaireNotAsked),
            (agent, {"values": {**good["values"], "mood": 1}}, errors.QuestionnaireUnknownItem),
            (agent, {"values": {"enps": 9}}, errors.QuestionnaireIncomplete),
            (agent, {"values": values("pulse", 1, day_end=3)}, errors.QuestionnaireOffScale),
            (agent, {"words": "a" * 1001}, errors.QuestionnaireWordsTooLong),
            (boss, {"questionnaire": "assumed", "values": values("assumed", 1), "words": "Vì"},
             errors.QuestionnaireUnknownItem),
        ):  # fmt: skip
            with pytest.raises(refusal):
                answer_questionnaire(user_id=person.pk, **{**good, **change})
        assert not StaffTurn.objects.exists()
        assert not StaffAnswer.objects.exists()

    def test_who_is_asked_what_and_when_again(self):
        (agent,), (boss,) = hire(1), hire(1, role="executive")
        assert [one.code for one in asked_of(agent)] == ["pulse", "pillars"]
        assert [one.code for one in asked_of(boss)] == ["pulse", "assumed", "pillars", "orientation"]
        say([agent], "pulse", 1)
        say([agent], "pillars", 4)
        assert [one.is_answered for one in asked_of(agent)] == [True, True]
        with time_machine.travel("2026-12-31T17:00:00Z", tick=False):  # midnight at the firm
            assert [(one.period, one.is_answered) for one in asked_of(agent)] == [(date(2027, 1, 1), False)] * 2

    def test_who_leaves_takes_their_turn_and_nothing_of_what_was_said(self):
        people, team = hire(6), Department.objects.create(name="Xưởng rang")
        settled(people, department=team)
        say(people, "pulse", 1)
        people[0].delete()
        team.delete()
        assert (StaffTurn.objects.count(), StaffAnswer.objects.filter(item="enps").count()) == (5, 6)


class TestPulse:
    def test_staff_beside_customers_by_branch_and_quarter(self):
        one, two = (Branch.objects.create(name=name) for name in ("Tân Định", "Xuân Hòa"))
        team = Department.objects.create(name="Văn phòng")
        happy, few = settled(hire(6), branch=one), settled(hire(5), branch=two)
        office = settled(hire(5), department=team, branch=None)
        with time_machine.travel("2026-08-10T05:00:00Z", tick=False):
            say([*happy, *few], "pulse", 1, enps=3)
        say(happy, "pulse", 1, enps=10, support=4)
        say(few[:3], "pulse", 1, enps=3, support=2)
        say(office, "pulse", 1, enps=8, support=5)
        asked = Question.objects.get(survey__metric="nps", position=1)
        customers = answered(asked, [9] * 12)
        for number, person in enumerate(customers):
            person.branch = one if number < 7 else two
            person.save(update_fields=["branch"])
        answered(asked, [9] * 2, at=datetime.fromisoformat("2026-08-01T05:00:00Z"))
        pleased = Question.objects.get(survey__metric="csat", position=1)
        answered(pleased, [5] * 7, people=customers[:7])
        Response.objects.filter(metric="csat").update(score=5)
        pulse = later(pulse_of, QUARTER)
        assert (pulse.answered, counted(pulse.enps), counted(pulse.nps)) == (14, (14, 21), (12, 100))
        assert pulse.running.asked == User.objects.working().exclude(role="read_only").count()
        assert counted(pulse.support) == (14, 79)
        assert pulse.change.differ
        # Three are too few, and five beside them are hidden too: the whole less the others would be those three.
        shown = {unit.name: unit for unit in pulse.units}
        assert (set(shown), pulse.hidden_units) == ({"Tân Định", "Xuân Hòa"}, 2)
        assert [counted(shown["Tân Định"].enps), counted(shown["Tân Định"].nps)] == [(6, 100), (7, 100)]
        assert (shown["Xuân Hòa"].enps, counted(shown["Xuân Hòa"].nps)) == (None, (5, 100))
        assert [unit.is_on_the_chart for unit in pulse.units] == [True, False]
        assert [(one.first, one.enps.n, one.nps.n) for one in pulse.history] == [(QUARTER, 14, 12), (BEFORE, 11, 2)]
        say(few[3:], "pulse", 1, enps=3)
        units = {unit.name: unit for unit in later(pulse_of, QUARTER).units}
        assert [counted(units[name].enps) for name in ("Tân Định", "Xuân Hòa", "Văn phòng")] == [
            (6, 100), (5, -100), (5, 0),
        ]  # fmt: skip
        assert units["Văn phòng"].nps is None
        assert later(latest_enps)[0] == QUARTER
        assert later(periods_told, PULSE) == [QUARTER, BEFORE]

    def test_of_four_nothing_is_told(self):
        say(hire(4), "pulse", 2, enps=10, support=5, words="Chờ lâu")
        pulse = later(pulse_of, QUARTER)
        assert (counted(pulse.enps), pulse.support.enough, pulse.words, pulse.change) == ((4, None), "hidden", [], None)
        assert {(one.assumed, one.reported) for one in pulse.day.moments} == {(None, None)}
        assert (pulse.day.gap, later(latest_enps)) == (None, None)

    def test_while_the_quarter_runs_nothing_follows_a_single_answer(self):
        """Whoever looked before and after one of them would know it."""
        say(hire(6), "pulse", 1, enps=8, words="Giờ đông thiếu người")
        say(hire(6), "pillars", 5)
        say(hire(1, role="executive"), "assumed", 1)
        running = pulse_of(QUARTER)
        assert (running.answered, running.units, running.words, running.day.moments) == (0, [], [], [])
        assert (latest_enps(), inputs_now()[0], periods_told(PULSE)) == (None, None, [BEFORE])
        assert {one.gap.ours.n for one in pillars_of(YEAR)} == {0}
        soon = so_far(PULSE)
        assert (soon.period, soon.answered, soon.told_on) == (QUARTER, 6, date(2027, 1, 1))
        assert soon.asked == asked_people().count()
        read = later(pulse_of, QUARTER)
        assert (read.answered, read.words, read.day.moments[0].assumed.n) == (6, ["Giờ đông thiếu người"] * 6, 1)

    def test_the_gap_is_that_of_emotions(self):
        staff, (boss,) = hire(5), hire(1, role="executive")
        say(staff, "pulse", 1, enps=8, support=3, day_rush=-2)
        say([boss], "assumed", 1, day_start=0, day_rush=0)
        gap = later(pulse_of, QUARTER).day.gap
        # Assumed 0, 0, 1, 1, 1 against felt 1, -2, 1, 1, 1.
        assert (gap.empathy, gap.optimism, gap.worst) == (0.6, 0.2, "day_rush")


class TestPillars:
    @pytest.fixture
    def survey(self):
        survey = Survey.objects.get(metric="nps")
        return [
            save_question(question=Question(survey=survey, position=number, kind="csat", item=f"pillar_{pillar}"))
            for number, pillar in enumerate(("people", "technology"), start=31)
        ]

    def test_staff_against_customers_and_what_is_done(self, survey):
        people = hire(10)
        say(people[:5], "pillars", 5, technology_1=2)
        say(people[5:], "pillars", 4, technology_1=2, technology_2=1)
        customers = answered(survey[0], [2] * 20)
        with time_machine.travel("2026-11-30T05:00:01Z", tick=False):
            answered(survey[0], agreed(6, 20), people=customers)  # the latest counts
        answered(survey[1], [5] * 9, at=datetime.fromisoformat("2025-12-31T16:59:59Z"))  # last year
        made = draft_initiative(name="Học lắng nghe", what="Người mới học lắng nghe", owner_id=people[0].pk)
        assert made.pillar == ""
        change_initiative(initiative_id=made.pk, pillar="people")
        found = {one.code: one for one in later(pillars_of, YEAR)}
        ours = found["people"]
        assert (ours.gap.ours.percent, ours.gap.theirs.percent, ours.gap.standing) == (100.0, 30.0, "real")
        assert (ours.gap.ours.n, ours.gap.theirs.n, ours.initiatives) == (10, 20, [made])
        tech = found["technology"]
        assert (tech.gap.ours.percent, tech.gap.standing, tech.initiatives) == (62.5, "few", [])
        assert [(one.code, one.ours.percent) for one in tech.statements[:2]] == [
            ("technology_1", 0.0), ("technology_2", 50.0),
        ]  # fmt: skip
        year, inputs = later(inputs_now)
        assert (year, [(one.code, one.percent) for one in inputs]) == (
            YEAR, [("values", 100.0), ("culture", 100.0), ("leadership", 100.0), ("technology", 62.5)],
        )  # fmt: skip

    def test_of_four_nothing_is_told(self):
        say(hire(4), "pillars", 5)
        assert {(one.gap.standing, one.gap.ours.percent, len(one.statements)) for one in later(pillars_of, YEAR)} == {
            ("few", None, 0)
        }
        year, inputs = later(inputs_now)
        assert (year, {one.percent for one in inputs}) == (None, {None})

    def test_whom_leaders_look_at_beside_last_year(self):
        boss, owner = hire(1, role="executive")[0], User.objects.get(role="owner")
        assert orientation_of(YEAR).people == 0
        with time_machine.travel("2025-11-30T05:00:00Z", tick=False):
            say([boss], "orientation", 2, boss_1=5, boss_2=4)
        say([boss, owner], "orientation", 3, customer_1=5)
        found = orientation_of(YEAR)
        assert (found.people, [(one.code, one.mean, one.before) for one in found.axes]) == (
            2,
            [("product", 3, 2), ("employee", 3, 2), ("competitor", 3, 2), ("boss", 3, 4.5), ("customer", 4, 2)],
        )
