"""Drawing the journey: order, codes, the default, and what a new firm gets."""

from typing import Any
from uuid import uuid4

import pytest

from cxcrm.core.context import TenantRef
from cxcrm.core.errors import InvalidInput, NotFound
from journeys.defaults import lay_journey
from journeys.errors import CodeTaken
from journeys.models import Journey, Stage, Touchpoint
from journeys.selectors.journeys import default_journey, public_touchpoints, touchpoint_in_use
from journeys.services.journeys import (
    add_stage,
    add_touchpoint,
    create_journey,
    update_journey,
    update_stage,
    update_touchpoint,
)
from tenants.models import Tenant
from tenants.staff.models import Department
from tests.support.race import race
from workflows.models import Event

pytestmark = pytest.mark.usefixtures("in_alpha")


def codes(journey: Journey) -> list[str]:
    return list(journey.stages.order_by("position").values_list("code", flat=True))


def changed() -> list[dict[str, Any]]:
    rows = Event.objects.filter(name="journeys.journey_changed").order_by("occurred_at", "pk")
    return [row.payload for row in rows]


def test_a_new_firm_has_the_ten_stages_of_the_source_article() -> None:
    journey = default_journey()
    assert journey is not None
    assert codes(journey) == [
        "aware", "notice", "interest", "search", "choose_buy_use", "after_sales", "perceive", "love", "loyal",
        "advocate",
    ]  # fmt: skip
    assert [str(touchpoint) for touchpoint in public_touchpoints()] == [
        "Website và kênh trực tuyến",
        "Chất lượng sản phẩm, dịch vụ",
        "Giao hàng",
        "Thanh toán",
        "Thái độ phục vụ",
        "Xếp hàng và quầy phục vụ",
        "Hotline và chăm sóc sau bán",
    ]


def test_laying_the_defaults_again_brings_nothing_back() -> None:
    Touchpoint.objects.get(code="delivery").delete()
    lay_journey(Tenant.objects.get(slug="alpha"))
    assert Journey.objects.count() == 1
    assert not Touchpoint.objects.filter(code="delivery").exists()


def test_operators_get_no_journey() -> None:
    Touchpoint.objects.all().delete()
    Journey.objects.all().delete()
    lay_journey(Tenant(slug="platform", is_platform=True))
    assert default_journey() is None


def test_a_new_default_journey_replaces_the_one_before() -> None:
    before = default_journey()
    journey = create_journey(name="  Khách   sỉ ", name_en="Wholesale", is_default=True)
    assert journey.name == "Khách sỉ"
    assert default_journey() == journey
    update_journey(journey_id=before.pk, is_default=True, name="Khách lẻ")
    assert default_journey().name == "Khách lẻ"
    assert Journey.objects.filter(is_default=True).count() == 1
    assert changed() == [{"journey_id": str(journey.pk)}, {"journey_id": str(before.pk)}]


def test_stages_keep_a_gapless_order() -> None:
    journey = create_journey(name="Khách sỉ")
    for name in ("Một", "Hai", "Ba"):
        add_stage(journey_id=journey.pk, name=name)
    first = add_stage(journey_id=journey.pk, name="Không", position=1)
    assert codes(journey) == ["khong", "mot", "hai", "ba"]
    update_stage(stage_id=first.pk, position=3)
    assert codes(journey) == ["mot", "hai", "khong", "ba"]
    update_stage(stage_id=first.pk, position=99, name_en="Zero")
    assert codes(journey) == ["mot", "hai", "ba", "khong"]
    assert list(journey.stages.values_list("position", flat=True)) == [1, 2, 3, 4]
    update_stage(stage_id=first.pk, name="Số không")
    stage = Stage.objects.get(pk=first.pk)
    assert (stage.name, stage.name_en, stage.position) == ("Số không", "Zero", 4)


def test_codes_are_made_of_the_name_and_stay_unique() -> None:
    stage = Stage.objects.get(code="after_sales")
    made = [add_touchpoint(stage_id=stage.pk, name="Đổi trả hàng").code for _ in range(3)]
    assert made == ["doi-tra-hang", "doi-tra-hang-2", "doi-tra-hang-3"]
    assert add_touchpoint(stage_id=stage.pk, name="…").code == "x"
    long = add_touchpoint(stage_id=stage.pk, name="a" * 120)
    assert long.code == "a" * 40
    with pytest.raises(CodeTaken):
        add_touchpoint(stage_id=stage.pk, name="Khác", code="payment")
    assert Touchpoint.objects.filter(name="Khác").count() == 0


def test_a_touchpoint_may_move_and_be_put_out_of_use() -> None:
    touchpoint = Touchpoint.objects.get(code="hotline")
    stage = Stage.objects.get(code="loyal")
    update_touchpoint(touchpoint_id=touchpoint.pk, stage_id=stage.pk, is_active=False)
    assert Touchpoint.objects.get(pk=touchpoint.pk).stage == stage
    assert touchpoint_in_use(touchpoint.pk) is None
    assert touchpoint_in_use(None) is None
    assert changed() == [{"journey_id": str(stage.journey_id)}]


def test_a_touchpoint_belongs_to_a_department() -> None:
    department = Department.objects.create(name="Kế toán")
    touchpoint = add_touchpoint(
        stage_id=Stage.objects.get(code="loyal").pk, name="Hóa\x00 đơn\ud800\u202e", department_id=department.pk
    )
    assert (touchpoint.name, touchpoint.code, touchpoint.department) == ("Hóa đơn", "hoa-don", department)
    update_touchpoint(touchpoint_id=touchpoint.pk, department_id=None)
    assert Touchpoint.objects.get(pk=touchpoint.pk).department is None


@pytest.mark.parametrize("name", ["", " \x00 ", "x" * 121])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(InvalidInput):
        create_journey(name=name)
    assert Journey.objects.count() == 1


def test_unknown_objects_and_fields_are_refused() -> None:
    journey, stage = default_journey(), Stage.objects.get(code="loyal")
    touchpoint = Touchpoint.objects.get(code="hotline")
    for call in (
        lambda: update_journey(journey_id=uuid4(), name="x"),
        lambda: add_stage(journey_id=uuid4(), name="x"),
        lambda: update_stage(stage_id=uuid4(), name="x"),
        lambda: add_touchpoint(stage_id=uuid4(), name="x"),
        lambda: update_touchpoint(touchpoint_id=uuid4(), name="x"),
        lambda: update_touchpoint(touchpoint_id=touchpoint.pk, stage_id=uuid4()),
        lambda: update_touchpoint(touchpoint_id=touchpoint.pk, department_id=uuid4()),
        lambda: add_touchpoint(stage_id=stage.pk, name="x", department_id=uuid4()),
    ):
        with pytest.raises(NotFound):
            call()
    for call in (
        lambda: update_journey(journey_id=journey.pk, code="x"),
        lambda: update_stage(stage_id=stage.pk, journey_id=uuid4()),
        lambda: update_stage(stage_id=stage.pk, position=0),
        lambda: update_touchpoint(touchpoint_id=touchpoint.pk, code="x"),
    ):
        with pytest.raises(InvalidInput):
            call()
    assert changed() == []


@pytest.mark.django_db(transaction=True)
def test_touchpoints_added_at_the_same_moment_get_codes_of_their_own(alpha: TenantRef) -> None:
    stages = list(Stage.objects.order_by("position")[:4])
    results = race(alpha, *(lambda pk=stage.pk: add_touchpoint(stage_id=pk, name="Zalo OA") for stage in stages))
    assert sorted(result.code for result in results) == ["zalo-oa", "zalo-oa-2", "zalo-oa-3", "zalo-oa-4"]
