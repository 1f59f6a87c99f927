"""The admin sites: another firm's id is answered like one that does not exist, in addresses, forms and look-ups."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import ValidationError
from django.forms import BaseForm, ModelChoiceField
from django.test.signals import template_rendered

from cxcrm.admin_site import tenant_site
from tenants.context import in_tenant
from tests.isolation.asking import Who, everybody, in_shares, nothing_happens, some
from tests.isolation.routes import PLATFORM, TENANT, Route, classify, routes
from tests.isolation.world import World

ADMIN = [route for route in routes(TENANT) if route.is_admin and classify(route)[0] in {"staff", "public"}]
WITH_IDS = [route for route in ADMIN if "object_id" in route.names]
PAGES = [route for route in ADMIN if not route.names]


def browsers(world: World) -> list[Who]:
    """A key opens no page, so the admin is asked by the owner and by nobody."""
    return [who for who in everybody(world) if not who.key]


@in_shares
def test_a_foreign_id_is_like_none(share, attacker, victim):
    owner, nobody_in = browsers(attacker)
    for turn, route in enumerate(WITH_IDS):
        foreign, nobody = victim.id_of(classify(route)[1]["object_id"]), uuid4()
        with nothing_happens():
            for who, method in some([(owner, "get"), (owner, "post"), (nobody_in, "get")], share, turn):
                body = {"post": "yes"} if method == "post" else None
                asked, missing = (
                    who.ask(attacker.tenant, method, route.path({"object_id": ident}), body)
                    for ident in (foreign, nobody)
                )
                cell = (route.pattern, who.name, method)
                assert asked.without(foreign) == missing.without(nobody), cell
                assert asked.leaks(victim, foreign) == set(), cell
                assert asked.status in ({302, 403, 404, 405} if who.name == "owner" else {302}), (*cell, asked)


@in_shares
def test_pages_show_ones_own_rows_only(share, attacker, victim):
    owner, nobody = browsers(attacker)
    for turn, route in enumerate(PAGES):
        path = route.path({})
        if turn % share == 0:
            searched = [f"?q={victim.canary}"] if route.name.endswith(("changelist", "search")) else []
            for query in ("", *searched):
                answer = owner.ask(attacker.tenant, "get", path + query)
                assert answer.status < 500, (path, answer.text[-2000:])
                assert answer.leaks(victim) <= ({victim.canary} if query else set()), path + query
        if classify(route)[0] == "staff":
            answer = nobody.ask(attacker.tenant, "get", path)
            assert (answer.status, answer.location.partition("?")[0]) == (302, "/admin/login/"), path


def lookups() -> list[tuple[str, str, str]]:
    """App, model and field of everything a form looks up as one types."""
    return [
        (*model._meta.label_lower.split("."), field)
        for model, admin in tenant_site._registry.items()
        for field in admin.autocomplete_fields
    ]


def test_look_ups_find_ones_own_rows_only(attacker, victim):
    owner, nobody = browsers(attacker)
    for app, model, field in lookups():
        address = f"/admin/autocomplete/?app_label={app}&model_name={model}&field_name={field}&term="
        own, foreign = (owner.ask(attacker.tenant, "get", address + world.canary) for world in (attacker, victim))
        assert own.status == 200, address
        assert '"id"' in own.text, address
        assert (foreign.status, '"id"' in foreign.text) == (200, False), address
        assert nobody.ask(attacker.tenant, "get", address).status in {302, 403}, address


TOGETHER = {model._meta.label_lower for model, admin in tenant_site._registry.items() if hasattr(admin, "shown_at")}
FORMS = [route for route in ADMIN if route.pattern.endswith(("/add/", "/change/"))]


@in_shares
def test_forms_offer_ones_own_rows_only(share, attacker, victim):
    """Also that one's own pages open: without it, pages that open for nobody would pass for walls."""
    for route in some(FORMS, share, 0):
        check_form(route, attacker, victim)


def check_form(route: Route, attacker: World, victim: World) -> None:
    owner, _nobody = browsers(attacker)
    label = classify(route)[1].get("object_id")
    with forms_shown() as shown:
        answer = owner.ask(attacker.tenant, "get", route.path({"object_id": attacker.id_of(label)} if label else {}))
    # Rows that stand together on one page lead there.
    is_there = answer.status == 200 or (answer.status == 302 and label in TOGETHER)
    assert is_there or not label, (route.pattern, answer.status, answer.location)
    assert answer.leaks(victim) == set(), route.pattern
    with in_tenant(attacker.tenant):
        for name, field in choice_fields(shown):
            offered = set(field.queryset.values_list("pk", flat=True))
            label = field.queryset.model._meta.label_lower
            assert offered <= set(attacker.ids[label]), (route.pattern, name)
            with pytest.raises(ValidationError):
                field.clean(str(victim.id_of(label)))


@contextmanager
def forms_shown() -> Iterator[dict[int, BaseForm]]:
    """Every form in the context of a template rendered meanwhile."""
    shown: dict[int, BaseForm] = {}

    def note(context: Any, **_signal: Any) -> None:
        for layer in context.dicts:
            for value in layer.values():
                form = value.form if isinstance(value, AdminForm) else value
                if isinstance(form, BaseForm):
                    shown[id(form)] = form

    template_rendered.connect(note)
    try:
        yield shown
    finally:
        template_rendered.disconnect(note)


def choice_fields(shown: dict[int, BaseForm]) -> list[tuple[str, ModelChoiceField]]:
    return [
        (name, field)
        for form in shown.values()
        for name, field in form.fields.items()
        if isinstance(field, ModelChoiceField)
    ]


def test_there_are_such_forms(attacker):
    owner, _nobody = browsers(attacker)
    with forms_shown() as shown:
        owner.ask(attacker.tenant, "get", "/admin/journeys/accountability/add/")
    assert {name for name, _field in choice_fields(shown)} >= {"executive", "deputy"}


def test_the_operators_pages_are_no_pages_of_a_firm(attacker):
    patterns = {f"/{route.pattern.partition('<')[0]}" for route in routes(PLATFORM)}
    for path in sorted(pattern for pattern in patterns if "/tenants/" in pattern):
        for who in everybody(attacker):
            there, nothing = (who.ask(attacker.tenant, "get", address) for address in (path, "/admin/nothing/here/"))
            assert there.without(path) == nothing.without("/admin/nothing/here/"), (path, who.name)
            assert there.status in {302, 404}, (path, who.name)
