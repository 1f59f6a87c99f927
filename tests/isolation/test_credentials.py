"""What lets somebody in at one firm opens nothing at another: links, cookies, keys, passwords, cache, hosts."""

import re
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from cxcrm.core.tokens import make_public_token, make_token
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.selectors.hosts import forget_hosts
from tenants.staff.models import Session, User
from tenants.staff.sessions import key_digest
from tests.isolation.asking import Who, everybody, in_shares, nothing_happens, some
from tests.isolation.routes import PLATFORM, PUBLIC, TENANT, classify, routes
from tests.isolation.world import LINKS, World

LINK_ROUTES = {route.name: route for route in routes(TENANT) if classify(route)[0] == "link"}
# What each page posts when somebody acts.
POSTS = {
    "survey": {"score": "1", "words": "x"},
    "opt-out": {"List-Unsubscribe": "One-Click"},
    "track": {"words": "x"},
    "solved": {"answer": "no", "words": "x"},
    "decide": {"do": "take"},
    "grant": {"answer": "approve"},
    "my-page": {"do": "surveys", "rhythm": "none"},
    "community-own": {"answer": str(uuid4()), "verdict": "wrong"},
    "community-photo": {},
}
GARBAGE = "A" * 43


def test_every_kind_of_link_is_tried():
    assert set(LINK_ROUTES) == set(LINKS) == set(POSTS)


@pytest.mark.parametrize("purpose", LINKS)
def test_a_link_of_another_firm_is_like_rubbish(purpose, attacker, victim):
    """At the other firm's host, and when the other firm signs the same id itself."""
    route = LINK_ROUTES[purpose]
    with in_tenant(attacker.tenant):
        forged = make_token(purpose, victim.id_of(LINKS[purpose]))
        nobody = make_token(purpose, uuid4())
    with nothing_happens():
        for who in everybody(attacker):
            for method, body in (("get", None), ("post", POSTS[purpose])):
                answers = {
                    who.ask(attacker.tenant, method, route.path({"token": token}), body).without(token)
                    for token in (victim.tokens[purpose], forged, nobody, GARBAGE)
                }
                assert [answer[0] for answer in answers] == [404], (who.name, method)


@pytest.mark.matrix(5)
@pytest.mark.parametrize("purpose", LINKS)
@pytest.mark.parametrize("other", LINKS)
def test_a_link_opens_for_its_purpose_only(purpose, other, victim):
    anybody = Who("nobody")
    token = victim.tokens[purpose]
    answer = anybody.ask(victim.tenant, "get", LINK_ROUTES[other].path({"token": token}))
    assert answer.status in ({200, 410} if purpose == other else {404})


def test_looking_never_writes(victim):
    with nothing_happens():
        for purpose, route in LINK_ROUTES.items():
            for method in ("get", "head", "options"):
                for query in ("", "?score=9&answer=no&do=take&lang=en"):
                    path = route.path({"token": victim.tokens[purpose]}) + query
                    assert Who("scanner").ask(victim.tenant, method, path).status in {200, 405, 410}


def test_a_password_link_of_another_firm_is_like_rubbish(attacker, victim):
    user_id, token = victim.password_link
    own_id, own_token = attacker.password_link
    choice = {"password": "một mật khẩu mới 26", "again": "một mật khẩu mới 26"}
    assert Who("nobody").ask(victim.tenant, "get", f"/welcome/{user_id}/{token}/").status in {200, 302, 303}
    rubbish = "dig7hd-0123456789abcdef0123456789abcdef"
    with nothing_happens():
        for method, body in (("get", None), ("post", choice)):
            for foreign, nothing, status in (
                ((user_id, token), (uuid4(), rubbish), 404),  # their account, their link
                ((user_id, own_token), (uuid4(), rubbish), 404),
                ((own_id, token), (own_id, rubbish), 410),  # our account, their link
            ):
                asked, missing = (
                    Who("nobody")
                    .ask(attacker.tenant, method, f"/welcome/{ident}/{secret}/", body)
                    .without(ident, secret)
                    for ident, secret in (foreign, nothing)
                )
                assert asked == missing
                assert asked[0] == status


