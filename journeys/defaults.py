"""What a new firm gets on this floor: a journey of ten stages and a handful of touchpoints, to be edited.

The stages are those of the source article (domain.md §1, 1.5). Nobody is accountable yet: the number of touchpoints
without an executive is the first thing an owner should see.
"""

from typing import Final

from journeys.models import Journey, Stage, Touchpoint
from tenants.services.defaults import Answers, lays_defaults

# A stage: its code, its Vietnamese and English names, and its touchpoints written the same way.
STAGES: Final[tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...]] = (
    ("aware", "Nhận biết", "Becoming aware", ()),
    ("notice", "Chú ý", "Taking notice", ()),
    ("interest", "Quan tâm", "Being interested", ()),
    (
        "search",
        "Tìm kiếm thông tin",
        "Looking for information",
        (("website", "Website và kênh trực tuyến", "Website and online channels"),),
    ),
    (
        "choose_buy_use",
        "Lựa chọn, mua và sử dụng",
        "Choosing, buying and using",
        (
            ("counter", "Xếp hàng và quầy phục vụ", "Queue and counter"),
            ("payment", "Thanh toán", "Payment"),
            ("quality", "Chất lượng sản phẩm, dịch vụ", "Quality of product or service"),
            ("staff-attitude", "Thái độ phục vụ", "Attitude of staff"),
            ("delivery", "Giao hàng", "Delivery"),
        ),
    ),
    (
        "after_sales",
        "Chăm sóc sau bán",
        "Care after the sale",
        (("hotline", "Hotline và chăm sóc sau bán", "Hotline and after-sales care"),),
    ),
    ("perceive", "Nhận thức", "Forming an opinion", ()),
    ("love", "Yêu mến", "Growing fond", ()),
    ("loyal", "Trung thành", "Staying loyal", ()),
    ("advocate", "Ủng hộ", "Speaking for us", ()),
)


@lays_defaults(floor=3)
def lay_journey(answers: Answers) -> None:
    """The default journey, unless the firm has one of its own; operators have no customers and get none."""
    if answers.is_platform or Journey.objects.exists():
        return
    journey = Journey.objects.create(name="Hành trình khách hàng", name_en="Customer journey", is_default=True)
    stages, points = [], []
    for position, (code, name, name_en, touchpoints) in enumerate(STAGES, start=1):
        stage = Stage(journey=journey, code=code, name=name, name_en=name_en, position=position)
        stages.append(stage)
        points += [
            Touchpoint(stage=stage, code=code, name=name, name_en=name_en) for code, name, name_en in touchpoints
        ]
    Stage.objects.bulk_create(stages)
    Touchpoint.objects.bulk_create(points)
