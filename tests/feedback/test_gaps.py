"""Beliefs are said once and by nobody in particular; gaps are counted and told once; forecasts stay sealed."""

from datetime import date, datetime
from uuid import uuid4

import pytest
import time_machine

from cxcrm.core.errors import Conflict, InvalidInput, NotAllowed
from feedback import errors
from feedback.models import Belief, Forecast, Question, RealGap, Survey
from feedback.selectors.brand_match import brand_match
from feedback.selectors.forecasts import histories_for
from feedback.selectors.gaps import asked_of, delivery_gaps, line_found, quarters_told
from feedback.services.configuration import remove_question, save_question
from feedback.services.gaps import seal_forecast, state_beliefs, watch_gaps
from journeys.models import Touchpoint
from journeys.services.accountability import hand_over
from journeys.services.brand import save_brand
from tenants.staff.models import Absence, Branch, Department, User
from tests.feedback.conftest import events
from tests.support.gaps import agreed, answered, ask_both_sides, believe, hire
from workflows.models import Alert, Event
from workflows.selectors.alerts import open_alerts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
QUARTER, NOON = date(2026, 10, 1), "2026-11-30T05:00:00Z"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def sentence(in_alpha):
    return ask_both_sides()


@pytest.fixture
def place(in_alpha):
    return Touchpoint.objects.get(code="counter")


class TestSaying:
    def test_once_a_quarter_without_a_trace_of_who(self, sentence):
        (person,) = hire(1, Department.objects.create(name="Vận hành"))
        before = Event.objects.count()
        assert state_beliefs(user_id=person.pk, values={sentence.pk: 5}) == 1
        row = Belief.objects.get()
        assert (row.value, row.quarter, row.department.name) == (5, QUARTER, "Vận hành")
        assert Event.objects.count() == before
        with pytest.raises(errors.AlreadyBelieved):
            state_beliefs(user_id=person.pk, values={sentence.pk: 1})
        assert Belief.objects.get().value == 5
        assert [one.is_said for one in asked_of(person.pk)] == [True]
        with time_machine.travel("2027-01-01T05:00:00Z", tick=False):
            assert [one.is_said for one in asked_of(person.pk)] == [False]
            state_beliefs(user_id=person.pk, values={sentence.pk: 1})
        assert Belief.objects.count() == 2

    def test_what_is_refused_leaves_nothing(self, sentence):
        (person,) = hire(1)
        other = Question.objects.get(survey=sentence.survey, position=1)
        for values, refusal in (
            ({}, errors.NothingSaid),
            ({other.pk: 4}, errors.NotAsked),
            ({uuid4(): 4}, errors.NotAsked),
            ({sentence.pk: 0}, errors.OffScale),
            ({sentence.pk: 6}, errors.OffScale),
        ):
            with pytest.raises(refusal):
                state_beliefs(user_id=person.pk, values=values)
        Survey.objects.filter(pk=sentence.survey_id).update(is_active=False)
        with pytest.raises(errors.NotAsked):
            state_beliefs(user_id=person.pk, values={sentence.pk: 4})
        assert not Belief.objects.exists()


class TestTheSentence:
    def test_it_is_one_both_can_agree_with(self, nps):
        told = {
            "survey": nps,
            "position": 5,
            "text_vi": "{brand} tốt.",
            "text_en": "{brand} is good.",
            "is_mirror": True,
        }
        for given in ({"kind": "text"}, {"kind": "csat", "text_vi": "{Xh} thấy tốt."}):
            with pytest.raises(InvalidInput):
                save_question(question=Question(**{**told, **given}))
        assert not Question.objects.filter(position=5).exists()
        kept = save_question(question=Question(kind="csat", **told))
        assert (kept.low_vi, kept.high_en) == ("Hoàn toàn không đồng ý", "Strongly agree")
        with pytest.raises(InvalidInput) as twice:
            save_question(question=Question(kind="csat", **{**told, "position": 6}))
        assert "Another sentence" in str(twice.value) or "Đã có câu khác" in str(twice.value)
        assert not Question.objects.filter(position=6).exists()

    def test_unmarked_it_speaks_of_no_place(self, place, nps):
        mirror = ask_both_sides(place)
        mirror.is_mirror = False
        save_question(question=mirror)
        mirror.refresh_from_db()
        assert mirror.touchpoint is None

    def test_answered_by_staff_it_stays(self, sentence):
        believe(sentence, hire(1), 1)
        with pytest.raises(Conflict):
            remove_question(question=sentence)
        assert Question.objects.filter(pk=sentence.pk).exists()