def test_a_password_link_dies_with_the_epoch_even_for_a_copied_account(attacker, victim):
    """The same row, id and password hash in another firm: its links and sessions still differ."""
    user_id, token = victim.password_link
    with in_tenant(victim.tenant):
        row = User.objects.filter(pk=user_id).values().get()
    with in_tenant(attacker.tenant):
        User.objects.bulk_create([User(**{**row, "department_id": None, "branch_id": None, "manager_id": None})])
    assert Who("nobody").ask(attacker.tenant, "get", f"/welcome/{user_id}/{token}/").status in {404, 410}
    Tenant.objects.filter(pk=victim.tenant.id).update(epoch=2)
    forget_hosts()
    assert Who("nobody").ask(victim.tenant, "get", f"/welcome/{user_id}/{token}/").status in {404, 410}
    for purpose, route in LINK_ROUTES.items():
        assert Who("nobody").ask(victim.tenant, "get", route.path({"token": victim.tokens[purpose]})).status == 404


def own_pages(world: World) -> list[str]:
    """Every address of the admin and the API, with the firm's own ids."""
    paths = []
    for route in routes(TENANT):
        kind, labels = classify(route)
        if kind in {"api", "staff"} and set(labels) == set(route.names):
            paths.append(route.path({name: world.id_of(label) for name, label in labels.items()}))
    return paths


@in_shares
def test_a_cookie_of_another_firm_is_no_cookie(share, attacker, victim):
    intruder = Who("intruder", cookies=tuple(attacker.cookies.items()))
    stranger = Who("stranger", cookies=tuple((name, "0" * 32) for name in attacker.cookies))
    paths = own_pages(victim)
    assert len(paths) > 150
    with nothing_happens():
        for path in some(paths, share, 0):
            asked, unknown = (who.ask(victim.tenant, "get", path) for who in (intruder, stranger))
            assert asked.without() == unknown.without(), path
            assert asked.status in ({401} if path.startswith("/api/") else {302}), path
            assert asked.leaks(victim, *re.findall(r"[0-9a-f-]{36}", path)) <= {victim.tenant.host}, path


def test_a_session_copied_into_another_firm_is_no_session(attacker, victim):
    """Same session key, same account id, same password hash: the hash in the session is bound to its firm."""
    with in_tenant(attacker.tenant):
        session = Session.objects.filter(key_digest=key_digest(attacker.cookies["cx_session"])).values().get()
        owner = User.objects.filter(pk=attacker.owner_id).values().get()
    with in_tenant(victim.tenant):
        Session.objects.bulk_create([Session(**session)])
        owner = {**owner, "email": "copy@alpha.example", "department_id": None, "branch_id": None, "manager_id": None}
        User.objects.bulk_create([User(**owner)])
    intruder = Who("intruder", cookies=tuple(attacker.cookies.items()))
    assert intruder.ask(attacker.tenant, "get", "/admin/").status == 200
    assert intruder.ask(victim.tenant, "get", "/admin/").status == 302
    assert intruder.ask(victim.tenant, "get", "/api/v1/me/").status == 401


@in_shares
def test_a_key_of_another_firm_is_no_key(share, attacker, victim):
    paths = [path for path in own_pages(victim) if path.startswith("/api/")]
    prefix, _dot, secret = attacker.key.rpartition("_")
    wrong = [
        "cx_000000000000_rubbish",
        f"{prefix}_{secret[::-1]}",
        "rubbish",
        "cx__",
        "cx_\u00e9_x",
        f"{attacker.key} x",
    ]
    with nothing_happens():
        for number, path in enumerate(some(paths, share, 0)):
            answers = {
                Who("partner", key=key).ask(victim.tenant, "get", path).without()
                for key in (attacker.key, *(wrong if number == 0 else wrong[:1]))
            }
            assert len(answers) == 1, path
            assert next(iter(answers))[0] == 401, path


