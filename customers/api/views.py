"""Endpoints for customers, their consents and their timeline."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api import serializers as shapes
from customers.api.masking import MaskingViews
from customers.api.ranking import BestFirst
from customers.errors import CustomerMerged
from customers.exports import CUSTOMER_PREFETCH, CUSTOMER_RELATED, customer_columns, masked_columns
from customers.logic.custom_fields import parse_custom
from customers.models import Consent, Customer, CustomerHealth, ExternalId, Interaction, Understanding
from customers.selectors import customers as selectors
from customers.selectors.contacts import may_look_for, may_see_contacts
from customers.selectors.custom_fields import custom_fields, having, spec_of
from customers.selectors.hiding import marked_for
from customers.selectors.merging import survivor_of
from customers.selectors.timeline import Asked, narrowed
from customers.services.consents import state_consent
from customers.services.contacts import log_contact
from customers.services.customers import create_customer, update_customer
from customers.services.erasure import erase_customer
from customers.services.interactions import record_interaction
from cxcrm.core.api.exporting import ExportingViewSet
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet, RoomViewSet
from cxcrm.core.exports.columns import Column
from tenants.staff.models import User
from tenants.staff.roles import Level


class CustomerFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Customer.Kind.choices)
    tag = filters.CharFilter(method="tagged", label="Exactly this tag")
    owner = filters.UUIDFilter(field_name="owner_id")
    branch = filters.UUIDFilter(field_name="branch_id")
    organization = filters.UUIDFilter(field_name="organization_id")
    referred_by = filters.UUIDFilter(field_name="referred_by_id")
    province = filters.CharFilter(field_name="province_code", label="Code of the province")
    contact_role = filters.ChoiceFilter(choices=Customer.ContactRole.choices)
    language = filters.ChoiceFilter(choices=User.Language.choices)
    level = filters.ChoiceFilter(
        field_name="understanding__level", choices=Understanding.Level.choices, label="Level of understanding, 1 to 4"
    )
    band = filters.ChoiceFilter(field_name="health__band", choices=CustomerHealth.Band.choices, label="Band of health")
    custom = filters.CharFilter(
        method="with_own", label="A field of the firm's own as key:value, for example level:gold"
    )
    external_id = filters.CharFilter(method="numbered", label="Exactly this number in another system")
    created_since = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_until = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Customer
        fields: list[str] = []

    def tagged(self, queryset: Any, name: str, tag: str) -> Any:
        return queryset.filter(tags__contains=[tag])

    def with_own(self, queryset: Any, name: str, asked: str) -> Any:
        key, _colon, text = asked.partition(":")
        field = custom_fields().filter(key=key).first()
        parsed = parse_custom(spec_of(field), text) if field else None
        if field is None or parsed is None or parsed.problem or parsed.value is None:
            return queryset.none()
        value = parsed.value[0] if isinstance(parsed.value, list) else parsed.value
        return having(queryset, field, value)

    def numbered(self, queryset: Any, name: str, number: str) -> Any:
        return queryset.filter(pk__in=ExternalId.objects.filter(value=number).values("customer_id"))


class CustomerViewSet(BestFirst, MaskingViews, ExportingViewSet, ReadViewSet):
    """People and organisations the firm serves. A customer is never deleted through the API."""

    room = "customers"
    levels = {**ExportingViewSet.levels, "erase": MANAGE}
    queryset = Customer.objects.all()
    serializer_class = shapes.CustomerOut
    inputs = {"create": shapes.CustomerIn, "partial_update": shapes.CustomerChange}
    filterset_class = CustomerFilter
    export_related = CUSTOMER_RELATED
    export_prefetch = CUSTOMER_PREFETCH
    orderings = {
        "-created_at": ("-created_at", "-id"),
        "created_at": ("created_at", "id"),
        "name": ("sort_key", "id"),
        "-name": ("-sort_key", "-id"),
    }

    def get_queryset(self) -> Any:
        return selectors.visible_to(self.request.user)

    def columns_for(self) -> tuple[Column, ...]:
        columns = customer_columns()
        return masked_columns(columns) if self.is_masking() else columns

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """A merged customer's address answers 410; `data.customer` is the one to ask for instead."""
        try:
            return super().retrieve(request, **kwargs)
        except Http404:
            survivor = survivor_of(self.pk) if request.user.allows("customers", Level.READ) else None
            if survivor is None:
                raise
            raise CustomerMerged(customer=str(survivor)) from None

    def search_queryset(self, queryset: Any, text: str) -> Any:
        """Part of a name without regard to accents, of a phone number however it is written, of an e-mail address.

        Of few hits those come first that have the accents as typed.
        """
        found = selectors.search(queryset, text, masked=not may_see_contacts(self.request.user))
        return self.best_first(found, text, "full_name")

    def create(self, request: Request) -> Response:
        """Add a customer. The name is read as people write it: `C. Lan` becomes Lan with the salutation chị."""
        return self.answer(create_customer(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is sent. Send the `version` you read to be told (409) when somebody was faster."""
        return self.answer(update_customer(customer_id=self.get_object().pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: Any) -> Response:
        """Forget who this customer is, for good; scores, states and times stay. Asks for `customers:manage`.

        Refused (409) while one of their complaints is open. After a restored backup they are forgotten again.
        """
        self.parsed()
        return self.answer(erase_customer(customer_id=self.get_object().pk))


class OfCustomer(RoomViewSet):
    """What belongs to one customer of the address."""

    room = "customers"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.customer = get_object_or_404(selectors.visible_to(request.user), pk=self.kwargs["customer_id"])


class ConsentViewSet(MaskingViews, OfCustomer, ListViewSet):
    """Every statement of one customer on what they agree to, the latest first; the latest per purpose holds."""

    queryset = Consent.objects.all()
    serializer_class = shapes.ConsentOut
    inputs = {"create": shapes.ConsentIn}
    from_customers = frozenset({"create"})
    ordering = ("-stated_at", "-id")

    def get_queryset(self) -> Any:
        return Consent.objects.filter(customer=self.customer)

    def create(self, request: Request, customer_id: Any) -> Response:
        """State a consent or its withdrawal. Opt-outs stand at once."""
        stated = state_consent(customer_id=self.customer.pk, method=Consent.Method.API, **self.parsed())
        return self.show(stated)


class TimelineFilter(filters.FilterSet):
    kind = filters.MultipleChoiceFilter(choices=Interaction.Kind.choices)
    direction = filters.ChoiceFilter(choices=Interaction.Direction.choices)
    occurred_since = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_until = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")

    class Meta:
        model = Interaction
        fields: list[str] = []


class TimelineViewSet(MaskingViews, OfCustomer, ListViewSet):
    """Everything that happened with one customer on any channel, the latest first."""

    queryset = Interaction.objects.all()
    serializer_class = shapes.InteractionOut
    filterset_class = TimelineFilter
    ordering = ("-occurred_at", "-id")

    def get_queryset(self) -> Any:
        return marked_for(self.request.user, selectors.timeline_of(self.customer.pk))

    def search_queryset(self, queryset: Any, text: str) -> Any:
        """Part of what was written, without regard to accents."""
        return narrowed(queryset, Asked(text=text)) if may_look_for(text, self.request.user) else queryset.none()


class InteractionViewSet(MaskingViews, OfCustomer):
    """Record a call, a visit, a chat, a mail or a note on one customer's timeline."""

    queryset = Interaction.objects.all()
    serializer_class = shapes.InteractionOut
    inputs = {"create": shapes.InteractionIn}

    def create(self, request: Request, customer_id: Any) -> Response:
        """Record a call, a visit or a note on one customer's timeline."""
        told = self.parsed()
        if "outcome" in told:
            return self.show(log_contact(customer_id=self.customer.pk, how=told.pop("kind"), **told))
        what = shapes.InteractionIn.WHAT[told["kind"]]
        if told["kind"] == "advert":
            told |= {"kind": Interaction.Kind.MAIL, "direction": Interaction.Direction.OUT}
        return self.show(record_interaction(customer_id=self.customer.pk, what=what, **told))