class TestGaps:
    def test_the_golden_one(self, sentence):
        believe(sentence, hire(24), 20)
        people = answered(sentence, [2] * 140)
        # Only the latest answer of each customer in the quarter counts; that of the last quarter does not.
        with time_machine.travel("2026-11-30T06:00:00Z", tick=False):
            answered(sentence, agreed(52, 140), people=people)
            gaps = delivery_gaps(QUARTER)
        line = gaps.lines[0]
        assert (line.gap.ours.n, line.gap.theirs.n) == (24, 140)
        assert (round(line.gap.points, 1), round(line.gap.low, 1), round(line.gap.high, 1)) == (46.2, 25.3, 58.7)
        assert (line.gap.standing, gaps.headline) == ("real", line)
        assert line.executive == User.objects.get(role="owner")
        assert "{brand}" not in line.sentence
        assert delivery_gaps(date(2026, 7, 1)).headline is None
        assert quarters_told() == [QUARTER]

    def test_the_edges_of_a_quarter_are_the_firms(self, sentence):
        believe(sentence, hire(5), 5)
        answered(sentence, [5] * 5, at=_at("2026-09-30T17:00:00Z"))  # midnight in Ho Chi Minh City
        answered(sentence, [5] * 7, at=_at("2026-09-30T16:59:59Z"))
        answered(sentence, [5] * 9, at=_at("2026-12-31T17:00:00Z"))
        assert delivery_gaps(QUARTER).lines[0].gap.theirs.n == 5

    def test_places_come_by_how_wide_the_gap_is_and_name_who_answers(self, sentence, place):
        other = Touchpoint.objects.get(code="payment")
        at_counter, at_payment = ask_both_sides(place, 14), ask_both_sides(other, 15)
        boss = hire(1, role="executive")[0]
        hand_over(executive_id=boss.pk, touchpoint_id=place.pk, from_day=date(2026, 11, 1))
        staff = hire(10)
        for question, good in ((sentence, 6), (at_counter, 10)):
            believe(question, staff, good)
            answered(question, agreed(5, 10))
        answered(at_payment, agreed(5, 10))
        gaps = delivery_gaps(QUARTER)
        assert [(one.touchpoint, one.gap.standing) for one in gaps.lines] == [
            (place, "real"),
            (None, "open"),
            (other, "few"),
        ]
        assert gaps.lines[0].executive == boss
        assert gaps.headline.touchpoint is None
        Question.objects.filter(pk=sentence.pk).update(is_mirror=False)
        assert delivery_gaps(QUARTER).headline.touchpoint == place

    def test_a_team_under_five_is_hidden_and_not_found_by_subtracting(self, sentence):
        one, two, three = (Department.objects.create(name=name) for name in ("Vận hành", "Marketing", "Xưởng rang"))
        for team, n in ((one, 8), (two, 6), (three, 3)):
            believe(sentence, hire(n, team), n)
        answered(sentence, agreed(5, 20))
        gaps = delivery_gaps(QUARTER)
        assert [(line.department, line.gap.ours.n) for line in gaps.of_firm.teams] == [(one, 8)]
        assert gaps.of_firm.hidden_teams == 2
        believe(sentence, hire(2, three), 2)
        gaps = delivery_gaps(QUARTER)
        assert {line.department for line in gaps.of_firm.teams} == {one, two, three}
        assert gaps.of_firm.hidden_teams == 0

    def test_a_place_has_its_teams_and_is_closed_to_who_has_not_said(self, sentence, place):
        at_counter, shops = ask_both_sides(place, 14), Department.objects.create(name="Vận hành")
        staff = hire(6, shops)
        for question, good in ((sentence, 3), (at_counter, 6)):
            believe(question, staff, good)
            answered(question, agreed(2, 10))
        (late,) = hire(1, shops)
        state_beliefs(user_id=late.pk, values={at_counter.pk: 2})
        gaps = delivery_gaps(QUARTER)
        assert [line.touchpoint for line in gaps.lines] == [place, None]
        (of_place,) = gaps.lines[0].teams
        assert (of_place.department, of_place.touchpoint, of_place.gap.ours.n) == (shops, place, 7)
        seen = gaps.seen_by(late.pk)
        assert [(line.touchpoint, line.is_open, len(line.teams)) for line in seen.lines] == [
            (place, True, 1),
            (None, False, 0),
        ]
        assert seen.headline.touchpoint == place
        assert gaps.seen_by(staff[0].pk) == gaps
        nothing_said = gaps.seen_by(User.objects.get(role="owner").pk)
        assert (nothing_said.headline, nothing_said.of_firm.is_open) == (None, False)
        assert [line.question_id for line in nothing_said.lines] == sorted((sentence.pk, at_counter.pk), key=str)
        assert [line.question_id for line in gaps.lines] == [at_counter.pk, sentence.pk], "the widest stood first"
        with time_machine.travel("2027-01-02T05:00:00Z", tick=False):
            assert gaps.seen_by(late.pk) is gaps


