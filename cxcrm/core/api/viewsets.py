"""The base of every endpoint: parse, permit, call a service, render."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from cxcrm.core.api import idempotency, rows
from cxcrm.core.api.fields import InputSerializer
from cxcrm.core.api.filters import ListFilter, SearchFilter, refuse_unknown_parameters
from cxcrm.core.api.pagination import ordering_of
from cxcrm.core.api.parsers import SafeJSONParser
from cxcrm.core.api.permissions import EXPORT, MANAGE, WRITE
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.db.json import Listing
from cxcrm.core.errors import DomainError

JSON = frozenset({"*/*", "application/json", "application/json, */*;q=0.5", "application/json, text/plain, */*"})


class RoomRouter(SimpleRouter):
    """Routes with real UUIDs: anything else in the place of an id is an unknown address."""

    def __init__(self) -> None:
        super().__init__(use_regex_path=False)


class RoomView(APIView):
    """What all views of a room share; with a partner's key, everything done is signed by the key.

    ``room`` is the app label the scope names; None asks only for a valid key or session.
    """

    room: ClassVar[str | None] = None
    parser_classes = [SafeJSONParser]
    metadata_class = None
    # Actions that bring what a customer said: no limit of the firm's plan may lose it.
    from_customers: ClassVar[frozenset[str]] = frozenset()
    # Actions that leave no trace and cost one query, so that they may begin before it is known whether they may end.
    only_looks: ClassVar[frozenset[str]] = frozenset()
    # Are calls under an idempotency key kept? Not where a digest of one would tell who said what.
    keeps_calls: ClassVar[bool] = True
    # What a list understands besides pages; viewsets find theirs in their filters.
    parameters: ClassVar[frozenset[str]] = frozenset()

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self._key: str | None = None
        self._asks: Callable[[], dict[str, str]] | None = None
        with ExitStack() as self._signed:
            if idempotency.META in request.META:
                # The call, its effect and its answer are kept together or not at all.
                self._signed.enter_context(transaction.atomic())
            return super().dispatch(request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Most callers ask for anything or for JSON, which is all there is."""
        if request.META.get("HTTP_ACCEPT", "*/*") in JSON:
            return JSONRenderer(), JSONRenderer.media_type
        return super().perform_content_negotiation(request, force)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.auth is not None:
            self._signed.enter_context(acting_as(Actor("api_key", request.auth.pk, request.auth.name)))
        if self.keeps_calls and (key := idempotency.key_of(request)):
            idempotency.claim(request, self._caller, key)
            self._key = key

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Repeated):
            return exc.response()
        return super().handle_exception(exc)

    def ask_at_the_end(self, ask: Callable[[], dict[str, str]]) -> None:
        """``ask`` before anything leaves, for headers to send along; a DomainError it raises is the answer then.

        So the answer can be looked for before it is known whether it may be given.
        """
        self._asks = ask

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        told: dict[str, str] = getattr(request, "told", {})
        if self._asks is not None:
            try:
                told = self._asks()
            except DomainError as refusal:
                response = self.handle_exception(refusal)
        response = super().finalize_response(request, response, *args, **kwargs)
        # Customers' data has no business in anybody's cache.
        response.headers.setdefault("Cache-Control", "no-store")
        for name, value in told.items():
            response.headers[name] = value
        if self._key is not None:
            idempotency.keep(self._caller, self._key, response)
        return response

    @property
    def _caller(self) -> UUID:
        who: Any = self.request.user if self.request.auth is None else self.request.auth
        return who.pk

    @property
    def staff_user(self) -> Any:
        """The member of staff behind this call, or None for a partner's key."""
        return self.request.user if self.request.auth is None else None


