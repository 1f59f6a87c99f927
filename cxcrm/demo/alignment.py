"""What the demo firms' teams picture when they hear a persona's name: one round that is over, one that is asked."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from customers.models import Persona, PersonaQuiz, QuizOption
from customers.selectors.quizzes import people_asked
from customers.services.quizzes import answer_quiz, close_quiz, open_quiz
from cxcrm.demo.firms import DemoFirm
from tenants.staff.models import User

OVER_FOR: Final = timedelta(days=47)
SHOPS: Final = ("Vận hành", "Workshop")
# Who comes up in the shops sees the queue; the office thinks of vouchers and of everybody's favourite channel. By
# question: how many in a hundred of the shops and of the others choose as the portrait does.
AS_DRAWN: Final = {"need": (90, 40), "emotion": (90, 50), "channel": (40, 60), "share": (70, 20), "sentence": (100, 60)}
ANSWERED_NOW: Final = 7


@transaction.atomic
def lay_alignment(demo: DemoFirm) -> None:
    """Ask about the largest persona and let the round end; ask about the second and let some answer, once."""
    if PersonaQuiz.objects.exists():
        return
    portraits = list(Persona.objects.filter(state="live").order_by("created_at", "pk")[:2])
    staff = list(people_asked().select_related("department").order_by("created_at", "pk"))
    over = open_quiz(persona_id=portraits[0].pk)
    for number, user in enumerate(staff):
        answer_quiz(quiz_id=over.pk, user_id=user.pk, options=_chosen(over, user, number))
    close_quiz(quiz_id=over.pk)
    for name in ("opened_at", "closes_at", "closed_at"):
        moved = getattr(PersonaQuiz.objects.get(pk=over.pk), name) - OVER_FOR
        PersonaQuiz.objects.filter(pk=over.pk).update(**{name: moved})
    # It was published before anybody was asked about it.
    Persona.objects.filter(pk=portraits[0].pk).update(published_at=F("published_at") - OVER_FOR * 2)
    asked = open_quiz(persona_id=portraits[1].pk)
    for number, user in enumerate(staff[-ANSWERED_NOW:]):
        answer_quiz(quiz_id=asked.pk, user_id=user.pk, options=_chosen(asked, user, number))


def _chosen(quiz: PersonaQuiz, user: User, number: int) -> dict[str, object]:
    """Spread evenly: the share that chooses as the portrait does is as told, the others lean to one answer."""
    chosen: dict[str, object] = {}
    in_shop = user.department is not None and user.department.name in SHOPS
    for place, (ask, shares) in enumerate(AS_DRAWN.items()):
        rows = list(QuizOption.objects.filter(quiz=quiz, ask=ask).order_by("position"))
        wrong = [row for row in rows if not row.is_right]
        is_drawn = (number * 37 + place * 11) % 100 < shares[0 if in_shop else 1]
        right = next(row for row in rows if row.is_right)
        chosen[ask] = right.pk if is_drawn else wrong[(number * 7 + place) % 5 % len(wrong)].pk
    return chosen
