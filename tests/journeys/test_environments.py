"""Places with checklists that are walked: in words of that day, once a day, due a month on, told to who answers."""

from datetime import timedelta
from uuid import uuid4

import pytest

from customers.errors import FileNotTaken
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from journeys import errors
from journeys.models import AuditItem, AuditPhoto, Environment, EnvironmentAudit, Initiative, Touchpoint
from journeys.selectors.environments import due_for, environments, photo_of, points_of, standings_of
from journeys.services.environments import (
    Found,
    add_environment,
    add_photo,
    change_environment,
    propose_from_point,
    record_walk,
    remove_photo,
    usual_items,
)
from tenants.staff.models import Absence, User
from tenants.staff.selectors.firm import firm_today
from tests.customers.files import jpeg, png
from tests.support.gaps import hire
from tests.support.race import race
from workflows.mails import digest
from workflows.models import Event, Message
from workflows.selectors.digest import digest_for, who_has_something

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
ITEMS = ["Sạch", "Wifi", "Gửi xe"]


def owner():
    return User.objects.get(role="owner")


def shop(name="Quán Tân Định", **told):
    return add_environment(**{"name": name, "accountable_id": owner().pk, "items": ITEMS, **told})


def walk(place, *results, **photos):
    found = [
        Found(text, result, "hỏng" if result == "fail" else "", photos.get(text, b""))
        for text, result in zip(place.items, results, strict=True)
    ]
    return record_walk(environment_id=place.pk, found=found)


class TestPlaces:
    def test_the_usual_points_of_its_kind_in_the_firms_language(self):
        made = [add_environment(name=kind, accountable_id=owner().pk, kind=kind) for kind in ("place", "web", "phone")]
        assert [len(place.items) for place in made] == [7, 4, 4]
        assert made[0].items == usual_items("place")
        assert made[0].items[0].startswith("Sạch")
        assert {place.due_on for place in made} == {firm_today()}
        assert Event.objects.filter(name="core.setting_changed", payload__model="journeys.environment").count() == 3

    def test_it_stands_at_one_thing_the_one_said_last(self):
        queue = Touchpoint.objects.get(code="counter")
        place = shop(touchpoint_id=queue.pk)
        seen = []
        for told in (
            {"stage_id": queue.stage_id},
            {"name_en": "Shop"},
            {"stage_id": None, "touchpoint_id": queue.pk},
            {"touchpoint_id": None},
        ):
            place = change_environment(environment_id=place.pk, **told)
            seen.append((place.stage_id, place.touchpoint_id))
        assert seen == [(queue.stage_id, None)] * 2 + [(None, queue.pk), (None, None)]
        with pytest.raises(InvalidInput):
            change_environment(environment_id=place.pk, stage_id=queue.stage_id, touchpoint_id=queue.pk)
        place.refresh_from_db()
        assert (place.stage_id, place.touchpoint_id) == (None, None)

    def test_what_is_refused_changes_nothing(self):
        place = shop()
        (gone,) = hire(1)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        for told, refusal in (
            ({"name": " "}, InvalidInput),
            ({"name": "Khác", "items": [" "]}, errors.ChecklistEmpty),
            ({"name": "Khác", "items": [str(number) for number in range(21)]}, errors.ChecklistEmpty),
            ({"name": "Khác", "items": ["x" * 121]}, InvalidInput),
            ({"name": "Khác", "kind": "moon"}, InvalidInput),
            ({"name": "Khác", "accountable_id": gone.pk}, InvalidInput),
            ({"name": "Khác", "branch_id": uuid4()}, InvalidInput),
            ({"name": "Khác", "stage_id": uuid4()}, InvalidInput),
            ({"name": "Khác", "touchpoint_id": uuid4()}, InvalidInput),
            ({}, errors.EnvironmentNameTaken),
        ):
            with pytest.raises(refusal):
                shop(**told)
        with pytest.raises(NotFound):
            change_environment(environment_id=uuid4(), name="Khác")
        assert list(Environment.objects.values_list("name", "items")) == [(place.name, ITEMS)]


