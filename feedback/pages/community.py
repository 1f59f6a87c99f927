"""The firm's community: find an answer while typing, ask when there is none, help others by one's own link."""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext

from customers.models import Customer
from customers.selectors.merging import standing_for
from customers.services.customers import find_or_create_by_contact
from cxcrm.core.clock import now
from cxcrm.core.context import SYSTEM, Actor, acting_as, current_tenant
from cxcrm.core.downloads import file_response
from cxcrm.core.errors import DomainError, InvalidInput, NotFound
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.limits import TOO_MANY, is_over_limit, visitor
from cxcrm.core.pages.views import PublicPage, TokenPage, for_customers, see, show
from cxcrm.core.tokens import make_token
from feedback.community_words import level_name
from feedback.models import CommunityImpact, ImpactPhoto
from feedback.pages.community_forms import OthersForm, QuestionForm, VerdictForm
from feedback.selectors.community import (
    asked_by_customer,
    found_by,
    guess_topic,
    latest_knowledge,
    open_to_customer,
    published_impacts,
)
from feedback.selectors.reputation import standing_of, standings_of
from feedback.selectors.tone import tone_for, tone_for_anybody
from feedback.services.answer_marks import mark_answer, note_helped
from feedback.services.community_answers import answer_as_customer
from feedback.services.community_questions import ask_question
from tenants.staff.selectors.firm import firm_today, the_firm

# A shop's guests share one address; a program does not stop at twenty. Typing searches more often than asking.
TIMES, SEARCHES, SECONDS = 20, 400, 600
MOST_SEARCH = 200
PHOTO = "community-photo"
_SEARCHING = "community.searching"


