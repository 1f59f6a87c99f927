"""Rounds of the persona quiz: asked once, answered once, closed by themselves, and nobody to be recognised."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from customers import group_errors as errors
from customers.models import CustomerPersona, Persona, PersonaQuiz, QuizAnswer, QuizOption
from customers.selectors.quizzes import outcome_of, outcomes_of, questions_of, rounds_about, rounds_left_for
from customers.services.erasure import erase_customer
from customers.services.personas import retire_persona
from customers.services.quizzes import answer_quiz, close_due_quiz, close_quiz, open_quiz
from cxcrm.core.clock import now
from cxcrm.core.errors import InvalidInput, NotAllowed
from tenants.models import AgendaItem
from tenants.staff.models import Department, User
from tests.support.gaps import hire
from tests.support.quiz import HA, SAID, answer, choices, two_portraits
from tests.support.race import race
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def portraits(in_alpha, scene):
    return scene("two portraits", two_portraits)


@pytest.fixture
def quiz(portraits):
    return open_quiz(persona_id=portraits[0].pk)


def told(quiz, ask):
    question = next(one for one in questions_of(quiz) if one.ask == ask)
    return {option.text: option.is_right for option in question.options}


class TestOpening:
    def test_five_questions_from_the_portraits_as_they_read_now(self, portraits, quiz):
        assert [one.ask for one in questions_of(quiz)] == ["need", "emotion", "channel", "share", "sentence"]
        assert told(quiz, "need") == {"Mua nhanh": True, "Ổ cắm": False}
        assert told(quiz, "sentence") == {SAID[0]: True, SAID[1]: False}
        assert list(told(quiz, "share").values()) == [False, False, False, True]  # three of four customers
        Persona.objects.filter(pk=portraits[0].pk).update(need="khác")
        assert told(quiz, "need") == {"Mua nhanh": True, "Ổ cắm": False}
        assert Event.objects.filter(name="customers.quiz_opened").count() == 1
        assert AgendaItem.objects.get(kind="customers.close_quiz").due_at == quiz.closes_at

    def test_it_ends_after_working_days_of_the_firm(self, portraits):
        with time_machine.travel("2026-12-04T03:00:00Z", tick=False):  # a Friday
            quiz = open_quiz(persona_id=portraits[0].pk, working_days=2)
        assert quiz.closes_at.isoformat()[:10] == "2026-12-07"  # Saturday is worked here, Sunday is not

    def test_without_purchases_the_fifth_is_what_they_expect(self, portraits):
        CustomerPersona.objects.all().delete()
        quiz = open_quiz(persona_id=portraits[0].pk)
        assert [one.ask for one in questions_of(quiz)] == ["need", "emotion", "channel", "sentence", "expectation"]
        assert outcome_of(quiz).people == 0

    def test_what_is_refused_opens_nothing(self, portraits, quiz):
        first, second = portraits
        with pytest.raises(errors.QuizAlreadyOpen):
            open_quiz(persona_id=first.pk)
        with pytest.raises(errors.PersonaNotFound):
            open_quiz(persona_id=uuid4())
        for days in (0, 21):
            with pytest.raises(InvalidInput):
                open_quiz(persona_id=second.pk, working_days=days)
        retire_persona(persona_id=first.pk)
        with pytest.raises(errors.PersonaNotLive):
            open_quiz(persona_id=first.pk)
        with pytest.raises(errors.QuizNotPossible) as alone:
            open_quiz(persona_id=second.pk)
        assert alone.value.data["questions"] == 1  # only how many they are
        Persona.objects.filter(pk=second.pk).update(sentence=None)
        with pytest.raises(errors.QuizNotPossible):
            open_quiz(persona_id=second.pk)
        assert PersonaQuiz.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_open_one(self, alpha):
        portraits = two_portraits()
        found = race(alpha, *[lambda: open_quiz(persona_id=portraits[0].pk)] * 2)
        assert sorted(type(one).__name__ for one in found) == ["PersonaQuiz", "QuizAlreadyOpen"]
        assert PersonaQuiz.objects.count() == 1


class TestAnswering:
    def test_once_a_round_and_without_a_trace_of_who(self, quiz):
        (person,) = hire(1, Department.objects.create(name="Vận hành"))
        before = Event.objects.count()
        assert rounds_left_for(person) == [quiz]
        assert answer_quiz(quiz_id=quiz.pk, user_id=person.pk, options=choices(quiz, wrong=2)) == 3
        assert (Event.objects.count(), rounds_left_for(person)) == (before, [])
        assert {row.department.name for row in QuizAnswer.objects.all()} == {"Vận hành"}
        with pytest.raises(errors.QuizAnswered):
            answer_quiz(quiz_id=quiz.pk, user_id=person.pk, options=choices(quiz))
        assert QuizAnswer.objects.filter(option__is_right=True).count() == 3

    def test_what_is_refused_leaves_nothing(self, portraits, quiz):
        (person,) = hire(1)
        (reader,) = hire(1, role="read_only")
        full = choices(quiz)
        other = choices(open_quiz(persona_id=portraits[1].pk))
        for options in (
            {},
            {**full, "need": uuid4()},
            {**full, "need": other["need"]},
            {**full, "need": full["emotion"]},
            {**full, "expectation": full["need"]},
        ):
            with pytest.raises(errors.QuizIncomplete):
                answer_quiz(quiz_id=quiz.pk, user_id=person.pk, options=options)
        with pytest.raises(errors.QuizNotFound):
            answer_quiz(quiz_id=uuid4(), user_id=person.pk, options=full)
        for user_id in (reader.pk, uuid4()):
            with pytest.raises(NotAllowed):
                answer_quiz(quiz_id=quiz.pk, user_id=user_id, options=full)
        assert rounds_left_for(reader) == []
        with time_machine.travel(quiz.closes_at, tick=False), pytest.raises(errors.QuizOver):
            answer_quiz(quiz_id=quiz.pk, user_id=person.pk, options=full)
        assert not QuizAnswer.objects.exists()


class TestClosing:
    def test_by_itself_when_its_days_are_over(self, quiz, run_agenda):
        assert close_due_quiz(quiz_id=quiz.pk).due_at == quiz.closes_at
        assert close_due_quiz(quiz_id=uuid4()) is None
        yesterday = now() - timedelta(days=1)
        PersonaQuiz.objects.update(closes_at=yesterday)
        AgendaItem.objects.filter(kind="customers.close_quiz").update(due_at=yesterday)
        run_agenda()
        quiz.refresh_from_db()
        assert not quiz.is_open
        assert close_due_quiz(quiz_id=quiz.pk) is None
        assert Event.objects.filter(name="customers.quiz_closed").count() == 1

    def test_by_hand_and_with_the_portrait(self, portraits, quiz):
        close_quiz(quiz_id=quiz.pk)
        close_quiz(quiz_id=quiz.pk)
        assert AgendaItem.objects.get(kind="customers.close_quiz").state == "cancelled"
        again = open_quiz(persona_id=portraits[0].pk)
        retire_persona(persona_id=portraits[0].pk)
        again.refresh_from_db()
        assert not again.is_open
        assert Event.objects.filter(name="customers.quiz_closed").count() == 2
        assert [one.pk for one in rounds_about(portraits[0].segment_id)] == [again.pk, quiz.pk]
        with pytest.raises(errors.QuizNotFound):
            close_quiz(quiz_id=uuid4())


class TestOutcome:
    def test_divergence_recall_and_what_teams_chose(self, quiz, exactly):
        kitchen, shops = (Department.objects.create(name=name) for name in ("Bếp", "Quán"))
        answer(quiz, hire(5, shops))
        answer(quiz, hire(5, kitchen), wrong=2)
        open_one = outcome_of(quiz)
        assert (open_one.people, open_one.divergence, open_one.teams, open_one.shares) == (10, None, [], {})
        quiz = close_quiz(quiz_id=quiz.pk)
        with exactly(2):
            found = outcomes_of([quiz])[quiz.pk]
        assert found.people == 10
        assert found.divergence == pytest.approx((50 / 90) * 2 / 5)  # two questions, five against five
        assert found.recall == pytest.approx(40 / 50)
        assert {team.department: (team.people, team.divergence, team.recall) for team in found.teams} == {
            kitchen: (5, 0.0, 0.6),
            shops: (5, 0.0, 1.0),
        }
        words = {row.pk: row.text for row in QuizOption.objects.filter(ask="need")}
        assert {team.department: words[team.chose["need"]] for team in found.teams} == {
            kitchen: "Ổ cắm",
            shops: HA["need"],
        }
        question = questions_of(quiz, found)[0]
        assert ({option.text: option.share for option in question.options}) == {"Mua nhanh": 0.5, "Ổ cắm": 0.5}
        assert (found.furthest, question.apart) == ("need", pytest.approx(50 / 90))

    def test_under_five_nothing_is_shown_and_subtracting_shows_nothing(self, quiz):
        one, two, three = (Department.objects.create(name=name) for name in ("Bếp", "Quán", "Kho"))
        answer(quiz, hire(4, one))
        quiz = close_quiz(quiz_id=quiz.pk)
        assert (outcome_of(quiz).people, outcome_of(quiz).is_shown, outcome_of(quiz).furthest) == (4, False, None)
        PersonaQuiz.objects.update(closed_at=None)
        answer(quiz, hire(6, two))
        answer(quiz, hire(8, three), wrong=1)
        quiz = close_quiz(quiz_id=quiz.pk)
        found = outcome_of(quiz)
        # The whole less the two others would be the four.
        assert [team.department for team in found.teams] == [three]
        assert (found.people, found.hidden_teams) == (18, 2)

    def test_who_has_no_team_counts_for_all_of_us_only(self, quiz):
        answer(quiz, hire(5))
        found = outcome_of(close_quiz(quiz_id=quiz.pk))
        assert (found.people, found.teams, found.hidden_teams) == (5, [], 0)

    def test_an_erased_customers_words_are_gone_from_the_round(self, portraits, quiz):
        erase_customer(customer_id=portraits[0].sentence.customer_id)
        assert told(quiz, "sentence") == {"(đã xoá)": True, SAID[1]: False}
        close_quiz(quiz_id=quiz.pk)
        assert "sentence" not in {one.ask for one in questions_of(open_quiz(persona_id=portraits[0].pk))}
        QuizOption.objects.filter(ask="sentence").update(quote=None)
        assert set(told(quiz, "sentence")) == {"–"}

    def test_nobody_else_is_asked_again(self, quiz):
        owner = User.objects.get(role="owner")
        assert rounds_left_for(owner) == [quiz]
        close_quiz(quiz_id=quiz.pk)
        assert rounds_left_for(owner) == []