class TestWalking:
    def test_in_the_words_of_that_day(self):
        place = shop()
        with acting_as(Actor("user", owner().pk, "Chủ")):
            audit = walk(place, "ok", "fail", "na", Wifi=png())
        change_environment(environment_id=place.pk, items=["Sạch", "Ồn"], name_en="Shop", is_active=True)
        assert [(item.text, item.result, item.note, item.has_photo) for item in points_of(audit)] == [
            ("Sạch", "ok", "", False),
            ("Wifi", "fail", "hỏng", True),
            ("Gửi xe", "na", "", False),
        ]
        assert (audit.passed, audit.rated, audit.score, audit.done_by) == (1, 2, 50.0, owner())
        told = Event.objects.get(name="journeys.environment_walked")
        assert told.payload["failed"] == 1
        place.refresh_from_db()
        assert place.due_on > firm_today() + timedelta(days=27)
        wifi = points_of(audit)[1]
        assert (photo_of(wifi).content_type, bytes(photo_of(wifi).content)) == ("image/png", png())
        for _turn in range(2):
            remove_photo(item_id=wifi.pk)
        assert photo_of(wifi) is None

    def test_what_is_refused_keeps_nothing(self):
        place = shop()
        unused = shop("Quán cũ")
        change_environment(environment_id=unused.pk, is_active=False)
        whole = [Found(text, "ok") for text in ITEMS]
        for found, refusal in (
            (whole[:2], errors.WalkIncomplete),
            ([*whole[:2], Found("Gửi xe", "")], errors.WalkIncomplete),
            ([*whole[:2], Found("Gửi xe", "fail", " ")], errors.WalkIncomplete),
            ([*whole, Found("Ồn", "ok")], errors.ChecklistChanged),
            ([*whole[:2], Found("Gửi xe", "fail", "x" * 201)], InvalidInput),
            ([*whole[:2], Found("Gửi xe", "ok", photo=b"MZ\x90\x00")], FileNotTaken),
            ([*whole[:2], Found("Gửi xe", "ok", photo="chữ".encode())], errors.PictureOnly),
        ):
            with pytest.raises(refusal):
                record_walk(environment_id=place.pk, found=found)
        with pytest.raises(errors.EnvironmentNotInUse):
            record_walk(environment_id=unused.pk, found=whole)
        with pytest.raises(NotFound):
            record_walk(environment_id=uuid4(), found=whole)
        assert not EnvironmentAudit.objects.exists()
        assert not AuditPhoto.objects.exists()
        walk(place, "ok", "ok", "ok")
        with pytest.raises(errors.WalkedToday):
            walk(place, "fail", "ok", "ok")
        assert EnvironmentAudit.objects.get().score == 100

    def test_nothing_applied_has_no_score(self):
        assert walk(shop(), "na", "na", "na").score is None

    def test_a_photo_comes_after_the_walk_once(self):
        audit = walk(shop(), "ok", "fail", "na")
        clean, wifi, parking = points_of(audit)
        for _turn in range(2):
            assert add_photo(item_id=wifi.pk, content=png()) == wifi
        assert (bytes(photo_of(wifi).content), photo_of(wifi).content_type) == (png(), "image/png")
        assert Event.objects.filter(payload__model="journeys.auditphoto", payload__action="added").count() == 1
        for item_id, content, refusal in (
            (wifi.pk, jpeg(), errors.PhotoThere),
            (clean.pk, "chữ".encode(), errors.PictureOnly),
            (clean.pk, png() + b"x", FileNotTaken),
            (uuid4(), png(), NotFound),
        ):
            with pytest.raises(refusal):
                add_photo(item_id=item_id, content=content)
        EnvironmentAudit.objects.update(done_at=now() - timedelta(hours=23))
        add_photo(item_id=parking.pk, content=png())
        EnvironmentAudit.objects.update(done_at=now() - timedelta(hours=25))
        with pytest.raises(errors.PhotoTooLate):
            add_photo(item_id=clean.pk, content=png())
        assert set(AuditPhoto.objects.values_list("item", flat=True)) == {wifi.pk, parking.pk}
        assert bytes(photo_of(wifi).content) == png()

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_keep_one(self, alpha):
        place = shop()
        found = race(alpha, *[lambda: walk(place, "ok", "ok", "ok")] * 2)
        assert sorted(type(one).__name__ for one in found) == ["EnvironmentAudit", "WalkedToday"]
        point = AuditItem.objects.first()
        pictures = [png(), jpeg()]
        found = race(alpha, *[lambda one=one: add_photo(item_id=point.pk, content=one) for one in pictures])
        assert sorted(type(one).__name__ for one in found) == ["AuditItem", "PhotoThere"]