@for_customers
class CommunityPage(PublicPage):
    """Open to anybody while the firm has opened it; searching works with and without scripts."""

    def house_language(self) -> str:
        return the_firm().language

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Not in ``dispatch``, whose own marks a page would lose."""
        if not the_firm().has_community:
            raise Http404
        super().setup(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("q", "")[:MOST_SEARCH]
        return _show(request, QuestionForm(initial={"text": asked}), asked)

    def post(self, request: HttpRequest) -> HttpResponse:
        if is_switching(request):
            return _show(request, QuestionForm(initial=request.POST.dict()))
        form = QuestionForm(request.POST)
        is_helped = "helped" in request.POST
        if not is_helped and not form.is_valid():
            return _show(request, form, status=400)
        if is_over_limit(request, "community", times=TIMES, seconds=SECONDS):
            form.is_valid()
            form.add_error(None, TOO_MANY)
            return _show(request, form, status=429)
        if is_helped:
            return _helped(request)
        try:
            _ask(form.cleaned_data)
        except InvalidInput as error:
            form.refuse(error)
            return _show(request, form, status=400)
        return see(request, request.path, asked="1")


def _ask(values: dict[str, Any]) -> None:
    """Whoever is reached at the address asks; the same page for one we know and one we do not."""
    name = values["shown_name"] or values["email"].partition("@")[0]
    with acting_as(Actor("customer", None, name)):
        customer, _created = find_or_create_by_contact(full_name=name, email=values["email"], language=get_language())
        topic = guess_topic(values["text"])
        ask_question(
            text=values["text"],
            customer_id=customer.pk,
            may_publish=values["may_publish"],
            shown_name=values["shown_name"] if values["may_publish"] else "",
            topic_id=topic.pk if topic else None,
        )


def _helped(request: HttpRequest) -> HttpResponse:
    """A tap on "this helped": once per answer and visitor, however often it is tapped."""
    try:
        answer_id = UUID(request.POST["helped"])
        told = f"{current_tenant().id}|{answer_id}|{visitor(request)}"
        mark = salted_hmac("feedback.community.helped", told, algorithm="sha256").hexdigest()
        note_helped(answer_id=answer_id, visitor=mark, seconds=_searched_for(request.POST.get("since", "")))
    except (ValueError, NotFound) as error:
        raise Http404 from error
    return see(request, request.path, helped="1")


def _show(request: HttpRequest, form: QuestionForm, asked: str = "", status: int = 200) -> HttpResponse:
    too_often = bool(asked) and is_over_limit(request, "community-search", times=SEARCHES, seconds=SECONDS)
    found = [] if too_often or not asked else found_by(asked)
    context: dict[str, Any] = {
        "q": asked,
        "since": _since(request),
        "found": _told(found),
        "is_searched": bool(asked),
        "today": firm_today(),
    }
    if "part" in request.GET and request.method == "GET":  # what the script puts in while somebody types
        return show(request, "feedback/community_found.html", context)
    known = [] if found else latest_knowledge()
    context |= {
        "tone": tone_for_anybody(),
        "form": form,
        "form_id": "ask" if form.is_bound else "",
        "known": _told(known),
        "impacts": [(impact, _photo_of(impact)) for impact in published_impacts()[:6]],
        "is_asked": "asked" in request.GET,
        "is_helped": "helped" in request.GET,
    }
    return show(request, "feedback/community.html", context, status=status)


def _photo_of(impact: CommunityImpact) -> str:
    """Where its picture is, "" where there is none."""
    return reverse("community-photo", args=[make_token(PHOTO, impact.pk)]) if hasattr(impact, "photo") else ""


def _told(questions: list[Any]) -> list[Any]:
    """With the level of each customer who answered, as others may know it."""
    answers = [answer for question in questions for answer in question.shown_answers]
    levels = standings_of({answer.customer_id for answer in answers if answer.customer_id}) if answers else {}
    for answer in answers:
        answer.level = level_name(levels[answer.customer_id].level) if answer.customer_id in levels else ""
    return questions


def _since(request: HttpRequest) -> str:
    """When the search began, signed and carried by the page; nothing is kept of whoever only looks."""
    carried = request.GET.get("since") or request.POST.get("since") or ""
    return carried if _began(carried) is not None else Signer(salt=_SEARCHING).sign(str(int(now().timestamp())))


def _began(stamp: str) -> int | None:
    try:
        return int(Signer(salt=_SEARCHING).unsign(stamp))
    except BadSignature:
        return None


def _searched_for(stamp: str) -> int:
    """Seconds since the search began. Raises ValueError without a stamp of ours."""
    began = _began(stamp)
    if began is None:
        raise ValueError("no stamp of ours")
    return int(now().timestamp()) - began


@for_customers
class ImpactPhotoPage(TokenPage):
    """The picture of a published impact."""

    http_method_names = ("get", "head", "options")
    purpose = PHOTO

    def find(self, ident: UUID) -> ImpactPhoto | None:
        if not the_firm().has_community:
            return None
        return ImpactPhoto.objects.filter(impact=ident, impact__is_published=True).first()

    def reader(self, found: ImpactPhoto) -> tuple[Actor, str]:
        return SYSTEM, the_firm().language

    def get(self, request: HttpRequest, photo: ImpactPhoto) -> HttpResponse:
        return file_response(bytes(photo.content), file_name="photo", content_type=photo.content_type, inline=True)


@for_customers
class CommunityOfOnePage(TokenPage):
    """One customer's own questions, whether the answers help, and what others ask that they may know."""

    purpose = "community-own"

    def find(self, ident: UUID) -> Customer | None:
        if not the_firm().has_community:
            return None
        return standing_for(ident)

    def reader(self, found: Customer) -> tuple[Actor, str]:
        return Actor("customer", found.id, found.full_name), found.language

    def get(self, request: HttpRequest, customer: Customer) -> HttpResponse:
        return _show_own(request, customer)

    def post(self, request: HttpRequest, customer: Customer) -> HttpResponse:
        if is_switching(request):
            return see(request, request.path)
        form = VerdictForm(request.POST) if "answer" in request.POST else OthersForm(request.POST)
        if not form.is_valid():
            first = next(iter(form.errors.values()))[0]
            return _show_own(request, customer, problem=str(first), status=400)
        if is_over_limit(request, "community-own", times=TIMES, seconds=SECONDS):
            return _show_own(request, customer, problem=str(TOO_MANY), status=429)
        values = form.cleaned_data
        try:
            if isinstance(form, VerdictForm):
                mark_answer(answer_id=values["answer"], customer_id=customer.pk, verdict=values["verdict"])
                return see(request, request.path, said=values["verdict"], done="1")
            answer = answer_as_customer(
                question_id=values["question"],
                customer_id=customer.pk,
                text=values["text"],
                shown_name=values["shown_name"],
            )
        except DomainError as refusal:
            return _show_own(request, customer, problem=str(refusal), status=409)
        return see(request, request.path, answered="shown" if answer.published_at else "waits")


def _show_own(request: HttpRequest, customer: Customer, *, problem: str = "", status: int = 200) -> HttpResponse:
    """``?about=`` and ``?said=`` of the mail only choose what is pre-selected; a POST says it."""
    questions = _told(asked_by_customer(customer.pk))
    about = request.GET.get("about", "")
    tapped = request.GET.get("said", "")
    for question in questions:
        for answer in question.shown_answers:
            chosen = tapped if str(answer.pk) == about else ""
            answer.form = VerdictForm(
                auto_id=f"id_{answer.pk}_%s", initial={"answer": answer.pk, "verdict": answer.said or chosen}
            )
            answer.is_own = answer.customer_id == customer.pk
    others = open_to_customer(customer.pk)
    context = {
        "tone": tone_for(customer),
        "questions": questions,
        "others": [(question, OthersForm(about=question.pk)) for question in others],
        "problem": problem,
        "level": level_name(standing_of(customer.pk).level),
        "today": firm_today(),
        "thanks": _thanks(request),
        "community": reverse("community"),
    }
    return show(request, "feedback/community_own.html", context, status=status)


def _thanks(request: HttpRequest) -> str:
    if "done" in request.GET:
        if request.GET.get("said") == "helpful":
            return gettext("Glad that it helped. Thank you for telling us.")
        return gettext("Thank you. Somebody looks at it again, and you get a mail.")
    return {
        "shown": gettext("Thank you! Your answer is shown now."),
        "waits": gettext("Thank you! Somebody looks at your answer, then it is shown."),
    }.get(request.GET.get("answered", ""), "")
