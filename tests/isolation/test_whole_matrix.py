"""Every address by every method for everybody with everything foreign: answered like what does not exist.

The everyday form are the other matrices here, which ask each address some of these questions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from cxcrm.core.context import TenantRef
from cxcrm.core.tokens import make_token
from tenants import middleware
from tenants.context import in_tenant
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user
from tests.conftest import FirmClient
from tests.isolation.asking import Who, nothing_happens
from tests.isolation.bodies import body_for, references, with_reference
from tests.isolation.routes import METHODS, TENANT, Route, classify, routes
from tests.isolation.test_credentials import GARBAGE, LINK_ROUTES, POSTS
from tests.isolation.test_matrix_admin import ADMIN
from tests.isolation.test_matrix_api import API, QUERIES, foreign_ids, own_ids
from tests.isolation.world import LINKS, World


@dataclass(frozen=True)
class Ask:
    """One request; ``blot`` is what is asked for and may be repeated in the answer."""

    who: Who
    host: TenantRef | str
    path: str
    body: Any = None
    blot: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """What is foreign, and the same with what nobody has."""

    method: str
    foreign: Ask
    nobodys: Ask

    def hole(self, victim: World) -> str:
        """Why this is no wall; empty where it is one."""
        asked, missing = (
            ask.who.ask(ask.host, self.method, ask.path, ask.body) for ask in (self.foreign, self.nobodys)
        )
        if asked.without(*self.foreign.blot) != missing.without(*self.nobodys.blot):
            return f"{asked.status}, where what does not exist is {missing.status}"
        if asked.status >= 500:
            return str(asked.status)
        # Who asks at the victim's own host is told no more than the host.
        known = {victim.tenant.host} if self.foreign.host == victim.tenant else set()
        leaked = asked.leaks(victim, *self.foreign.blot) - known
        return f"tells {sorted(leaked)}" if leaked else ""

    def __str__(self) -> str:
        return f"{self.foreign.who.name} {self.method.upper()} {self.foreign.path}"


def crowd(world: World) -> list[Who]:
    """Every role with a browser of its own, a program with a full key, and nobody."""
    people = []
    for role in Role.values:
        with in_tenant(world.tenant):
            person = User.objects.filter(role=role, is_active=True).first() or create_user(
                email=f"{role}@{world.tenant.slug}.example", full_name=role, role=role
            )
        client = FirmClient(world.tenant)
        client.force_login(person)
        people.append(Who(role, cookies=tuple((name, morsel.value) for name, morsel in client.cookies.items())))
    return [*people, Who("key", key=world.key), Who("nobody")]


def ids_in_addresses(people: list[Who], attacker: World, victim: World) -> Iterator[Cell]:
    for route in API:
        for (foreign, nobody), method, who in product(foreign_ids(route, attacker, victim), METHODS, people):
            body = body_for(method, route.pattern, attacker) if method in set(route.methods) - {"get"} else None
            yield Cell(
                method,
                *(
                    Ask(who, attacker.tenant, route.path(ids), body, tuple(map(str, ids.values())))
                    for ids in (foreign, nobody)
                ),
            )
    for route in ADMIN:
        if "object_id" not in route.names:
            continue
        ids = victim.id_of(classify(route)[1]["object_id"]), uuid4()
        for method, who in product(("get", "head", "post"), people):
            body = {"post": "yes"} if method == "post" else None
            yield Cell(
                method,
                *(Ask(who, attacker.tenant, route.path({"object_id": ident}), body, (str(ident),)) for ident in ids),
            )


def ids_in_bodies(people: list[Who], attacker: World, victim: World) -> Iterator[Cell]:
    for route in API:
        for method in set(route.methods) - {"get"}:
            path, own = route.path(own_ids(route, attacker)), body_for(method, route.pattern, attacker)
            for (name, label), who in product(references(method, route.pattern).items(), people):
                ids = victim.id_of(label), uuid4()
                yield Cell(
                    method,
                    *(
                        Ask(who, attacker.tenant, path, with_reference(own, name, ident), (str(ident),))
                        for ident in ids
                    ),
                )


def credentials(people: list[Who], attacker: World, victim: World) -> Iterator[Cell]:
    """Cookies and keys of one firm at the other's host, at every address of its staff and programs."""
    for route, who in product(pages_of(victim), people):
        if not who.cookies and not who.key:
            continue
        stranger = Who("stranger", tuple((name, "0" * 32) for name, _value in who.cookies), who.key and "cx_0_rubbish")
        path = route.path(own_ids(route, victim) if route.is_api else _object_of(route, victim))
        blot = tuple(piece for piece in path.split("/") if len(piece) == 36)
        for method in ("get", "post"):
            yield Cell(method, *(Ask(asker, victim.tenant, path, None, blot) for asker in (who, stranger)))


