"""Every page, list, file and endpoint as somebody sees it whose reach ends short of every case: no word of one.

Here because the populated firm shows every door with cases behind it. All words of all cases are replaced by one word
nobody else uses; whoever reads it anywhere has looked too far.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice, product
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Q

from customers.models import Attachment, Interaction
from customers.services.attachments import attach_file
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from feedback.models import Answer, Complaint, Response
from feedback.selectors import reach
from feedback.services.complaints import add_note, open_complaint
from feedback.services.note_files import NewFile
from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user
from tests.conftest import FirmClient
from tests.isolation.asking import Who, in_shares, nothing_happens, some
from tests.isolation.bodies import body_for, references
from tests.isolation.routes import TENANT, Route, classify, routes
from tests.isolation.test_matrix_api import QUERIES, WRITES, own_ids
from tests.isolation.world import World
from workflows.models import IncomingMail, Message
from workflows.selectors.messages import complaint_of

SECRET, OWN = "XTUYETMATX", "XCUAMINHX"
# Searched for by the beginning: a page repeats what was searched for.
PART = SECRET[:-1]
# Sentences of the timeline name these; what a case says in them is its words too.
NAMED = ("owner", "to", "delegate", "remedy", "remedy_en", "reason", "reason_en", "decision", "subject", "file")
DOORS = [route for route in routes(TENANT) if classify(route)[0] in {"staff", "api"}]
# Doors that show words of a case to whoever reaches it. With the gate taken away each must be found out.
TELLING = {
    "/admin/", "/admin/unowned/", "/admin/feedback/complaint/", "/admin/feedback/complaint/board/",
    "/admin/feedback/response/", "/admin/customers/attachment/", "/admin/workflows/promise/?show=all",
    "/admin/workflows/compensation/", "/admin/workflows/message/", "/admin/workflows/incomingmail/",
    "/admin/workflows/alert/", "/api/v1/complaints/", "/api/v1/desk/", "/api/v1/responses/", "/api/v1/promises/",
    "/api/v1/compensations/", "/api/v1/messages/", "/api/v1/alerts/", "/api/v1/complaints/export/?as=csv",
    "/api/v1/responses/export/?as=csv",
}  # fmt: skip


def ways_to_a_case() -> dict[type[models.Model], str]:
    """Every model whose rows belong to a complaint, with the way there."""
    found: dict[type[models.Model], str] = {Complaint: ""}
    for _step in range(4):
        for model in apps.get_models():
            arrows = [field for field in model._meta.fields if field.related_model in found]
            if arrows and model not in found and issubclass(model, TenantModel):
                nearest = min(arrows, key=lambda field: len(found[field.related_model]))
                way = found[nearest.related_model]
                found[model] = f"{nearest.name}__{way}" if way else nearest.name
    return found


def words_of(model: type[models.Model]) -> list[Any]:
    """Columns with free text."""
    return [
        field
        for field in model._meta.fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices and not field.unique
    ]


def make_secret(world: World) -> None:
    """A file on a case and on a note, then every word of every case becomes ``SECRET``."""
    case = Complaint.objects.get(pk=world.fit["feedback.complaint"])
    attach_file(customer_id=case.customer_id, subject=case, file_name="a.txt", content=b"x")
    add_note(complaint_id=case.pk, body="x", files=[NewFile("b.txt", b"y")])
    IncomingMail.objects.update(complaint=case)
    Complaint.objects.filter(pk=case.pk).update(touchpoint=None)  # nobody's, for the page of what is nobody's
    for model, way in ways_to_a_case().items():
        rows = model._base_manager.filter(**{f"{way}__isnull": False}) if way else model._base_manager.all()
        texts = {field.name: SECRET for field in words_of(model)}
        if texts:
            rows.update(**texts)
    of_cases = Q(subject_type="feedback.complaint") | Q(subject_type="feedback.complaintnote")
    for entry in Interaction.objects.filter(of_cases):
        entry.body, entry.data = SECRET, {**entry.data, **dict.fromkeys(NAMED, SECRET)}
        entry.save()
    Attachment.objects.filter(of_cases).update(file_name=f"{SECRET}.txt")
    told = Response.objects.filter(complaint__isnull=False)
    Interaction.objects.filter(subject_id__in=told.values("pk")).update(body=SECRET)
    Answer.objects.filter(response__in=told, kind="text").update(text=SECRET)
    told.update(words=SECRET)
    for message in Message.objects.all():
        if message.kind == "digest" or complaint_of(message):
            message.subject = message.text = SECRET
            message.save()
    Message.objects.filter(text=SECRET).update(shared_text=None)


@pytest.fixture(params=["department", pytest.param("own", marks=pytest.mark.faults)])
def outsider(request: pytest.FixtureRequest, victim: World) -> Who:
    """A manager, who may do nearly everything, of a department no case has to do with."""
    with in_tenant(victim.tenant):
        make_secret(victim)
        person = create_user(
            email="ngoai@alpha.example", full_name="Người Ngoài", role=Role.MANAGER, reach=request.param,
            department=Department.objects.create(name="Phòng khác"),
        )  # fmt: skip
        open_complaint(
            customer_id=Complaint.objects.first().customer_id, description=OWN, channel="staff", owner_id=person.pk
        )
    return browser_of(victim, person)


def browser_of(world: World, person: User) -> Who:
    client = FirmClient(world.tenant)
    client.force_login(person)
    return Who(person.reach, cookies=tuple((name, morsel.value) for name, morsel in client.cookies.items()))


def ids_behind(label: str, world: World) -> list[UUID]:
    """Rows to look behind: of customers those with cases, of files those of cases, of anything else the newest."""
    if label == "customers.customer":
        return list(Complaint.objects.order_by().values_list("customer_id", flat=True).distinct()[:3])
    if label == "customers.attachment":
        return list(Attachment.objects.filter(file_name__startswith=SECRET).values_list("pk", flat=True))
    if label == "feedback.response":
        return list(Response.objects.filter(words=SECRET).values_list("pk", flat=True)[:2])
    if label == "workflows.message":
        return list(Message.objects.filter(text=SECRET).values_list("pk", flat=True))
    return [world.id_of(label), *world.ids.get(label, [])[:1]]


def addresses(world: World, doors: list[Route]) -> Iterator[str]:
    """Every address that is looked at, lists also as they are searched and narrowed."""
    for route in doors:
        if route.is_api and "get" not in route.methods:
            continue
        labels = classify(route)[1]
        if set(labels) != set(route.names):
            continue
        choices = [list(dict.fromkeys(ids_behind(label, world))) for label in labels.values()]
        chosen = [dict(zip(labels, one, strict=True)) for one in islice(product(*choices), 12)]
        if len(labels) == 2 and "customer_id" not in labels:
            chosen = [own_ids(route, world)]
        for values in chosen:
            path = route.path(values) + QUERIES.get(route.pattern, "")
            yield f"{path}?as=csv" if route.is_api and route.pattern.endswith("export/") else path
            if route.name.endswith("changelist"):
                yield f"{path}?q={PART}"
            if route.pattern == "admin/feedback/complaint/":
                yield from (f"{path}?show={queue}" for queue in ("all", "closed", "overdue", "unowned", "team"))
            if "timeline" in route.pattern:
                yield f"{path}?search={PART}"


def one_of_a_case(label: str, world: World) -> UUID:
    """A row of a case out of reach where there is one, else any."""
    model = apps.get_model(label)
    way = ways_to_a_case().get(model)
    with in_tenant(world.tenant):
        found = model._base_manager.filter(**{f"{way}__isnull": False}).first() if way else None
        return found.pk if found else world.id_of(label)


def told_of(answer: Any) -> bool:
    return SECRET.lower() in f"{answer.text}\n{answer.location}".lower()


@in_shares
def test_no_door_tells_a_word_of_a_case_out_of_reach(outsider, victim, share):
    """A tenth of the doors a day, all of them by `make faults`; the most telling ones every day, below."""
    doors = list(some(DOORS, share, 0))
    found, seen, own = [], 0, set()
    with in_tenant(victim.tenant):
        paths = list(addresses(victim, doors))
    for path in paths:
        answer = outsider.ask(victim.tenant, "get", path)
        assert answer.status < 500, (path, answer.text[-2000:])
        seen += 1
        if told_of(answer):
            found.append(path)
        if OWN in answer.text:
            own.add(path)
    assert found == []
    if len(doors) == len(DOORS):
        assert seen > 250
        wanted = {"/admin/", "/admin/feedback/complaint/", "/admin/feedback/complaint/board/", "/api/v1/complaints/"}
        assert wanted <= own  # an empty page would hide everything


@pytest.mark.parametrize("outsider", ["own"], indirect=True)
def test_lists_leave_the_house_without_them(outsider, victim):
    """Files of the admin's lists, which are asked for by POST."""
    exports = [route for route in DOORS if route.is_admin and route.pattern.endswith("/export/")]
    left = set()
    for route in exports:
        query = "?show=all" if "complaint" in route.pattern else ""
        answer = outsider.ask(victim.tenant, "post", route.path({}) + query, {"as": "csv"})
        assert not told_of(answer), route.pattern
        if answer.status == 200:
            left.add(route.pattern)
    assert len(left) > 20
    assert "admin/feedback/complaint/export/" in left


