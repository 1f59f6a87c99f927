"""A customer's own page: how to be reached, how often to be asked, wishes, cases and data; by a link, no password."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from customers.models import Consent, Customer, DataRequest, Fact
from customers.selectors.consents import standing
from customers.selectors.data_requests import data_requests_of
from customers.selectors.facts import way_known
from customers.selectors.merging import standing_for
from customers.services import choices
from customers.services.customers import update_customer
from customers.services.data_requests import ask_about_data
from customers.services.facts import MAX_FACT, note_fact
from cxcrm.core.context import Actor
from cxcrm.core.errors import DomainError
from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.limits import TOO_MANY, is_over_limit
from cxcrm.core.pages.views import PublicPage, TokenPage, for_customers, see, show
from cxcrm.core.tokens import make_token
from feedback.selectors.complaints import cases_of
from feedback.selectors.tone import tone_for
from tenants.staff.selectors.firm import the_firm
from workflows.selectors.tracking import state_words
from workflows.services.my_pages import mail_my_page

TIMES, SECONDS = 60, 600
LETTERS = 10
# What a yes or no is asked for here; surveys have their own question.
TOPICS = {
    Consent.Purpose.MARKETING: (gettext_lazy("News and offers"), gettext_lazy("By mail or message, now and then")),
    Consent.Purpose.PROFILING: (
        gettext_lazy("Suggestions that suit you"),
        gettext_lazy("We guess from what you buy what you may like"),
    ),
    Consent.Purpose.PUBLICATION: (gettext_lazy("Your words, shown to others"), gettext_lazy("Without your name")),
}
ASKED = {
    DataRequest.Kind.COPY: gettext_lazy("See it and get a copy"),
    DataRequest.Kind.CORRECT: gettext_lazy("Correct it"),
    DataRequest.Kind.DELETE: gettext_lazy("Erase it"),
}


def _act(customer: Customer, posted: Any) -> None:
    """Do what one form of the page asks for; unknown ones do nothing. Raises what the services refuse."""
    ident, do = customer.pk, posted.get("do", "")
    match do:
        case "address":
            choices.choose_address(
                customer_id=ident,
                salutation=posted.get("salutation", ""),
                given_name=posted.get("given_name", ""),
                language=posted.get("language", customer.language),
            )
        case "contact":
            update_customer(
                customer_id=ident,
                contact_channel=posted.get("contact_channel", ""),
                contact_hours=posted.get("contact_hours", ""),
            )
        case "surveys":
            choices.choose_surveys(customer_id=ident, rhythm=posted.get("rhythm", ""))
        case "yes" | "no":
            choices.choose_topic(customer_id=ident, purpose=posted.get("purpose", ""), granted=do == "yes")
        case "wish":
            choices.add_wish(customer_id=ident, text=posted.get("text", ""))
        case "drop":
            choices.drop_wish(customer_id=ident, fact_id=_uuid(posted.get("wish", "")))
        case "first_source" | "convinced_by":
            note_fact(customer_id=ident, kind=do, way=posted.get("way", ""))
        case "data":
            ask_about_data(customer_id=ident, kind=posted.get("kind", ""), words=posted.get("words", ""))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody's


@for_customers
class MyPage(TokenPage):
    """Opening it changes nothing: mail scanners open everything. ``?done=`` only says which part was saved."""

    purpose = "my-page"

    def find(self, ident: UUID) -> Customer | None:
        return standing_for(ident)

    def reader(self, found: Customer) -> tuple[Actor, str]:
        return Actor("customer", found.id, found.full_name), found.language

    def get(self, request: HttpRequest, customer: Customer) -> HttpResponse:
        return _page(request, customer)

    def post(self, request: HttpRequest, customer: Customer) -> HttpResponse:
        part = request.POST.get("do", "")
        if is_switching(request):
            return see(request, request.path)
        if is_over_limit(request, "my-page", times=TIMES, seconds=SECONDS):
            return _page(request, customer, part=part, refusal=TOO_MANY, status=429)
        try:
            _act(customer, request.POST)
        except DomainError as error:
            customer.refresh_from_db()
            return _page(request, customer, part=part, refusal=error, status=400)
        return see(request, request.path, done=part if part.isidentifier() else "")


def _page(
    request: HttpRequest, customer: Customer, *, part: str = "", refusal: Any = "", status: int = 200
) -> HttpResponse:
    ident = customer.pk
    said = {topic: standing([ident], topic).get(ident) for topic in TOPICS}
    context = {
        "customer": customer,
        "tone": tone_for(customer),
        "done": request.GET.get("done", ""),
        "part": part,
        "refusal": refusal,
        "typed": request.POST,
        "salutations": Customer.Salutation.choices,
        "languages": [("vi", "Tiếng Việt"), ("en", "English")],
        "channels": Customer.ContactChannel.choices,
        "hours": Customer.ContactHours.choices,
        "rhythm": choices.survey_rhythm(customer),
        "topics": [
            {"purpose": topic.value, "label": label, "more": more, "said": said[topic]}
            for topic, (label, more) in TOPICS.items()
        ],
        "allowed": [label for topic, (label, _more) in TOPICS.items() if said[topic]],
        "wishes": choices.wishes_of(ident),
        "max_wish": MAX_FACT,
        "ways": Fact.Way.choices,
        "found_by": way_known(ident, Fact.Kind.FIRST_SOURCE),
        "convinced_by": way_known(ident, Fact.Kind.CONVINCED_BY),
        "cases": [
            {"case": case, "says": state_words(case), "url": reverse("track", args=[make_token("track", case.pk)])}
            for case in cases_of(ident)
        ],
        "requests": [{"asked": one, "label": ASKED[DataRequest.Kind(one.kind)]} for one in data_requests_of(ident)],
        "kinds": DataRequest.Kind,
    }
    return show(request, "workflows/my_page.html", context, status=status)


class LinkForm(PageForm):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        error_messages={
            "required": gettext_lazy("Please type your e-mail address."),
            "invalid": gettext_lazy("This e-mail address is not complete."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@for_customers
class MyPageLink(PublicPage):
    """The link is mailed to whoever asks with their own address; the answer is the same for every address."""

    def house_language(self) -> str:
        return the_firm().language

    def get(self, request: HttpRequest) -> HttpResponse:
        return _ask(request, LinkForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if is_switching(request):
            return _ask(request, LinkForm(initial=request.POST.dict()))
        form = LinkForm(request.POST)
        if not form.is_valid():
            return _ask(request, form, status=400)
        if is_over_limit(request, "my-page-link", times=LETTERS, seconds=SECONDS):
            form.add_error(None, TOO_MANY)
            return _ask(request, form, status=429)
        mail_my_page(email=form.cleaned_data["email"])
        return show(request, "workflows/my_page_sent.html", {"email": form.cleaned_data["email"]})


def _ask(request: HttpRequest, form: LinkForm, status: int = 200) -> HttpResponse:
    return show(request, "workflows/my_page_link.html", {"form": form, "form_id": "my-page"}, status=status)