def links(people: list[Who], attacker: World, victim: World) -> Iterator[Cell]:
    """Links of every purpose, taken from the other firm or signed for its rows here, and in the place of others."""
    for purpose, route in LINK_ROUTES.items():
        with in_tenant(attacker.tenant):
            forged = [make_token(purpose, victim.id_of(label)) for label in LINKS.values()]
        for token, method, who in product([*victim.tokens.values(), *forged], ("get", "head", "post"), people):
            body = POSTS[purpose] if method == "post" else None
            yield Cell(
                method,
                *(Ask(who, attacker.tenant, route.path({"token": text}), body, (text,)) for text in (token, GARBAGE)),
            )


def hosts(people: list[Who], attacker: World, victim: World) -> Iterator[Cell]:
    """Hosts that only look like the other firm's."""
    for route, who in product(pages_of(victim), people):
        path = route.path(own_ids(route, victim) if route.is_api else _object_of(route, victim))
        blot = tuple(piece for piece in path.split("/") if len(piece) == 36)
        lookalike = f"{victim.tenant.host}.evil.example"
        yield Cell("get", *(Ask(who, host, path, None, (host, *blot)) for host in (lookalike, "nobody.example")))


def pages_of(world: World) -> list[Route]:
    found = []
    for route in routes(TENANT):
        kind, labels = classify(route)
        if kind in {"api", "staff"} and set(labels) == set(route.names):
            found.append(route)
    return found


def _object_of(route: Route, world: World) -> dict[str, Any]:
    return {name: world.id_of(label) for name, label in classify(route)[1].items()}


def lists(people: list[Who], attacker: World) -> Iterator[tuple[Who, str]]:
    """One's own: pages and lists without an id of anybody, and one's own rows."""
    for route, who in product(pages_of(attacker), people):
        yield (
            who,
            route.path(own_ids(route, attacker) if route.is_api else _object_of(route, attacker))
            + QUERIES.get(route.pattern, ""),
        )


KINDS = (ids_in_addresses, ids_in_bodies, credentials, links, hosts)


@pytest.mark.faults
def test_at_least_8000_cells_and_no_hole(attacker, victim):
    people, count, holes = crowd(attacker), 0, {}
    for kind in KINDS:
        for cell in kind(people, attacker, victim):
            count += 1
            with nothing_happens():
                if hole := cell.hole(victim):
                    holes[f"{kind.__name__}: {cell}"] = hole
    for who, path in lists(people, attacker):
        count += 1
        answer = who.ask(attacker.tenant, "get", path)
        if answer.status >= 500 or answer.leaks(victim):
            holes[f"own: {who.name} {path}"] = f"{answer.status} {answer.leaks(victim)}"
    assert holes == {}
    assert count >= 8_000, count


def test_a_firm_that_answers_for_another_is_a_hole(attacker, victim, monkeypatch):
    """The planted fault: whatever host is asked, one firm answers."""
    people = [Who("key", key=victim.key), Who("owner", cookies=tuple(victim.cookies.items()))]
    cells = [cell for cell in ids_in_addresses(people, attacker, victim) if cell.method == "get"][:40]
    assert not any(cell.hole(victim) for cell in cells)
    monkeypatch.setattr(middleware, "tenant_at", lambda _host: victim.tenant)
    assert all(cell.hole(victim) for cell in cells if "/api/v1/users/" in cell.foreign.path)