class TestTelling:
    def test_once_a_quarter_to_who_answers(self, place, run_agenda):
        sentence = ask_both_sides(place)
        boss = hire(1, role="executive")[0]
        hand_over(executive_id=boss.pk, touchpoint_id=place.pk, from_day=date(2026, 11, 1))
        believe(sentence, hire(24), 20)
        assert watch_gaps() == 0
        answered(sentence, agreed(52, 140))
        assert (watch_gaps(), watch_gaps()) == (1, 0)
        found = RealGap.objects.get()
        assert (found.question, found.quarter, found.executive) == (sentence, QUARTER, boss)
        told = {"gap_id": str(found.pk), "executive_id": str(boss.pk)}
        assert events("gap_found") == [("gap_found", told)]
        run_agenda()
        alert = Alert.objects.get(kind="gap")
        assert (alert.ref, alert.detail) == (
            found.pk,
            "Quầy phục vụ: ta nghĩ 83 %, khách nói 37 % (Người Làm)".replace("Quầy phục vụ", place.name),
        )
        Alert.objects.update(settled_at=alert.created_at)
        assert watch_gaps() == 0
        run_agenda()
        assert Alert.objects.count() == 1

    def test_the_alert_is_closed_to_who_has_not_said_unless_it_is_for_them(self, place, run_agenda):
        sentence, shops = ask_both_sides(place), Department.objects.create(name="Vận hành")
        boss, stands_in = hire(2, shops, role="executive")
        hand_over(executive_id=boss.pk, touchpoint_id=place.pk, from_day=date(2026, 11, 1))
        Absence.objects.create(user=boss, deputy=stands_in, starts_on=date(2026, 11, 30), ends_on=date(2026, 11, 30))
        said = hire(24)
        believe(sentence, said, 20)
        answered(sentence, agreed(52, 140))
        watch_gaps()
        run_agenda()
        owner = User.objects.get(role="owner")
        assert [open_alerts(one).count() for one in (boss, stands_in, said[0], owner)] == [1, 1, 1, 0]
        with time_machine.travel("2026-12-01T05:00:00Z", tick=False):
            state_beliefs(user_id=owner.pk, values={sentence.pk: 5})
            assert open_alerts(owner).count() == 1
        (late,) = hire(1, role="owner")
        assert open_alerts(late).count() == 0
        with time_machine.travel("2027-01-02T05:00:00Z", tick=False):  # the quarter is over
            assert open_alerts(late).count() == 1

    def test_an_open_gap_and_one_that_is_gone_are_told_to_nobody(self, sentence, run_agenda):
        believe(sentence, hire(10), 6)
        people = answered(sentence, agreed(5, 10))
        assert watch_gaps() == 0
        assert not RealGap.objects.exists()
        answered(sentence, [1] * 10, people=people, at=_at("2026-11-30T05:00:01Z"))
        assert watch_gaps() == 1
        Question.objects.filter(pk=sentence.pk).update(is_mirror=False)
        run_agenda()
        assert not Alert.objects.exists()
        assert line_found(uuid4()) is None


class TestForecasts:
    NEXT = date(2026, 12, 1)

    @pytest.fixture
    def executive(self, in_alpha):
        return hire(1, role="executive")[0]

    def test_it_is_sealed_and_stays(self, executive):
        made = seal_forecast(user_id=executive.pk, metric="nps", month=date(2026, 12, 24), value=41)
        assert (made.month, made.value) == (self.NEXT, 41)
        assert events("forecast_sealed") == [("forecast_sealed", {"forecast_id": str(made.pk)})]
        with pytest.raises(errors.ForecastSealed):
            seal_forecast(user_id=executive.pk, metric="nps", month=self.NEXT, value=20)
        made.refresh_from_db()
        assert made.value == 41
        mine, theirs = histories_for(executive.pk), histories_for(User.objects.get(role="owner").pk)
        assert [(one.value, one.is_open, one.actual) for one in mine[0].forecasts] == [(41, False, None)]
        assert [(one.value, one.gap) for one in theirs[0].forecasts] == [(None, None)]

    def test_what_is_refused_leaves_nothing(self, executive):
        agent, gone = hire(1)[0], hire(1, role="executive")[0]
        User.objects.filter(pk=gone.pk).update(is_active=False)
        told = {"user_id": executive.pk, "metric": "nps", "month": self.NEXT, "value": 41}
        for given, refusal in (
            ({"user_id": agent.pk}, NotAllowed),
            ({"user_id": gone.pk}, NotAllowed),
            ({"metric": "ces"}, InvalidInput),
            ({"month": date(2026, 11, 30)}, errors.MonthBegun),
            ({"month": date(2026, 1, 1)}, errors.MonthBegun),
            ({"month": date(2027, 12, 1)}, errors.MonthTooFar),
            ({"value": 101}, errors.ForecastOffScale),
            ({"metric": "csat", "value": -1}, errors.ForecastOffScale),
        ):
            with pytest.raises(refusal):
                seal_forecast(**{**told, **given})
        # In the firm's zone the month has begun although it has not in UTC.
        with time_machine.travel("2026-11-30T17:00:00Z", tick=False), pytest.raises(errors.MonthBegun):
            seal_forecast(**told)
        assert not Forecast.objects.exists()

    def test_over_it_opens_beside_what_was_measured(self, executive, nps):
        seal_forecast(user_id=executive.pk, metric="nps", month=self.NEXT, value=41)
        seal_forecast(user_id=executive.pk, metric="csat", month=self.NEXT, value=90)
        first = Question.objects.get(survey=nps, position=1)
        answered(first, [9] * 30, at=_at("2026-12-31T16:59:59Z"))
        answered(first, [0] * 30, at=_at("2026-12-31T17:00:00Z"))
        reader = User.objects.get(role="owner").pk
        with time_machine.travel("2026-12-31T16:00:00Z", tick=False):
            assert [one.value for one in histories_for(reader)[0].forecasts] == [None, None]
        with time_machine.travel("2026-12-31T17:30:00Z", tick=False):
            (history,) = histories_for(reader)
        csat, score = history.forecasts
        assert (score.is_open, score.value, score.actual.value) == (True, 41, 100.0)
        assert (score.gap, score.below, score.is_within, history.off_by) == (-59.0, 59.0, False, 59.0)
        assert (csat.value, csat.gap, csat.below, csat.actual.n) == (90, None, None, 0)


