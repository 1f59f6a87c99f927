"""The persona quiz as it is used: opened on the portrait, answered from the first page, read when it is over."""

from customers.models import PersonaQuiz, QuizAnswer
from customers.services.quizzes import close_quiz, open_quiz
from tenants.context import in_tenant
from tenants.staff.models import Department
from tests.support.gaps import hire
from tests.support.quiz import HA, SAID, answer, choices, two_portraits

LIST = "/admin/customers/personaquiz/"


def body(response):
    return response.content.decode()


def test_from_asking_to_what_came_of_it(client_as, in_alpha, alpha, run_agenda):
    first, _second = two_portraits()
    page = f"/admin/customers/persona/{first.pk}/change/"
    manager, agent, reader = client_as("manager"), client_as("agent"), client_as("read_only")
    assert "Chưa ai được hỏi" in body(agent.get(LIST))
    for client in (agent, reader):
        assert client.post(f"/admin/customers/persona/{first.pk}/do/", {"act": "quiz"}).status_code == 403
    assert not PersonaQuiz.objects.exists()
    asked = manager.post(f"/admin/customers/persona/{first.pk}/do/", {"act": "quiz"})
    quiz = PersonaQuiz.objects.get()
    address = f"{LIST}{quiz.pk}/change/"
    assert asked["Location"] == address
    # Who has not answered sees neither the portrait nor the shares.
    for client in (manager, agent):
        assert address in body(client.get("/admin/"))
        assert HA["need"] not in body(client.get(page))
        assert SAID[0] not in body(client.get("/admin/customers/persona/"))
        assert "chờ anh/chị" in body(client.get(LIST))
    assert address not in body(reader.get("/admin/"))
    assert HA["need"] in body(reader.get(page))
    assert "radio" not in body(reader.get(address))
    # What is left out is asked again with the rest as it was chosen; nothing is kept before.
    chosen = {ask: str(ident) for ask, ident in choices(quiz, wrong=1).items()}
    half = body(agent.post(address, {"need": chosen["need"]}))
    assert (half.count("Chọn câu gần nhất"), half.count("checked")) == (4, 1)
    assert not QuizAnswer.objects.exists()
    reader.post(address, chosen)
    assert not QuizAnswer.objects.exists()
    assert agent.post(address, chosen)["Location"] == address
    said = body(agent.get(address))
    assert "4 trên 5 câu" in said
    assert "radio" not in said
    assert HA["need"] in body(agent.get(page))
    assert address not in body(agent.get("/admin/"))
    assert agent.post(f"{LIST}{quiz.pk}/close/").status_code == 403
    with in_tenant(alpha):
        assert PersonaQuiz.objects.get().is_open
        shops = Department.objects.create(name="Quán")
        answer(quiz, hire(5, shops), wrong=1)
        answer(quiz, hire(6))
    assert manager.get(f"{LIST}{quiz.pk}/close/")["Location"] == address
    manager.post(f"{LIST}{quiz.pk}/close/")
    found = body(manager.get(address))
    assert "Quán</th><td>5</td><td>0</td><td>80 %</td>" in found
    assert "Phần lớn <b>Quán</b> hình dung: “Ổ cắm”" in found
    assert "<b>11 trên 100</b>" in found  # 36 of 66 pairs differ in one of five questions
    line = body(agent.get(page))
    assert "<b>11 trên 100</b>" in line
    assert "<b>11 trên 100</b>" in body(agent.get(LIST))


def test_a_draft_shows_what_the_team_had_in_mind(client_as, in_alpha, alpha):
    first, second = two_portraits()
    manager = client_as("manager")
    manager.post(f"/admin/customers/persona/{first.pk}/do/", {"act": "draft"})
    draft = first.segment.personas.get(state="draft")
    page = f"/admin/customers/persona/{draft.pk}/change/"
    assert "Chưa ai được hỏi về chân dung này" in body(manager.get(page))
    with in_tenant(alpha):
        quiz = open_quiz(persona_id=first.pk)
        answer(quiz, hire(4))
        close_quiz(quiz_id=quiz.pk)
        again = open_quiz(persona_id=first.pk)
        answer(again, hire(5))
        close_quiz(quiz_id=again.pk)
    # The round under five says nothing of itself.
    assert "Chưa đủ năm người" in body(manager.get(f"{LIST}{quiz.pk}/change/"))
    line = body(manager.get(page))
    assert (f"{LIST}{again.pk}/change/" in line, f"{LIST}{quiz.pk}/change/" in line) == (True, False)
    assert "về phiên bản 1" in line
    # Refused in one sentence, and nothing is opened.
    manager.post(f"/admin/customers/persona/{second.pk}/do/", {"act": "retire"})
    refused = manager.post(f"/admin/customers/persona/{first.pk}/do/", {"act": "quiz"}, follow=True)
    assert "chân dung thứ hai" in body(refused)
    assert PersonaQuiz.objects.count() == 2
    missing = manager.get(f"{LIST}{first.pk}/change/")
    assert missing.status_code == 302