class TestPuttingRight:
    def test_an_initiative_once_for_whoever_answers(self):
        place = shop()
        good, bad, _na = points_of(walk(place, "ok", "fail", "na"))
        made = propose_from_point(item_id=bad.pk)
        assert propose_from_point(item_id=bad.pk) == made
        assert (made.name, made.what, made.owner, made.foundation) == ("Quán Tân Định: Wifi", "hỏng", owner(), "error")
        with pytest.raises(errors.PointInOrder):
            propose_from_point(item_id=good.pk)
        with pytest.raises(NotFound):
            propose_from_point(item_id=uuid4())
        assert Initiative.objects.count() == 1
        assert AuditItem.objects.get(pk=bad.pk).initiative == made


class TestStanding:
    def test_what_is_late_then_what_is_worst(self, django_assert_max_num_queries):
        late, good, worse, _new = (shop(name) for name in ("Muộn", "Tốt", "Kém", "Mới"))
        for place, before, latest in (
            (late, (500, "ok"), (40, "ok")),
            (good, (35, "fail"), (5, "ok")),
            (worse, (35, "fail"), (5, "fail")),
        ):
            for ago, wifi in (before, latest):
                walk(place, "fail" if place == worse else "ok", wifi, "ok")
                day = firm_today() - timedelta(days=ago)
                EnvironmentAudit.objects.filter(environment=place, done_on=firm_today()).update(done_on=day)
        Environment.objects.filter(pk=late.pk).update(due_on=firm_today() - timedelta(days=1))
        with django_assert_max_num_queries(9):
            found = standings_of(environments())
        assert [(one.place.name, one.is_late, one.score) for one in found] == [
            ("Muộn", True, 100.0),
            ("Kém", False, pytest.approx(100 / 3)),
            ("Tốt", False, 100.0),
            ("Mới", False, None),
        ]
        assert [one.change for one in found] == [None, 0.0, pytest.approx(100 / 3), None]
        assert [[item.text for item in one.wrong] for one in found] == [[], ["Sạch", "Wifi"], [], []]
        assert [one.is_due for one in found] == [True, False, False, True]

    def test_who_answers_is_reminded_in_the_morning_and_so_is_who_stands_in(self):
        place = shop()
        (deputy,) = hire(1)
        assert list(due_for(deputy)) == []
        assert [one.pk for one in due_for(owner())] == [place.pk]
        day = firm_today()
        Absence.objects.create(user=owner(), deputy=deputy, starts_on=day, ends_on=day)
        assert [one.pk for one in due_for(deputy)] == [place.pk]
        # The morning's mail knows of a place whom the first page knows of it.
        assert {person.pk for person in who_has_something()} == {owner().pk, deputy.pk}
        assert [digest_for(person).place_count for person in (owner(), deputy)] == [1, 1]
        message = Message(kind="digest", user=owner())
        composed = digest.compose(message)
        assert f"/admin/journeys/environment/{place.pk}/walk/" in composed.render()[1]
        walk(place, "ok", "ok", "ok")
        for person in (owner(), deputy):
            assert list(due_for(person)) == []
            assert digest_for(person).place_count == 0
        assert not who_has_something().exists()
