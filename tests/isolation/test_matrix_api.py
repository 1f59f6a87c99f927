"""The API: another firm's id is answered like one that does not exist, whoever asks, by whatever method."""

import json
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.urls import resolve
from django_filters import UUIDFilter

from tenants.context import in_tenant
from tests.isolation.asking import everybody, in_shares, nothing_happens, some
from tests.isolation.bodies import BODIES, body_for, references, with_reference
from tests.isolation.routes import METHODS, TENANT, Route, classify, routes
from tests.isolation.world import World

API = [route for route in routes(TENANT) if route.is_api and classify(route)[0] == "api"]
WITH_IDS = [route for route in API if route.names]
LISTS = [route for route in API if "get" in route.methods and "pk" not in route.names]
WRITES = [(route, method) for route in API for method in route.methods if method != "get"]


# Only whoever was told may decide: who has everything else is refused, in their own firm too.
PERSONAL = {
    "api/v1/complaints/<uuid:complaint_id>/decisions/": {403, 410},
    "api/v1/compensations/": {201, 403},
    # Somebody's own opinion, said once; what they have read.
    "api/v1/journeys/<uuid:pk>/draw/": {403, 409},
    "api/v1/standards/<uuid:pk>/acknowledge/": {200, 403},
    "api/v1/journey-walks/": {201, 400, 403, 409},
    # The steward signs and executives decide, as themselves; an initiative hardly begun is not proposed.
    "api/v1/initiatives/<uuid:pk>/sign/": {200, 403},
    "api/v1/initiatives/<uuid:pk>/send-back/": {403, 409},
    **{f"api/v1/reviews/<uuid:pk>/{act}/": {200, 403, 410} for act in ("approve", "send-back")},
    "api/v1/initiatives/<uuid:pk>/propose/": {400, 409},
    "api/v1/initiatives/<uuid:pk>/approve/": {403, 409},
    "api/v1/initiatives/<uuid:pk>/decline/": {200, 403},
    # A person decides on a cause, and writes to customers.
    "api/v1/cause-proposals/<uuid:pk>/take-up/": {200, 403, 409},
    "api/v1/cause-proposals/<uuid:pk>/leave/": {200, 403, 409},
    "api/v1/we-did/": {201, 403, 409},
    # People ask and answer each other.
    "api/v1/change-requests/": {201, 403, 409},  # the owner is of no department
    **{
        f"api/v1/change-requests/<uuid:pk>/{act}/": {200, 403, 409}
        for act in (
            "answer",
            "accept",
            "refuse",
            "withdraw",
            "propose-day",
            "accept-day",
            "refuse-day",
            "hand-over",
            "finish",
            "judge",
        )
    },
    # A person's own: no key has a belief or a forecast.
    "api/v1/beliefs/": {200, 400, 403},
    "api/v1/forecasts/": {200, 201, 403},
    "api/v1/persona-quizzes/<uuid:pk>/answer/": {200, 400, 403, 409},
    "api/v1/questionnaires/": {200, 400, 403},
    **{f"api/v1/responses/<uuid:pk>/{act}/": {200, 403, 409} for act in ("set-aside", "count-again")},
    # Of people with each other; a key does not know that there is any coaching.
    "api/v1/conduct-policies/": {201, 403, 409},
    "api/v1/conduct-policies/<uuid:pk>/acknowledge/": {200, 403},
    "api/v1/thanks/": {201, 400, 403, 409},
    "api/v1/coachings/": {201, 400, 403, 409},
    **{f"api/v1/coachings/<uuid:pk>/{act}/": {200, 403, 404, 409} for act in ("reply", "decide")},
    # Walked today already, with other points.
    "api/v1/environment-walks/": {201, 409},
    # Counted in the background.
    "api/v1/understanding/recount/": {202},
    "api/v1/churn-models/train/": {202},
    **{f"api/v1/compensations/<uuid:pk>/{act}/": {200, 403, 409} for act in ("approve", "decline", "withdraw")},
}
# What a list cannot be asked without.
QUERIES = {"api/v1/metrics/": "?metric=nps"}


def own_ids(route: Route, world: World) -> dict[str, UUID]:
    """Ids of the firm's own rows that fit together: a day of that calendar, a level of that policy."""
    labels = classify(route)[1]
    if len(labels) < 2:
        return {name: world.id_of(label) for name, label in labels.items()}
    (parent, parent_label), (child, child_label) = labels.items()
    with in_tenant(world.tenant):
        row = apps.get_model(child_label)._base_manager.order_by("-pk").first()
        arrow = next(
            field
            for field in row._meta.fields
            if field.is_relation and field.related_model._meta.label_lower == parent_label
        )
        return {parent: getattr(row, arrow.attname), child: row.pk}


def foreign_ids(route: Route, attacker: World, victim: World) -> list[tuple[dict[str, UUID], dict[str, UUID]]]:
    """Every mixture of own and foreign ids with at least one foreign, and the same with ids of nobody."""
    own, foreign = own_ids(route, attacker), own_ids(route, victim)
    pairs = []
    for choice in product((False, True), repeat=len(own)):
        if any(choice):
            names = list(own)
            mixed = {name: foreign[name] if taken else own[name] for name, taken in zip(names, choice, strict=True)}
            nobody = {name: uuid4() if taken else own[name] for name, taken in zip(names, choice, strict=True)}
            pairs.append((mixed, nobody))
    return pairs


def test_every_writing_endpoint_has_a_body_and_no_other():
    described = {f"{method.upper()} {route.pattern.removeprefix('api/v1/')}" for route, method in WRITES}
    assert described == set(BODIES)