class TestBrandMatch:
    @pytest.fixture
    def words(self, nps):
        save_brand(
            positioning="Ly cà phê tử tế", majority="Dân văn phòng",
            traits=[{"name": name} for name in ("gần gũi", "mộc mạc", "nhanh nhẹn", "tử tế")], preset="friendly",
        )  # fmt: skip
        return save_question(
            question=Question(
                survey=nps, position=14, kind="words", text_vi="Chọn 3 từ tả {brand}", text_en="Pick three"
            )
        )

    def values(self, words, *names):
        by_name = {one["vi"].casefold(): one["value"] for one in words.choices}
        return "\n".join(sorted(by_name[name] for name in names))

    def test_the_brands_words_are_mixed_with_others(self, words):
        names = [one["vi"].casefold() for one in words.choices]
        assert {"gần gũi", "mộc mạc", "nhanh nhẹn", "tử tế"} < set(names)
        assert "sang trọng" in names
        assert len(names) == len(set(names)) == 13
        assert [one["value"] for one in words.choices] == [str(number) for number in range(1, 14)]

    def test_without_a_brand_or_with_three_words_it_is_refused(self, nps):
        told = {"survey": nps, "position": 14, "kind": "words", "text_vi": "Chọn", "text_en": "Pick"}
        three = [{"value": str(number), "vi": str(number), "en": str(number)} for number in range(3)]
        for choices in ([], three):
            with pytest.raises(InvalidInput):
                save_question(question=Question(**told, choices=choices))
        assert not Question.objects.filter(kind="words").exists()

    def test_by_branch_and_month(self, words):
        ours, mixed = (
            self.values(words, "gần gũi", "tử tế", "mộc mạc"),
            self.values(words, "gần gũi", "sang trọng", "nổi loạn"),
        )
        people = answered(words, [ours] * 5 + [mixed] * 5)
        branch = Branch.objects.create(name="Tân Định")
        for person in people[:5]:
            person.branch = branch
            person.save(update_fields=["branch"])
        answered(words, [mixed] * 5, at=_at("2026-10-05T05:00:00Z"))
        answered(words, [mixed] * 4, at=_at("2026-09-05T05:00:00Z"))
        answered(words, [ours] * 9, at=_at("2026-04-05T05:00:00Z"))  # too long ago
        match = brand_match()
        assert (match.whole.inside, match.whole.picks, match.whole.people) == (15 + 5 + 5 + 4, 57, 19)
        assert [(row, one.percent) for row, one in match.branches] == [(branch, 100.0)]
        assert [(month, round(one.percent, 1)) for month, one in match.months] == [
            (date(2026, 10, 1), 33.3),
            (date(2026, 11, 1), 66.7),
        ]
        top = match.words[0]
        assert (top.text.casefold(), top.picks, top.is_meant) == ("gần gũi", 19, True)
        assert {word.text.casefold(): word.is_meant for word in match.words}["sang trọng"] is False

    def test_of_four_people_nothing_is_shown(self, words):
        answered(words, [self.values(words, "gần gũi", "tử tế", "mộc mạc")] * 4)
        match = brand_match()
        assert (match.whole.percent, match.words, match.branches, match.months) == (None, [], [], [])


def _at(text):

    return datetime.fromisoformat(text)
