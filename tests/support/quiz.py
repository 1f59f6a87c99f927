"""Two portraits that differ, and people who answer five questions about the first."""

from customers.models import CustomerPersona, Persona, PersonaQuiz, QuizOption, Segment
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.purchases import record_purchase
from customers.services.quizzes import answer_quiz
from customers.services.quotes import take_quote
from tenants.staff.models import User

HA = {"name": "Chị Thu Hà", "need": "Mua nhanh", "emotion": "sốt ruột", "channel": "Zalo", "expectation": "Đúng món"}
KHOI = {"name": "Bạn Khôi", "need": "Ổ cắm", "emotion": "thoải mái", "channel": "TikTok", "expectation": "Wifi khỏe"}
SAID = ("Sáng chậm 5 phút là cả ngày cuống.", "Ngồi được lâu là quý.")


def two_portraits() -> list[Persona]:
    """Live ones of two customers, three of four of whom are like the first."""
    portraits = []
    for words, sentence, people in ((HA, SAID[0], 3), (KHOI, SAID[1], 1)):
        segment = Segment.objects.create(name=f"Nhóm {words['name']}", kind="static")
        customers = [create_customer(full_name=f"Khách {words['name']} {number}") for number in range(people)]
        entry = record_interaction(customer_id=customers[0].pk, kind="call", what="call.logged", body=sentence)
        quote = take_quote(interaction_id=entry.pk)
        portrait = Persona.objects.create(segment=segment, number=1, state="live", sentence=quote, **words)
        for customer in customers:
            record_purchase(customer_id=customer.pk, amount=35_000)
            CustomerPersona.objects.create(customer=customer, persona=portrait, confidence=1, by="hand")
        portraits.append(portrait)
    return portraits


def choices(quiz: PersonaQuiz, wrong: int = 0) -> dict[str, object]:
    """An answer to each question; the first ``wrong`` of them another than the portrait's."""
    chosen: dict[str, object] = {}
    for number, ask in enumerate(("need", "emotion", "channel", "share", "sentence")):
        rows = QuizOption.objects.filter(quiz=quiz, ask=ask, is_right=number >= wrong)
        chosen[ask] = rows.order_by("position").values_list("pk", flat=True)[0]
    return chosen


def answer(quiz: PersonaQuiz, people: list[User], wrong: int = 0) -> None:
    chosen = choices(quiz, wrong)
    for user in people:
        answer_quiz(quiz_id=quiz.pk, user_id=user.pk, options=chosen)