@pytest.mark.parametrize("outsider", ["department"], indirect=True)
def test_nothing_is_done_to_a_case_out_of_reach(outsider, victim):
    """By its address, by an id in a body, by the page's forms, the board and the list's actions."""
    case, tried = str(victim.fit["feedback.complaint"]), 0
    of_cases = {model._meta.label_lower for model in ways_to_a_case()}
    with nothing_happens():
        for route, method in WRITES:
            labels, body = classify(route)[1], body_for(method, route.pattern, victim)
            in_body = {name for name, label in references(method, route.pattern).items() if label in of_cases}
            if not (of_cases & set(labels.values()) or in_body):
                continue
            values = {name: one_of_a_case(label, victim) for name, label in labels.items()}
            answer = outsider.ask(victim.tenant, method, route.path(values), body)
            cell = (route.pattern, method, answer.status, answer.text[:300])
            assert answer.status == (404 if of_cases & set(labels.values()) else 400), cell
            tried += 1
        page = f"/admin/feedback/complaint/{case}/change/"
        assert outsider.ask(victim.tenant, "post", page, {"do": "note", "note-body": "x"}).status == 404
        move = f"/admin/feedback/complaint/{case}/move/"
        assert outsider.ask(victim.tenant, "post", move, {"to": "working"}).status == 404
        bulk = {"action": "bulk_start", "_selected_action": [case], "apply": "1"}
        assert outsider.ask(victim.tenant, "post", "/admin/feedback/complaint/", bulk).status in {200, 302}
    assert tried > 20