class RoomViewSet(RoomView, GenericViewSet):
    """One serializer for input, one for output, a service in between.

    ``inputs`` and ``outputs`` name them by action (output default: ``serializer_class``); an action in ``creates``
    answers 201, any other 200.
    """

    # The level every method that writes asks for; ``levels`` has exceptions by action.
    write_level: ClassVar[str] = WRITE
    levels: ClassVar[dict[str, str]] = {}
    # By action, the room and level of a right that is enough where a role lacks the level above.
    rights: ClassVar[dict[str, tuple[str, str]]] = {}
    inputs: ClassVar[dict[str, type[BaseSerializer]]] = {}
    outputs: ClassVar[dict[str, type[BaseSerializer]]] = {}
    creates: ClassVar[frozenset[str]] = frozenset({"create"})
    ordering: ClassVar[tuple[str, ...]] = ("-created_at", "-id")
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {}
    filter_backends = [ListFilter, SearchFilter]
    filterset_class: Any = None
    http_method_names = ["get", "head", "post", "patch"]
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> Any:
        return self.outputs.get(self.action, self.serializer_class)

    def get_object(self) -> Any:
        """The row of the address, whatever filters a list would know. Raises Http404."""
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        known = {"search"} if hasattr(self, "search_queryset") else set()
        known |= {"ordering"} if self.orderings else set()
        if self.filterset_class:
            known |= set(self.filterset_class.base_filters)
        known |= {"as"} if self.action == EXPORT else set()
        refuse_unknown_parameters(self.request, known)
        return super().filter_queryset(queryset)

    def parsed(self) -> dict[str, Any]:
        """The body, checked by the action's input serializer; an action without one takes no fields."""
        partial = self.action == "partial_update"
        serializer = self.inputs.get(self.action, InputSerializer)(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def detailed(self, queryset: QuerySet) -> QuerySet:
        """With what the output serializer needs beside the row's own columns."""
        return rows.with_details(self.get_serializer_class(), queryset)

    def answer(self, row: Model) -> Response:
        """Show a row as the service left it."""
        return self.show(self.detailed(self.get_queryset()).get(pk=row.pk))

    def show(self, value: Any) -> Response:
        created = self.action in self.creates
        return Response(
            self.get_serializer(value).data, status=status.HTTP_201_CREATED if created else status.HTTP_200_OK
        )

    @property
    def pk(self) -> UUID:
        return self.kwargs["pk"]

    @property
    def seen_pk(self) -> UUID:
        """The same, of a row the caller may see. Raises Http404."""
        return get_object_or_404(self.get_queryset().order_by().values_list("pk", flat=True), pk=self.pk)


class ListViewSet(RoomViewSet):
    """A list only, mostly what belongs to one row of another list."""

    only_looks = frozenset({"list"})

    def list(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        found = self.get_queryset()
        if request.query_params:
            found = self.filter_queryset(found)
        listing = self.listing_of(found)
        if listing is None:
            page = self.paginate_queryset(self.detailed(found))
            return self.get_paginated_response(self.get_serializer(page, many=True).data)
        page = self.paginator.paginate_texts(found, request, self, listing)
        return HttpResponse(page, content_type="application/json")

    def listing_of(self, found: QuerySet) -> Listing | None:
        """How the database writes ``found`` row by row; None where only Python can."""
        _name, columns = ordering_of(self.request, self)
        # What is ordered by something else than the model's own columns cannot be one text per list.
        if not found.query.annotations.keys().isdisjoint(column.lstrip("-") for column in columns):
            return None
        listing = rows.listing(self.get_serializer_class(), columns)
        return listing if listing is not None and listing.fits(found) else None


class ReadViewSet(ListViewSet):
    """List and detail; rooms add what may be done."""

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return self.show(get_object_or_404(self.detailed(self.get_queryset()), pk=self.pk))


class SettingViewSet(ReadViewSet):
    """Rows of the firm's set-up: read by anybody in the room, changed by those who manage it.

    ``keep(row)`` names the service that checks, saves and records a row; ``inputs`` serves both actions.
    """

    write_level = MANAGE

    def keep(self, row: Any) -> Any:
        raise NotImplementedError

    def owner_fields(self) -> dict[str, Any]:
        """What the address itself says about a new row."""
        return {}

    def create(self, request: Request, **kwargs: Any) -> Response:
        return self.answer(self.keep(self.queryset.model(**self.owner_fields(), **self.parsed())))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        changes = self.parsed()
        # The service saves the row as a whole, so nobody else may change it between the reading and the saving.
        with transaction.atomic():
            row = get_object_or_404(self.get_queryset().select_for_update(of=("self",), no_key=True), pk=self.pk)
            for name, value in changes.items():
                setattr(row, name, value)
            self.keep(row)
        return self.answer(row)


class RemovableSettingViewSet(SettingViewSet):
    """Set-up rows that may be taken away again by ``drop(row)``, mostly parts of another row."""

    http_method_names = [*SettingViewSet.http_method_names, "delete"]

    def drop(self, row: Any) -> None:
        raise NotImplementedError

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        self.drop(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
