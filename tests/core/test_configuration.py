"""Keeping and dropping rows of the set-up: refused whole, recorded once."""

import pytest
from django.db import IntegrityError

from cxcrm.core.configuration import drop, keep
from cxcrm.core.errors import Conflict, InvalidInput
from journeys.models import Stage, Touchpoint
from tenants.staff.models import Department
from workflows.models import Event

pytestmark = pytest.mark.django_db


def recorded() -> list[dict]:
    return list(Event.objects.filter(name="core.setting_changed").order_by("pk").values_list("payload", flat=True))


def test_added_changed_removed(in_alpha):
    row = keep(Department(name="Bếp"))
    row.name = "Bếp nóng"
    keep(row)
    ident = str(row.pk)
    drop(row)
    assert [(entry["action"], entry["object_id"]) for entry in recorded()] == [
        ("added", ident), ("changed", ident), ("removed", ident),
    ]  # fmt: skip
    assert not Department.objects.exists()


def test_what_the_model_forbids_is_refused_and_not_recorded(in_alpha):
    with pytest.raises(InvalidInput) as refused:
        keep(Department(name=""))
    assert refused.value.code == "setting.invalid"
    assert recorded() == []


def test_a_lost_race_is_a_conflict(in_alpha, monkeypatch):
    """Between the look and the write somebody else took the name."""

    def too_late(*_args, **_options):
        raise IntegrityError("duplicate key")

    row = Department(name="Bếp")
    monkeypatch.setattr(row, "save", too_late)
    with pytest.raises(Conflict) as refused:
        keep(row)
    assert refused.value.code == "setting.conflict"
    assert recorded() == []


def test_what_something_needs_stays(in_alpha):
    stage = Stage.objects.filter(pk__in=Touchpoint.objects.values("stage")).first()
    with pytest.raises(Conflict) as refused:
        drop(stage)
    assert refused.value.code == "setting.in_use"
    assert Stage.objects.filter(pk=stage.pk).exists()
    assert recorded() == []