@pytest.mark.parametrize("outsider", ["own"], indirect=True)
def test_without_the_gate_every_telling_door_is_found_out(outsider, victim, monkeypatch):
    """The planted fault: everybody reaches everything."""
    with in_tenant(victim.tenant):
        Response.objects.filter(words=SECRET).update(answered_at=now() + timedelta(minutes=1))
        case = Complaint.objects.filter(subject=SECRET, response__isnull=False).first()
        files = Attachment.objects.filter(file_name__startswith=SECRET).values_list("pk", flat=True)
        pages = {
            f"/admin/feedback/complaint/{case.pk}/change/",
            f"/admin/customers/customer/{case.customer_id}/change/",
            f"/admin/feedback/response/{case.response_id}/change/",
            f"/admin/customers/attachment/{files[0]}/change/",
            f"/api/v1/complaints/{case.pk}/",
            f"/api/v1/complaints/{victim.fit['feedback.complaint']}/notes/",
            f"/api/v1/customers/{case.customer_id}/timeline/",
            f"/api/v1/responses/{case.response_id}/",
        }
    quiet = {path for path in TELLING | pages if told_of(outsider.ask(victim.tenant, "get", path))}
    assert quiet == set()
    monkeypatch.setattr(reach, "_reached_by", lambda _user: Q())
    told = {path for path in TELLING | pages if told_of(outsider.ask(victim.tenant, "get", path))}
    assert told == TELLING | pages


def test_a_case_out_of_reach_says_whose_it_is(outsider, victim):
    with in_tenant(victim.tenant):
        case = Complaint.objects.select_related("owner").get(pk=victim.fit["feedback.complaint"])
        Complaint.objects.filter(pk=case.pk).update(number="KN-2026-99999")
        customer = f"/admin/customers/customer/{case.customer_id}/change/"
    page = outsider.ask(victim.tenant, "get", f"/admin/feedback/complaint/{case.pk}/change/")
    assert (page.status, "KN-2026-99999" in page.text, str(case.owner) in page.text) == (404, True, True)
    shown = outsider.ask(victim.tenant, "get", customer)
    assert (shown.status, "KN-2026-99999" in shown.text, str(case.owner) in shown.text) == (200, True, True)
    assert f"/admin/feedback/complaint/{case.pk}/" not in shown.text