def test_a_form_of_another_firm_is_refused_although_the_browser_sends_its_cookies(attacker, victim):
    """Firms are neighbours under one domain, so SameSite does not part them; the Origin does."""
    browser = Client(HTTP_HOST=victim.tenant.host, enforce_csrf_checks=True)
    browser.cookies.load(victim.cookies)
    page = browser.get("/admin/customers/customer/add/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    for headers in (
        {"HTTP_ORIGIN": f"http://{attacker.tenant.host}"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": f"http://{victim.tenant.host}.evil.example"},
    ):
        for path in ("/admin/customers/customer/add/", "/api/v1/journeys/", "/admin/logout/"):
            with nothing_happens():
                answer = browser.post(path, {"csrfmiddlewaretoken": token}, HTTP_X_CSRFTOKEN=token, **headers)
            assert answer.status_code == 403, (path, headers)


def test_the_cache_of_one_firm_is_empty_in_another(attacker, victim):
    key = f"wall-{uuid4()}"
    try:
        with in_tenant(victim.tenant):
            cache.set(key, victim.canary, 30)
            assert cache.get(key) == victim.canary
        with in_tenant(attacker.tenant):
            assert cache.get(key) is None
            assert cache.add(key, "mine", 30)
        assert cache.get(key) is None
        with in_tenant(victim.tenant):
            assert cache.get(key) == victim.canary
    finally:
        for world in (attacker, victim):
            with in_tenant(world.tenant):
                cache.delete(key)


@in_shares
def test_the_operators_host_and_the_public_host_serve_no_firms_pages(share, attacker, victim):
    """beta becomes the operators' tenant for a moment: the same accounts, other addresses."""
    Tenant.objects.filter(pk=attacker.tenant.id).update(is_platform=True)
    forget_hosts()
    operator, served = everybody(attacker)[0], {route.pattern for route in routes(PLATFORM)}
    for route in some(routes(TENANT), share, 0):
        kind, labels = classify(route)
        if route.pattern in served or set(labels) != set(route.names) or kind == "link":
            continue
        path = route.path({name: attacker.id_of(label) for name, label in labels.items()})
        answer = operator.ask(attacker.tenant, "get", path)
        assert (answer.status, answer.location) == (404, ""), path
        assert answer.leaks(victim) == set()
    for route in some(routes(PLATFORM), share, 0):
        if not route.names:
            answer = operator.ask(attacker.tenant, "get", route.path({}))
            assert answer.status < 500, route.pattern
            assert victim.canary not in answer.text, route.pattern


@in_shares
def test_the_public_host_knows_no_firms_pages(share, attacker, victim):
    owner, served = everybody(victim)[0], {route.pattern for route in routes(PUBLIC)}
    for route in some(routes(TENANT), share, 0):
        _kind, labels = classify(route)
        if route.pattern not in served and set(labels) == set(route.names) and "token" not in labels:
            path = route.path({name: victim.id_of(label) for name, label in labels.items()})
            answer = owner.ask("localhost", "get", path)
            assert answer.status == 404, path
            assert answer.leaks(victim, *(victim.id_of(label) for label in labels.values())) == set()


def test_a_sign_up_page_shows_nobodys_firm(victim):
    with in_tenant(victim.tenant):
        inside = [make_token(purpose, victim.tenant.id) for purpose in ("sign-up", "sign-up-sent")]
    for token in (victim.tenant.id, uuid4(), *inside, make_public_token("sign-up", victim.tenant.id)):
        for path in (f"/signup/{token}/", f"/s/{token}/", f"/signup/?again={token}"):
            answer = Who("nobody").ask("localhost", "get", path)
            assert victim.canary not in answer.text
            assert victim.tenant.schema_name not in answer.text


def test_a_provider_or_passkey_of_another_firm_is_like_none(attacker, victim):
    owner, nobody = Who("owner", cookies=tuple(attacker.cookies.items())), Who("nobody")
    foreign = {"provider": victim.id_of("staff.identityprovider"), "passkey": victim.id_of("staff.passkey")}
    for who, method, path, what in (
        (nobody, "get", "/admin/login/with/{}/", "provider"),
        (owner, "get", "/admin/login/with/{}/", "provider"),
        (owner, "get", "/admin/account/passkeys/{}/remove/", "passkey"),
        (owner, "post", "/admin/account/passkeys/{}/remove/", "passkey"),
        (owner, "post", "/admin/account/passkeys/{}/rename/", "passkey"),
    ):
        body = {"name": "mine"} if method == "post" else None
        with nothing_happens():
            asked, missing = (
                who.ask(attacker.tenant, method, path.format(ident), body).without(ident)
                for ident in (foreign[what], uuid4())
            )
        assert asked == missing, path