@in_shares
def test_a_foreign_id_is_like_none(share, attacker, victim):
    for turn, route in enumerate(WITH_IDS):
        cells = list(product(everybody(attacker), METHODS, foreign_ids(route, attacker, victim)))
        with nothing_happens():
            # Seven methods and a share that does not divide them: every method is asked by everybody in turn.
            for who, method, (foreign, nobody) in some(cells, share, turn):
                body = body_for(method, route.pattern, attacker) if method in set(route.methods) - {"get"} else None
                asked, missing = (who.ask(attacker.tenant, method, route.path(ids), body) for ids in (foreign, nobody))
                cell = (route.pattern, who.name, method)
                assert asked.without(*foreign.values()) == missing.without(*nobody.values()), cell
                assert asked.leaks(victim, *foreign.values()) == set(), cell
                owner_known = foreign.get("customer_id") == own_ids(route, attacker).get("customer_id")
                assert asked.status == expected(who.name, method, route, owner_known), (*cell, asked.text[:300])


def expected(who: str, method: str, route: Route, owner_known: bool) -> int:
    if who == "nobody":
        return 401
    if not owner_known:
        return 404  # the customer is looked for before the method
    return 404 if method in route.methods or (method == "head" and "get" in route.methods) else 405


@in_shares
def test_in_ones_own_firm_the_same_request_works(share, attacker, victim):
    """Without this, an endpoint that refuses everything would pass for a wall."""
    for turn, (route, method) in enumerate(WRITES):
        for who in some(everybody(attacker)[:2], share, turn):
            body = body_for(method, route.pattern, attacker)
            answer = who.ask(attacker.tenant, method, route.path(own_ids(route, attacker)), body)
            cell = (route.pattern, method, who.name)
            assert answer.status in PERSONAL.get(route.pattern, {200, 201, 204, 409}), (*cell, answer.text[:400])
            assert answer.leaks(victim) == set(), cell


@in_shares
def test_a_foreign_id_in_a_body_is_like_none(share, attacker, victim):
    for turn, (route, method) in enumerate(WRITES):
        path, own = route.path(own_ids(route, attacker)), body_for(method, route.pattern, attacker)
        for name, label in references(method, route.pattern).items():
            for who in some(everybody(attacker)[:2], share, turn):
                foreign, nobody, cell = victim.id_of(label), uuid4(), (route.pattern, method, name, who.name)
                with nothing_happens():
                    asked, missing = (
                        who.ask(attacker.tenant, method, path, with_reference(own, name, ident))
                        for ident in (foreign, nobody)
                    )
                assert asked.without(foreign) == missing.without(nobody), cell
                assert asked.status in {400, 404}, (*cell, asked.status, asked.text[:300])
                assert asked.leaks(victim, foreign) == set(), cell


@in_shares
def test_lists_show_ones_own_rows_only(share, attacker, victim):
    for turn, route in enumerate(LISTS):
        path = route.path(own_ids(route, attacker)) + QUERIES.get(route.pattern, "")
        for who in some(everybody(attacker), share, turn):
            answer = who.ask(attacker.tenant, "get", path)
            right = {401} if who.name == "nobody" else {200} | (PERSONAL.get(route.pattern, set()) & {403})
            assert answer.status in right, (path, who.name, answer.text[:300])
            assert answer.leaks(victim) == set(), (path, who.name)


@in_shares
def test_filters_and_search_reach_ones_own_rows_only(share, attacker, victim):
    for turn, route in enumerate(LISTS):
        view, is_file = view_of(route), route.pattern.endswith("/export/")
        path = route.path(own_ids(route, attacker)) + ("?as=csv&" if is_file else "?")
        for who in some(everybody(attacker)[:2], share, turn):
            if hasattr(view, "search_queryset"):
                found = who.ask(attacker.tenant, "get", f"{path}search={victim.canary}")
                rows = found.text.splitlines()[1:] if is_file else json.loads(found.text)["results"]
                assert rows == [], (path, who.name)
            for name, row in filters_by_id(view).items():
                foreign, nobody = victim.id_of(aimed_at(view, row)), uuid4()
                asked, missing = (
                    who.ask(attacker.tenant, "get", f"{path}{name}={ident}") for ident in (foreign, nobody)
                )
                assert asked.status == 200, (path, who.name, name)
                assert asked.without(foreign) == missing.without(nobody), (path, who.name, name)


def filters_by_id(view: Any) -> dict[str, UUIDFilter]:
    filterset = getattr(view, "filterset_class", None)
    rows = filterset.base_filters if filterset else {}
    return {name: row for name, row in rows.items() if isinstance(row, UUIDFilter)}


def view_of(route: Route) -> Any:
    return resolve(route.path(dict.fromkeys(route.names, uuid4())), urlconf=TENANT).func.cls


def aimed_at(view: Any, row: UUIDFilter) -> str:
    """Label of the model whose id a filter takes; of the listed model itself where it takes any object's."""
    model = view.queryset.model
    name = row.field_name.removesuffix("_id").partition("__")[0]
    field = next((field for field in model._meta.fields if field.name == name), None)
    return (field.related_model if field and field.is_relation else model)._meta.label_lower


def test_addresses_nobody_serves_say_the_same_to_all(attacker, victim):
    for who in everybody(attacker):
        answers = {
            who.ask(attacker.tenant, "get", f"/api/{tail}").without(tail)
            for tail in ("v1/nothing/", f"v1/{victim.id_of('customers.customer')}/", "v2/customers/", "v1/customers/1/")
        }
        assert len(answers) == 1, answers
